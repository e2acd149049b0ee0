"""What rounds promise: nobody is asked without end, a round is run once, two at once keep within what each person has
room for, and what is told of it goes only to whom it concerns."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mentoring.availability import Reading
from mentoring.errors import TryLater
from mentoring.intervals import Interval
from mentoring.needs import Challenge
from mentoring.people import Expertise, Person, Role
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Proposal, State
from store import calendars, challenges, organisations, people, policies, proposals, rounds
from suggestions.embedding import Embedder
from suggestions.rules import BY_NAME
from tests.databases import PostgresServer
from tests.servers import DavServer
from tests.store.building import connected
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import neighbour
from workflows import counting, proposing, recording, sweeping, syncing
from workflows.bootstrap import Parts
from workflows.planning import Plan

NOTES = (
    "The report query is slow and I cannot read its query plan",
    "Another slow query, and I still cannot read a query plan",
    "A slow query today, and again I could not read its query plan",
)
KNOWS = (Expertise("Making slow queries fast: reading query plans"),)
MENTEE, MENTOR = frozenset({Role.MENTEE}), frozenset({Role.MENTOR})


def writes(house: House, person: Person, ago: float = 0) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        for number, text in enumerate(NOTES, start=1):
            challenges.add(memory, Challenge(0, person.id, text, house.clock() - timedelta(days=number + ago)))


def asked(house: House, mentee: Person) -> list[Proposal]:
    """Every proposal that the mentee got an invite for."""
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each for each in proposals.of_person(memory, mentee.id) if each.mentee_asked_at]


def kept_rounds(house: House) -> list[rounds.Round]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each for each in rounds.all(memory) if each.finished_at]


# --- Nobody is asked without end -------------------------------------------------------------------------------------


class Weeks:
    """Ann, to whom query plans keep coming back, and mentors who know them, day after day."""

    def __init__(self, house: House, dav: DavServer, *mentors: str) -> None:
        self.house = house
        self.ann = neighbour(house, dav, "Ann Ash", roles=MENTEE)
        self.mentors = [neighbour(house, dav, name, roles=MENTOR, expertise=KNOWS) for name in mentors]
        writes(house, self.ann.person)

    def pass_by(self, days: int, does: Callable[[], None] = lambda: None) -> list[Proposal]:
        """Three looks a day: calendars read, the daily round, and what Ann does."""
        everybody = tuple(each.person.id for each in (self.ann, *self.mentors))
        for _ in range(days * 3):
            syncing.read_again(self.house.parts, self.house.organisation_id, everybody)
            proposing.daily_rounds(self.house.parts)
            self.house.sweep()
            does()
            self.house.clock.turn(hours=8)
        return asked(self.house, self.ann.person)

    def accepts(self) -> None:
        if any(self.ann.partstat() == Partstat.NEEDS_ACTION for _ in self.ann.invites()):
            self.house.clock.turn(minutes=1)
            self.ann.answer("ACCEPTED")
            self.house.read_answers()
            self.house.sweep()


def test_a_mentee_who_does_not_answer_is_not_asked_about_the_same_mentor_again(house: House, dav: DavServer) -> None:
    assert len(Weeks(house, dav, "Ben Birch").pass_by(14)) == 1


@pytest.mark.slow
def test_a_mentee_who_never_answers_is_asked_less_and_less(house: House, dav: DavServer) -> None:
    weeks = Weeks(house, dav, "Ben Birch", "Cora Cedar", "Dan Dogwood", "Eva Elm")
    times = [each.mentee_asked_at for each in sorted(weeks.pass_by(28), key=lambda one: one.id)]
    waits = [(later - earlier).days for earlier, later in itertools.pairwise(times) if earlier and later]
    assert len(times) == 3
    assert 8 <= waits[0] < waits[1]


@pytest.mark.slow
def test_silent_mentors_are_not_asked_in_turns_while_the_mentee_accepts(house: House, dav: DavServer) -> None:
    weeks = Weeks(house, dav, "Ben Birch", "Cora Cedar")
    found = weeks.pass_by(21, weeks.accepts)
    assert sorted(each.pair.mentor_id for each in found) == sorted(each.person.id for each in weeks.mentors)
    assert {each.state for each in found} == {State.EXPIRED}


def accepts_too_late(weeks: Weeks) -> None:
    """Whoever it is with, their calendar changes right before Ann accepts."""
    (open_one,) = [each for each in asked(weeks.house, weeks.ann.person) if each.blocking]
    mentor = next(each for each in weeks.mentors if each.person.id == open_one.pair.mentor_id)
    mentor.is_busy(open_one.interval.start)
    weeks.accepts()


def test_the_same_two_are_not_tried_again_and_again_where_the_mentors_calendar_changes(
    house: House, dav: DavServer
) -> None:
    weeks = Weeks(house, dav, "Ben Birch")
    weeks.pass_by(1)
    for _ in range(2):
        accepts_too_late(weeks)
    assert [each.state for each in asked(house, weeks.ann.person)] == [State.WITHDRAWN] * 2
    assert len(weeks.pass_by(3)) == 2
    (told,) = kept_rounds(house)[0].record["absences"].values()
    assert told == [{"rule": "withdrawn_cooldown", "words": recording.MISSES["withdrawn_cooldown"]}]


def test_a_mentee_is_offered_the_next_best_twice_a_day_and_told_that_the_daily_round_looks_again(
    house: House, dav: DavServer
) -> None:
    weeks = Weeks(house, dav, "Ben Birch", "Cora Cedar", "Dan Dogwood", "Eva Elm")
    proposing.daily_rounds(house.parts)
    house.sweep()
    for _ in range(3):
        accepts_too_late(weeks)
    assert len(asked(house, weeks.ann.person)) == 3
    last = kept_rounds(house)[0]
    assert last.record["for"] == {"mentee_id": weeks.ann.person.id}
    assert [each["rule"] for each in last.record["absences"][str(weeks.ann.person.id)]] == [recording.ENOUGH_TODAY]
    with house.parts.database.reading(house.organisation_id) as memory:
        assert rounds.owed(memory, house.clock()) == ()


def test_the_next_best_is_no_mentor_who_was_tried_in_vain_of_late(house: House, dav: DavServer) -> None:
    """Without the cooldowns, which an admin may have made short, it would be Ben again."""
    house.policy(declined_cooldown_days=0)
    weeks = Weeks(house, dav, "Ben Birch")
    weeks.pass_by(1)
    weeks.accepts()
    weeks.mentors[0].answer("DECLINED")
    house.clock.turn(minutes=1)
    house.read_answers()
    house.sweep()
    (only,) = asked(house, weeks.ann.person)
    assert only.state is State.DECLINED
    (told,) = kept_rounds(house)[0].record["absences"].values()
    assert told == [{"rule": recording.TRIED, "words": recording.MISSES[recording.TRIED]}]


def test_an_answer_starts_the_count_of_silences_anew() -> None:
    found = counting.silences([ignored(1), ignored(2), ignored(3)])
    assert [each.times for (party, _), each in found.items() if party == "mentee"] == [3]
    said_no = replace(ignored(2), mentee_answer=replace(ignored(2).mentee_answer, partstat=Partstat.DECLINED))
    found = counting.silences([ignored(1), said_no, ignored(3)])
    assert [each.times for (party, _), each in found.items() if party == "mentee"] == [1]


def test_what_nobody_was_asked_about_holds_nothing_up() -> None:
    unasked = replace(ignored(1), mentee_asked_at=None)
    assert counting.silences([unasked]) == {}
    assert counting.earlier(unasked).ending == "other"
    assert counting.earlier(ignored(1)).ending == "ignored"


def ignored(number: int) -> Proposal:
    at = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    return Proposal(
        id=number,
        organisation_id=1,
        uid=str(number),
        pair=proposing.Pair(1, 2),
        theme_id=1,
        topic="",
        interval=Interval.lasting(at + timedelta(days=3), 20),
        state=State.EXPIRED,
        created_at=at,
        mentee_asked_at=at,
        expires_at=at + timedelta(days=2),
    )


def test_what_is_told_of_a_rule_that_stood_in_the_way_names_nobody() -> None:
    of_rules = set(recording.MISSES) & set(BY_NAME)
    assert {"ignored_cooldown", "withdrawn_cooldown", "not_yet"} <= of_rules
    for words in recording.MISSES.values():
        assert set(words.split("{")[1:]) <= {"days} days suits both you and the people who could help."}


# --- A round is run once ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slow(Parts):
    """Parts in the middle of whose rounds something happens."""

    meanwhile: Callable[[], None] = lambda: None

    def embedder(self) -> Embedder:
        self.meanwhile()
        return super().embedder()


def slow(parts: Parts, meanwhile: Callable[[], None]) -> Slow:
    return Slow(**{**vars(parts), "meanwhile": meanwhile})


def test_a_round_that_takes_long_is_not_started_again_by_the_sweep(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    writes(house, house.add("Ann Ash"))
    started = []

    def time_passes() -> None:
        house.clock.turn(seconds=40)
        sweeping.sweep(house.parts)
        started.extend(house.nudges)
        with house.parts.database.reading(house.organisation_id) as memory:
            (round_id,) = [each.id for each in rounds.all(memory) if not each.finished_at]
        assert proposing.run_owed(house.parts, house.organisation_id, round_id) == 0
        assert kept_rounds(house) == []

    assert proposing.daily_rounds(slow(house.parts, time_passes)) == 1
    assert {job for job, _ in started} <= {"sort_notes"}
    assert len(kept_rounds(house)) == 1


def test_a_round_whose_worker_died_is_taken_up_after_its_lease(tmp_path: Path) -> None:
    house = a_house(tmp_path)
    with house.parts.database.writing(house.organisation_id) as memory:
        round_id = rounds.claim(memory, house.clock().date(), house.clock())
        assert round_id
        assert rounds.take(memory, round_id, house.clock(), proposing.LEASE_SECONDS)
        assert not rounds.take(memory, round_id, house.clock(), proposing.LEASE_SECONDS)
    house.clock.turn(seconds=proposing.LEASE_SECONDS - 1)
    house.sweep()
    assert kept_rounds(house) == []
    house.clock.turn(seconds=1)
    house.sweep()
    assert [each.id for each in kept_rounds(house)] == [round_id]


def test_a_round_owed_to_somebody_who_was_forgotten_is_over(house: House, dav: DavServer) -> None:
    weeks = Weeks(house, dav, "Ben Birch")
    (made,) = proposing.run_round(house.parts, house.organisation_id).proposals
    with house.parts.database.writing(house.organisation_id) as memory:
        rounds.owe(memory, made.id, house.clock().date(), house.clock())
        people.forget(memory, weeks.ann.person.id)
    house.nudges.clear()
    house.clock.turn(minutes=1)
    house.sweep()
    with house.parts.database.reading(house.organisation_id) as memory:
        assert rounds.owed(memory, house.clock()) == ()


@pytest.mark.parametrize("problem", [TryLater("the database is busy"), RuntimeError("a bug")])
def test_what_goes_wrong_in_one_organisation_does_not_keep_the_others_waiting(
    tmp_path: Path, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    house = a_house(tmp_path)
    with house.parts.database.writing_all() as memory:
        other = organisations.add(memory, "Other", "Europe/Berlin").id
    left = [problem]

    def fails_once() -> None:
        if left:
            raise left.pop()

    assert proposing.daily_rounds(slow(house.parts, fails_once)) == 1
    assert kept_rounds(house) == []
    assert len(kept_rounds(replace(house, organisation_id=other))) == 1
    assert [each.exc_info is not None for each in caplog.records] == [isinstance(problem, RuntimeError)]
    house.clock.turn(seconds=proposing.LEASE_SECONDS)
    house.sweep()
    assert len(kept_rounds(house)) == 1


# --- Two rounds at once ----------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def quiet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on either database that sends nothing, and whose calendars are free as far as anybody has read."""
    url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_database()
    made = a_house(tmp_path, url=url)
    made.policy(sending=Sending.OFF)
    yield made
    made.parts.database.dispose()


