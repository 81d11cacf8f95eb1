"""samples/README.md cannot lie: every row of its tables is held against the audit."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rulebooks import shipped_rules

from rtmaudit.cli import main
from rtmaudit.model import Program, Verdict

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
README = SAMPLES / "README.md"
MARCH, APRIL = README.read_text(encoding="utf-8").split("\n## April 2026, a month later\n")
MONTH_END = "2026-03-31"
CODES = {
    *("98975", "98976", "98977", "98978", "98979", "98980", "98981", "98984", "98985", "98986"),
    *("99490", "99439", "99491", "99437", "99487", "99489"),
}
NEVER_IN_MARCH = {"G0506", "G0511"}
SPOKEN = re.compile(r"(?P<code>\w{5}) (?P<verdict>[a-z_]+)(?: on (?P<end>[\d-]+))?: (?P<why>.+)")


class Row(NamedTuple):
    """A line of the tables of patients."""

    patient: str
    why: str
    days: str
    minutes: str
    verdict: str
    ready: str
    else_: str


def tables(text: str) -> Iterator[list[list[str]]]:
    """The body of each table of a part of the README."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = [line.strip()[1:-1].split("|") for line in block.splitlines()]
        yield [[cell.strip() for cell in line] for line in (lines[0], *lines[2:])]


def bodies(first: str, text: str = MARCH) -> list[list[str]]:
    """The rows of all tables whose first column is called so."""
    return [row for table in tables(text) if table[0][0] == first for row in table[1:]]


ROWS = [Row(*cells) for cells in bodies("patient")]
OF_MARCH = ("--month", "2026-03", "--as-of", "2026-04-01")


def run(folder: Path, *more: str, month: tuple[str, ...] = OF_MARCH) -> str:
    """What an audit of the samples, or of a copy of them, prints."""
    command = ["audit", str(folder), *month, "--quiet"]
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as out:
        patch.setattr("sys.argv", ["rtmaudit", *command, *more])
        assert main() == 0
    return out.getvalue()


@cache
def document() -> Any:
    return json.loads(run(SAMPLES, "--format", "json"))


@cache
def patients() -> Mapping[str, Any]:
    return {each["patient_id"]: each for each in document()["patients"]}


@cache
def verdicts() -> Mapping[str, str]:
    return verdicts_in(run(SAMPLES, "--format", "csv"))


def verdicts_in(printed: str) -> dict[str, str]:
    """The verdict of each patient."""
    lines = csv.DictReader(io.StringIO(printed))
    return {line["patient_id"]: line["verdict"] for line in lines}


def parts(cell: str, by: str) -> list[str]:
    return [part.strip() for part in cell.split(by) if part.strip()]


def ready_codes(patient: Mapping[str, Any], month_end: str = MONTH_END) -> list[str]:
    """The ready findings as the README writes them."""
    return [
        finding["code"]
        + (f" x{finding['units']}" if finding["units"] > 1 else "")
        + (f" on {finding['service_date']}" if finding["service_date"] != month_end else "")
        for finding in patient["findings"]
        if finding["verdict"] == "ready"
    ]


def asks_for_a_look(finding: Mapping[str, Any]) -> bool:
    """Neither ready nor idle, due by the end of the month, and not made up for by a lower tier."""
    idle = finding["verdict"] in ("ready", "not_applicable") or finding["secondary"]
    return not idle and finding["window"]["end"] <= MONTH_END


def told(patient: Mapping[str, Any], item: str) -> list[Any]:
    """The findings that an item of the last column speaks of; other items are checked here."""
    if item == "not on the roster":
        assert not patient["on_roster"] and not patient["findings"]
    elif item.startswith("to confirm: "):
        wanted = item.removeprefix("to confirm: ")
        assert any(wanted in finding["to_confirm"] for finding in patient["findings"])
    elif item.startswith("candidate: "):
        (found,) = patient["candidates"]
        lacks = ", ".join(found["lacks"])
        assert item == f"candidate: {found['program']} from {found['from']}, lacks {lacks}"
    elif item.startswith("no candidate: "):
        assert not patient["candidates"]
        assert item.removeprefix("no candidate: ") in patient["why"]
    else:
        match = SPOKEN.fullmatch(item)
        assert match, item
        found = [
            finding
            for finding in patient["findings"]
            if (finding["code"], finding["verdict"]) == match.group("code", "verdict")
            and match["end"] in (None, finding["window"]["end"])
            and any(match["why"] in reason for reason in finding["reasons"])
        ]
        assert len(found) == 1, item
        return found
    return []


