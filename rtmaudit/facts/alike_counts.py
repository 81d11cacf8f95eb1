"""By what answers are alike that are counted in a window; who has lines in doubt is asked alone."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date

from rtmaudit.facts.alike_papers import cells, of_the_window
from rtmaudit.facts.cohort import ALONE, Cohort, Keys, Piece
from rtmaudit.facts.days import bit_reached
from rtmaudit.facts.roster import ENDS
from rtmaudit.facts.time import Call
from rtmaudit.model import Clock, FactRef, Program, Role, Window
from rtmaudit.windows import ONE_DAY


def reading_days(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """By the window, the days in it with a reading and without one, and whether today has one."""
    sets, patients, doubtful = cohort.facts.days, cohort.patients, cohort.doubtful()
    ends = _episode_ends(cohort, ref, who, windows)
    if sets is None:
        return [
            ALONE if patients[i] in doubtful else (end, w.start, w.end)
            for i, end, w in zip(who, ends, windows, strict=True)
        ]
    seen = cohort.seen(ref)
    unstated = cohort.unstated(ref)
    today = sets.mask(cohort.facts.as_of, cohort.facts.as_of)
    by_month = windows[0].kind is Clock.CALENDAR_MONTH
    masks: dict[tuple[date, date], tuple[int, int]] = {}
    found: list[Hashable] = []
    for i, end, window in zip(who, ends, windows, strict=True):
        if patients[i] in doubtful:
            found.append(ALONE)
            continue
        days = seen[i]
        stretch = (window.start, window.end)
        if stretch not in masks:
            masks[stretch] = _masks(cohort, window)
        mask, unseen = masks[stretch]
        counted = mask & days if by_month else (mask & days).bit_count()
        unsure = unstated[i] & mask != 0
        found.append((stretch, counted, (unseen & ~days).bit_count(), days & today, end, unsure))
    return found


def _masks(cohort: Cohort, window: Window) -> tuple[int, int]:
    """The days of a window, and those of them that are over and that no export covers."""
    sets = cohort.facts.days
    assert sets is not None
    past = sets.mask(window.start, min(window.end, cohort.facts.as_of - ONE_DAY))
    return sets.mask(window.start, window.end), past & ~sets.covered


def _episode_ends(
    cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]
) -> Sequence[tuple[Hashable, ...]]:
    """What of the episode a count of days looks at: whether a month stands for a period whose start
    is on file, and how long an episode may still bring days."""
    if windows[0].kind not in (Clock.CALENDAR_MONTH, Clock.EPISODE):
        return [()] * len(who)
    keys = cells("enrolled_on", "setup_on", *ENDS, own=True)(cohort, ref, who, windows)
    return [(key,) for key in keys] if keys else [()] * len(who)


def day_reached(
    cohort: Cohort, ref: FactRef, count: int, who: Sequence[int], windows: Sequence[Window]
) -> Keys:
    """By the day itself."""
    sets = cohort.facts.days
    if sets is None:
        return None
    seen, doubtful = cohort.seen(ref), cohort.doubtful()
    month = cohort.facts.month.start
    return [
        ALONE
        if cohort.patients[i] in doubtful
        else (bit_reached(seen[i] & sets.mask(w.start, w.end), count, (month - sets.first).days),)
        for i, w in zip(who, windows, strict=True)
    ]


def readings(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """Lines are counted one by one; who has none is like others who have none."""
    sets = cohort.facts.days
    if sets is None:
        return of_the_window(windows)
    counted, keys = cohort.counted(), reading_days(cohort, ref, who, windows)
    assert keys is not None
    return [
        ALONE if cohort.patients[i] in counted else key for i, key in zip(who, keys, strict=True)
    ]


def minutes(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """By the window, and the minutes in it under each biller that it may be."""
    if not cohort.facts.time.has_log:
        return of_the_window(windows)
    patients, barred, program = cohort.patients, cohort.barred(ref), ref.program
    pieces, roles = cohort.pieces(), cohort.roles(ref)
    found: list[Hashable] = []
    for i, window in zip(who, windows, strict=True):
        mine = pieces[i]
        if mine is None or patients[i] in barred:
            found.append(ALONE)
            continue
        sums = tuple([_minutes_within(mine, program, each, window) for each in roles[i]])
        found.append(ALONE if None in sums else (window.start, window.end, sums))
    return found


def _minutes_within(
    mine: Sequence[Piece], program: Program, roles: tuple[Role, ...], window: Window
) -> Hashable:
    """Minutes beyond doubt and at most, and whether any are disputed; None where the window cuts
    some."""
    least, most, disputed, start, end = 0, 0, False, window.start, window.end
    for its, role, first, last, low, high, shared in mine:
        if not high or role not in roles or its not in (program, None):
            continue
        if start <= first and last <= end:
            least, most, disputed = least + low, most + high, disputed or shared
        elif first <= end and start <= last:
            return None
    return least // 60, most // 60, disputed


def assistants(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """Who has no time of an assistant has no share of theirs."""
    del ref, windows
    if not cohort.facts.time.has_log:
        return None
    pieces = cohort.pieces()
    return [
        ALONE if mine is None or any(role is Role.ASSISTANT for _, role, *_ in mine) else 0
        for mine in map(pieces.__getitem__, who)
    ]


def contacts(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """By the window, the calls in it, and whether any is dated."""
    calls, program = cohort.facts.time.calls, ref.program
    none: Sequence[Call] = ()
    found: list[Hashable] = []
    for i, window in zip(who, windows, strict=True):
        number, dated, key = 0, False, True
        for call in calls.get(cohort.patients[i], none):
            if call.program not in (program, None):
                continue
            if call.doubt is not None:
                key = False
            elif call.day is None or window.start <= call.day <= window.end:
                number += 1
                dated = dated or call.day is not None
        found.append((window.start, window.end, number, dated) if key else ALONE)
    return found


def visits(cohort: Cohort, ref: FactRef, who: Sequence[int], windows: Sequence[Window]) -> Keys:
    """Who has no visits is like others who have none."""
    del ref, windows
    mine = cohort.facts.time.visits
    if not mine:
        return None
    return [ALONE if mine.get(cohort.patients[i]) else 0 for i in who]
