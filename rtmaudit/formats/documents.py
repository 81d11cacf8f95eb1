"""JSON and JSON Lines: the contract that other programs read."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, TextIO

from rtmaudit.fees import Worth
from rtmaudit.fit import Candidate, Fit
from rtmaudit.formats.shapes import (
    SCHEMA,
    CandidateShape,
    FindingShape,
    Head,
    NeedShape,
    PatientShape,
    Tail,
)
from rtmaudit.model import UNIT_OF_FACT, Finding, Need
from rtmaudit.report import Behind, PatientReport, Report, words
from rtmaudit.report.once import Once, Worded
from rtmaudit.report.standing import reachable, why

Encode = Callable[[Any], str]


def write_json(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The whole report as one document. It always holds every finding."""
    del which, everything
    encode = partial(laid_out, margin="\n  ")
    patients = _Patients(encode, partial(laid_out, margin="\n    "), "\n   ", "\n  ")
    stream.write(laid_out(head(report)).removesuffix("\n}") + ',\n "patients": [')
    written = False
    for each in report.patients:
        stream.write((",\n  " if written else "\n  ") + patients.text(each))
        written = True
    stream.write("\n ]" if written else "]")
    stream.write("," + laid_out(tail(report)).removeprefix("{") + "\n")


def write_jsonl(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The head on the first line, then a patient a line, then problems and totals."""
    del which, everything
    patients = _Patients(dense, dense, "", "")
    stream.write(dense(head(report)) + "\n")
    for each in report.patients:
        stream.write(patients.text(each) + "\n")
    stream.write(dense(tail(report)) + "\n")


def dense(value: Any) -> str:
    """A value as JSON on one line."""
    return _DENSE(value)


_DENSE = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


_word = lru_cache(maxsize=5_000, typed=True)(dense)
"""A text or number of the document as JSON. Most of them come again and again."""


def laid_out(value: Any, margin: str = "\n") -> str:
    """A value as JSON with a line for each part, as `json.dumps` lays it out with an indent of one;
    `margin` begins the line on which it ends."""
    if not isinstance(value, (dict, list)):
        return _word(value)
    inner = margin + " "
    if isinstance(value, dict):
        parts = [f"{inner}{_word(k)}: {laid_out(each, inner)}" for k, each in value.items()]
        return "{" + ",".join(parts) + margin + "}" if parts else "{}"
    parts = [inner + laid_out(each, inner) for each in value]
    return "[" + ",".join(parts) + margin + "]" if parts else "[]"


class _Patients:
    """Writes patients: each distinct finding once, and once what stands around the findings of
    patients who are alike in it."""

    def __init__(self, outer: Encode, inner: Encode, key_margin: str, margin: str) -> None:
        self.outer, self.inner = outer, inner
        self.between, self.margin = key_margin and key_margin + " ", margin
        self.closes = key_margin
        self.findings = Worded(self._finding)
        self.frames = Once[Fit, dict[Hashable, tuple[str, str]]](lambda _: {})

    def text(self, each: PatientReport) -> str:
        """One patient."""
        before, after = self._frame(each)
        findings = self.findings.each(each)
        if each.evidence:
            findings = [self._behind(each, i) or text for i, text in enumerate(findings)]
        closes = self.closes if findings else ""
        told = f"{before}{dense(each.patient_id)}{after}"
        return f"{told}[{','.join(findings)}{closes}]{self.margin}}}"

    def _frame(self, each: PatientReport) -> tuple[str, str]:
        """What stands before the id of a patient, and between that and the findings."""
        if each.money:
            return self._around(each._replace(patient_id=""))
        known = self.frames.of(each.fit)
        key = (each.on_roster, each.programs, tuple(each.billing.values()))
        if key not in known:
            bare = PatientReport("", each.billing, each.on_roster, each.programs, (), each.fit)
            known[key] = self._around(bare)
        return known[key]

    def _around(self, nameless: PatientReport) -> tuple[str, str]:
        before, _, after = self.outer(patient(nameless)).partition('""')
        return before, after[: after.rindex("[]")]

    def _behind(self, each: PatientReport, i: int) -> str:
        """A finding with the lines behind it; empty where there are none."""
        lines = each.evidence.get(i, ())
        return self._finding(each.findings[i], each.worth(i), lines) if lines else ""

    def _finding(
        self, found: Finding, worth: Worth | None, evidence: tuple[Behind, ...] = ()
    ) -> str:
        return self.between + self.inner(finding(found, evidence, worth))


def head(report: Report) -> Head:
    """What a reader must know before the first patient."""
    return {
        "schema": SCHEMA,
        "month": str(report.month),
        "as_of": str(report.as_of),
        "timezone": report.timezone,
        "status": "final" if report.final else "provisional",
        "tool": {"version": report.tool_version},
        "rules": {
            "version": report.rules_version,
            "sha256": report.rules_sha256,
            "payers_used": report.payers_used,
            "positions": [
                {
                    "point": each.point,
                    "take": each.take,
                    "since": str(each.since) if each.since else None,
                    "source": each.source,
                }
                for each in report.positions
            ],
        },
        "inputs": [
            {
                "role": each.role,
                "name": each.name,
                "layout": each.layout or None,
                "sha256": each.sha256,
                "records": each.records,
                "used": each.used,
                "duplicate": each.duplicate,
                "excluded": dict(each.excluded),
                "quarantined": dict(each.quarantined),
            }
            for each in report.inputs
        ],
        "not_checked": list(report.not_checked),
        "settle_first": [
            {"what": s.what, "patients": s.patients, "configuration": s.configuration}
            for s in report.settle_first
        ],
        "decisions": [
            {"file": d.file, "line": d.line, "decision": d.decision, "by": d.by, "on": str(d.on)}
            for d in report.decisions
        ],
        "amounts": list(report.amounts),
    }


def tail(report: Report) -> Tail:
    """Problems and totals."""
    return {
        "problems": [
            {
                "kind": str(p.kind),
                "file": p.file,
                "line": p.line,
                "column": p.column,
                "disposition": p.disposition,
                "other_line": p.other_line or None,
            }
            for p in report.problems
        ],
        "totals": {
            "patients": len(report.patients),
            "by_verdict": report.by_verdict,
            "by_code": report.by_code,
        },
    }


def patient(each: PatientReport) -> PatientShape:
    """One patient with the fit; the findings are written beside."""
    fit = each.fit
    return {
        "patient_id": each.patient_id,
        "payer": "; ".join(each.all_of("payer")),
        "rules_payer": "; ".join(each.all_of("rules_payer")),
        "on_roster": each.on_roster,
        "programs": list(each.programs),
        "best_fit": str(fit.best or "none"),
        "also": [str(program) for program in fit.also],
        "instead_of": str(fit.instead_of) if fit.instead_of else None,
        "why": why(each),
        "candidates": [candidate(c) for c in fit.candidates],
        "amount_ready": _dollars(each.money.ready if each.money else None),
        "amount_at_stake": _dollars(each.money.at_stake if each.money else None),
        "findings": [],
    }


def candidate(each: Candidate) -> CandidateShape:
    """One candidate program."""
    return {
        "program": str(each.program),
        "from": str(each.from_month),
        "conditions": list(each.conditions),
        "lacks": list(each.lacks),
        "undetermined": list(each.undetermined),
    }


def _dollars(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def finding(each: Finding, evidence: tuple[Behind, ...], worth: Worth | None) -> FindingShape:
    """One finding with all of its needs."""
    others = worth.alternatives if worth else (None,) * len(each.alternatives)
    return {
        "program": str(each.program),
        "code": each.code,
        "verdict": each.verdict,
        "units": each.units,
        "secondary": each.secondary,
        "window": {
            "kind": str(each.window.kind),
            "start": str(each.window.start),
            "end": str(each.window.end),
        },
        "service_date": str(each.service_date) if each.service_date else None,
        "needs": [need(each, n) for n in each.needs],
        "reasons": [words.reason(reason) for reason in each.reasons],
        "conflicts_with": list(each.conflicts_with),
        "alternatives": [
            {"code": a.code, "units": a.units, "amount": _dollars(amount)}
            for a, amount in zip(each.alternatives, others, strict=True)
        ],
        "to_confirm": list(each.to_confirm),
        "positions": list(each.positions),
        "modifiers": list(each.modifiers),
        "amount": _dollars(worth.amount if worth else None),
        "amount_basis": worth.basis if worth else None,
        "sources": list(each.sources),
        "evidence": [{"file": b.file, "line": b.line, "summary": b.summary} for b in evidence],
    }


def need(of: Finding, each: Need) -> NeedShape:
    """One need: minutes are floored, `have_at_most` is null where no bound is known."""
    by, start_by = reachable(of, each)
    return {
        "need": each.name,
        "fact": str(each.ref.name),
        "unit": UNIT_OF_FACT[each.ref.name],
        "have": each.have,
        "have_at_most": each.have_at_most,
        "want": each.want,
        "short_by": each.short_by,
        "reachable_by": str(by) if by else None,
        "start_by": str(start_by) if start_by else None,
    }
