"""The sample organisation: believable, the same for the same day, and never without somebody to show it on."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from integrations.ical import busy_events
from mentoring.availability import BusyEvent, busy_time
from mentoring.errors import Refused
from mentoring.intervals import Interval, Intervals
from mentoring.people import Role
from mentoring.policy import Policy
from workflows.days_off import working_time
from workflows.sample.calendars import broken_text_of, events_of, text_of
from workflows.sample.notes import DAYS, notes, planted
from workflows.sample.people import BOSS, PEOPLE, named
from workflows.sample.person import SamplePerson
from workflows.sample.topics import TOPICS, WITHOUT_MENTOR

TODAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
LEAST_PAIRS = 4


@cache
def busy(person: SamplePerson, today: date) -> tuple[BusyEvent, ...]:
    start = datetime.combine(today, datetime.min.time(), UTC)
    window = Interval(start, start + timedelta(days=15))
    return read(text_of(person, today), person, window)


def read(text: bytes, person: SamplePerson, window: Interval) -> tuple[BusyEvent, ...]:
    return busy_events(text, window, zone=person.zone, owners=frozenset({person.email}), key_of=str)


@cache
def free(person: SamplePerson, now: datetime, today: date) -> Intervals:
    notice = timedelta(hours=person.limits.notice_hours)
    hours = working_time(person.limits, now).within(Interval(now + notice, now + timedelta(days=14)))
    return hours - busy_time(busy(person, today))


def in_hours(person: SamplePerson, now: datetime) -> bool:
    """Now, and for as long as a run of the demo may take."""
    working = working_time(person.limits, now)
    return all(working.open_at(now + timedelta(minutes=minutes)) for minutes in (0, 15))


def can_be_asked(person: SamplePerson, role: Role) -> bool:
    return role in person.roles and person.via != "broken" and not person.paused_days


def plausible_pairs(now: datetime, today: date) -> list[tuple[SamplePerson, SamplePerson]]:
    """Pairs whom an invite would reach at once, each mentee in one, each mentor in as many as the policy lets them."""
    here = [person for person in PEOPLE if in_hours(person, now)]
    pairs: list[tuple[SamplePerson, SamplePerson]] = []
    asked: Counter[str] = Counter()
    for mentee in here:
        for mentor in here:
            willing = asked[mentor.name] < Policy().mentor_open_asks and suits(mentee, mentor)
            if willing and meets(mentee, mentor, now, today):
                pairs.append((mentee, mentor))
                asked[mentor.name] += 1
                break
    return pairs


def can_be_shown(now: datetime, today: date) -> list[SamplePerson]:
    """Mentees at work who have a mentor at work, whichever way the two are asked."""
    here = [person for person in PEOPLE if in_hours(person, now)]
    return [
        mentee for mentee in here if any(suits(mentee, other) and meets(mentee, other, now, today) for other in here)
    ]


def suits(mentee: SamplePerson, mentor: SamplePerson) -> bool:
    strangers = mentor.name in mentee.never_with or mentee.name in mentor.never_with
    strangers |= mentor.name == mentee.manager or mentee.name == mentor.manager
    asked = can_be_asked(mentee, Role.MENTEE) and can_be_asked(mentor, Role.MENTOR)
    return asked and not strangers and bool(set(mentee.recurring) & {offer.topic for offer in mentor.offers})


def meets(mentee: SamplePerson, mentor: SamplePerson, now: datetime, today: date) -> bool:
    return any(span.minutes >= 30 for span in free(mentee, now, today) & free(mentor, now, today))


def test_sixty_people_in_at_least_six_zones_with_everything_that_matters() -> None:
    assert len(PEOPLE) == len({person.email for person in PEOPLE}) == 60
    assert len({person.zone for person in PEOPLE}) >= 6
    assert {len(person.roles & {Role.MENTEE, Role.MENTOR}) for person in PEOPLE} == {0, 1, 2}
    assert any(Role.ADMIN in person.roles for person in PEOPLE)
    assert len({person.seniority for person in PEOPLE}) == 4
    assert any(person.never_with for person in PEOPLE)
    assert any(person.paused_days for person in PEOPLE)
    assert all(named(person.manager) for person in PEOPLE if person.name != BOSS)


def test_five_or_more_come_by_feed_and_one_feed_is_broken() -> None:
    ways = Counter(person.via for person in PEOPLE)
    assert ways["ics"] >= 10
    assert ways["broken"] == 1
    assert ways["ics"] + ways["broken"] >= 5


def test_all_mentors_offer_something_and_only_they_do() -> None:
    assert all(bool(person.offers) == (Role.MENTOR in person.roles) for person in PEOPLE)


def test_every_topic_has_a_mentor_but_those_that_say_so() -> None:
    offered = {offer.topic for person in PEOPLE for offer in person.offers}
    assert offered == set(TOPICS) - WITHOUT_MENTOR
    assert {topic for person in PEOPLE for topic in person.recurring} >= WITHOUT_MENTOR


def test_every_topic_is_said_in_many_ways() -> None:
    assert len(TOPICS) >= 18
    assert all(len(set(sentences)) >= 8 for sentences in TOPICS.values())


def test_the_notes_are_the_same_for_the_same_day_and_move_with_it() -> None:
    assert notes(TODAY) == notes(TODAY)
    later = notes(TODAY + timedelta(days=7))
    assert [note.text for note in later] == [note.text for note in notes(TODAY)]
    assert later != notes(TODAY)


def test_everybody_wrote_about_as_much_in_three_months_and_within_their_hours() -> None:
    written = notes(TODAY)
    assert all(8 <= count <= 20 for count in Counter(note.person for note in written).values())
    assert {note.person for note in written} == {person.name for person in PEOPLE}
    for note in written:
        assert MIDNIGHT - timedelta(days=DAYS + 3) <= note.at < MIDNIGHT
        assert named(note.person).limits.hours.open_at(note.at)


def test_planted_problems_recur_on_four_or_more_days_in_other_words() -> None:
    written = notes(TODAY)
    truth = planted(written)
    assert len({person for person, _ in truth}) >= 25
    for (person, topic), positions in truth.items():
        zone = ZoneInfo(named(person).zone)
        assert len({written[at].at.astimezone(zone).date() for at in positions}) >= 4
        assert len({written[at].text for at in positions}) == len(positions)
        assert all(written[at].topic == topic and written[at].person == person for at in positions)


def test_nobody_repeats_themselves_to_the_letter() -> None:
    assert max(Counter((note.person, note.text) for note in notes(TODAY)).values()) == 1


def test_the_calendars_are_the_same_for_the_same_day() -> None:
    assert all(text_of(person, TODAY) == text_of(person, TODAY) for person in PEOPLE[:10])


@pytest.mark.parametrize("today", [TODAY, date(2027, 2, 27), date(2027, 10, 20)])
def test_the_calendars_are_busy_but_leave_time(today: date) -> None:
    for person in PEOPLE:
        events = busy(person, today)
        assert 15 <= len(events) <= 55, person.name
        now = datetime.combine(today, datetime.min.time(), UTC)
        assert sum(span.minutes for span in free(person, now, today)) > 25 * 60, person.name


def test_the_calendars_hold_everything_that_real_ones_do() -> None:
    events = [event for person in PEOPLE for event in events_of(person, TODAY)]
    assert any(event.moved for event in events)
    assert any(event.cancelled for event in events)
    assert any(event.transparent for event in events)
    assert {"TENTATIVE", "CANCELLED"} <= {event.status for event in events}
    assert {"OOF", "WORKINGELSEWHERE"} <= {event.busystatus for event in events}
    assert {"DECLINED", "TENTATIVE", "NEEDS-ACTION"} <= {event.owner_partstat for event in events}
    whole = [event for event in events if not isinstance(event.start, datetime)]
    assert {(event.end - event.start).days for event in whole} >= {1, 2}


def test_the_broken_feed_cannot_be_read_and_is_not_taken_for_an_empty_one() -> None:
    person = next(person for person in PEOPLE if person.via == "broken")
    window = Interval(MIDNIGHT, MIDNIGHT + timedelta(days=14))
    with pytest.raises(Refused):
        read(broken_text_of(person, TODAY), person, window)


@pytest.mark.parametrize("holiday", [date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1), date(2027, 7, 5)])
def test_on_public_holidays_somebody_works_all_the_same(holiday: date) -> None:
    for hour in range(24):
        now = datetime.combine(holiday, datetime.min.time(), UTC) + timedelta(hours=hour, minutes=5)
        assert plausible_pairs(now, holiday), f"{now:%H:%M} UTC"


@pytest.mark.parametrize("week", [date(2026, 11, 29), date(2027, 7, 11)], ids=["winter", "summer"])
@pytest.mark.parametrize("day", range(7))
def test_at_every_hour_of_the_week_there_are_pairs_to_show(week: date, day: int) -> None:
    today = week + timedelta(days=day)
    for hour in range(24):
        now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=hour, minutes=5)
        assert len(plausible_pairs(now, today)) >= LEAST_PAIRS, f"{now:%A %H:%M} UTC"
        assert {mentee.via for mentee in can_be_shown(now, today)} == {"caldav", "ics"}, f"{now:%A %H:%M} UTC"