def free(house: House, name: str, **changes: object) -> Person:
    person, now = house.add(name, **changes), house.clock()
    with house.parts.database.writing(house.organisation_id) as memory:
        connected(memory, person.id, now=now)
        (calendar,) = calendars.calendars(memory, person.id)
        known = Interval(now - timedelta(hours=1), now + timedelta(days=30))
        calendars.save_reading(memory, calendar.id, Reading((), known, "cursor"), now, now)
    return person


def at_another_time(decided: Plan) -> Plan:
    """The same people at the other end of what suits them, as a round that looked at another moment might find."""
    changed = []
    for drafted in decided.drafted:
        (offered,) = [
            each.openings for each in decided.candidates if each.mentee_id == drafted.considered.need.person_id
        ]
        later = next(each for each in offered if not each.interval.overlaps(drafted.opening.interval))
        changed.append(replace(drafted, opening=later))
    return replace(decided, drafted=tuple(changed))


def new_round(house: House) -> int:
    with house.parts.database.writing(house.organisation_id) as memory:
        return rounds.start(memory, policies.current(memory).version, house.clock())


def kept_at_once(house: House, *decided: Plan) -> list[tuple[Proposal, ...]]:
    together = threading.Barrier(len(decided))

    def keep(one: Plan) -> tuple[Proposal, ...]:
        round_id = new_round(house)
        together.wait(20)
        return proposing._kept(house.parts, house.organisation_id, round_id, one).proposals

    with ThreadPoolExecutor(len(decided)) as pool:
        return list(pool.map(keep, decided))