def counted(need: Mapping[str, Any]) -> str:
    """`15`, or `15 to 16`."""
    have, most = need["have"], need["have_at_most"]
    return str(have) if have == most else f"{have} to {most}"


def counts(patient: Mapping[str, Any], which: str) -> str:
    """A patient's data days per period that fell due, or minutes per program."""
    found: dict[Any, Any] = {}
    for finding in patient["findings"]:
        window = finding["window"]
        if window["kind"] == "episode" or window["end"] > MONTH_END:
            continue
        key = (window["end"], "") if which == "days" else ("", finding["program"])
        for need in finding["needs"]:
            if need["need"] == which and (key not in found or need["have"] > found[key]["have"]):
                found[key] = need
    order = sorted(found, key=lambda key: (key[0], key[1] != "rtm"))
    return "; ".join(counted(found[key]) for key in order)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.patient)
def test_the_readme_tells_what_the_audit_says(row: Row) -> None:
    patient = patients()[row.patient]
    assert verdicts()[row.patient] == row.verdict
    assert sorted(ready_codes(patient)) == sorted(parts(row.ready, ","))
    assert (counts(patient, "days"), counts(patient, "minutes")) == (row.days, row.minutes)
    spoken_of = [finding for item in parts(row.else_, ";") for finding in told(patient, item)]
    untold = [f for f in patient["findings"] if asks_for_a_look(f) and f not in spoken_of]
    assert not untold


def test_the_readme_tells_of_every_patient_once() -> None:
    assert sorted(row.patient for row in ROWS) == sorted(patients())
    assert 40 <= len(ROWS) <= 60
    assert all(row.why for row in ROWS)


def test_every_verdict_occurs_and_every_code_is_ready_for_somebody() -> None:
    findings = [f for patient in patients().values() for f in patient["findings"]]
    assert {finding["verdict"] for finding in findings} == set(Verdict)
    assert {f["code"] for f in findings if f["verdict"] == "ready"} == CODES
    assert {f["code"] for f in findings} == CODES | NEVER_IN_MARCH


def lines_of(folder: Path, document: Any) -> list[list[str]]:
    """What became of the lines of each file, as the README writes it."""
    found = []
    for each in document["inputs"]:
        lines = (folder / each["name"]).read_text(encoding="utf-8").splitlines()
        excluded, quarantined = each["excluded"], each["quarantined"]
        kept = each["used"] + each["duplicate"]
        assert each["records"] == len(lines) - 1
        assert each["records"] == kept + sum(excluded.values()) + sum(quarantined.values())
        numbers = [str(each[key]) for key in ("records", "used", "duplicate")]
        told_of = [
            ", ".join(f"{k} {n}" for k, n in sorted(x.items())) for x in (excluded, quarantined)
        ]
        found.append([each["name"], *numbers, *told_of])
    return found


def problems_of(document: Any) -> list[tuple[str, str]]:
    """The lines with a problem, as the README writes them."""
    return [
        (f"{each['file']}:{each['line']}", f"{each['kind']}, {each['disposition']}")
        for each in document["problems"]
    ]


def test_every_line_is_accounted_for_as_told() -> None:
    told_of = [row for row in bodies("file") if len(row) > 2]
    assert lines_of(SAMPLES, document()) == told_of


def test_the_lines_with_a_problem_are_told() -> None:
    told_of = [(place, problem) for place, problem, _ in bodies("line")]
    assert problems_of(document()) == told_of
    assert document()["status"] == "final"


def test_the_total_of_the_time_log_is_the_sum_of_its_lines() -> None:
    with (SAMPLES / "time_log.csv").open(encoding="utf-8", newline="") as stream:
        *lines, last = csv.DictReader(stream)

    def seconds(line: Mapping[str, str]) -> int:
        minutes, rest = line["duration"].split(":")
        return int(minutes) * 60 + int(rest)

    assert last["patient_id"] == "Total"
    assert seconds(last) == sum(map(seconds, lines))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLES, tmp_path / "samples"))


