"""Limits are read whole or every problem is named; what is open follows them, and what is agreed on stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mentoring import proposals as words
from mentoring.errors import BadInput, Missing
from mentoring.hours import DayHours
from mentoring.people import Limits, Person, Way
from mentoring.proposals import Answer, Partstat, Party, Proposal, State
from store import people, proposals
from tests.servers import DavServer
from tests.webapp.members_stage import OFF, TYPED
from tests.workflows.house import House, a_house, nine_to_five
from tests.workflows.neighbours import neighbour
from tests.workflows.pairs import Pair
from workflows import limiting, limits_form, pages
from workflows.limits_form import RANGES
from workflows.member_views import LimitsForm, Stretch

ALL_DAY = replace(TYPED, days=((("09:00", "17:00"),),) * 7)
THURSDAY_NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
"""On Berlin's clocks."""


def on_monday(*stretches: Stretch) -> LimitsForm:
    return replace(TYPED, days=(stretches, *TYPED.days[1:]))


def problems(form: LimitsForm) -> dict[str, str]:
    with pytest.raises(BadInput) as raised:
        limits_form.read(form)
    return {each.field: each.message for each in raised.value.problems}


@pytest.mark.parametrize(
    ("stretches", "hours"),
    [
        ([("09:00", "17:00"), ("", "")], [(540, 1020)]),
        ([("13:00", "17:00"), ("09:00", "12:00")], [(540, 720), (780, 1020)]),
        ([("09:00", "12:00"), ("12:00", "13:00")], [(540, 720), (720, 780)]),
        ([("", ""), ("9:00", "17:00")], [(540, 1020)]),
        ([("22:00", "06:00"), ("", "")], [(1320, 360)]),
        ([("22:00", "06:00"), ("05:00", "09:00")], [(300, 540), (1320, 360)]),
        ([("18:00", "00:00"), ("", "")], [(1080, 1440)]),
        ([("18:00", "24:00"), ("", "")], [(1080, 1440)]),
        ([("00:00", "00:00"), ("", "")], [(0, 1440)]),
        ([("00:00", "24:00"), ("", "")], [(0, 1440)]),
        ([("9", "17"), ("", "")], [(540, 1020)]),
        ([("9.30", "1730"), ("", "")], [(570, 1050)]),
        ([("900", "930"), ("", "")], [(540, 570)]),
        ([("9 am", "5:30 PM"), ("", "")], [(540, 1050)]),
        ([("12 a.m.", "12pm"), ("", "")], [(0, 720)]),
        ([("12:30 am", "12:30 pm"), ("", "")], [(30, 750)]),
        ([("", ""), ("", "")], []),
        ([], []),
    ],
)
def test_hours_of_a_day_are_read(stretches: list[Stretch], hours: list[tuple[int, int]]) -> None:
    monday = limits_form.read(on_monday(*stretches)).limits.hours.days[0]
    assert monday == tuple(DayHours(*each) for each in hours)


@pytest.mark.parametrize(
    ("stretches", "said"),
    [
        ([("09:00", "")], "fill in both"),
        ([("", "17:00")], "fill in both"),
        ([("nine", "17:00")], "write times like"),
        ([("24:01", "17:00")], "write times like"),
        ([("25", "17:00")], "write times like"),
        ([("09:60", "17:00")], "write times like"),
        ([("13 pm", "17:00")], "write times like"),
        ([("0 am", "17:00")], "write times like"),
        ([("9 o'clock", "17:00")], "write times like"),
        ([("9:0", "17:00")], "write times like"),
        ([("09:00:00", "17:00")], "write times like"),
        ([("٠٩:٠٠", "17:00")], "write times like"),
        ([("-1:00", "17:00")], "write times like"),
        ([("09:00", "09:00")], "it ends when it begins"),
        ([("09:00", "13:00"), ("12:00", "17:00")], "overlap"),
        ([("22:00", "06:00"), ("23:00", "23:30")], "overlap"),
        ([("00:00", "00:00"), ("09:00", "10:00")], "overlap"),
    ],
)
def test_hours_that_are_none_are_named_at_their_day(stretches: list[Stretch], said: str) -> None:
    (field, message), *others = problems(on_monday(*stretches)).items()
    assert (field, others) == ("mon", [])
    assert said in message


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("outside", ["", "-1", "1.5", "many", "1e1", "٣", "9" * 30, None])
def test_a_number_out_of_its_range_is_named(name: str, outside: str | None) -> None:
    least, most = RANGES[name]
    wrong = str(most + 1) if outside is None else outside
    assert problems(replace(TYPED, **{name: wrong})) == {name: f"write a whole number from {least} to {most}"}


