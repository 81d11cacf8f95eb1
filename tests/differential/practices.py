"""Random practices, small ones, whose values lie close to the thresholds of the law.

A practice is what a folder of exports holds, as text: tables, their columns, and the few lines of
configuration. The same seed and number always give the same practice.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

Row = dict[str, str]
"""The cells of a line, by column."""

DAY = timedelta(days=1)
ZONES = ("America/New_York", "America/Los_Angeles", "America/Phoenix", "UTC")
MONTHS = [(2025, m) for m in range(1, 13)] + [(2026, m) for m in range(1, 10)]
LAW_CHANGES = [(2025, 12), (2026, 1)]
SYSTEMS = ("musculoskeletal", "respiratory", "cognitive_behavioral")
PROGRAMS = ("rtm", "ccm", "rpm")
ROLES = ("physician", "npp", "therapist", "assistant", "clinical_staff", "auxiliary")
BILLERS = ("physician", "npp", "therapist")
LIVE = ("live_audio", "live_video", "in_person")
DEAD = ("none", "voicemail", "message", "")
POINTS = {
    "rtm-staff-time": ("exclude", "count"),
    "rtm-visit-day": ("exclude", "count"),
    "rtm-setup-days": ("two_days", "sixteen_days"),
    "rtm-several-systems": ("one_supply", "one_per_system"),
    "rtm-global-period": ("unrelated_only", "any"),
    "rpm-setup-days": ("two_days", "sixteen_days"),
    "rpm-contract-staff": ("exclude", "count"),
    "rpm-visit-day": ("exclude", "count"),
    "rpm-global-period": ("unrelated_only", "any"),
    "rpm-99091": ("never", "allowed"),
    "ccm-contract-staff": ("exclude", "count"),
    "ccm-clinic-code": ("single_services", "general_code"),
    "ccm-supervision": ("barred", "relaxed"),
}
DAY_COUNTS = (0, 1, 1, 2, 2, 3, 9, 14, 15, 15, 16, 16, 16, 17, 18, 20, 29, 30)
MINUTE_STEPS = {
    "rtm": (9, 10, 19, 20, 20, 39, 40, 60, 80, 100),
    "rpm": (9, 10, 19, 20, 20, 30, 39, 40, 60, 80, 100),
    "ccm": (19, 20, 20, 29, 30, 40, 59, 60, 60, 89, 90, 120, 150, 390),
}
NEAR = (-61, -60, -1, -1, 0, 0, 0, 1, 59, 60, 300)
CHRONIC = ("I10", "E11.9", "M17.9", "E118", "J44.9", "f32.9")
PASSING = ("J06.9", "S83.201A", "Z00.00")
UNDECIDED = ("R52", "QQQ.1")
VISIT_CODES = ("99213", "99213", "99205", "G0439", "97110", "99441", "G0506", "")
CODES = {
    "rtm": (
        *("98975", "98976", "98977", "98978", "98979", "98980", "98981"),
        *("98984", "98985", "98986"),
    ),
    "ccm": (
        *("99490", "99439", "99491", "99437", "99487", "99489"),
        *("G0506", "G0511", "G0181", "G0182"),
    ),
    "rpm": ("99453", "99454", "99445", "99457", "99458", "99470", "99091"),
}
ONCE = ("98975", "99453")
ON_FILE = "on file"
STATUSES = ("submitted", "paid", "paid", "denied", "voided", "")

ROSTER_COLUMNS = {
    "programs": 0.65,
    "biller": 0.6,
    "biller_type": 0.8,
    "enrolled_on": 0.85,
    "setup_on": 0.3,
    "goals_met_on": 0.3,
    "ended_on": 0.5,
    "died_on": 0.2,
    "consent_on": 0.85,
    "consent_revoked_on": 0.2,
    "order_on": 0.75,
    "plan_of_care_from": 0.75,
    "plan_of_care_to": 0.6,
    "care_plan_on": 0.85,
    "initiating_visit_on": 0.85,
    "established": 0.7,
    "conditions": 0.85,
    "mdm": 0.7,
    "place_of_service": 0.3,
    "surgery_on": 0.25,
    "global_days": 0.2,
    "surgery_related": 0.2,
}
"""How often a roster has each column."""


@dataclass
class File:
    """One export."""

    columns: list[str]
    rows: list[Row] = field(default_factory=list)


@dataclass
class Practice:
    """A folder of exports and its configuration."""

    number: int
    month: date
    as_of: date
    zone: str
    window_mode: str = "auto"
    strict: bool = False
    calls_as_time: bool = False
    default_role: str | None = None
    default_biller: str | None = None
    positions: dict[str, tuple[str, date | None]] = field(default_factory=dict)
    covers: tuple[date, date] | None = None
    tables: dict[str, list[File]] = field(default_factory=dict)

    @property
    def end(self) -> date:
        """The last day of the month."""
        return self.month.replace(day=calendar.monthrange(self.month.year, self.month.month)[1])

    @property
    def span(self) -> date:
        """The first day that could matter."""
        return self.month - 29 * DAY

    @property
    def patients(self) -> int:
        """How many people its exports name."""
        rows = [row for files in self.tables.values() for file in files for row in file.rows]
        return len({row["patient_id"] for row in rows})


def practices(seed: int, numbers: Sequence[int]) -> Iterator[Practice]:
    """The practices of a seed with these numbers."""
    return (_Maker(seed, number).practice() for number in numbers)


@dataclass
class _Person:
    """What is true of a patient, whatever the exports tell of it."""

    name: str
    programs: list[str]
    start: date
    end: date | None
    biller: dict[str, str]
    system: str


class _Maker:
    """Draws one practice."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = Random(f"{seed}:{number}")
        self.copies = Random(f"{seed}:{number}: copies")
        year, month = self.random.choice(MONTHS if self.chance(0.8) else LAW_CHANGES)
        self.made = Practice(number, date(year, month, 1), date.min, self.random.choice(ZONES))
        end = self.made.end
        early = self.between(self.made.month, end)
        self.made.as_of = end + DAY if self.chance(0.7) else early
        self.zone = ZoneInfo(self.made.zone)
        self.taken: set[tuple[date, int]] = set()
        self.stays: list[tuple[datetime, str]] = []
        self.entry = 0

    # -- small draws --

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def between(self, first: date, last: date) -> date:
        return first + self.random.randint(0, max(0, (last - first).days)) * DAY

    def one_of(self, *words: str) -> str:
        return self.random.choice(words)

    # -- the practice --

    def practice(self) -> Practice:
        made = self.made
        self._configure()
        people = [self._person(f"P{i + 1}") for i in range(self.random.choice((1, 2, 2, 3, 4)))]
        if self.chance(0.85):
            made.tables["patients"] = [self._roster(people)]
        if self.chance(0.93):
            made.tables["readings"] = self._readings(people)
        if self.chance(0.95) or "readings" not in made.tables:
            made.tables["time_log"] = self._log(people)
        if self.chance(0.3):
            made.tables["calls"] = [self._calls(people)]
        if self.chance(0.4):
            made.tables["visits"] = [self._visits(people)]
        if self.chance(0.4):
            made.tables["claims"] = [self._claims(people)]
        if self.chance(0.2):
            made.tables["stays"] = [self._stays(people)]
        self._drop_what_would_be_refused()
        return made

    def _configure(self) -> None:
        made = self.made
        made.window_mode = self.random.choice(("auto",) * 6 + ("fixed_30", "calendar_month"))
        made.strict = self.chance(0.08)
        made.calls_as_time = self.chance(0.3)
        made.default_biller = self.one_of(*BILLERS) if self.chance(0.15) else None
        made.default_role = self.one_of(*ROLES) if self.chance(0.15) else None
        for point, sides in POINTS.items():
            if self.chance(0.12):
                days = (None, None, made.month, made.end + 40 * DAY)
                made.positions[point] = self.one_of(*sides), self.random.choice(days)
        if self.chance(0.08):
            made.covers = (
                self.between(made.span - 5 * DAY, made.month + 5 * DAY),
                self.between(made.end - 12 * DAY, made.end),
            )

    def _person(self, name: str) -> _Person:
        made = self.made
        programs = [p for p in PROGRAMS if self.chance({"rtm": 0.75, "ccm": 0.55, "rpm": 0.3}[p])]
        start = self.between(made.month - 100 * DAY, made.end)
        if self.chance(0.35):  # a period that ends around the month's edges
            edge = self.random.choice((made.month, made.end)) + self.random.randint(-2, 2) * DAY
            start = edge - (30 * self.random.randint(1, 3) - 1) * DAY
        if self.chance(0.2):
            start = self.between(made.month - 10 * DAY, made.month + 5 * DAY)
        end = self.between(made.month - 5 * DAY, made.end + 15 * DAY) if self.chance(0.2) else None
        if end is not None and end < start and self.chance(0.9):
            end = None
        usual = self.one_of("physician", "physician", "npp", "therapist")
        biller = dict.fromkeys(PROGRAMS, usual)
        if usual == "therapist" and self.chance(0.6):
            biller |= {"ccm": "physician", "rpm": "npp"}
        return _Person(name, programs, start, end, biller, self.one_of(*SYSTEMS))

    # -- the roster --

    def _roster(self, people: list[_Person]) -> File:
        columns = [c for c, share in ROSTER_COLUMNS.items() if self.chance(share)]
        file = File(["patient_id", *columns])
        for person in people:
            if len(people) > 1 and self.chance(0.04):
                continue  # a stranger to the roster
            for programs in self._lines(person):
                row = self._roster_line(person, programs)
                file.rows.append({c: row[c] for c in file.columns})
            if "programs" not in columns:
                file.rows = list({row["patient_id"]: row for row in file.rows}.values())
        if not file.rows:
            row = self._roster_line(people[0], [])
            file.rows.append({c: row[c] for c in file.columns})
        for column in columns:  # a column of dates in which none is one is refused as a whole
            if {row[column] for row in file.rows} <= {"", ON_FILE}:
                file.rows = [row | {column: ""} for row in file.rows]
        return file

    def _lines(self, person: _Person) -> list[list[str]]:
        mine = person.programs
        if len(mine) > 1 and self.chance(0.3):
            return [[], mine[:1]] if self.chance(0.3) else [mine[:1], mine[1:]]
        return [[] if self.chance(0.2) else mine]

    def _roster_line(self, person: _Person, programs: list[str]) -> Row:
        made, start = self.made, person.start
        biller = person.biller[programs[0] if programs else "rtm"]
        conditions = [self.one_of(*CHRONIC) for _ in range(self.random.choice((1, 2, 2, 3, 3)))]
        if self.chance(0.2):
            conditions.append(self.one_of(*PASSING, *UNDECIDED))
        own_start = start if self.chance(0.9) else self.between(made.month - 60 * DAY, made.end)
        return {
            "patient_id": person.name,
            "programs": ";".join(programs) if programs else self.one_of("", ""),
            "biller": self.one_of("Dr A", "Dr A", "Dr B"),
            "biller_type": biller if self.chance(0.93) else "",
            "enrolled_on": str(own_start) if self.chance(0.92) else "",
            "setup_on": str(start + DAY) if self.chance(0.7) else "",
            "goals_met_on": self._day(person.end if self.chance(0.3) else None),
            "ended_on": self._day(person.end),
            "died_on": self._day(person.end if self.chance(0.3) else None),
            "consent_on": self._paper(own_start, 0.06),
            "consent_revoked_on": self._day(
                self.between(made.month, made.end) if self.chance(0.03) else None
            ),
            "order_on": self._paper(own_start, 0.05),
            "plan_of_care_from": self._paper(own_start, 0.05),
            "plan_of_care_to": self._day(
                self.between(made.month, made.end + 40 * DAY) if self.chance(0.4) else None
            ),
            "care_plan_on": self._paper(own_start, 0.06),
            "initiating_visit_on": self._paper(own_start, 0.06),
            "established": self.random.choice(("yes",) * 12 + ("no", "")),
            "conditions": "" if self.chance(0.04) else "; ".join(conditions),
            "mdm": self.one_of("straightforward", "low", "moderate", "high", "high", ""),
            "place_of_service": self.one_of("11", "11", "72", "50", ""),
            "surgery_on": self._day(
                self.between(made.month - 95 * DAY, made.end) if self.chance(0.3) else None
            ),
            "global_days": self.one_of("0", "10", "90", "90", ""),
            "surgery_related": self.one_of("yes", "no", "no", ""),
        }

    def _paper(self, about: date, absent: float) -> str:
        """A day on file: mostly at the start, sometimes late, empty or not to be read."""
        if self.chance(absent):
            return ""
        if self.chance(0.02):
            return ON_FILE
        if self.chance(0.08):
            return str(self.between(self.made.month, self.made.end + 5 * DAY))
        return str(about - self.random.choice((0, 0, 3, 40)) * DAY)

    @staticmethod
    def _day(day: date | None) -> str:
        return "" if day is None else str(day)

    # -- readings --

    def _readings(self, people: list[_Person]) -> list[File]:
        made = self.made
        columns = ["patient_id", "recorded_at", "system"]
        columns += ["source"] if self.chance(0.6) else []
        styles = ("bare", "local", "utc", "minute")
        style = self.one_of(*styles)
        rows: list[Row] = []
        for person in people:
            for system in self._watched(person):
                for day in self._data_days(person):
                    rows.append(self._reading(person.name, day, system, style))
                    if self.chance(0.15):  # another of the same day
                        rows.append(self._reading(person.name, day, system, style))
        rows = [{c: row[c] for c in columns} for row in rows]
        if self.chance(0.12):
            for _ in range(self.random.randint(1, 2)):
                self._spoil(rows)
        self.random.shuffle(rows)
        if self.chance(0.1) and len(rows) > 4:
            half = len(rows) // 2
            return [File(columns, rows[:half]), File(columns, rows[half:])]
        return [File(columns, rows)] if rows or made.number < 0 else []

    def _watched(self, person: _Person) -> list[str]:
        systems = [person.system] if "rtm" in person.programs and self.chance(0.96) else []
        if systems and self.chance(0.15):
            systems.append(self.one_of(*SYSTEMS))
        if "rpm" in person.programs and self.chance(0.96):
            systems.append("physiologic")
        return systems

    def _data_days(self, person: _Person) -> list[date]:
        """Days near a threshold in each period that touches the month."""
        made, days = self.made, set[date]()
        start = person.start
        while start + 29 * DAY < made.span:
            start += 30 * DAY
        count = self.random.choice(DAY_COUNTS)
        while start <= made.end:
            inside = [start + i * DAY for i in range(30)]
            days |= set(self.random.sample(inside, min(30, count)))
            start += 30 * DAY
            if self.chance(0.5):
                count = self.random.choice(DAY_COUNTS)
        if self.chance(0.15):  # and some outside of everything
            days |= {self.between(made.span - 10 * DAY, made.end + 3 * DAY) for _ in range(3)}
        if self.chance(0.5):
            days = {day for day in days if day <= made.as_of}
        return sorted(days)

    def _reading(self, patient: str, day: date, system: str, style: str) -> Row:
        at = datetime.combine(day, time(self.random.choice((0, 7, 12, 21, 23)), 59))
        return {
            "patient_id": patient,
            "recorded_at": self._written(at, style),
            "system": system,
            "source": self.random.choice(("device",) * 8 + ("app", "manual", "manual", "")),
        }

    def _spoil(self, rows: list[Row]) -> None:
        """A line that cannot be trusted, before the day as of which is asked."""
        known = [row for row in rows if row["recorded_at"][:10] < str(self.made.as_of)]
        if known:
            row = dict(self.random.choice(known))
            # not drawn: a day in doubt that no export covers; the product counts it twice
            column = "recorded_at" if self.made.covers else self.one_of("recorded_at", "system")
            row[column] = {"recorded_at": self.one_of("", "2026-13-01"), "system": ""}[column]
            rows.append(row)

    def _written(self, at: datetime, style: str) -> str:
        if style == "bare":
            return str(at.date())
        if style == "minute":
            return at.strftime("%Y-%m-%d %H:%M")
        if style == "utc":
            moved = at.replace(tzinfo=self.zone).astimezone(UTC)
            return moved.strftime("%Y-%m-%dT%H:%M:%SZ")
        return at.strftime("%Y-%m-%dT%H:%M:%S")

    # -- the time log --

    def _log(self, people: list[_Person]) -> list[File]:
        durations = self.random.choice(
            (["seconds"], ["seconds"], ["minutes"], ["ended_at"], ["seconds", "ended_at"])
        )
        optional = {"role": 0.9, "contact": 0.93, "staff_id": 0.7, "entry_id": 0.4}
        columns = ["patient_id", "started_at", *durations, "program"]
        columns += [c for c, share in optional.items() if self.chance(share)]
        style = self.one_of("local", "utc")
        rows: list[Row] = []
        for person in people:
            for program in person.programs:
                if self.chance(0.96):
                    rows += self._worked(person, program, style)
        rows = [{c: row[c] for c in columns} for row in rows]
        for row in rows:
            if "ended_at" not in columns and self.chance(0.02):
                row["started_at"] = row["started_at"][:10]
        if self.chance(0.12):
            self._spoil_log(rows, columns)
        if repeated := self.chance(0.15):
            self._repeat(rows, columns)
        if not rows:
            return []
        if self.copies.random() < 0.15 and "ended_at" not in columns and not repeated:
            self._copy(rows)
        if self.chance(0.1) and len(rows) > 2:
            cut = self.random.randint(1, len(rows) - 1)
            again = [dict(row) for row in rows[: cut - 1] if self.chance(0.5) and not repeated]
            return [File(columns, rows[:cut]), File(columns, rows[cut:] + again)]
        return [File(columns, rows)]

    def _worked(self, person: _Person, program: str, style: str) -> Iterator[Row]:
        """Entries whose sum lies near a threshold, then some of roles that may not count."""
        made, mine = self.made, self._roles(program, person.biller[program])
        step = self.random.choice(MINUTE_STEPS[program])
        total = max(1, 60 * step + self.random.choice(NEAR))
        parts = self._parts(total)
        live = self.random.randrange(len(parts)) if self.chance(0.85) else None
        for i, seconds in enumerate(parts):
            day = self.between(made.month, min(made.end, made.as_of))
            if self.chance(0.9) and day < person.start <= made.end:
                day = self.between(person.start, made.end)
            contact = self.one_of(*LIVE) if i == live else self.one_of(*DEAD)
            yield self._entry(person, program, self.one_of(*mine), day, seconds, contact, style)
        for _ in range(self.random.choice((0, 0, 1, 1, 2))):
            day = self.between(made.span - 3 * DAY, made.end + 2 * DAY)
            seconds = self.random.choice((1, 60, 61, 600, 900, 1200))
            contact = self.one_of(*LIVE, *DEAD, *DEAD)
            role = self.one_of(*ROLES, "clinical_staff", "auxiliary")
            yield self._entry(person, program, role, day, seconds, contact, style)

    @staticmethod
    def _roles(program: str, biller: str) -> list[str]:
        if program == "rtm":
            return ["therapist", "assistant"] if biller == "therapist" else ["physician", "npp"]
        return ["clinical_staff", "clinical_staff", "physician", biller]

    def _parts(self, total: int) -> list[int]:
        parts: list[int] = []
        while total > 4800 or (total > 60 and self.chance(0.5) and len(parts) < 4):
            part = self.random.randint(1, min(4800, total - 1))
            parts.append(part)
            total -= part
        return [*parts, total]

    def _entry(
        self,
        person: _Person,
        program: str,
        role: str,
        day: date,
        seconds: int,
        contact: str,
        style: str,
    ) -> Row:
        at, staff = self._slot(day), self.one_of("S1", "S2", "S3", "")
        if self.stays and self.chance(0.03):  # one staff member, or one patient, twice at once
            at, staff = self.random.choice(self.stays)
            at += timedelta(seconds=self.random.choice((0, 1, 30, 300)))
        self.stays.append((at, staff))
        end = at + timedelta(seconds=seconds)
        self.entry += 1
        return {
            "patient_id": person.name,
            "started_at": self._written(at, style),
            "seconds": str(seconds),
            "minutes": _minutes(seconds),
            "ended_at": self._written(end, style),
            "program": program,
            "role": "" if self.chance(0.02) else role,
            "contact": contact,
            "staff_id": staff,
            "entry_id": f"E{self.entry}" if self.chance(0.9) else "",
        }

    def _slot(self, day: date) -> datetime:
        """A time of day that no other entry has, so that nothing overlaps by chance."""
        if self.chance(0.03):
            return datetime.combine(day, time(23, 59, self.random.choice((0, 30, 59))))
        for hour in self.random.sample(range(6, 22, 2), 8):
            if (day, hour) not in self.taken:
                self.taken.add((day, hour))
                return datetime.combine(day, time(hour, self.random.randint(0, 30)))
        return datetime.combine(day, time(4, self.random.randint(0, 59)))

    def _spoil_log(self, rows: list[Row], columns: list[str]) -> None:
        known = [row for row in rows if row["started_at"][:10] < str(self.made.as_of)]
        if not known:
            return
        row = dict(self.random.choice(known))
        if "entry_id" in row:
            row["entry_id"] = ""
        what = self.one_of("started_at", "program", "seconds", "conflict", "long", "contact")
        if what == "conflict" and {"seconds", "ended_at"} <= set(columns):
            row["seconds"] = str(int(row["seconds"]) + self.random.choice((59, 60, 61, 600)))
        elif what == "long" and "seconds" in columns:
            row["seconds"] = self.one_of("28800", "28801", "90000")
        elif what == "contact" and "contact" in columns:
            row["contact"] = "shouted"
        elif what == "program":
            row["program"] = ""
        elif what == "seconds":
            row |= {c: self.one_of("", "soon") for c in ("seconds", "minutes") if c in columns}
        else:
            row["started_at"] = self.one_of("", "2026-02-30T10:00:00")
        rows.append(row)

    def _repeat(self, rows: list[Row], columns: list[str]) -> None:
        """The same line again, or the same entry with other words."""
        if not rows:
            return
        row = dict(self.random.choice(rows))
        # not drawn: edited entries that were live in both versions, or silent on it in one; the
        # product counts one contact more than there can be
        if row.get("entry_id") and row.get("contact") in DEAD[:3] and self.chance(0.6):
            what = self.one_of("seconds", "contact", "patient")
            if what == "seconds" and columns[2] == "seconds" and "ended_at" not in columns:
                row["seconds"] = str(max(0, int(row["seconds"]) + self.random.choice((-60, 1, 90))))
            elif what == "contact" and "contact" in columns:
                row["contact"] = self.one_of(*LIVE, *DEAD[:3])
            elif what == "patient":
                row["program"] = self.one_of(*PROGRAMS)
        rows.append(row)

    def _copy(self, rows: list[Row]) -> None:
        """An entry without a time of day that stands in another program too."""
        row = self.copies.choice(rows)
        mine = {each["program"] for each in rows if each["patient_id"] == row["patient_id"]}
        others = sorted(mine - {row["program"], ""})
        if others:
            row["started_at"] = row["started_at"][:10]
            more = {"entry_id": ""} if "entry_id" in row else {}
            rows.append({**row, **more, "program": self.copies.choice(others)})

    # -- calls, visits, claims --

    def _calls(self, people: list[_Person]) -> File:
        optional = {"started_at": 0.9, "contact": 0.85, "program": 0.8}
        optional |= {"seconds": 0.7, "staff_id": 0.6}
        columns = ["patient_id", *(c for c, share in optional.items() if self.chance(share))]
        style = self.one_of("bare", "local", "utc")
        file = File(columns)
        for person in people:
            for _ in range(self.random.choice((0, 1, 1, 2))):
                at = self._slot(self.between(self.made.month - 3 * DAY, self.made.end))
                if self.stays and self.chance(0.15):
                    at = self.random.choice(self.stays)[0]
                row = {
                    "patient_id": person.name,
                    "started_at": "" if self.chance(0.04) else self._written(at, style),
                    "contact": self.one_of(*LIVE, *LIVE, *DEAD),
                    "program": self.one_of(*(person.programs or ["rtm"]), ""),
                    "seconds": self.one_of("", "30", "60", "299", "600", "1200"),
                    "staff_id": self.one_of("S1", "S2", "S4", ""),
                }
                file.rows.append({c: row[c] for c in columns})
        return file

    def _visits(self, people: list[_Person]) -> File:
        columns = ["patient_id", "on", "code"] if self.chance(0.85) else ["patient_id", "on"]
        logged = [row for file in self.made.tables.get("time_log", []) for row in file.rows]
        file = File(columns)
        for person in people:
            days = [row["started_at"][:10] for row in logged if row["patient_id"] == person.name]
            days = [day for day in days if day and day != "2026-02-30"]
            if days and self.chance(0.5):
                day = self.one_of(*days)
            else:
                day = str(self.between(self.made.month, self.made.end))
            row = {"patient_id": person.name, "on": day, "code": self.one_of(*VISIT_CODES)}
            file.rows.append({c: row[c] for c in columns})
        return file

    def _claims(self, people: list[_Person]) -> File:
        columns = ["patient_id", "code", "service_date"]
        columns += ["period_start", "period_end"] if self.chance(0.5) else []
        columns += ["status"] if self.chance(0.8) else []
        columns += ["biller"] if self.chance(0.5) else []
        file = File(columns)
        for person in people:
            for _ in range(self.random.choice((0, 0, 1, 1, 2))):
                program = self.one_of(*(person.programs or ["rtm"]))
                row = self._claim(person, self.one_of(*CODES[program]))
                file.rows.append({c: row[c] for c in columns})
        return file

    def _claim(self, person: _Person, code: str) -> Row:
        made = self.made
        ends = [made.end, made.month - DAY, self.between(made.month, made.end)]
        periods = [person.start + (30 * i + 29) * DAY for i in range(6)]
        ends += 3 * [day for day in periods if made.month <= day <= made.end]
        if code in ONCE:
            ends = [self.between(person.start - 40 * DAY, made.end)]
        end = self.random.choice(ends)
        known = self.chance(0.6)
        return {
            "patient_id": person.name,
            "code": code,
            "service_date": str(end),
            "period_start": str(end - 29 * DAY) if known else "",
            "period_end": str(end) if known else "",
            "status": self.one_of(*STATUSES),
            "biller": self.one_of("Dr A", "Dr A", "Dr B", ""),
        }

    def _stays(self, people: list[_Person]) -> File:
        file = File(["patient_id", "from", "to", "kind"])
        logged = [row for each in self.made.tables.get("time_log", []) for row in each.rows]
        for person in people:
            if self.chance(0.6):
                days = [
                    row["started_at"][:10] for row in logged if row["patient_id"] == person.name
                ]
                days = [day for day in days if day and day != "2026-02-30"]
                day = date.fromisoformat(self.one_of(*days)) if days else self.made.month
                came = day - self.random.randint(0, 2) * DAY
                went = self._day(came + self.random.randint(0, 4) * DAY)
                went = "" if self.chance(0.1) else went
                kind = self.one_of("hospital", "facility")
                file.rows.append(
                    {"patient_id": person.name, "from": str(came), "to": went, "kind": kind}
                )
        return file

    # -- what the product rightly refuses to read --

    def _drop_what_would_be_refused(self) -> None:
        """A file of another month, or of nobody on the roster, is refused as a whole: leave it."""
        made, tables = self.made, self.made.tables
        known = {row["patient_id"] for file in tables.get("patients", []) for row in file.rows}
        for name, stamp in (("readings", "recorded_at"), ("time_log", "started_at")):
            files = tables.get(name, [])
            inside = [
                row
                for file in files
                for row in file.rows
                if str(made.month) <= row[stamp][:10] <= str(min(made.as_of, made.end))
                and row.get("system", "?") != ""
                and row.get("program", "?") != ""
                and (not known or row["patient_id"] in known)
            ]
            if not inside:
                tables.pop(name, None)
        if not tables.keys() & {"readings", "time_log", "patients"}:
            row = self._reading("P1", made.month, SYSTEMS[0], "bare")
            columns = ["patient_id", "recorded_at", "system"]
            tables["readings"] = [File(columns, [{c: row[c] for c in columns}])]


def _minutes(seconds: int) -> str:
    if seconds % 15 == 0:
        return f"{seconds // 60}.{(seconds % 60) * 100 // 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}"