def test_the_order_of_lines_changes_nothing(copy: Path) -> None:
    shuffle = random.Random(20260331).shuffle
    for path in copy.glob("*.csv"):
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        shuffle(lines)
        path.write_text(header + "".join(lines), encoding="utf-8")
    permuted = json.loads(run(copy, "--format", "json"))
    assert permuted["patients"] == document()["patients"]
    assert permuted["totals"] == document()["totals"]


@pytest.mark.parametrize(
    ("line", "patient", "ready"),
    [
        ("positions: {rtm-staff-time: count}", "BF-025", "98980"),
        ("defaults: {role: therapist}", "BF-032", "98980"),
    ],
)
def test_what_to_try_works(copy: Path, line: str, patient: str, ready: str) -> None:
    assert f"`{line}`" in README.read_text(encoding="utf-8")
    with (copy / "rtmaudit.yaml").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    found = json.loads(run(copy, "--format", "json"))["patients"]
    assert ready not in ready_codes(patients()[patient])
    assert ready in ready_codes(next(p for p in found if p["patient_id"] == patient))


def test_only_the_right_offset_of_each_day_makes_sixteen(copy: Path) -> None:
    """BF-017 lives around midnight on both sides of the change of clocks."""
    for zone in ("Etc/GMT+5", "Etc/GMT+4", "UTC"):
        found = json.loads(run(copy, "--format", "json", "--timezone", zone))["patients"]
        codes = ready_codes(next(p for p in found if p["patient_id"] == "BF-017"))
        assert "98977 on 2026-03-15" not in codes
    assert "98977 on 2026-03-15" in ready_codes(patients()["BF-017"])


# ---- April: one program beside another, claims, dates, payers

FOLDER = SAMPLES / "2026-04"
APRIL_END = "2026-04-30"
OF_APRIL = ("--month", "2026-04", "--as-of", "2026-05-01")
SETTLED_ELSEWHERE = {"G0140", "G0146"}
"""Ready only where the practice takes a position."""
CODE = re.compile(
    r"(?P<code>\w{5}) (?:with (?P<modifiers>.+)|instead of (?P<others>.+)"
    r"|(?P<verdict>[a-z_]+)(?:: (?P<why>.+))?)"
)


class Short(NamedTuple):
    """A line of the tables of April's patients."""

    patient: str
    shows: str
    says: str


APRILS = [Short(*cells) for cells in bodies("patient", APRIL)]
BESIDE = bodies("one", APRIL)


def april_of(folder: Path) -> dict[str, Any]:
    found = json.loads(run(folder, "--format", "json", month=OF_APRIL))["patients"]
    return {each["patient_id"]: each for each in found}


@cache
def april() -> Any:
    return json.loads(run(FOLDER, "--format", "json", month=OF_APRIL))


@cache
def aprils() -> Mapping[str, Any]:
    return {each["patient_id"]: each for each in april()["patients"]}


@cache
def april_verdicts() -> Mapping[str, str]:
    return verdicts_in(run(FOLDER, "--format", "csv", month=OF_APRIL))


def of_codes(patient: Mapping[str, Any], item: str) -> list[str]:
    """The codes that an item of the last column speaks of."""
    match = CODE.fullmatch(item)
    assert match, item
    found = [f for f in patient["findings"] if f["code"] == match["code"]]
    if match["modifiers"]:
        (finding,) = (f for f in found if f["units"])
        told_of = [] if match["modifiers"] == "nothing" else parts(match["modifiers"], ",")
        assert finding["modifiers"] == told_of, item
    elif match["others"]:
        (finding,) = (f for f in found if f["units"])
        others = [
            a["code"] + (f" x{a['units']}" if a["units"] > 1 else "")
            for a in finding["alternatives"]
        ]
        assert others == parts(match["others"], ","), item
    else:
        assert any(
            f["verdict"] == match["verdict"]
            and (not match["why"] or any(match["why"] in reason for reason in f["reasons"]))
            for f in found
        ), item
    return [match["code"]]