@pytest.mark.parametrize("name", RANGES)
def test_the_least_and_the_most_of_each_number_are_taken(name: str) -> None:
    for number in RANGES[name]:
        assert getattr(limits_form.read(replace(TYPED, **{name: str(number)})).limits, name) == number


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("zone", ""),
        ("zone", "Europe/Atlantis"),
        ("zone", "../../etc/passwd"),
        ("zone", "Europe"),
        ("zone", "\0"),
        ("zone", "x" * 5000),
        ("country", "XX"),
        ("subdivision", "DE-XX"),
        ("subdivision", "DE-"),
        ("country", "de"),
        ("clock", ""),
        ("clock", "36"),
        ("language", "xx"),
        ("language", "German"),
    ],
)
def test_what_is_not_in_a_list_is_named(field: str, wrong: str) -> None:
    assert list(problems(replace(TYPED, **{field: wrong}))) == [field]


@pytest.mark.parametrize(
    ("clock", "typed", "said"),
    [
        ("24", ("9", "5"), "until 05:00 in the morning? Write 17:00, or 05:00 if you mean it"),
        ("24", ("09:30", "5"), "until 05:00 in the morning? Write 17:00, or 05:00 if you mean it"),
        ("24", ("22", "6"), "until 06:00 in the morning? Write 06:00 if you mean it"),
        ("12", ("9", "5"), "until 5:00 am? Write 5:00 pm, or 5:00 am if you mean it"),
        ("12", ("9 am", "5"), "until 5:00 am? Write 5:00 pm, or 5:00 am if you mean it"),
        ("12", ("9:00", "5:00"), "until 5:00 am? Write 5:00 pm, or 5:00 am if you mean it"),
    ],
)
def test_a_bare_hour_is_not_taken_for_one_in_the_night(clock: str, typed: Stretch, said: str) -> None:
    assert problems(replace(on_monday(typed), clock=clock)) == {"mon": said}
    assert problems(replace(TYPED, clock=clock, preferred=(typed,))) == {"preferred": said}


@pytest.mark.parametrize(
    ("clock", "typed"),
    [
        ("24", ("9", "5:00")),
        ("24", ("9", "05:00")),
        ("24", ("9", "500")),
        ("12", ("9 am", "5 am")),
        ("12", ("9", "05:00")),
    ],
)
def test_what_is_written_out_is_taken_as_it_is_written(clock: str, typed: Stretch) -> None:
    found = limits_form.read(replace(on_monday(typed), clock=clock)).limits.hours.days[0]
    assert found == (DayHours(540, 300),)


def test_every_problem_is_told_at_once() -> None:
    wrong = replace(on_monday(("9", "")), zone="Nowhere", country="XX", clock="", preferred=(("", "9"),), per_day="0")
    assert set(problems(wrong)) == {"zone", "country", "clock", "mon", "preferred", "per_day"}


def test_a_week_without_hours_is_said_to_be_one() -> None:
    assert problems(replace(TYPED, days=(OFF,) * 7)) == {"days": limits_form.NO_DAY}


@pytest.mark.parametrize(
    "limits",
    [
        nine_to_five("Europe/Berlin"),
        nine_to_five("America/New_York", country="US", preferred=(DayHours(600, 660),), confirmed=True),
        Limits(replace(nine_to_five().hours, days=((DayHours(0, 1440),), (DayHours(1320, 360),), (), (), (), (), ()))),
    ],
)
@pytest.mark.parametrize("twelve_hour", [False, True])
def test_what_is_shown_and_saved_again_is_what_it_was(limits: Limits, twelve_hour: bool) -> None:
    person = Person(1, 1, "ann@example.org", "Ann Ash", limits, twelve_hour=twelve_hour)
    assert limits_form.read(limits_form.typed(person)).of(person) == replace(
        person, limits=replace(limits, confirmed=True)
    )


