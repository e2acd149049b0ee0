"""Random calendars, read by us and by recurring-ical-events, which shares no code with us: the same busy time.

It takes X-WR-TIMEZONE for the zone of UTC times as well, so it is given none; days are laid into the zone here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from integrations.calendar_text import EventText, calendar_text
from integrations.ical import busy_events
from mentoring.intervals import Interval, Intervals

WINDOW = Interval(datetime(2026, 10, 12, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
RULES = (
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3;COUNT=20", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=-1TH", "FREQ=MONTHLY;BYMONTHDAY=20,31,-1", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=YEARLY;BYMONTH=10,11;BYDAY=2TU", "FREQ=WEEKLY;BYDAY=SA,SU;WKST=SU;COUNT=9", "FREQ=YEARLY", "",
)  # fmt: skip


def drawn(random: Random, number: int) -> EventText:
    zone = ZoneInfo(random.choice(ZONES))
    day = date(2026, 9, 1) + timedelta(days=random.randrange(70))
    rule = random.choice(RULES)
    if random.random() < 0.2:
        return EventText(f"u{number}", "x", day, day + timedelta(days=random.randint(1, 3)), rrule=rule)
    start = datetime.combine(day, time(random.randrange(4, 20), random.choice((0, 15, 30))), zone)
    end = start + timedelta(minutes=random.choice((20, 45, 90)))
    event = EventText(f"u{number}", "x", start, end, rrule=rule)
    if not rule:
        return event
    # Named instances: some of the rule's own, by reading the series once.
    series = recurring_ical_events.of(icalendar.Calendar.from_ical(calendar_text([event], "UTC")))
    own = [each["DTSTART"].dt for each in series.between(WINDOW.start, WINDOW.end)]
    chosen = random.sample(own, min(len(own), 3))
    moved = {at: (at + timedelta(hours=5), at + timedelta(hours=6)) for at in chosen[:1]}
    return EventText(
        f"u{number}", "x", start, end, rrule=rule, moved=moved, cancelled=tuple(chosen[1:2]), exdates=tuple(chosen[2:])
    )


def theirs(text: bytes, own: ZoneInfo) -> Intervals:
    margin = timedelta(days=2)
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(
        WINDOW.start - margin, WINDOW.end + margin
    )
    return Intervals.of(
        Interval(moment(each["DTSTART"].dt, own), moment(each["DTEND"].dt, own))
        for each in found
        if each.get("STATUS") != "CANCELLED" and each["DTSTART"].dt != each["DTEND"].dt
    ).clipped(WINDOW)


def moment(at: date | datetime, own: ZoneInfo) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime.combine(at, time(), own).astimezone(UTC)


@pytest.mark.parametrize("seed", range(40))
def test_rule_4_random_calendars_are_read_alike(seed: int) -> None:
    random = Random(seed)
    own = random.choice(ZONES)
    events = [drawn(random, number) for number in range(12)]
    found = busy_events(calendar_text(events, own), WINDOW, zone="UTC", owners=frozenset(), key_of=str)
    assert Intervals.of(each.interval for each in found) == theirs(calendar_text(events, "UTC"), ZoneInfo(own))
