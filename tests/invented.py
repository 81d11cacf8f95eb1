"""A small invented practice as values: its readings, time entries and roster, written as exports
and audited through the real reader to the report."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from rtmaudit.config import Config
from rtmaudit.pipeline import Order, audit
from rtmaudit.report import InputSummary, PatientReport, Report
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month

NEW_YORK = "America/New_York"
HEADERS = {
    "readings": "patient_id,recorded_at,system",
    "time_log": "patient_id,started_at,seconds,program,role,contact,staff_id,entry_id",
    "patients": "patient_id,enrolled_on,consent_on,biller_type,programs,conditions",
}


@dataclass(frozen=True)
class Reading:
    patient: str
    at: datetime
    system: str = "musculoskeletal"


@dataclass(frozen=True)
class Entry:
    patient: str
    at: datetime
    seconds: int
    program: str = "rtm"
    contact: str = "none"
    staff: str = ""
    id: str = ""


@dataclass(frozen=True)
class Enrolment:
    patient: str
    enrolled_on: date | None
    consent_on: date
    programs: str = "rtm;ccm"


@dataclass
class Practice:
    """The exports of a practice, as values."""

    folder: Path
    month: Month = field(default_factory=lambda: Month.parse("2026-03"))
    zone: str = NEW_YORK
    offset: timezone | None = None
    readings: list[Reading] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    roster: list[Enrolment] = field(default_factory=list)
    parts: int = 1
    again: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> dict[str, list[str]]:
        """The lines of each export."""
        return {
            "readings": [f"{r.patient},{self.stamp(r.at)},{r.system}" for r in self.readings],
            "time_log": [
                f"{e.patient},{self.stamp(e.at)},{e.seconds},{e.program},physician,{e.contact},"
                f"{e.staff},{e.id}"
                for e in self.entries
            ],
            "patients": [
                f"{e.patient},{e.enrolled_on or ''},{e.consent_on},physician,{e.programs},I10;E11.9"
                for e in self.roster
            ],
        }

    def stamp(self, at: datetime) -> str:
        """A time of day as the export writes it: local, or with an offset."""
        if self.offset is None:
            return at.isoformat()
        return at.replace(tzinfo=ZoneInfo(self.zone)).astimezone(self.offset).isoformat()

    def audit(self) -> Report:
        """Write the files and audit them."""
        run = self.folder / f"run{len(list(self.folder.iterdir()))}"
        run.mkdir()
        for name, lines in self.lines().items():
            parts = self.parts if name != "patients" else 1
            for i in range(parts):
                write(run / f"{name}_{i}.csv", name, lines[i::parts])
        for name, lines in self.again.items():
            write(run / f"{name}_again.csv", name, lines)
        config = Config(timezone=self.zone)
        as_of = self.month.after.start
        return audit(Order((run,), self.month, as_of, config, shipped("rules")))

    def people(self) -> dict[str, PatientReport]:
        """What is said of each patient."""
        return people(self.audit())


def write(path: Path, name: str, lines: list[str]) -> None:
    path.write_text("\n".join([HEADERS[name], *lines]) + "\n", encoding="utf-8")


def people(report: Report) -> dict[str, PatientReport]:
    return {patient.patient_id: patient for patient in report.patients}


def accounts(report: Report, role: str) -> Counter[str]:
    """What became of all records of one table."""
    total: Counter[str] = Counter()
    mine: Iterator[InputSummary] = (each for each in report.inputs if each.role == role)
    for each in mine:
        total.update({"records": each.records, "used": each.used, "duplicate": each.duplicate})
        total.update(each.excluded)
        total.update(each.quarantined)
    return +total


IDS = ("0001", "1", "Q1", "q1")


def random_practice(folder: Path, seed: int) -> Practice:
    """Four patients with days and minutes around the thresholds. Nobody works twice at once."""
    chance = random.Random(seed)
    made = Practice(folder)
    for number, patient in enumerate(IDS):
        begin = date(2026, 1, 25) + timedelta(days=chance.randrange(45))
        start = begin if chance.random() < 0.8 else None
        made.roster.append(Enrolment(patient, start, date(2026, 1, 20)))
        days = chance.sample(range(66), chance.choice([4, 20, 33, 40, 60]))
        for day in (*days, 0, 36):
            at = datetime(2026, 1, 25, chance.randrange(8, 20), chance.randrange(60))
            made.readings.append(Reading(patient, at + timedelta(days=day)))
        for slot in chance.sample(range(28 * 12), chance.choice([1, 2, 4, 8])):
            at = datetime(2026, 3, 1 + slot // 12, 8 + slot % 12, chance.randrange(10))
            made.entries.append(
                Entry(
                    patient,
                    at,
                    chance.choice([59, 60, 299, 300, 599, 601, 1200]),
                    chance.choice(["rtm", "rtm", "ccm"]),
                    chance.choice(["live_audio", "live_video", "none", "voicemail"]),
                    f"S{number}",
                    chance.choice(["", f"E{number}-{slot}"]),
                )
            )
    return made
