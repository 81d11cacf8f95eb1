"""JSON and JSON Lines: the contract that other programs read."""

from __future__ import annotations

import json
from typing import TextIO

from rtmaudit.fit import Candidate
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
from rtmaudit.report.standing import reachable


def write_json(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The whole report as one document. It always holds every finding."""
    del which, everything
    document = {**head(report), "patients": [patient(p) for p in report.patients], **tail(report)}
    json.dump(document, stream, ensure_ascii=True, allow_nan=False, indent=1)
    stream.write("\n")


def write_jsonl(report: Report, stream: TextIO, *, which: str, everything: bool) -> None:
    """The head on the first line, then a patient a line, then problems and totals."""
    del which, everything
    for part in [head(report), *(patient(p) for p in report.patients), tail(report)]:
        json.dump(part, stream, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
        stream.write("\n")


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
    """One patient with fit and findings."""
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
        "why": words.why(fit),
        "candidates": [candidate(c) for c in fit.candidates],
        "findings": [finding(f, each.evidence.get(i, ())) for i, f in enumerate(each.findings)],
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


def finding(each: Finding, evidence: tuple[Behind, ...]) -> FindingShape:
    """One finding with all of its needs."""
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
            {"code": a.code, "units": a.units, "amount": None} for a in each.alternatives
        ],
        "to_confirm": list(each.to_confirm),
        "positions": list(each.positions),
        "modifiers": list(each.modifiers),
        "amount": None,
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
