"""A small practice in a folder: write its exports, run the command, look at what it says."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

from rtmaudit.cli import main

MONTH = "2026-03"
ZONE = "timezone: America/New_York\n"
BY_MONTH = "window_mode: calendar_month\ndefaults: {biller_type: physician, role: physician}\n"
"""With these, days and minutes are those of the month and nothing else is in doubt."""

READINGS = "patient_id,recorded_at,system\n"
TIME_LOG = "patient_id,started_at,minutes,program,contact\n"


@dataclass(frozen=True)
class Run:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document on standard output."""
        assert self.code in (0, 3), self.err
        return json.loads(self.out)


def command(*words: object) -> Run:
    """Run `rtmaudit` with these words, in this process; no `python -m pytest` shows in its help."""
    out, err = io.StringIO(), io.StringIO()
    argv = ["rtmaudit", *map(str, words)]
    with (
        mock.patch.object(sys, "argv", argv),
        mock.patch.object(sys.modules["__main__"], "__package__", None),
        mock.patch.dict(os.environ),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = main()
    gc.unfreeze()  # a run leaves its garbage to the end of the process, which is not yet
    return Run(code, out.getvalue(), err.getvalue())


def surroundings() -> dict[str, str]:
    """The environment without what would change how a run writes."""
    changing = ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "PYTHONUNBUFFERED")
    return {name: value for name, value in os.environ.items() if name not in changing}


def process(
    *words: object, env: Mapping[str, str] | None = None, **how: Any
) -> subprocess.CompletedProcess[str]:
    """Run `python -m rtmaudit` as a process of its own."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    return subprocess.run(
        [sys.executable, "-m", "rtmaudit", *map(str, words)],
        env=surroundings() | dict(env or {}),
        text=True,
        check=False,
        **how,
    )


@dataclass
class Practice:
    """A folder of exports. What is not written is not there."""

    folder: Path
    options: list[object] = field(
        default_factory=lambda: ["--month", MONTH, "--as-of", "2026-04-01"]
    )

    def write(self, name: str, content: str | bytes) -> Path:
        """One file, byte for byte."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def configure(self, text: str) -> None:
        """The mapping file."""
        self.write("rtmaudit.yaml", text)

    def audit(self, *words: object) -> Run:
        """Audit the folder."""
        return command("audit", self.folder, *self.options, *words)

    def document(self, *words: object) -> Any:
        """Audit the folder and give its JSON document."""
        return self.audit("--format", "json", *words).document

    def refusal(self, *words: object) -> str:
        """What is said when the exports are refused."""
        run = self.audit(*words)
        assert (run.code, run.out) == (4, ""), run
        return run.err

    def fault(self, *words: object) -> str:
        """What is said when the configuration or the command line is wrong."""
        run = self.audit(*words)
        assert (run.code, run.out) == (2, ""), run
        return run.err


def readings(*lines: str, header: str = READINGS) -> str:
    """A readings export: `P1,2026-03-01` is completed with a system."""
    full = (line if line.count(",") != 1 else line + ",musculoskeletal" for line in lines)
    return header + "".join(line + "\n" for line in full)


def days_of_march(patient: str, *numbers: int) -> list[str]:
    """Lines with a reading on each of these days."""
    return [f"{patient},2026-03-{number:02d}" for number in numbers]


def time_log(*lines: str, header: str = TIME_LOG) -> str:
    """A time log."""
    return header + "".join(line + "\n" for line in lines)


def interval(
    document: Any, fact: str, patient: str = "P1", program: str = "rtm"
) -> tuple[int, int | None]:
    """`have` and `have_at_most` of a fact in the audited month."""
    found = {
        (need["have"], need["have_at_most"])
        for finding in findings(document, patient)
        if finding["program"] == program and finding["window"]["kind"] == "calendar_month"
        for need in finding["needs"]
        if need["fact"] == fact
    }
    assert len(found) == 1, (fact, found)
    low, high = found.pop()
    return int(low), None if high is None else int(high)


def days(document: Any, patient: str = "P1") -> tuple[int, int | None]:
    """Days with readings, for certain and at most."""
    return interval(document, "reading_days", patient)


def minutes(document: Any, patient: str = "P1", program: str = "rtm") -> tuple[int, int | None]:
    """Whole minutes, for certain and at most."""
    return interval(document, "management_minutes", patient, program)


def calls(document: Any, patient: str = "P1", program: str = "rtm") -> tuple[int, int | None]:
    """Live contacts, for certain and at most."""
    return interval(document, "live_contacts", patient, program)


def patients(document: Any) -> list[str]:
    """The ids in the report."""
    return [each["patient_id"] for each in document["patients"]]


def findings(document: Any, patient: str) -> list[Any]:
    """All findings of a patient."""
    (mine,) = (p["findings"] for p in document["patients"] if p["patient_id"] == patient)
    return list(mine)


def file(document: Any, name: str) -> Any:
    """What became of one file. The four dispositions add up, or this fails."""
    (mine,) = (each for each in document["inputs"] if each["name"] == name)
    excluded, quarantined = mine["excluded"].values(), mine["quarantined"].values()
    accounted = mine["used"] + mine["duplicate"] + sum(excluded) + sum(quarantined)
    assert accounted == mine["records"], mine
    return mine


def problems(document: Any, name: str) -> list[tuple[int, str, str]]:
    """Line, column and kind of every problem of a file."""
    return [(p["line"], p["column"], p["kind"]) for p in document["problems"] if p["file"] == name]


def one_sentence(said: str, *parts: str) -> None:
    """One line that holds all of these, and is no traceback."""
    assert said.startswith("rtmaudit: "), said
    assert said.count("\n") == 1, said
    assert "Traceback" not in said
    holds(said, *parts)


def answered(text: str, *lines: str) -> str:
    """A proposed mapping after a person has taken the `# ` off each of these lines; `key: a -> b`
    writes b where a stood. Of several such lines the next one is meant."""
    rows, last = text.splitlines(), 0
    for line in lines:
        shown, _, written = line.partition(" -> ")
        fits = [i for i, row in enumerate(rows) if row.strip().startswith(f"# {shown}")]
        assert fits, (shown, text)
        last = next((i for i in fits if i > last), fits[0])
        rows[last] = rows[last].replace("# ", "", 1)
        if written:
            key, _, value = shown.partition(": ")
            rows[last] = rows[last].replace(f"{key}: {value}", f"{key}: {written}")
    return joined(rows)


def holds(said: str, *parts: str) -> None:
    """Each part stands in what was said."""
    missing = [part for part in parts if part not in said]
    assert not missing, (missing, said)


def joined(lines: Iterable[str]) -> str:
    """Lines of a file."""
    return "".join(line + "\n" for line in lines)
