"""Time as Interlude computes with it: half-open, UTC, timezone-aware or refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises ValueError for a naive datetime: its zone would be a guess."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


@dataclass(frozen=True, order=True)
class Interval:
    """[start, end) in UTC. Raises ValueError when naive, empty or reversed."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if self.end <= self.start:
            raise ValueError(f"an interval must end after it starts: {self.start.isoformat()} – {self.end.isoformat()}")

    @classmethod
    def lasting(cls, start: datetime, minutes: float) -> Interval:
        """The interval of that many minutes from start."""
        return cls(start, utc(start) + timedelta(minutes=minutes))

    @property
    def minutes(self) -> float:
        return (self.end - self.start) / timedelta(minutes=1)

    def overlaps(self, other: Interval) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Interval) -> bool:
        return self.start <= other.start and other.end <= self.end

    def clipped(self, window: Interval) -> Interval | None:
        """The part inside the window, or None."""
        start, end = max(self.start, window.start), min(self.end, window.end)
        return Interval(start, end) if start < end else None

    def padded(self, minutes: float) -> Interval:
        """Grown by that many minutes on both sides."""
        by = timedelta(minutes=minutes)
        return Interval(self.start - by, self.end + by)


@dataclass(frozen=True)
class Intervals:
    """A set of intervals, sorted and merged by construction: touching or overlapping ones become one."""

    spans: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", _merged(self.spans))

    @classmethod
    def of(cls, intervals: Iterable[Interval]) -> Intervals:
        return cls(tuple(intervals))

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __or__(self, other: Intervals) -> Intervals:
        return Intervals(self.spans + other.spans)

    def __sub__(self, other: Intervals) -> Intervals:
        return Intervals(tuple(_difference(self.spans, other.spans)))

    def __and__(self, other: Intervals) -> Intervals:
        return Intervals(tuple(_intersection(self.spans, other.spans)))

    def clipped(self, window: Interval) -> Intervals:
        return Intervals(tuple(part for span in self.spans if (part := span.clipped(window))))

    def overlaps(self, interval: Interval) -> bool:
        at = bisect_right(self.spans, interval.start, key=lambda span: span.end)
        return at < len(self.spans) and self.spans[at].overlaps(interval)

    def contains(self, interval: Interval) -> bool:
        at = bisect_right(self.spans, interval.start, key=lambda span: span.end)
        return at < len(self.spans) and self.spans[at].contains(interval)


def _merged(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    merged: list[Interval] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            if span.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, span.end)
        else:
            merged.append(span)
    return tuple(merged)


def _intersection(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    i = j = 0
    while i < len(left) and j < len(right):
        common = left[i].clipped(right[j])
        if common:
            yield common
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1


def _difference(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    j = 0
    for span in left:
        at = span.start
        while j < len(right) and right[j].end <= at:
            j += 1
        k = j
        while k < len(right) and right[k].start < span.end:
            if at < right[k].start:
                yield Interval(at, right[k].start)
            at = max(at, right[k].end)
            k += 1
        if at < span.end:
            yield Interval(at, span.end)