def test_two_rounds_at_once_leave_a_mentee_one_open_suggestion(quiet: House) -> None:
    ann = free(quiet, "Ann Ash", roles=MENTEE)
    free(quiet, "Ben Birch", roles=MENTOR, expertise=KNOWS)
    writes(quiet, ann)
    first = proposing.plan(quiet.parts, quiet.organisation_id)
    made = kept_at_once(quiet, first, at_another_time(first))
    assert sorted(len(each) for each in made) == [0, 1]
    told = [each.record["absences"] for each in kept_rounds(quiet)]
    assert sorted(map(len, told)) == [0, 1]
    (words,) = (each for absent in told for each in absent.values())
    assert [each["rule"] for each in words] == ["mentee_has_room"]


def test_two_rounds_at_once_leave_a_mentor_no_more_requests_than_allowed(quiet: House) -> None:
    quiet.policy(mentor_open_asks=1)
    ann, cora = (free(quiet, name, roles=MENTEE) for name in ("Ann Ash", "Cora Cedar"))
    ben = free(quiet, "Ben Birch", roles=MENTOR, expertise=KNOWS)
    for mentee in (ann, cora):
        writes(quiet, mentee)
    one, other = (proposing.plan(quiet.parts, quiet.organisation_id, each.id) for each in (ann, cora))
    kept_at_once(quiet, one, at_another_time(other))
    with quiet.parts.database.reading(quiet.organisation_id) as memory:
        (only,) = proposals.open_proposals(memory)
    assert only.pair.mentor_id == ben.id