def test_languages_and_ways_are_taken_the_best_first(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    form = replace(TYPED, language="de", also=("fr", "de", "en"), ways=("video", "in_person"))
    limiting.save(house.parts, house.who(ann), form)
    found = person(house, ann)
    assert found.languages == ("de", "fr", "en")
    assert found.ways == {Way.VIDEO, Way.IN_PERSON}
    shown = limits_form.typed(found)
    assert (shown.language, shown.also, shown.ways) == ("de", ("fr", "en"), ("in_person", "video"))
    limiting.save(house.parts, house.who(ann), TYPED)
    assert (person(house, ann).languages, person(house, ann).ways) == ((), frozenset())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"also": ("de",)}, "language"),
        ({"language": "de", "also": ("xx",)}, "language"),
        ({"ways": ("pigeon",)}, "ways"),
    ],
)
def test_a_language_or_way_that_is_none_is_named(wrong: dict[str, Any], field: str) -> None:
    assert list(problems(replace(TYPED, **wrong))) == [field]


def test_hours_are_shown_as_the_person_reads_them() -> None:
    long = Limits(replace(nine_to_five().hours, days=((DayHours(30, 720),), (DayHours(780, 1440),), *((),) * 5)))
    ann = Person(1, 1, "ann@example.org", "Ann Ash", long)
    shown = {habit: limits_form.typed(replace(ann, twelve_hour=habit)).days for habit in (False, True)}
    assert [day[0] for day in shown[False][:2]] == [("00:30", "12:00"), ("13:00", "24:00")]
    assert [day[0] for day in shown[True][:2]] == [("12:30 am", "12:00 pm"), ("1:00 pm", "12:00 am")]


