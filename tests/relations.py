"""What must not change when the exports change: the relations MR1 to MR17 of the list of failure
modes, on small random practices, from files through the real reader to the report.

    python -m tests.relations [--seeds 200] [--first 0] [--workers 2]

Prints how often each relation was tried and broken; the exit code is 1 if any was. Counted as
design/inputs says: a repeated reading is used, and a day counts once (MR2); of a re-export every
time entry is a duplicate, and the identical file given twice is refused (MR3).
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from multiprocessing import Pool
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from differential.product import rules_read_once
from invented import HEADERS, IDS, Enrolment, Entry, Practice, Reading, accounts, people
from invented import random_practice as invent

from rtmaudit.errors import InputsRefused
from rtmaudit.model import Clock, Finding, Verdict, Window
from rtmaudit.report import PatientReport, Report
from rtmaudit.windows import Month, length

Relation = Callable[[Practice, Report], None]
RELATIONS: dict[str, Relation] = {}
"""Each changes a practice of its own and fails if what is said then differs from what it should."""


def relation(holds: Relation) -> Relation:
    """One of the relations, by its name."""
    RELATIONS[holds.__name__] = holds
    return holds


def same(after: dict[str, PatientReport], before: dict[str, PatientReport]) -> None:
    """Nothing is said otherwise of anybody."""
    differ = sorted(p for p in after.keys() | before.keys() if after.get(p) != before.get(p))
    assert not differ, f"said otherwise of {', '.join(differ)}"


def without(said: dict[str, PatientReport], patient: str) -> dict[str, PatientReport]:
    """What is said of the others."""
    return {other: mine for other, mine in said.items() if other != patient}


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


@relation
def days_and_minutes_are_those_that_another_way_of_counting_finds(
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


@relation
def mr01_rows_in_another_order_change_nothing(practice: Practice, before: Report) -> None:
    chance = chance_of(practice)
    for rows in (practice.readings, practice.entries, practice.roster):
        chance.shuffle(rows)
    after = practice.audit()
    same(people(after), people(before))
    for role in HEADERS:
        assert accounts(after, role) == accounts(before, role)


@relation
def mr02_a_repeated_reading_is_used_and_its_day_counts_once(
    practice: Practice, before: Report
) -> None:
    practice.readings.append(chance_of(practice).choice(practice.readings))
    after = practice.audit()
    same(people(after), people(before))
    more = accounts(after, "readings") - accounts(before, "readings")
    assert more["records"] == 1
    assert not more["duplicate"]


@relation
def mr03_a_re_export_changes_nothing_and_is_accounted_for(
    practice: Practice, before: Report
) -> None:
    lines = practice.lines()
    practice.again = {name: lines[name][::-1] for name in ("readings", "time_log")}
    after = practice.audit()
    same(people(after), people(before))
    first, second = accounts(before, "time_log"), accounts(after, "time_log")
    assert second["used"] == first["used"]
    assert second["duplicate"] == first["duplicate"] + first["used"]


@relation
def mr03_the_identical_file_given_twice_is_refused(practice: Practice, before: Report) -> None:
    del before
    practice.again = {"time_log": practice.lines()["time_log"]}
    try:
        practice.audit()
    except InputsRefused as refused:
        assert "is given twice" in str(refused)
    else:
        raise AssertionError("it was read twice")


@relation
def mr04_a_file_split_into_several_says_the_same(practice: Practice, before: Report) -> None:
    practice.parts = 3
    after = practice.audit()
    same(people(after), people(before))
    for role in HEADERS:
        assert accounts(after, role) == accounts(before, role)


@relation
def mr05_the_same_instants_with_another_offset_say_the_same(
    practice: Practice, before: Report
) -> None:
    hours = chance_of(practice).choice([-11, -5, 0, 9, 14])
    practice.offset = timezone(timedelta(hours=hours)) if hours else UTC
    same(practice.people(), people(before))


@relation
def mr06_the_same_times_on_the_wall_of_another_zone_say_the_same(
    practice: Practice, before: Report
) -> None:
    """No entry runs over the hour at which New York changes its clocks."""
    practice.zone = chance_of(practice).choice(["Etc/GMT+5", "Etc/GMT-9", "UTC"])
    same(practice.people(), people(before))


@relation
def mr07_a_reading_on_a_new_day_of_the_window_is_one_day_more(
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
    same(without(after, patient), without(said, patient))


def days_of(window: Window) -> list[date]:
    return [window.start + timedelta(days=n) for n in range(length(window.start, window.end))]


@relation
def mr08_a_reading_just_outside_the_window_is_no_day_of_it(
    practice: Practice, before: Report
) -> None:
    said = people(before)
    for patient in [e.patient for e in practice.roster if e.enrolled_on][:1]:
        window = next(iter(supply(said[patient])))
        for day in (window.start - timedelta(days=1), window.end + timedelta(days=1)):
            noon = datetime(day.year, day.month, day.day, 12)
            once = replace(practice, readings=[*practice.readings, Reading(patient, noon)])
            assert supply(once.people()[patient])[window] == supply(said[patient])[window]


@relation
def mr09_another_patient_changes_nobody(practice: Practice, before: Report) -> None:
    practice.roster.append(Enrolment("new", date(2026, 3, 1), date(2026, 3, 1)))
    practice.readings += [Reading("new", datetime(2026, 3, day, 9)) for day in range(1, 20)]
    practice.entries.append(Entry("new", datetime(2026, 3, 3, 7), 600, staff="S9"))
    after = practice.people()
    assert after.pop("new").findings
    same(after, people(before))


@relation
def mr10_who_is_not_on_the_roster_is_told_and_not_judged(
    practice: Practice, before: Report
) -> None:
    practice.readings += [Reading("Q 1", datetime(2026, 3, day, 9)) for day in range(1, 20)]
    practice.entries.append(Entry("001", datetime(2026, 3, 3, 7), 600, staff="S9"))
    after = practice.people()
    for stranger in ("Q 1", "001"):
        said = after.pop(stranger)
        assert (said.on_roster, said.findings, said.programs) == (False, (), ())
    same(after, people(before))


@relation
def mr11_other_names_are_the_same_patients(practice: Practice, before: Report) -> None:
    chance, names = chance_of(practice), ["1", "0001", "01", "q1", "Q1", "１", "NA", "1E5"]
    chance.shuffle(names)
    called = dict(zip(IDS, names, strict=False))
    practice.readings = [replace(r, patient=called[r.patient]) for r in practice.readings]
    practice.entries = [replace(e, patient=called[e.patient]) for e in practice.entries]
    practice.roster = [replace(e, patient=called[e.patient]) for e in practice.roster]
    renamed = {called[p]: said._replace(patient_id=called[p]) for p, said in people(before).items()}
    same(practice.people(), renamed)


@relation
def mr12_two_halves_make_the_whole(practice: Practice, before: Report) -> None:
    halves = dict[str, PatientReport]()
    for half in (IDS[:2], IDS[2:]):
        alone = replace(
            practice,
            readings=[r for r in practice.readings if r.patient in half],
            entries=[e for e in practice.entries if e.patient in half],
            roster=[e for e in practice.roster if e.patient in half],
        )
        halves |= alone.people()
    same(halves, people(before))


@relation
def mr13_an_entry_split_into_two_adjacent_ones_is_as_long(
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
    same(practice.people(), people(before))


@relation
def mr14_another_entry_adds_exactly_its_seconds(practice: Practice, before: Report) -> None:
    """On the month's first minute, or in its last hour."""
    said, chance = people(before), chance_of(practice)
    patient, added = chance.choice(IDS), chance.randrange(1, 3601)
    at = chance.choice([datetime(2026, 3, 1, 0), datetime(2026, 3, 31, 23)])
    practice.entries.append(Entry(patient, at, added, staff="S9"))
    after = practice.people()
    assert management(after[patient]).needs[0].have == seconds(practice, patient) // 60
    same(without(after, patient), without(said, patient))


