"""Exports of a small practice, counted without a rule, and one fact of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rtmaudit.config import Config
from rtmaudit.exports import Tables, read_tables
from rtmaudit.facts import Counted, Coverage, Facts, Frames, Settings, count
from rtmaudit.model import (
    BillerType,
    Cause,
    Clock,
    Fact,
    FactName,
    FactRef,
    Program,
    Role,
    System,
    Why,
    Window,
)
from rtmaudit.windows import Month

MARCH = Window(Clock.CALENDAR_MONTH, date(2026, 3, 1), date(2026, 3, 31))
PERIOD = Window(Clock.SUPPLY_PERIOD, date(2026, 3, 2), date(2026, 3, 31))
KNEE, LUNG = System.MUSCULOSKELETAL, System.RESPIRATORY
RTM, RPM, CCM = Program.RTM, Program.RPM, Program.CCM
CHRONIC = {"I10": 1, "I110": 1, "E119": 1, "E118": 1, "M179": 1, "J069": 0, "R52": 9}
NEW_YORK = ZoneInfo("America/New_York")

READINGS = "patient_id,recorded_at,system"
CALLS = "patient_id,started_at,contact,program"
LOG = "patient_id,started_at,seconds,program,role,contact,staff_id,entry_id"


def table(header: str, *lines: str) -> str:
    """A CSV file."""
    return "\n".join((header, *lines)) + "\n"


def readings(*days: int | str, patient: str = "P1", system: str = "musculoskeletal") -> list[str]:
    """A reading on each of these days of March, or of the dates as they stand."""
    dates = (day if isinstance(day, str) else f"2026-03-{day:02d}" for day in days)
    return [f"{patient},{day},{system}" for day in dates]


class Practice:
    """Exports in a folder, counted without a rule."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found: Tables | None = None

    def counted(
        self,
        month: str = "2026-03",
        as_of: date = date(2026, 4, 1),
        *,
        covers: Mapping[str, Coverage] | None = None,
        by_month: bool = False,
        calls_as_time: bool = False,
        role: Role | None = None,
        biller: BillerType | None = None,
        config: Config | None = None,
        **tables: str,
    ) -> Counted:
        for name, text in tables.items():
            (self.folder / f"{name}.csv").write_text(text, encoding="utf-8")
        config = config or Config()
        config = config.model_copy(update={"timezone": "America/New_York"})
        self.found = found = read_tables([self.folder], config)
        frames = Frames(
            {name: data.frame for name, data in found.data.items()},
            {name: [file.name for file in data.files] for name, data in found.data.items()},
            {name: data.columns for name, data in found.data.items()},
        )
        said = Settings(
            Month.parse(month),
            as_of,
            NEW_YORK,
            by_month,
            calls_count_as_time=calls_as_time,
            default_role=role,
            default_biller=biller,
            covers=covers or {},
        )
        return count(frames, said, CHRONIC)

    def facts(self, **how: Any) -> Facts:
        return self.counted(**how).facts


def days(facts: Facts, window: Window = PERIOD, *systems: System, patient: str = "P1") -> Fact:
    ref = FactRef(FactName.READING_DAYS, RTM, systems or (KNEE,))
    return facts.measure(patient, ref, window)


BY = (
    (BillerType.PHYSICIAN, (Role.PHYSICIAN, Role.NPP)),
    (BillerType.NPP, (Role.PHYSICIAN, Role.NPP)),
    (BillerType.THERAPIST, (Role.THERAPIST, Role.ASSISTANT)),
)
VISITS = ("99202-99205", "G0402")


def minutes(
    facts: Facts,
    patient: str = "P1",
    program: Program = RTM,
    window: Window = MARCH,
    visits: tuple[str, ...] = (),
) -> Fact:
    ref = FactRef(FactName.MANAGEMENT_MINUTES, program, (), BY, visits)
    return facts.measure(patient, ref, window)


def fact(facts: Facts, name: FactName, program: Program = RTM, patient: str = "P1") -> Fact:
    return facts.measure(patient, FactRef(name, program), MARCH)


def contacts(facts: Facts, program: Program = RTM, patient: str = "P1") -> Fact:
    return fact(facts, FactName.LIVE_CONTACTS, program, patient)


def span(found: Fact) -> tuple[object, object, Why | None, Cause | None]:
    """The interval and its reason."""
    return found.low, found.high, found.why, found.cause


ROSTER = table("patient_id,enrolled_on,biller_type", "P1,2026-03-02,physician")


def log(*lines: str) -> str:
    """A time log."""
    return table(LOG, *lines)
