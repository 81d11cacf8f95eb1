"""What a person is told of a problem of the input, beside its file and line. Never a cell."""

from __future__ import annotations

from collections.abc import Mapping

from rtmaudit.model import ProblemKind

_TOLD: Mapping[str, str] = {
    ProblemKind.ID_RESEMBLES: (
        "this id looks like another and is not it; if they are one patient, correct one of them"
    ),
    ProblemKind.ID_PRECISION: (
        "long ids that end in zeros were rounded by a spreadsheet; export again with ids as text"
    ),
    ProblemKind.ROSTER_MISMATCH: (
        "many of its patients are not on the roster; is the roster of this month and practice?"
    ),
    ProblemKind.IMPLAUSIBLE_DATE: "implausible date",
    ProblemKind.FUTURE_DATE: "lies after the as-of day; is a clock wrong?",
    ProblemKind.BILLING_CODE: "is no billing code of five characters",
    ProblemKind.ENDS_BEFORE_START: "its last day lies before its first",
    ProblemKind.EXPORT_ENDS_EARLY: "export ends early",
    ProblemKind.MOSTLY_OTHER_MONTH: "most of its lines lie outside the month",
    ProblemKind.SAME_MINUTE: (
        "more than three readings of one device in one minute; if this is when they were "
        "received, map the column that says when they were measured"
    ),
    ProblemKind.LINES_AT_A_CAP: (
        "has just as many lines as an export may be cut at; does it hold all?"
    ),
    ProblemKind.VOLUME_LEAP: "holds far fewer or far more than of the month before; is it whole?",
}


def told(kind: str) -> str:
    """The sentence of a kind, or its plain words."""
    return _TOLD.get(kind, str(kind).replace("_", " "))
