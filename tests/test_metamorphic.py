"""What must not change when the exports change: the relations MR1 to MR17 of the list of failure
modes, on small random practices, from files through the real reader to the report.

Counted as design/inputs says: a repeated reading is used, and a day counts once (MR2); of a
re-export every time entry is a duplicate, and the identical file given twice is refused (MR3).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rtmaudit.config import Config
from rtmaudit.errors import InputsRefused
from rtmaudit.model import Clock, Finding, Verdict, Window
from rtmaudit.pipeline import Order, audit
from rtmaudit.report import InputSummary, PatientReport, Report
from rtmaudit.shipped import shipped
from rtmaudit.windows import Month, length

pytestmark = pytest.mark.no_cover  # other tests reach every line; these only repeat

SEEDS = range(20)
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


@pytest.fixture(params=SEEDS)
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Practice:
    return random_practice(tmp_path, request.param)


@pytest.fixture
def before(request: pytest.FixtureRequest, practice: Practice) -> Report:
    """The report before anything is changed; made once for each practice."""
    seed = request.node.callspec.params["practice"]
    if seed not in BEFORE:
        BEFORE[seed] = practice.audit()
    return BEFORE[seed]


BEFORE: dict[int, Report] = {}


def chance_of(practice: Practice) -> random.Random:
    """Further choices, the same for the same practice."""
    return random.Random(repr(practice.lines()))


def supply(patient: PatientReport) -> dict[Window, int]:
    """Days of musculoskeletal data in each window."""
    return {f.window: f.needs[0].have for f in patient.findings if f.code == "98977"}


def management(patient: PatientReport) -> Finding:
    """The full management code."""
    (found,) = (finding for finding in patient.findings if finding.code == "98980")
    return found


def seconds(practice: Practice, patient: str) -> int:
    """Seconds of therapeutic monitoring in the month, counted here."""
    return sum(
        e.seconds
        for e in practice.entries
        if (e.patient, e.program, Month.of(e.at.date())) == (patient, "rtm", practice.month)
    )


def test_days_and_minutes_are_those_that_another_way_of_counting_finds(
    practice: Practice, before: Report
) -> None:
    """So that the relations below stand on something."""
    for patient, said in people(before).items():
        days = {r.at.date() for r in practice.readings if r.patient == patient}
        for window, have in supply(said).items():
            inside = {day for day in days if window.start <= day <= window.end}
            if window.kind is Clock.SUPPLY_PERIOD:
                assert have == len(inside)
            else:
                assert len(inside) - 1 <= have <= len(inside)
        assert management(said).needs[0].have == seconds(practice, patient) // 60


def test_mr01_rows_in_another_order_change_nothing(practice: Practice, before: Report) -> None:
    chance = chance_of(practice)
    for rows in (practice.readings, practice.entries, practice.roster):
        chance.shuffle(rows)
    after = practice.audit()
    assert people(after) == people(before)
    for role in HEADERS:
        assert accounts(after, role) == accounts(before, role)


def test_mr02_a_repeated_reading_is_used_and_its_day_counts_once(
    practice: Practice, before: Report
) -> None:
    practice.readings.append(chance_of(practice).choice(practice.readings))
    after = practice.audit()
    assert people(after) == people(before)
    more = accounts(after, "readings") - accounts(before, "readings")
    assert more["records"] == 1
    assert not more["duplicate"]


def test_mr03_a_re_export_changes_nothing_and_is_accounted_for(
    practice: Practice, before: Report
) -> None:
    lines = practice.lines()
    practice.again = {name: lines[name][::-1] for name in ("readings", "time_log")}
    after = practice.audit()
    assert people(after) == people(before)
    first, second = accounts(before, "time_log"), accounts(after, "time_log")
    assert second["used"] == first["used"]
    assert second["duplicate"] == first["duplicate"] + first["used"]


def test_mr03_the_identical_file_given_twice_is_refused(practice: Practice) -> None:
    practice.again = {"time_log": practice.lines()["time_log"]}
    with pytest.raises(InputsRefused, match="is given twice"):
        practice.audit()


def test_mr04_a_file_split_into_several_says_the_same(practice: Practice, before: Report) -> None:
    practice.parts = 3
    after = practice.audit()
    assert people(after) == people(before)
    for role in HEADERS:
        assert accounts(after, role) == accounts(before, role)


def test_mr05_the_same_minutes_with_another_offset_say_the_same(
    practice: Practice, before: Report
) -> None:
    hours = chance_of(practice).choice([-11, -5, 0, 9, 14])
    practice.offset = timezone(timedelta(hours=hours)) if hours else UTC
    assert practice.people() == people(before)


def test_mr06_the_same_times_on_the_wall_of_another_zone_say_the_same(
    practice: Practice, before: Report
) -> None:
    """No entry runs over the hour at which New York changes its clocks."""
    practice.zone = chance_of(practice).choice(["Etc/GMT+5", "Etc/GMT-9", "UTC"])
    assert practice.people() == people(before)


def test_mr07_a_reading_on_a_new_day_of_the_window_is_one_day_more(
    practice: Practice, before: Report
) -> None:
    said, chance = people(before), chance_of(practice)
    had = {(r.patient, r.at.date()) for r in practice.readings}
    patient, window, day = chance.choice(
        [
            (e.patient, window, day)
            for e in practice.roster
            if e.enrolled_on
            for window in supply(said[e.patient])
            for day in days_of(window)
            if practice.month.span_start <= day <= practice.month.end
            and (e.patient, day) not in had
        ]
    )
    hour, minute = chance.choice([(0, 30), (12, 30), (23, 30)])
    practice.readings.append(Reading(patient, datetime(day.year, day.month, day.day, hour, minute)))
    after = practice.people()
    assert supply(after[patient])[window] == supply(said[patient])[window] + 1
    for other in set(IDS) - {patient}:
        assert after[other] == said[other]


def days_of(window: Window) -> list[date]:
    return [window.start + timedelta(days=n) for n in range(length(window.start, window.end))]


def test_mr08_a_reading_just_outside_the_window_is_no_day_of_it(
    practice: Practice, before: Report
) -> None:
    said = people(before)
    patient = next(e.patient for e in practice.roster if e.enrolled_on)
    window = next(iter(supply(said[patient])))
    for day in (window.start - timedelta(days=1), window.end + timedelta(days=1)):
        noon = datetime(day.year, day.month, day.day, 12)
        once = replace(practice, readings=[*practice.readings, Reading(patient, noon)])
        assert supply(once.people()[patient])[window] == supply(said[patient])[window]


def test_mr09_another_patient_changes_nobody(practice: Practice, before: Report) -> None:
    practice.roster.append(Enrolment("new", date(2026, 3, 1), date(2026, 3, 1)))
    practice.readings += [Reading("new", datetime(2026, 3, day, 9)) for day in range(1, 20)]
    practice.entries.append(Entry("new", datetime(2026, 3, 3, 7), 600, staff="S9"))
    after = practice.people()
    assert after.pop("new").findings
    assert after == people(before)


def test_mr10_who_is_not_on_the_roster_is_told_and_not_judged(
    practice: Practice, before: Report
) -> None:
    practice.readings += [Reading("Q 1", datetime(2026, 3, day, 9)) for day in range(1, 20)]
    practice.entries.append(Entry("001", datetime(2026, 3, 3, 7), 600, staff="S9"))
    after = practice.people()
    for stranger in ("Q 1", "001"):
        said = after.pop(stranger)
        assert (said.on_roster, said.findings, said.programs) == (False, (), ())
    assert after == people(before)


def test_mr11_other_names_are_the_same_patients(practice: Practice, before: Report) -> None:
    chance, names = chance_of(practice), ["1", "0001", "01", "q1", "Q1", "１", "NA", "1E5"]
    chance.shuffle(names)
    called = dict(zip(IDS, names, strict=False))
    practice.readings = [replace(r, patient=called[r.patient]) for r in practice.readings]
    practice.entries = [replace(e, patient=called[e.patient]) for e in practice.entries]
    practice.roster = [replace(e, patient=called[e.patient]) for e in practice.roster]
    renamed = {called[p]: replace(said, patient_id=called[p]) for p, said in people(before).items()}
    assert practice.people() == renamed


def test_mr12_two_halves_make_the_whole(practice: Practice, before: Report) -> None:
    halves = dict[str, PatientReport]()
    for half in (IDS[:2], IDS[2:]):
        alone = replace(
            practice,
            readings=[r for r in practice.readings if r.patient in half],
            entries=[e for e in practice.entries if e.patient in half],
            roster=[e for e in practice.roster if e.patient in half],
        )
        halves |= alone.people()
    assert halves == people(before)


def test_mr13_an_entry_split_into_two_adjacent_ones_is_as_long(
    practice: Practice, before: Report
) -> None:
    chance = chance_of(practice)
    entry = chance.choice(practice.entries)
    first = chance.randrange(1, entry.seconds)
    later = entry.at + timedelta(seconds=first)
    practice.entries.remove(entry)
    practice.entries += [
        replace(entry, seconds=first, id="split-1"),
        replace(entry, at=later, seconds=entry.seconds - first, contact="none", id="split-2"),
    ]
    assert practice.people() == people(before)


def test_mr14_another_entry_adds_exactly_its_seconds(practice: Practice, before: Report) -> None:
    """On the month's first minute, or in its last hour."""
    said, chance = people(before), chance_of(practice)
    patient, added = chance.choice(IDS), chance.randrange(1, 3601)
    at = chance.choice([datetime(2026, 3, 1, 0), datetime(2026, 3, 31, 23)])
    practice.entries.append(Entry(patient, at, added, staff="S9"))
    after = practice.people()
    assert management(after[patient]).needs[0].have == seconds(practice, patient) // 60
    for other in set(IDS) - {patient}:
        assert after[other] == said[other]


