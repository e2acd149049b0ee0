"""`interlude why`: what stood in the way of somebody, in names and rules and hours, never in notes or labels."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mentoring.hours import DayHours, WeeklyHours
from mentoring.intervals import Interval
from mentoring.needs import Challenge
from mentoring.people import Expertise, Limits, Person
from mentoring.proposals import Objection, withdraw
from mentoring.times_in_words import span
from scheduler.hour_by_hour import Stretch
from scheduler.refusals import Cause
from store import challenges, proposals, rounds, themes
from suggestions.rules import BY_NAME
from tests.scheduler.people import at
from tests.servers import DavServer
from tests.store.building import somebody
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import neighbour
from workflows import explaining, hours_in_words, proposing, syncing
from workflows.bootstrap import Parts
from workflows.commands import running
from workflows.commands.why import why
from workflows.reasoning import answer_reason

HARD = (
    "the query plan scans the whole zanzibar table again",
    "query plan still ignores the zanzibar index",
    "another slow query, the zanzibar plan makes no sense to me",
    "asked for help with a query plan on the zanzibar table",
)
EVERYDAY = ("lunch was nice today", "booked the train to Munich", "my headset arrived", "the lift is out of order")
KNOWS = "Reading query plans and making slow queries fast with indexes"
PLANTED = ("zanzibar", "query plan", "query plans", "slow quer", "headset")


def writes(house: House, person: Person, texts: tuple[str, ...] = HARD) -> None:
    """One note every third day."""
    with house.parts.database.writing(house.organisation_id) as memory:
        for at, text in enumerate(texts, start=1):
            challenges.add(memory, Challenge(0, person.id, text, house.clock() - timedelta(days=3 * at)))


def explained(house: House, mentee: Person, mentor: Person | None = None) -> explaining.Explained:
    return explaining.explain(house.parts, house.organisation_id, mentee.id, mentor.id if mentor else None)


def told(found: explaining.Explained) -> dict[str, str]:
    return {each.rule: each.words for each in found.findings}


def vetoes(found: explaining.Explained) -> set[str]:
    return {each.rule for each in found.findings if each.veto}


def as_command(monkeypatch: pytest.MonkeyPatch, parts: Parts, *arguments: str) -> dict[str, Any]:
    """What the command prints for a program."""
    monkeypatch.setattr(running, "parts", lambda: parts)
    done = CliRunner().invoke(why, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.output)
    return answer


class Two:
    """Ann, to whom query plans keep coming back, and Ben, who knows them; both calendars can be read."""

    def __init__(self, house: House, dav: DavServer, **mentor: object) -> None:
        self.house = house
        self.ann = neighbour(house, dav, "Ann Ash", expertise=()).person
        self.ben = neighbour(house, dav, "Ben Birch", **({"expertise": (Expertise(KNOWS),)} | mentor)).person
        writes(house, self.ann)
        writes(house, self.ben, EVERYDAY)


@pytest.fixture
def two(house: House, dav: DavServer) -> Two:
    return Two(house, dav)


def test_without_a_need_it_says_so_with_how_much_was_written(house: House) -> None:
    quiet = house.add("Quiet Quentin")
    house.add("Ben Birch")
    found = explained(house, quiet)
    assert not found.proposed
    (only,) = found.findings
    assert only.veto
    assert only.rule == "recurs"
    assert "0 notes" in only.words
    writes(house, quiet, EVERYDAY[:1])
    assert "1 note)" in told(explained(house, quiet))["recurs"]


def test_expertise_too_far_from_the_topic_is_told_with_both_numbers(house: House) -> None:
    ann = house.add("Ann Ash", expertise=())
    far = house.add("Far Fiona", expertise=(Expertise("Watercolour painting and gardening"),))
    writes(house, ann)
    writes(house, far, EVERYDAY)
    found = explained(house, ann, far)
    assert vetoes(found) == {"minimum_suitability"}
    assert "below" in told(found)["minimum_suitability"]


def test_a_calendar_that_cannot_be_read_is_told_with_its_problem(two: Two) -> None:
    two.house.clock.turn(days=2)
    found = explained(two.house, two.ann, two.ben)
    assert {"mentee_time_known", "mentor_time_known"} <= vetoes(found)
    assert "too long ago to rely on" in told(found)["mentor_time_known"]
    assert not any(rule.startswith("time:") for rule in told(found))


def test_nobody_connected_a_calendar(house: House) -> None:
    ann, ben = house.add("Ann Ash", expertise=()), house.add("Ben Birch", expertise=(Expertise(KNOWS),))
    writes(house, ann)
    writes(house, ben, EVERYDAY)
    assert "no calendar is connected" in told(explained(house, ann, ben))["mentee_time_known"]


def test_without_an_opening_the_hours_that_each_cause_removed_are_told(house: House, dav: DavServer) -> None:
    by_night = Limits(WeeklyHours.every("Europe/Berlin", [DayHours(0, 240)]))
    two = Two(house, dav, limits=by_night)
    found = explained(house, two.ann, two.ben)
    assert vetoes(found) == {proposing.NO_OPENING}
    hours = [each.words for each in found.findings if each.rule == "time: hours"]
    assert [words.split(",")[0] for words in hours] == ["Ann", "Ben"]
    assert all("hours removed" in words for words in hours)
    assert proposing.NO_OPENING in vetoes(explained(house, two.ann))


def test_a_busy_fortnight_is_told_as_busy(house: House, dav: DavServer) -> None:
    ann = neighbour(house, dav, "Ann Ash", expertise=())
    ben = neighbour(house, dav, "Ben Birch", expertise=(Expertise(KNOWS),))
    writes(house, ann.person)
    ben.is_busy(house.clock() - timedelta(hours=1), minutes=60 * 24 * 20)
    syncing.read_again(house.parts, house.organisation_id, (ben.person.id,))
    found = explained(house, ann.person, ben.person)
    assert proposing.NO_OPENING in vetoes(found)
    assert "Ben, they are busy" in told(found)["time: busy"]
    assert "dentist" not in str(found.findings)


def test_each_hour_is_told_with_what_took_it_from_whom(house: House, dav: DavServer) -> None:
    ann = neighbour(house, dav, "Ann Ash", expertise=())
    ben = neighbour(house, dav, "Ben Birch", expertise=(Expertise(KNOWS),))
    writes(house, ann.person)
    meeting = house.clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=3, hours=2)
    ben.is_busy(meeting, minutes=90)
    syncing.read_again(house.parts, house.organisation_id, (ben.person.id,))
    found = explained(house, ann.person, ben.person)
    (busy,) = [each for each in found.hours if ben.person.id in each.taken_by and each.interval.start == meeting]
    assert busy.interval.minutes == 90
    assert busy.taken_by == {ben.person.id: Cause.BUSY}
    possible = next(int(each.words.split()[4]) for each in found.findings if each.rule == "openings")
    assert sum(each.starts for each in found.hours) == possible
    alone = explained(house, ann.person).hours
    assert alone
    assert all(each.taken_by.keys() <= {ann.person.id} for each in alone)


def test_hours_are_told_by_the_readers_days() -> None:
    sunday = Stretch(Interval(at("2026-11-29 22:00"), at("2026-11-30 01:00")), {1: Cause.BUSY})
    told_days = hours_in_words.days([sunday], (replace(somebody("Ann Ash"), id=1),), "Europe/Berlin")
    assert [[span(each.interval, "Europe/Berlin") for each in lines] for _, lines in told_days] == [
        ["23:00–00:00"],
        ["00:00–02:00"],
    ]


def test_where_nothing_stands_in_the_way_it_says_how_many_times_are_possible(two: Two) -> None:
    found = explained(two.house, two.ann, two.ben)
    assert not found.proposed
    assert not vetoes(found)
    assert "starts are possible" in told(found)["openings"]


def test_a_proposed_pair_has_nothing_in_its_way(two: Two) -> None:
    (made,) = proposing.run_round(two.house.parts, two.house.organisation_id).proposals
    assert made.pair.mentor_id == two.ben.id
    found = explained(two.house, two.ann, two.ben)
    assert found.proposed
    assert not vetoes(found)
    assert explained(two.house, two.ann).proposed


def test_an_open_suggestion_stands_in_the_way_of_another_mentor(two: Two) -> None:
    also = two.house.add("Cem Cedar", expertise=(Expertise(KNOWS),))
    (made,) = proposing.run_round(two.house.parts, two.house.organisation_id).proposals
    assert made.pair.mentor_id == two.ben.id
    found = explained(two.house, two.ann, also)
    assert not found.proposed
    assert {"mentee_has_room", "mentor_time_known"} <= vetoes(found)


def test_the_command_answers_a_program_with_the_same(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    for mentor in (None, two.ben):
        names = ("Ann", "ben birch") if mentor else ("Ann Ash",)
        answer = as_command(monkeypatch, two.house.parts, *names)
        expected = explained(two.house, two.ann, mentor)
        assert answer["proposed"] is False
        assert answer["findings"] == [asdict(each) for each in expected.findings]
        assert [each["starts"] for each in answer["hours"]] == [each.starts for each in expected.hours]
        taken = {(who, cause) for each in answer["hours"] for who, cause in each["taken_by"].items()}
        assert (two.ann.email, "notice") in taken


def test_the_command_tells_a_person_which_hour_was_taken_by_what(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "parts", lambda: two.house.parts)
    said = CliRunner().invoke(why, ["Ann Ash", "Ben Birch"], catch_exceptions=False).output
    assert "Hour by hour" in said
    assert "Ann: sooner than the notice they want; Ben: sooner than the notice they want" in said
    assert re.search(r"\d\d:\d\d–\d\d:\d\d  Free for both \(\d+ possible starts\)", said)


def test_the_overview_counts_people_topics_and_what_stood_in_the_way(two: Two) -> None:
    two.house.add("Far Fiona", expertise=(Expertise("Watercolour painting and gardening"),))
    found = told(explained(two.house, two.ann))
    assert "2 people" in found["considered"]
    assert "one recurring topic" in found["considered"]
    assert "1 of 2 pairs" in found["minimum_suitability"]


def test_no_word_of_a_note_a_label_or_the_fitting_expertise_is_told_or_kept(two: Two) -> None:
    """Planted words; what an admin could guess a single person's topic from is among them."""
    house = two.house
    before = [explained(house, two.ann), explained(house, two.ann, two.ben), explained(house, two.ben)]
    report = proposing.run_round(house.parts, house.organisation_id)
    after = [explained(house, two.ann), explained(house, two.ann, two.ben)]
    with house.parts.database.reading(house.organisation_id) as memory:
        labels = [each.label.lower() for each in themes.all(memory)]
        kept = json.dumps(rounds.get(memory, report.round_id).record).lower()
    assert any("plan" in label for label in labels)
    said = json.dumps([asdict(each) for found in (*before, *after) for each in found.findings]).lower()
    for planted in (*PLANTED, *labels, *(text.lower() for text in (*HARD, *EVERYDAY)), KNOWS.lower()):
        assert planted not in said
        assert planted not in kept


