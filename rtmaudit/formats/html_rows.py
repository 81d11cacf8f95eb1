"""The patients' table of the page: its rows, its columns, and what it can be filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import NamedTuple

from rtmaudit.formats.table import patient_row
from rtmaudit.model import Program
from rtmaudit.report import PatientReport, Report, words
from rtmaudit.report.build import Patients
from rtmaudit.report.standing import NEEDS_A_HAND, patient_verdict, program_cell, speaking, steps
from rtmaudit.report.views import Cell, view

MOST_ROWS = 5000
"""Above so many patients, the page shows those that most need a hand."""


class Column(NamedTuple):
    """A column: its name, its title, and how it is sorted."""

    name: str
    title: str
    sort: str = "text"


COLUMNS = (
    Column("patient", "Patient"),
    Column("verdict", "Verdict", "verdict"),
    Column("programs", "Programs"),
    Column("ready", "Ready codes"),
    Column("amount_ready", "Ready $", "number"),
    Column("amount_at_stake", "At stake $", "number"),
    Column("days", "Data days", "number"),
    Column("minutes", "Minutes", "number"),
    Column("calls", "Live calls", "number"),
    Column("next", "Next"),
    Column("fits", "Fits"),
    Column("payer", "Payer"),
    Column("biller", "Biller"),
    Column("to_confirm", "To confirm"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A patient: the cells by their columns' names, a line of a cell each, and what comes after the
    next step. `payers` and `billers` are numbers of the table's choices."""

    verdict: str
    programs: Sequence[str]
    payers: Sequence[int]
    billers: Sequence[int]
    cells: Mapping[str, Sequence[str]]
    later: Sequence[str]


@dataclass(frozen=True, slots=True)
class PatientRows:
    """The table. A column that is empty for every patient is not there."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    left_out: int
    verdicts: Sequence[str]
    programs: Sequence[str]
    payers: Sequence[str]
    billers: Sequence[str]


def patient_rows(report: Report) -> PatientRows:
    """The rows in the order of the patients; of too many, those that most need a hand first."""
    kept = _kept(report.patients)
    payers, billers = _choices(kept, "payer"), _choices(kept, "biller")
    rows = list(_rows(replace(report, patients=tuple(kept)), payers, billers))
    return PatientRows(
        [c for c in COLUMNS if any(any(row.cells[c.name]) for row in rows)],
        rows,
        len(report.patients) - len(kept),
        [*map(str, NEEDS_A_HAND)],
        list(dict.fromkeys(p for row in rows for p in row.programs)),
        payers,
        billers,
    )


def program_of(word: str) -> str:
    """A program's word as the field writes it; the empty word stays empty."""
    return words.program_name(Program(word) if word else None)


def _choices(patients: Iterable[PatientReport], part: str) -> list[str]:
    return sorted({word for patient in patients for word in patient.all_of(part)})


def _kept(patients: Patients) -> Sequence[PatientReport]:
    few = len(patients) <= MOST_ROWS
    return tuple(patients) if few else nsmallest(MOST_ROWS, patients, key=_pressing)


def _pressing(patient: PatientReport) -> int:
    """Who is not on the roster comes first."""
    verdict = patient_verdict(speaking(patient))
    return [*map(str, NEEDS_A_HAND)].index(verdict) if verdict else -1


def _rows(report: Report, payers: Sequence[str], billers: Sequence[str]) -> Iterator[Row]:
    shown = view(report, "patients")
    names = [name for name, _ in shown.columns]
    of_payer, of_biller = ({w: n for n, w in enumerate(some)} for some in (payers, billers))
    for patient, cells in zip(report.patients, shown.rows, strict=True):
        told = dict(zip(names, cells, strict=True))
        others = steps(patient, speaking(patient))[1:]
        row = _cells(patient, told)
        yield Row(
            str(told["verdict"] or ""),
            [str(program) for program in patient.programs],
            [of_payer[word] for word in patient.all_of("payer")],
            [of_biller[word] for word in patient.all_of("biller")],
            row,
            [step for step in others if step not in row["next"][0]],
        )


_OF_TABLE = (
    *("patient", "verdict", "ready", "days", "minutes", "calls", "fits"),
    *("amount_ready", "amount_at_stake", "next"),
)
"""What the cells of the terminal's table are, in its order."""


def _cells(patient: PatientReport, told: Mapping[str, Cell]) -> Mapping[str, Sequence[str]]:
    compact = zip(_OF_TABLE, patient_row(patient), strict=True)
    return {
        **{name: [""] if cell == "-" else cell.split("\n") for name, cell in compact},
        "patient": [patient.patient_id],
        "programs": [f"{program_of(p)} {program_cell(patient, p)}" for p in patient.programs],
        "fits": [_fits(patient)],
        **{name: [str(told[name] or "")] for name in ("payer", "biller", "to_confirm")},
    }


def _fits(patient: PatientReport) -> str:
    """The program that fits best; `?` where it still lacks something."""
    fit = patient.fit
    lacks = any(each.program is fit.best for each in fit.candidates)
    return words.program_name(fit.best) + (" ?" if lacks else "")
