"""No meeting is placed and no message leaves on a public holiday of the person's country, nor on a day that they keep
quiet; each by their own clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mentoring.days import Days, QuietDays
from mentoring.errors import BadInput
from mentoring.hours import DayHours, WeeklyHours
from mentoring.people import Limits, Person
from mentoring.proposals import Partstat, State
from store import people
from tests.servers import DavServer
from tests.webapp.members_stage import TYPED
from tests.wires.post import PostOffice, post_office
from tests.workflows.by_mail import MailPair
from tests.workflows.house import House, a_house, nine_to_five
from tests.workflows.neighbours import neighbour
from tests.workflows.pairs import THURSDAY, Pair
from tests.workflows.test_why import Two, explained
from workflows import answering, asking, days_off, joining, keeping_quiet, limiting, pages, planning
from workflows.days_off import closed, coming, countries, holidays_of, subdivisions, working_time

TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.mark.parametrize(
    ("country", "subdivision", "day", "off"),
    [
        ("DE", "", date(2026, 12, 25), True),
        ("DE", "", date(2026, 6, 4), False),  # Corpus Christi: in some states only
        ("DE", "BY", date(2026, 6, 4), True),
        ("DE", "BE", date(2026, 6, 4), False),
        ("DE", "NOWHERE", date(2026, 12, 25), True),
        ("DE", "", date(2026, 10, 3), True),  # a Saturday, and not moved
        ("DE", "", date(2026, 10, 5), False),
        ("GB", "", date(2026, 12, 26), True),  # a Saturday
        ("GB", "", date(2026, 12, 28), True),  # and the Monday to which it is moved
        ("US", "", date(2027, 12, 24), True),  # Christmas is a Saturday then
        ("US", "", date(2027, 12, 31), True),  # moved here from the next year
        ("US", "", date(2026, 11, 26), True),
        ("JP", "", date(2026, 11, 23), True),
        ("JP", "", date(2026, 12, 25), False),
        ("IN", "", date(2026, 10, 2), True),
        ("BR", "", date(2026, 11, 20), True),
        ("XX", "", date(2026, 12, 25), False),
        ("", "", date(2026, 12, 25), False),
    ],
)
def test_public_holidays_are_those_of_the_country_and_of_its_part(
    country: str, subdivision: str, day: date, off: bool
) -> None:
    limits = nine_to_five("UTC", country=country, subdivision=subdivision)
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert (day in closed(limits, now).holidays) == off
    assert (day in holidays_of(country, subdivision, day.year)) == off


def test_the_countries_to_choose_from_are_those_whose_holidays_are_known() -> None:
    assert {"DE", "GB", "US", "IN", "KE"} <= set(countries())
    assert "AQ" not in countries() or holidays_of("AQ", "", 2026) is not None
    assert subdivisions("DE")["BY"] == "Bayern"
    assert subdivisions("XX") == {}


def test_the_next_ones_are_told_across_the_turn_of_the_year() -> None:
    limits = nine_to_five("Europe/Berlin", country="DE")
    assert [name for _, name in coming(limits, date(2026, 12, 26), 2)] == ["Second Day of Christmas", "New Year's Day"]


@pytest.mark.parametrize(
    ("zone", "country", "now", "opens"),
    [
        # Thanksgiving in New York; the clocks there stand at 21:00 of the day before when it is 02:00 in UTC.
        ("America/New_York", "US", "2026-11-26 14:30", "2026-11-27 14:00"),
        ("America/New_York", "US", "2026-11-25 21:30", "2026-11-25 21:30"),
        # Labour Thanksgiving Day in Tokyo begins on Sunday afternoon in UTC, and ends on Monday afternoon.
        ("Asia/Tokyo", "JP", "2026-11-22 23:30", "2026-11-24 00:00"),
        # Good Friday to Easter Monday in London, with the clocks changed in the week before.
        ("Europe/London", "GB-ENG", "2026-04-03 09:00", "2026-04-07 08:00"),
        # Easter Monday is none in Scotland.
        ("Europe/London", "GB-SCT", "2026-04-03 09:00", "2026-04-06 08:00"),
    ],
)
def test_working_time_keeps_the_holidays_of_the_place_by_its_own_clock(
    zone: str, country: str, now: str, opens: str
) -> None:
    code, _, part = country.partition("-")
    moment, expected = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, opens))
    limits = nine_to_five(zone, country=code, subdivision=part)
    assert working_time(limits, moment).next_open(moment) == expected


# --- Nothing is placed -----------------------------------------------------------------------------------------------


def quiet(*days: date, weekdays: frozenset[int] = frozenset()) -> QuietDays:
    return QuietDays(tuple(Days(each, each) for each in days), weekdays)


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (nine_to_five("America/New_York", country="US"), "time: holiday"),  # Thursday the 26th
        (nine_to_five("Europe/Berlin", quiet=quiet(date(2026, 11, 26))), "time: quiet"),
        (nine_to_five("Europe/Berlin", quiet=quiet(weekdays=frozenset({3}))), "time: quiet"),
    ],
)
def test_a_round_places_nothing_there_and_why_names_it(
    house: House, dav: DavServer, limits: Limits, cause: str
) -> None:
    two = Two(house, dav, limits=replace(limits, per_day=9, per_week=9, per_month=9))
    decided = planning.plan(house.parts, house.organisation_id)
    days = {
        opening.interval.start.astimezone(UTC).date()
        for candidate in decided.candidates
        for opening in candidate.openings
        if candidate.mentor_id == two.ben.id
    }
    assert days
    assert date(2026, 11, 26) not in days
    assert cause in {each.rule for each in explained(house, two.ann, two.ben).findings}


def test_who_marks_a_day_quiet_gets_back_what_was_open_on_it_and_what_is_agreed_stays(
    house: House, dav: DavServer
) -> None:
    pair = Pair(house, dav).asked_mentee()
    saved = keeping_quiet.add(house.parts, house.who(pair.mentor.person), "2026-11-26", "")
    assert (saved.taken_back, pair.now.state) == (1, State.WITHDRAWN)
    agreed = Pair(house, dav).confirmed()
    saved = keeping_quiet.add(house.parts, house.who(agreed.mentor.person), "2026-11-20", "2026-12-04")
    assert (saved.taken_back, saved.meetings, agreed.now.state) == (0, 1, State.CONFIRMED)


def test_no_other_time_is_put_on_a_holiday(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav, limits=nine_to_five("Europe/Berlin", quiet=quiet(date(2026, 11, 27)))).asked_mentor()
    friday = THURSDAY + timedelta(days=1)
    with pytest.raises(BadInput, match="does not suit the other"):
        answering.move(house.parts, house.who(pair.mentee.person), pair.id, friday)
    with pytest.raises(BadInput, match="it is one of your quiet days"):
        answering.move(house.parts, house.who(pair.mentor.person), pair.id, friday)


# --- Nothing leaves --------------------------------------------------------------------------------------------------


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def by_mail(tmp_path: Path, dav: DavServer, office: PostOffice) -> MailPair:
    return MailPair.of(a_house(tmp_path, frozenset({dav.host_port, office.host_port})), dav, office)


def keeps(house: House, person: Person, **changes: object) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        before = people.get(memory, person.id)
        people.save(memory, replace(before, limits=replace(before.limits, **changes)))  # type: ignore[arg-type]


def test_nobody_is_asked_on_a_quiet_day_and_is_asked_on_the_next(by_mail: MailPair) -> None:
    house = by_mail.house
    keeps(house, by_mail.mentee.person, quiet=quiet(date(2026, 11, 23)))
    house.sweep()
    assert by_mail.now.state is State.RESERVED
    assert asking.ask(house.parts, house.organisation_id, by_mail.id) == "waits for their working hours"
    house.clock.turn(hours=20)
    house.sweep()
    assert by_mail.now.state is State.ASKED_MENTEE


def test_news_waits_behind_a_vacation_however_long(by_mail: MailPair) -> None:
    """The meeting lies behind it, too: there is no hurry."""
    house = by_mail.house
    by_mail.asked_mentor()
    keeps(house, by_mail.mentee.person, quiet=QuietDays((Days(date(2026, 11, 23), date(2026, 11, 25)),)))
    by_mail.says(by_mail.mentor, Partstat.DECLINED)
    assert [each.invite.method for each in by_mail.mails(by_mail.mentee)] == ["REQUEST"]
    house.clock.now = datetime(2026, 11, 25, 22, 0, tzinfo=UTC)
    house.sweep()
    assert [each.invite.method for each in by_mail.mails(by_mail.mentee)] == ["REQUEST"]
    house.clock.now = datetime(2026, 11, 26, 8, 5, tzinfo=UTC)
    house.sweep()
    assert [each.invite.method for each in by_mail.mails(by_mail.mentee)] == ["REQUEST", "CANCEL"]


def test_that_an_agreed_meeting_on_a_day_kept_quiet_since_is_off_is_told_before_it(by_mail: MailPair) -> None:
    by_mail.confirmed()
    keeps(by_mail.house, by_mail.mentee.person, quiet=QuietDays((Days(date(2026, 11, 23), date(2026, 12, 4)),)))
    by_mail.says(by_mail.mentor, Partstat.DECLINED)
    assert by_mail.mails(by_mail.mentee)[-1].invite.method == "CANCEL"


def test_a_holiday_is_no_part_of_the_mentors_24_working_hours(house: House, dav: DavServer) -> None:
    """From Monday 12:00 on in Berlin: 5 + 8 + 8 + 3 hours; two of the days do not count."""
    later = datetime(2026, 12, 10, 10, 0, tzinfo=UTC)
    ann, ben = (neighbour(house, dav, name).person for name in ("Ann Ash", "Ben Birch"))
    made = house.reserve(ann, ben, later, house.theme("query plans", ann))

    def expiry() -> datetime:
        found = asking.case(house.parts, house.organisation_id, made.id)
        return asking.mentor_expiry(found, house.clock())

    assert expiry() == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    keeps(house, ben, quiet=quiet(TUESDAY, WEDNESDAY))
    assert expiry() == datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


# --- What people set -------------------------------------------------------------------------------------------------


def of(house: House, person: Person) -> Limits:
    with house.parts.database.reading(house.organisation_id) as memory:
        return people.get(memory, person.id).limits


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "", "first"),
        ("soon", "", "first"),
        ("2026-02-30", "", "first"),
        ("2026-11-22", "", "first"),
        ("2026-11-20", "2026-11-22", "last"),
        ("2026-12-24", "2026-12-23", "last"),
        ("2026-12-24", "never", "last"),
        ("2026-12-24", "2027-12-31", "last"),
        ("2036-12-24", "", "first"),
    ],
)
def test_days_that_are_none_are_named_and_nothing_is_saved(tmp_path: Path, first: str, last: str, field: str) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    with pytest.raises(BadInput) as raised:
        keeping_quiet.add(house.parts, house.who(ann), first, last)
    assert [each.field for each in raised.value.problems] == [field]
    assert of(house, ann) == ann.limits


def test_quiet_days_are_added_in_order_go_when_they_are_over_and_can_be_removed(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    who = house.who(ann)
    for first, last in (("2026-12-21", "2027-01-02"), ("2026-11-23", ""), ("2026-12-01", "2026-12-01")):
        keeping_quiet.add(house.parts, who, first, last)
    assert [str(each.first) for each in of(house, ann).quiet.stretches] == ["2026-11-23", "2026-12-01", "2026-12-21"]
    keeping_quiet.remove(house.parts, who, "2026-12-01", "2026-12-01")
    keeping_quiet.remove(house.parts, who, "2026-12-01", "2026-12-01")
    house.clock.turn(days=1)
    assert [str(each.first) for each in pages.limits_page(house.parts, who).quiet] == ["2026-12-21"]
    keeping_quiet.add(house.parts, who, "2026-12-03", "")
    assert [str(each.first) for each in of(house, ann).quiet.stretches] == ["2026-12-03", "2026-12-21"]


def test_a_whole_week_is_not_quiet_every_week(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    keeping_quiet.set_weekdays(house.parts, house.who(ann), [2])
    with pytest.raises(BadInput, match="leave one day"):
        keeping_quiet.set_weekdays(house.parts, house.who(ann), range(7))
    assert of(house, ann).quiet.weekdays == {2}


def test_the_form_keeps_quiet_days_and_a_pause_and_takes_the_part_of_the_country(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    who = house.who(ann)
    keeping_quiet.add(house.parts, who, "2026-12-21", "2027-01-02")
    joining.pause(house.parts, house.organisation_id, ann.id, date(2026, 12, 1))
    limiting.save(house.parts, who, replace(TYPED, subdivision="DE-BY"))
    found = of(house, ann)
    assert (found.country, found.subdivision) == ("DE", "BY")
    assert found.quiet.stretches
    assert found.paused_until
    assert pages.limits_page(house.parts, who).form.subdivision == "DE-BY"
    limiting.save(house.parts, who, replace(TYPED, country="AT", subdivision="DE-BY"))
    assert (of(house, ann).country, of(house, ann).subdivision) == ("AT", "")


def test_somebody_without_a_country_and_without_quiet_days_is_never_closed() -> None:
    assert days_off.closed(nine_to_five(), datetime(2026, 12, 25, tzinfo=UTC)) is days_off.OPEN_ALWAYS
    always = Limits(WeeklyHours.every("UTC", [DayHours(0, 1440)], range(7)))
    now = datetime(2026, 12, 25, 3, 0, tzinfo=UTC)
    assert working_time(always, now).open_at(now)
