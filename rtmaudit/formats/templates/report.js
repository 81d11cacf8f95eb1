"use strict";
(() => {
  const text = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const table = document.getElementById("patients-table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const verdicts = table.dataset.verdicts.split(" ");
  let ordered = rows;
  let most = Number(table.dataset.most);

  const keys = {
    text: (cell) => cell.textContent.trim() || null,
    number: (cell) => {
      const found = cell.textContent.match(/-?\d[\d,]*(\.\d+)?/);
      return found ? Number(found[0].replaceAll(",", "")) : null;
    },
    verdict: (cell) => verdicts.indexOf(cell.parentElement.dataset.verdict),
  };

  const compare = (one, other) =>
    typeof one === "string" ? text.compare(one, other) : one - other;

  // Empty cells come last in both directions; equal ones keep the order in which they came.
  function sorted(column, kind, direction) {
    const keyed = rows.map((row, at) => ({ row, at, key: keys[kind](row.cells[column]) }));
    const full = keyed.filter((each) => each.key !== null);
    const empty = keyed.filter((each) => each.key === null);
    full.sort((a, b) => direction * compare(a.key, b.key) || a.at - b.at);
    return [...full, ...empty].map((each) => each.row);
  }

  function sortBy(head, heads) {
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    ordered = sorted(head.cellIndex, head.dataset.sort, down ? -1 : 1);
    body.append(...ordered);
    arrange();
  }

  const heads = Array.from(table.tHead.rows[0].cells);
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sortBy(head, heads));
    head.append(button);
  }

  const find = document.getElementById("find");
  const choices = Array.from(document.querySelectorAll("[data-filter]"));
  const shown = document.getElementById("shown");
  const every = document.getElementById("every");
  const said = new Map();

  function textOf(row) {
    if (!said.has(row)) said.set(row, row.textContent.toLowerCase());
    return said.get(row);
  }

  // Rows that fit are shown; on a screen only the first ones, because a browser lays out thousands
  // of them slowly. On paper all of them are.
  function arrange() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = choices.filter((each) => each.value);
    let count = 0;
    for (const row of ordered) {
      const fits =
        chosen.every((each) => row.dataset[each.dataset.filter].split(" ").includes(each.value)) &&
        words.every((word) => textOf(row).includes(word));
      row.hidden = !fits;
      count += fits;
      row.classList.toggle("beyond", fits && count > most);
    }
    every.hidden = count <= most;
    shown.value = `${count} of ${rows.length}` + (count > most ? `, the first ${most} on screen` : "");
  }

  function reset() {
    find.value = "";
    choices.forEach((each) => { each.value = ""; });
    arrange();
  }

  function showEvery() {
    most = rows.length;
    arrange();
  }

  for (const each of choices) each.parentElement.hidden = each.options.length < 3;
  find.addEventListener("input", arrange);
  choices.forEach((each) => each.addEventListener("change", arrange));
  document.getElementById("reset").addEventListener("click", reset);
  every.addEventListener("click", showEvery);
  document.querySelector(".filters").hidden = false;
  arrange(); // a reloaded page keeps what was chosen
})();