def test_rules_that_are_told_are_rules_that_exist(two: Two) -> None:
    for found in (explained(two.house, two.ann), explained(two.house, two.ann, two.ben)):
        others = {"considered", "openings", proposing.NO_OPENING}
        assert all(rule in BY_NAME or rule in others or rule.startswith("time: ") for rule in told(found))


def test_what_is_written_or_struck_out_meanwhile_counts_at_once(two: Two) -> None:
    """Themes are kept for the next time that is asked."""
    house = two.house
    quiet = house.add("Quiet Quentin")
    assert vetoes(explained(house, quiet)) == {"recurs"}
    writes(house, quiet)
    assert "considered" in told(explained(house, quiet))
    with house.parts.database.writing(house.organisation_id) as memory:
        for each in challenges.of_person(memory, quiet.id):
            challenges.remove(memory, each.id)
    assert vetoes(explained(house, quiet)) == {"recurs"}


def test_somebody_who_does_not_exist_is_an_error(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    with pytest.raises(KeyError):
        explaining.explain(house.parts, house.organisation_id, 4711)


def test_the_next_round_goes_by_what_was_answered_to_a_reason(two: Two) -> None:
    """Wrong of what Ben knows: another is suggested. Never of the topic: nobody is, and it says why."""
    house, who = two.house, two.house.who(two.ann)
    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    house.work()
    answer_reason(house.parts, who, made.id, "suits", Objection.WRONG)
    assert "person_as_answered" in vetoes(explained(house, two.ann, two.ben))
    answer_reason(house.parts, who, made.id, "suits", None)
    assert not vetoes(explained(house, two.ann, two.ben))
    answer_reason(house.parts, who, made.id, "recurs", Objection.NEVER)
    assert vetoes(explained(house, two.ann, two.ben)) == {"topic_as_answered"}
    with house.parts.database.writing(house.organisation_id) as memory:
        proposals.save(memory, withdraw(proposals.get(memory, made.id), "a test takes it back"))
    report = proposing.run_round(house.parts, house.organisation_id)
    assert report.proposals == ()
    with house.parts.database.reading(house.organisation_id) as memory:
        absences = rounds.get(memory, report.round_id).record["absences"]
    assert absences[str(two.ann.id)][0]["rule"] == "topic_as_answered"
