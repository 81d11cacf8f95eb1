"""How an audit of a spoilt file stands to the audit of its clean counterpart: the same, refused or
quarantined with file and line, or wrong. Nothing of the product is asked but its command."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from practice import Run, file, problems

CODES = (0, 2, 3, 4, 5)
LINE_END = re.compile(r"\r\n|\r|\n")
MEASURED = ("readings", "time_log", "calls")
MORE_HELPS = ("reading_days", "readings", "management_minutes", "live_contacts", "visits")


class Outcome(StrEnum):
    """What a spoilt file came to. Laxer: a line is quarantined and named, and without it something
    is ready, or counted, that is not so in truth."""

    SAME = "same"
    REFUSED = "refused"
    WHOLE = "refused, no line"
    QUARANTINED = "quarantined"
    LAXER = "laxer"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Weighed:
    """An outcome, and for one that is not fine why."""

    outcome: Outcome
    why: str = ""


def physical_lines(text: str) -> int:
    """Lines of a text by its line ends alone."""
    return len(LINE_END.findall(text)) + (not text.endswith(("\r", "\n")))


def weigh(clean: Any, run: Run, name: str, records: Collection[int]) -> Weighed:
    """A run on a spoilt file of this name, beside the document of the clean one. `records` are the
    counts that the file may be said to hold."""
    if fault := undocumented(run):
        return Weighed(Outcome.WRONG, fault)
    if run.code not in (0, 3):
        return _refused(run, name)
    document = run.document
    faults = [*_unaccounted(document, name, records), *_more(clean, document, name)]
    if faults:
        return Weighed(Outcome.WRONG, "; ".join(faults))
    if document["patients"] == clean["patients"]:
        return Weighed(Outcome.SAME)
    faults = list(_silent(clean, document, name))
    if faults:
        return Weighed(Outcome.WRONG, "; ".join(faults))
    laxer = [*map(str, sorted(_ready(document) - _ready(clean))), *_rose(clean, document)]
    return Weighed(Outcome.LAXER if laxer else Outcome.QUARANTINED, "; ".join(laxer))


def undocumented(run: Run) -> str:
    """What is wrong with how a run ended, whatever it was given. Raises KeyboardInterrupt for one
    that a person ended."""
    if run.code in (130, 143):
        raise KeyboardInterrupt
    if run.code not in CODES:
        return f"exit code {run.code}: {run.err.strip()}"
    if "Traceback" in run.err:
        return "a traceback"
    if run.code not in (0, 3) and run.out:
        return "something was written by a run that was refused"
    return ""


def _refused(run: Run, name: str) -> Weighed:
    named = re.findall(rf"^rtmaudit: {re.escape(name)}(:\d+)?: ", run.err, re.MULTILINE)
    if any(named):
        return Weighed(Outcome.REFUSED)
    if named:
        return Weighed(Outcome.WHOLE)
    other = re.match(r"rtmaudit: (\w+\.csv)[:,]", run.err)
    if other:
        return Weighed(Outcome.WHOLE, f"only {other[1]} is named")
    return Weighed(Outcome.WRONG, "refused without the name of a file")


def _unaccounted(document: Any, name: str, records: Collection[int]) -> Iterator[str]:
    if name not in [each["name"] for each in document["inputs"]]:
        yield "it was passed over"
        return
    mine = file(document, name)
    if mine["records"] not in records:
        yield f"{mine['records']} records; there are {sorted(records)}"
    where = [(p["file"], p["disposition"]) for p in document["problems"]]
    told = where.count((name, "quarantined"))
    if told != sum(mine["quarantined"].values()):
        yield f"{told} quarantined lines are named, and others counted"


def _more(clean: Any, document: Any, name: str) -> Iterator[str]:
    """What a spoilt file must not have more of than the clean one. On the roster a line stays with
    a cell that cannot be read, and is named."""
    if name not in [each["name"] for each in document["inputs"]]:
        return
    before, after = file(clean, name), file(document, name)
    more = after["used"] - before["used"]
    named = {line for line, *_ in set(problems(document, name)) - set(problems(clean, name))}
    if more > (len(named) if before["role"] == "patients" else 0):
        yield f"{more} lines more are used"
    if before["role"] in MEASURED:
        yield from _rose(clean, document)


def _rose(clean: Any, document: Any) -> list[str]:
    had, has = facts(clean), facts(document)
    both = sorted(has.keys() & had.keys())
    return [f"{key} rose from {had[key]} to {has[key]}" for key in both if has[key] > had[key]]


def _silent(clean: Any, document: Any, name: str) -> Iterator[str]:
    """Another audit, and nothing that says why."""
    before, after = file(clean, name), file(document, name)
    lost = before["used"] + before["duplicate"] - after["used"] - after["duplicate"]
    quarantined = sum(after["quarantined"].values())
    if lost > quarantined:
        yield f"{lost} lines are no longer used and {quarantined} are quarantined"
    if not set(problems(document, name)) - set(problems(clean, name)):
        yield "another audit, and no line of the file is named"


def facts(document: Any) -> dict[tuple[str, ...], int]:
    """What is beyond doubt of each measured need of each finding."""
    return {
        (
            patient["patient_id"],
            finding["code"],
            finding["window"]["start"],
            need["need"],
        ): need["have"]
        for patient in document["patients"]
        for finding in patient["findings"]
        for need in finding["needs"]
        if need["fact"] in MORE_HELPS
    }


def _ready(document: Any) -> set[tuple[str, str, str, int]]:
    return {
        (patient["patient_id"], finding["code"], finding["window"]["start"], finding["units"])
        for patient in document["patients"]
        for finding in patient["findings"]
        if finding["verdict"] == "ready"
    }