# --- What is told only to whom it concerns ---------------------------------------------------------------------------


def test_a_round_for_one_mentee_tells_nobody_else_what_stood_in_their_way(quiet: House) -> None:
    ann, cora = (free(quiet, name, roles=MENTEE) for name in ("Ann Ash", "Cora Cedar"))
    free(quiet, "Ben Birch", roles=MENTOR, expertise=KNOWS)
    quiet.policy(mentor_open_asks=1)
    for mentee in (ann, cora):
        writes(quiet, mentee)
    (made,) = proposing.run_round(quiet.parts, quiet.organisation_id).proposals
    proposed, absent = (ann, cora) if made.pair.mentee_id == ann.id else (cora, ann)
    with quiet.parts.database.writing(quiet.organisation_id) as memory:
        rounds.owe(memory, made.id, quiet.clock().date(), quiet.clock())
    assert proposing.next_best(quiet.parts, quiet.organisation_id, made.id) == 0
    owed, for_all = kept_rounds(quiet)
    assert owed.record["for"] == {"mentee_id": proposed.id}
    assert for_all.record["for"] is None
    assert set(owed.record["absences"]) == {str(proposed.id)}
    assert set(for_all.record["absences"]) == {str(absent.id)}
    with quiet.parts.database.writing(quiet.organisation_id) as memory:
        assert [rounds.latest(memory, each.id) for each in (proposed, absent)] == [owed, for_all]
        people.forget(memory, proposed.id)
        assert "for" not in rounds.get(memory, owed.id).record