@relation
def mr15_two_entries_alike_but_for_their_hour_both_count(
    practice: Practice, before: Report
) -> None:
    chance = chance_of(practice)
    patient, day = chance.choice(IDS), chance.randrange(1, 29)
    for hour in (5, 6):
        at = datetime(2026, 3, day, hour)
        practice.entries.append(Entry(patient, at, 600, staff="S9"))
    said = practice.people()[patient]
    assert management(said).needs[0].have == seconds(practice, patient) // 60


@relation
def mr16_without_a_live_call_no_management_is_ready(practice: Practice, before: Report) -> None:
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


@relation
def mr17_everything_four_weeks_earlier_has_the_same_days(
    practice: Practice, before: Report
) -> None:
    """Of windows that are over on the last day of both months."""
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
    for patient in IDS:
        moved = {(w.start - weeks, w.end - weeks): n for w, n in supply(march[patient]).items()}
        for window, have in supply(february[patient]).items():
            if (window.start, window.end) in moved and window.end <= practice.month.end:
                assert have == moved[window.start, window.end]
        late, early = (management(each[patient]).needs[0].have for each in (march, february))
        assert late == early


# ---- the command ----


def broken(seed: int, names: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """The relations that do not hold for the practice of a seed, and where each broke."""
    with tempfile.TemporaryDirectory() as folder, rules_read_once():
        before = invent(made(folder, "before"), seed).audit()
        for name in names or RELATIONS:
            try:
                RELATIONS[name](invent(made(folder, name), seed), before)
            except Exception as error:
                yield name, f"{type(error).__name__}: {error}"


def made(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


def _tried(names: Sequence[str], seed: int) -> tuple[int, list[tuple[str, str]]]:
    return seed, list(broken(seed, names))


def main(words: Sequence[str] | None = None) -> int:
    """Try each relation on each seed, and tell the table and every breach."""
    parser = argparse.ArgumentParser(prog="python -m tests.relations")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("names", nargs="*", help="of the relations; all if none is named")
    asked = parser.parse_args(words)
    names = [name for name in RELATIONS if name in asked.names or not asked.names]
    began, seeds = time.monotonic(), range(asked.first, asked.first + asked.seeds)
    breaches: Counter[str] = Counter()
    with Pool(asked.workers) as pool:
        for seed, found in pool.imap_unordered(partial(_tried, names), seeds):
            breaches.update(name for name, _ in found)
            for name, why in found:
                print(f"seed {seed}: {name}: {why}")
    _tell(names, len(seeds), breaches)
    print(f"{time.monotonic() - began:.0f} seconds")
    return int(breaches.total() > 0)


def _tell(names: Sequence[str], seeds: int, breaches: Counter[str]) -> None:
    wide = max(map(len, names))
    print(f"{'relation':{wide}} {'seeds':>6} {'broken':>6}")
    for name in names:
        print(f"{name:{wide}} {seeds:6} {breaches[name]:6}")
    print(f"{len(names)} relations x {seeds} seeds, {breaches.total()} broken")


if __name__ == "__main__":
    sys.exit(main())
