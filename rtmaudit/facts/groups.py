"""Readings and time that came reduced, in groups of what is alike: their days as bits."""

from __future__ import annotations

from datetime import date, timedelta

from rtmaudit.tables import Group, Span
from rtmaudit.windows import Month


def span_of(month: Month, as_of: date) -> Span:
    """The judged days of a month, and those of the month before that they are held against."""
    return Span(min(month.before.start, month.span_start), month.span_start, month.end, as_of)


def judged(group: Group, span: Span) -> int:
    """The bits of its days that count."""
    return group.days & judged_days(span) & ~group.barred


def judged_days(span: Span) -> int:
    """The bits of the days that can count."""
    return mask(span, span.start, min(span.end, span.as_of))


def days_of(group: Group, span: Span) -> tuple[date, date] | None:
    """The first and the last of its days that can count; None if none does."""
    return ends_of(judged(group, span), span)


def ends_of(bits: int, span: Span) -> tuple[date, date] | None:
    """The first and the last day of bits; None if there is none."""
    if not bits:
        return None
    low = (bits & -bits).bit_length() - 1
    return span.first + timedelta(low), span.first + timedelta(bits.bit_length() - 1)


def mask(span: Span, start: date, end: date) -> int:
    """The bits of a stretch of days of the span."""
    low, high = (start - span.first).days, (end - span.first).days
    return ((1 << (high - low + 1)) - 1) << low if high >= low else 0