def test_mr15_two_entries_alike_but_for_their_hour_both_count(practice: Practice) -> None:
    chance = chance_of(practice)
    patient, day = chance.choice(IDS), chance.randrange(1, 29)
    for hour in (5, 6):
        at = datetime(2026, 3, day, hour)
        practice.entries.append(Entry(patient, at, 600, staff="S9"))
    said = practice.people()[patient]
    assert management(said).needs[0].have == seconds(practice, patient) // 60


def test_mr16_without_a_live_call_no_management_is_ready(
    practice: Practice, before: Report
) -> None:
    how = chance_of(practice).choice(["voicemail", "last month"])
    changed = [
        replace(e, contact="voicemail") if how == "voicemail" else replace(e, at=month_before(e.at))
        for e in practice.entries
        if e.contact.startswith("live")
    ]
    quiet = [e for e in practice.entries if not e.contact.startswith("live")]
    quiet.append(Entry(IDS[0], datetime(2026, 3, 31, 21), 3600, staff="S9"))
    practice.entries = quiet + changed
    for patient, said in practice.people().items():
        codes = {f.code for f in said.findings if f.verdict is Verdict.READY}
        assert not codes & {"98979", "98980", "98981"}
        assert supply(said) == supply(people(before)[patient])


def month_before(at: datetime) -> datetime:
    return at - timedelta(days=28) if at.day <= 28 else at - timedelta(days=31)


def test_mr17_everything_four_weeks_earlier_has_the_same_days(
    practice: Practice, before: Report
) -> None:
    march = people(before)
    weeks = timedelta(days=28)
    practice.readings = [replace(r, at=r.at - weeks) for r in practice.readings]
    practice.entries = [replace(e, at=e.at - weeks) for e in practice.entries]
    practice.roster = [
        replace(
            e,
            enrolled_on=e.enrolled_on and e.enrolled_on - weeks,
            consent_on=e.consent_on - weeks,
        )
        for e in practice.roster
    ]
    practice.month = practice.month.before
    february = practice.people()
    compared = 0
    for patient in IDS:
        moved = {(w.start - weeks, w.end - weeks): n for w, n in supply(march[patient]).items()}
        for window, have in supply(february[patient]).items():
            if (window.start, window.end) in moved and window.end <= practice.month.end:
                assert have == moved[window.start, window.end]
                compared += 1
        late, early = (management(each[patient]).needs[0].have for each in (march, february))
        assert late == early
    assert compared