@pytest.mark.parametrize("row", APRILS, ids=lambda row: row.patient)
def test_the_readme_tells_what_the_audit_of_april_says(row: Short) -> None:
    patient = aprils()[row.patient]
    verdict, *items = parts(row.says, ";")
    assert (april_verdicts()[row.patient] or "nothing") == verdict
    billed, spoken_of = "", set()
    for item in items:
        if item.startswith("bill "):
            billed = item.removeprefix("bill ")
        elif item.startswith("why: "):
            assert item.removeprefix("why: ") in patient["why"]
        elif item.startswith("not checked: "):
            told_of = item.removeprefix("not checked: ")
            assert any(told_of in each for each in april()["not_checked"])
        else:
            spoken_of |= set(of_codes(patient, item))
    assert sorted(ready_codes(patient, APRIL_END)) == sorted(parts(billed, ","))
    quiet = ("ready", "not_applicable")
    asks = {
        f["code"] for f in patient["findings"] if f["verdict"] not in quiet and not f["secondary"]
    }
    assert asks <= spoken_of


def test_the_readme_tells_of_every_patient_of_april_once() -> None:
    assert sorted(row.patient for row in APRILS) == sorted(aprils())
    assert all(row.shows for row in APRILS)


def by_side(patient: Mapping[str, Any], side: str) -> list[Mapping[str, Any]]:
    """The findings of a program that a cell names; none where it names the code of a claim."""
    name = side.split(",")[0].lower()
    return [f for f in patient["findings"] if f["program"] == name]


@pytest.mark.parametrize("cells", BESIDE, ids=" ".join)
def test_what_stands_beside_what_is_as_told(cells: list[str]) -> None:
    one, other, how, patient = cells
    mine, theirs = (by_side(aprils()[patient], side) for side in (one, other))
    codes = {f["code"] for f in theirs} or {other.split(",")[0]}
    stands = [f for f in mine if f["verdict"] == how]
    assert stands
    if how == "ready":
        assert any(f["verdict"] == how for f in theirs)
        assert not any(f["conflicts_with"] for f in (*mine, *theirs))
        return
    assert all(set(f["conflicts_with"]) & codes for f in stands)
    if theirs and "not decided" not in other:
        back = [f for f in theirs if f["verdict"] == how]
        named = {code for f in stands for code in f["conflicts_with"]}
        assert {f["code"] for f in back} == named & codes
        assert all(set(f["conflicts_with"]) & {f["code"] for f in stands} for f in back)


def test_no_pair_of_programs_that_may_never_stand_together_is_missing() -> None:
    """By the rules of one practitioner; two practitioners, and claims, are shown in examples."""
    programs = {str(program) for program in Program}
    apart = {
        frozenset(each.pair)
        for each in shipped_rules().concurrency.pairs
        if set(each.pair) <= programs
        and len(set(each.pair)) == 2
        and each.same[max(each.same)].value == "apart"
    }
    shown = {
        frozenset((one.lower(), other.lower())) for one, other, how, _ in BESIDE if how == "blocked"
    }
    assert apart <= shown


def test_every_code_in_force_is_ready_for_somebody() -> None:
    book = shipped_rules()
    everybody = [*patients().values(), *aprils().values()]
    ready = {f["code"] for p in everybody for f in p["findings"] if f["verdict"] == "ready"}
    known = {code for file in book.files.values() for code in file.codes}
    ended = {"G0511", "G0512"}
    assert ready == known - ended - SETTLED_ELSEWHERE


def test_every_line_of_april_is_accounted_for_as_told() -> None:
    told_of = [row for row in bodies("file", APRIL) if len(row) > 2]
    assert lines_of(FOLDER, april()) == told_of
    problems = [(place, problem) for place, problem, _ in bodies("line", APRIL)]
    assert problems_of(april()) == problems
    assert april()["status"] == "final"


@pytest.mark.parametrize(
    ("line", "patient", "ready"),
    [
        ("positions: {ccm-pcm-two-practitioners: allowed}", "A27", {"99490", "99426"}),
        ("positions: {pin-peer-support: peer_support}", "A18", SETTLED_ELSEWHERE),
        ("positions: {ccm-supervision: relaxed}", "A38", {"99490"}),
    ],
)
def test_what_to_try_with_april_works(
    tmp_path: Path, line: str, patient: str, ready: set[str]
) -> None:
    assert f"`{line}`" in APRIL
    folder = Path(shutil.copytree(FOLDER, tmp_path / "april"))
    with (folder / "rtmaudit.yaml").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    assert not ready & set(ready_codes(aprils()[patient], APRIL_END))
    assert ready <= set(ready_codes(april_of(folder)[patient], APRIL_END))
