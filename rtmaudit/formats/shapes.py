"""The shape of the JSON document, once: the writer is typed by it and the published JSON Schema is
made from it. Keys and words change only with a major version."""

from __future__ import annotations

from typing_extensions import TypedDict

from rtmaudit.model import Verdict

SCHEMA = "rtmaudit.audit/1"


class Version(TypedDict):
    """A version."""

    version: str


class PositionShape(TypedDict):
    """How the practice reads a contested point."""

    point: str
    take: str
    since: str | None
    source: str | None


class DecisionShape(TypedDict):
    """How a person settled a line in doubt."""

    file: str
    line: int
    decision: str
    by: str
    on: str


class Rules(TypedDict):
    """Which rules were used, whose for how many patients, and the positions they were read by."""

    version: str
    sha256: str
    payers_used: dict[str, int]
    positions: list[PositionShape]


class Input(TypedDict):
    """A file: `records` = used + duplicate + the sums of excluded and of quarantined. `layout` is
    the vendor's that its header was recognised as."""

    role: str
    name: str
    layout: str | None
    sha256: str
    records: int
    used: int
    duplicate: int
    excluded: dict[str, int]
    quarantined: dict[str, int]


class SettleFirst(TypedDict):
    """A question, the patients that it turns, and the line that settles it."""

    what: str
    patients: int
    configuration: str


class CandidateProgram(TypedDict):
    """A program that the patient is not in. `from` is a month."""

    program: str
    conditions: list[str]
    lacks: list[str]
    undetermined: list[str]


FromMonth = TypedDict("FromMonth", {"from": str})


class CandidateShape(CandidateProgram, FromMonth):
    """A candidate program with the first month in which it could begin."""


class WindowShape(TypedDict):
    """Days, both ends included."""

    kind: str
    start: str
    end: str


class NeedShape(TypedDict):
    """A measured condition. `have_at_most` is null where no bound is known."""

    need: str
    fact: str
    unit: str
    have: int
    have_at_most: int | None
    want: int
    short_by: int
    reachable_by: str | None
    start_by: str | None


class AlternativeShape(TypedDict):
    """Another code that the same facts support in the same window."""

    code: str
    units: int
    amount: str | None


class LineShape(TypedDict):
    """A physical line of an export; of a `summary` it is a count itself."""

    file: str
    line: int
    summary: bool


class FindingShape(TypedDict):
    """The verdict on one code for one window."""

    program: str
    code: str
    verdict: Verdict
    units: int
    secondary: bool
    window: WindowShape
    service_date: str | None
    needs: list[NeedShape]
    reasons: list[str]
    conflicts_with: list[str]
    alternatives: list[AlternativeShape]
    to_confirm: list[str]
    positions: list[str]
    modifiers: list[str]
    amount: str | None
    amount_basis: str | None
    sources: list[str]
    evidence: list[LineShape]


class PatientShape(TypedDict):
    """One patient: findings and fit."""

    patient_id: str
    payer: str
    rules_payer: str
    on_roster: bool
    programs: list[str]
    best_fit: str
    also: list[str]
    instead_of: str | None
    why: str
    candidates: list[CandidateShape]
    amount_ready: str | None
    amount_at_stake: str | None
    findings: list[FindingShape]


class ProblemShape(TypedDict):
    """One problem of the input; never with the content of a cell."""

    kind: str
    file: str
    line: int
    column: str
    disposition: str
    other_line: str | None


class Totals(TypedDict):
    """Findings per verdict and per code, secondary ones left out."""

    patients: int
    by_verdict: dict[str, int]
    by_code: dict[str, dict[str, int]]


class Head(TypedDict):
    """What a reader must know before the first patient."""

    schema: str
    month: str
    as_of: str
    timezone: str | None
    status: str
    tool: Version
    rules: Rules
    inputs: list[Input]
    not_checked: list[str]
    settle_first: list[SettleFirst]
    decisions: list[DecisionShape]
    amounts: list[str]


class Patients(TypedDict):
    """All patients, by id."""

    patients: list[PatientShape]


class Tail(TypedDict):
    """Problems and totals."""

    problems: list[ProblemShape]
    totals: Totals


class Audit(Head, Patients, Tail):
    """The whole document."""
