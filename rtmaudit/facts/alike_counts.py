"""By what answers are alike that are counted in a window; who has lines in doubt is asked alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from rtmaudit.facts.alike_papers import cells, of_the_window
from rtmaudit.facts.cohort import SHOWN, Cohort
from rtmaudit.facts.days import DaySets, bits_reached
from rtmaudit.facts.keys import Bools, Ints, Keys, Windows
from rtmaudit.facts.pieces import Pieces, counts_for
from rtmaudit.facts.roster import ENDS
from rtmaudit.model import Clock, FactRef, Role
from rtmaudit.tables import NOTHING, numbers_of
from rtmaudit.windows import length, stretches


def reading_days(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By how many days have a reading and have none, how many may still come, whether today has
    one, and how long the window is; of a month also by the fewest in any of its stretches."""
    sets, facts, alone = cohort.facts.days, cohort.facts, cohort.doubtful()[who]
    if windows.clock in (Clock.CALENDAR_MONTH, Clock.EPISODE):
        columns = [*_episode_ends(cohort, ref, who, windows), windows.start, windows.end]
    else:
        columns = [windows.by(lambda window: length(window.start, window.end))]
    columns += [windows.by(facts.left), windows.by(lambda w: int(facts.as_of < w.start))]
    if sets is None:
        return Keys(columns, alone)
    seen, unstated = cohort.seen(ref)[who], cohort.unstated(ref)[who]
    days = windows.by(lambda window: sets.mask(window.start, window.end) & SHOWN)
    today = sets.mask(facts.as_of, facts.as_of) & SHOWN
    counted = _number(seen & days)
    if windows.clock is Clock.CALENDAR_MONTH:
        columns.append(_fewest(sets, seen, windows))
    uncovered = windows.by(lambda window: sets.uncovered(window, facts.as_of) & SHOWN)
    columns += [counted, _number(uncovered & ~seen), *_beyond(sets, windows, facts.as_of)]
    columns.append(seen & today)
    return Keys([*columns, (unstated & days != 0).astype(np.int64)], alone)


def _fewest(sets: DaySets, seen: Ints, windows: Windows) -> Ints:
    """The fewest days with a reading in any stretch of a month that may be the period."""
    masks = [[sets.mask(*stretch) & SHOWN for stretch in stretches(w)] for w in windows.each]
    most = max(map(len, masks))
    padded = np.array([own + [own[0]] * (most - len(own)) for own in masks], np.int64)
    counts = np.bitwise_count(padded[windows.of] & seen[:, None]).astype(np.int64)
    fewest: Ints = counts.min(axis=1)
    return fewest


def _number(bits: Ints) -> Ints:
    return np.bitwise_count(bits).astype(np.int64)


def _beyond(sets: DaySets, windows: Windows, as_of: date) -> tuple[Ints, Ints]:
    """How many of the days that no export covers cannot hold a reading: after the last that is
    shown, and before the first."""
    after = windows.by(lambda window: (sets.uncovered(window, as_of) & ~SHOWN).bit_count())
    return after, windows.by(lambda window: sets.before(window, as_of))


def _episode_ends(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Sequence[Ints]:
    """What of the episode a count of days looks at: whether a month stands for a period whose start
    is on file, and how long an episode may still bring days."""
    return cells("enrolled_on", "setup_on", *ENDS, own=True)(cohort, ref, who, windows).columns


def day_reached(cohort: Cohort, ref: FactRef, count: int, who: Ints, windows: Windows) -> Keys:
    """By the day itself."""
    sets = cohort.facts.days
    assert sets is not None, "where no day is counted none is asked for"
    days = windows.by(lambda window: sets.mask(window.start, window.end) & SHOWN)
    since = (cohort.facts.month.start - sets.first).days
    reached = bits_reached(cohort.seen(ref)[who] & days, count, since)
    return Keys([reached], cohort.doubtful()[who])


def readings(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """Lines are counted one by one; who has none is like others who have none."""
    if cohort.facts.days is None:
        return of_the_window(windows)
    keys = reading_days(cohort, ref, who, windows)
    assert keys.alone is not None
    return Keys(keys.columns, keys.alone | cohort.counted()[who])


def minutes(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By the window, and the minutes in it under each biller that it may be."""
    if not cohort.facts.time.has_log:
        return of_the_window(windows)
    pieces, (which, roles) = cohort.pieces(), cohort.roles(ref)
    mine, owner = _of_these(pieces.owner, cohort, who)
    mine &= counts_for(ref.program, pieces.program) & (pieces.most > 0)
    owner, first, last = owner[mine], pieces.first[mine], pieces.last[mine]
    start, end = windows.start[owner], windows.end[owner]
    inside = (start <= first) & (last <= end)
    cut = ~inside & (first <= end) & (start <= last)
    alone = (pieces.unsure | cohort.barred(ref))[who]
    columns = [windows.start, windows.end, which[who]]
    for each in range(max(map(len, roles))):
        bits = np.array([own[each] if each < len(own) else 0 for own in roles])[which[who]]
        counts = bits[owner] >> pieces.role[mine] & 1 == 1
        alone[owner[cut & counts]] = True
        columns += _sums(pieces, mine, owner, inside & counts, len(who))
    return Keys(columns, alone)


def _of_these(owner: Ints, cohort: Cohort, who: Ints) -> tuple[Bools, Ints]:
    """Which owners are among these, and at which place there."""
    places = np.full(len(cohort.patients), NOTHING)
    places[who] = np.arange(len(who))
    found = places[owner]
    return found >= 0, found


def _sums(
    pieces: Pieces, mine: Bools, owner: Ints, counts: Bools, people: int
) -> tuple[Ints, Ints, Ints]:
    """Minutes beyond doubt and at most, and whether any are disputed."""
    least, most, disputed = (np.zeros(people, np.int64) for _ in range(3))
    np.add.at(least, owner[counts], pieces.least[mine][counts])
    np.add.at(most, owner[counts], pieces.most[mine][counts])
    np.bitwise_or.at(disputed, owner[counts], pieces.shared[mine][counts])
    return least // 60, most // 60, disputed


def assistants(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """Who has no time of an assistant has no share of theirs."""
    del ref, windows
    if not cohort.facts.time.has_log:
        return Keys()
    pieces = cohort.pieces()
    alone = pieces.unsure.copy()
    alone[pieces.owner[pieces.role == numbers_of(Role)[Role.ASSISTANT]]] = True
    return Keys((), alone[who])


def contacts(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """By the window, the calls in it, and whether any is dated."""
    calls = cohort.calls()
    mine, owner = _of_these(calls.owner, cohort, who)
    mine &= counts_for(ref.program, calls.program)
    owner, day, doubtful = owner[mine], calls.day[mine], calls.doubtful[mine] == 1
    alone = np.zeros(len(who), np.bool_)
    alone[owner[doubtful]] = True
    inside = (day >= windows.start[owner]) & (day <= windows.end[owner]) & ~doubtful
    number, dated = (np.zeros(len(who), np.int64) for _ in range(2))
    np.add.at(number, owner[inside | ((day == NOTHING) & ~doubtful)], 1)
    dated[owner[inside]] = 1
    return Keys([windows.start, windows.end, number, dated], alone)


def visits(cohort: Cohort, ref: FactRef, who: Ints, windows: Windows) -> Keys:
    """Who has no visits is like others who have none."""
    del ref, windows
    return Keys((), cohort.those("visits", cohort.facts.time.visits)[who])