def test_saving_sets_all_of_it_and_notes_that_it_was_looked_at(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    until = house.clock() + timedelta(days=3)
    ann = house.add("Ann Ash", limits=nine_to_five(paused_until=until))
    limiting.save(house.parts, house.who(ann), replace(TYPED, clock="12"))
    found = person(house, ann)
    assert found.limits.zone == "Europe/Berlin"
    assert found.limits.hours.days[4] == (DayHours(540, 780),)
    assert (found.limits.country, found.limits.notice_hours, found.limits.confirmed) == ("DE", 24, True)
    assert found.limits.preferred == (DayHours(600, 690),)
    assert found.twelve_hour
    assert found.limits.paused_until == until, "a pause is another matter"
    assert found.expertise == ann.expertise


def test_nothing_is_saved_of_a_form_with_a_problem(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    with pytest.raises(BadInput):
        limiting.save(house.parts, house.who(ann), replace(TYPED, per_week="0"))
    assert person(house, ann) == ann


def test_the_country_is_guessed_from_the_zone_until_it_has_been_said(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    page = pages.limits_page(house.parts, house.who(ann))
    assert (page.guess, page.form.country) == ("DE", ""), "offered, not chosen"
    limiting.save(house.parts, house.who(ann), replace(TYPED, country=""))
    page = pages.limits_page(house.parts, house.who(ann))
    assert (page.guess, page.form.country) == ("", "")


CHANGES = [
    ("the same hours", {}, False),
    ("off on that day", {"days": (*TYPED.days[:3], OFF, *TYPED.days[4:])}, True),
    ("off at that time", {"days": ((("13:00", "17:00"),),) * 7}, True),
    ("another zone", {"zone": "Asia/Tokyo"}, True),
    ("more notice than is left", {"notice_hours": "100"}, True),
    ("notice that is kept", {"notice_hours": "48"}, False),
    ("fewer a month", {"per_month": "1"}, False),
    ("12-hour clocks", {"clock": "12"}, False),
]


@pytest.mark.parametrize(("what", "changes", "gone"), CHANGES, ids=[each[0] for each in CHANGES])
def test_what_is_open_and_no_longer_fits_is_taken_back(
    house: House, dav: DavServer, what: str, changes: dict[str, object], gone: bool
) -> None:
    ann, ben = neighbour(house, dav, "Ann Ash").person, neighbour(house, dav, "Ben Birch").person
    made = house.reserve(ann, ben, THURSDAY_NOON, house.theme("query plans", ann))
    saved = limiting.save(house.parts, house.who(ben), replace(ALL_DAY, **changes))
    assert saved.taken_back == gone
    assert (house.proposal(made.id).state is State.WITHDRAWN) == gone
    assert [job for job, _ in house.nudges].count("next_best") == gone, "the mentee is offered the next best"


def test_hours_are_judged_even_while_a_calendar_is_unknown(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    made = house.reserve(ann, ben, THURSDAY_NOON, house.theme("query plans", ann))
    limiting.save(house.parts, house.who(ann), ALL_DAY)
    assert house.proposal(made.id).state is State.RESERVED
    limiting.save(house.parts, house.who(ann), replace(TYPED, days=((("15:00", "17:00"),),) * 7))
    assert house.proposal(made.id).state is State.WITHDRAWN


def test_what_stood_in_the_way_before_is_not_what_a_change_takes_back(house: House, dav: DavServer) -> None:
    """That is for whoever asks next to find: a saved form must not undo what it has nothing to do with."""
    ann, ben = neighbour(house, dav, "Ann Ash"), neighbour(house, dav, "Ben Birch")
    made = house.reserve(ann.person, ben.person, THURSDAY_NOON, house.theme("query plans", ann.person))
    ann.is_busy(THURSDAY_NOON)
    house.parts.nudge("sync_person", house.organisation_id, ann.person.id)
    house.work()
    limiting.save(house.parts, house.who(ann.person), replace(ALL_DAY, buffer_minutes="15"))
    assert house.proposal(made.id).state is State.RESERVED


def test_what_both_have_agreed_on_stays_and_is_counted(house: House, dav: DavServer) -> None:
    pair = Pair(house, dav).confirmed()
    saved = limiting.save(house.parts, house.who(pair.mentor.person), replace(TYPED, zone="Asia/Tokyo"))
    assert (saved.taken_back, saved.meetings) == (0, 1)
    assert pair.now.state is State.CONFIRMED


def test_never_with_takes_back_what_is_open_between_the_two_only(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann, ben, cleo = house.add("Ann Ash"), house.add("Ben Birch"), house.add("Cleo Cox")
    theme = house.theme("query plans", ann)
    with_ben = house.reserve(ann, ben, THURSDAY_NOON, theme)
    with_cleo = house.reserve(cleo, ann, THURSDAY_NOON + timedelta(hours=2), theme)
    assert limiting.never_with(house.parts, house.who(ann), ben.id) == 1
    assert house.proposal(with_ben.id).state is State.WITHDRAWN
    assert house.proposal(with_cleo.id).state is State.RESERVED
    assert person(house, ann).never_with == {ben.id}
    assert limiting.never_with(house.parts, house.who(ann), ben.id) == 0, "twice is as good as once"


def test_nobody_learns_from_what_is_taken_back_who_wanted_it(tmp_path: Path) -> None:
    """The words are those of a pause, a stop, or a role that was left."""
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    made = house.reserve(ann, ben, THURSDAY_NOON, house.theme("query plans", ann))
    asked(house, made)
    limiting.never_with(house.parts, house.who(ben), ann.id)
    told = pages.suggestion(house.parts, house.who(ann), made.id).ended_words
    assert told == "Interlude took it back: something has changed for one of you two."


def test_who_is_on_the_list_is_shown_to_its_owner_alone_and_can_be_taken_off(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    ann, ben = house.add("Ann Ash"), house.add("Ben Birch")
    limiting.never_with(house.parts, house.who(ann), ben.id)
    mine, theirs = (pages.limits_page(house.parts, house.who(each)) for each in (ann, ben))
    assert [each.name for each in mine.never_with] == ["Ben Birch"]
    assert [each.name for each in mine.others] == []
    assert theirs.never_with == ()
    assert [each.name for each in theirs.others] == ["Ann Ash"]
    with pytest.raises(Missing):
        limiting.after_all(house.parts, house.who(ben), ann.id)
    limiting.after_all(house.parts, house.who(ann), ben.id)
    assert person(house, ann).never_with == frozenset()


@pytest.mark.parametrize("whom", ["oneself", "nobody"])
def test_oneself_and_nobody_cannot_be_on_the_list(tmp_path: Path, whom: str) -> None:
    house = a_house(tmp_path)
    ann = house.add("Ann Ash")
    with pytest.raises(BadInput, match="choose somebody"):
        limiting.never_with(house.parts, house.who(ann), ann.id if whom == "oneself" else 999)


def person(house: House, who: Person) -> Person:
    with house.parts.database.reading(house.organisation_id) as memory:
        return people.get(memory, who.id)


def asked(house: House, made: Proposal) -> None:
    """Both have been asked, and the mentee has said yes."""
    now = house.clock()
    tomorrow = now + timedelta(days=1)
    yes = Answer(Partstat.ACCEPTED, now)
    mentee = words.answered(words.ask_mentee(made, now, tomorrow), Party.MENTEE, yes, tomorrow)
    with house.parts.database.writing(house.organisation_id) as memory:
        proposals.save(memory, words.ask_mentor(mentee, now, tomorrow))
