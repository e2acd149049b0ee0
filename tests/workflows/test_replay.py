"""A round keeps what it decided on: decided again from its record alone, the same comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.availability import Reading
from mentoring.intervals import Interval
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind, Sending
from mentoring.proposals import Proposal, State
from store import calendars, challenges, groups, people, proposals, rounds
from suggestions.embedding import embed_new, load_embedder
from suggestions.judged_again import judged_again
from tests.databases import PostgresServer
from tests.store.building import connected
from tests.workflows.commanding import Here, here
from tests.workflows.house import MONDAY_NOON, House, a_house
from tests.workflows.test_sample import busy
from workflows import kept_rounds, proposing, replaying
from workflows.kept_rounds import KeptRound, NotReplayable
from workflows.sample import loading
from workflows.sample.notes import notes
from workflows.sample.people import PEOPLE


@pytest.fixture(scope="module")
def vectors() -> dict[str, bytes]:
    """Of all texts of the sample, made once."""
    texts = {each.text for each in notes(MONDAY_NOON.date())} | {
        offer.text for person in PEOPLE for offer in person.offers
    }
    return embed_new(load_embedder(), sorted(texts), {})[1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sample(request: pytest.FixtureRequest, tmp_path: Path, vectors: dict[str, bytes]) -> Iterator[House]:
    """The sample organisation on either database, its calendars read; nothing is sent."""
    url = ""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_database()
    made = a_house(tmp_path, url=url)
    made.policy(sending=Sending.OFF)
    now = made.clock()
    known = Interval(now - timedelta(hours=1), now + timedelta(days=30))
    with made.parts.database.writing(made.organisation_id) as memory:
        ids, _ = loading._people(made.parts, memory, made.organisation_id)
        loading._notes(memory, ids, notes(now.date()))
        challenges.save_vectors(memory, made.parts.embedder().name, vectors)
        groups.put(memory, "Night shift", sorted(ids.values())[:5])
        for person in PEOPLE:
            connected(memory, ids[person.name], now=now)
            (calendar,) = calendars.calendars(memory, ids[person.name])
            events = busy(person, now.date()) if person.via != "broken" else ()
            calendars.save_reading(memory, calendar.id, Reading(events, known, "cursor"), now, now)
    yield made
    made.parts.database.dispose()


@dataclass(frozen=True)
class Ran:
    """A round that was run: what it made, and what is kept of it."""

    report: proposing.Report
    kept: rounds.Round

    @property
    def read(self) -> KeptRound:
        return kept_rounds.read(self.kept.record)


def run(house: House) -> Ran:
    report = proposing.run_round(house.parts, house.organisation_id)
    with house.parts.database.reading(house.organisation_id) as memory:
        return Ran(report, rounds.get(memory, report.round_id))


def again(house: House, round_id: int) -> replaying.Replay:
    return replaying.replay(house.parts, house.organisation_id, round_id)


def row(each: Proposal) -> tuple[object, ...]:
    return each.pair, each.theme_id, each.interval.start


def test_a_real_round_decided_again_from_its_record_makes_the_same_proposals(sample: House) -> None:
    ran = run(sample)
    told = again(sample, ran.report.round_id)
    assert told.same
    assert len(ran.report.proposals) >= 4
    assert {(each.pair, each.theme_id, each.start) for each in told.again} == {
        row(each) for each in ran.report.proposals
    }


def test_the_next_round_too_with_what_is_booked_and_open_by_then(sample: House) -> None:
    first = run(sample)
    sample.clock.turn(minutes=10)
    second = run(sample)
    assert len(second.report.proposals) < len(first.report.proposals)
    assert any(each.booked for each in second.read.people.values())
    assert again(sample, second.report.round_id).same


def test_a_round_for_one_mentee_too_without_those_who_were_tried(sample: House) -> None:
    made = run(sample).report.proposals[0]
    with sample.parts.database.writing(sample.organisation_id) as memory:
        declined = replace(proposals.get(memory, made.id), mentee_asked_at=sample.clock(), state=State.DECLINED)
        proposals.save(memory, declined)
        rounds.owe(memory, made.id, sample.clock().date(), sample.clock())
        (owed,) = rounds.owed(memory, sample.clock())
    proposing.run_owed(sample.parts, sample.organisation_id, owed.id)
    assert again(sample, owed.id).same
    with sample.parts.database.reading(sample.organisation_id) as memory:
        kept = kept_rounds.read(rounds.get(memory, owed.id).record)
    assert (kept.mentee_id, kept.tried) == (made.pair.mentee_id, {made.pair.mentor_id})


def test_whoever_was_considered_is_judged_again_to_the_very_same(sample: House) -> None:
    """From the record, under the policy that is kept in it: what stands in the way, the points, and the score."""
    settings = (
        RuleSetting("no_reporting_line", on=False),
        RuleSetting("another_department", Scope(ScopeKind.GROUP, "Night shift"), value=0.5),
        RuleSetting("rarely_asked", Scope(ScopeKind.DEPARTMENT, PEOPLE[0].department), on=False),
    )
    sample.policy(rules=settings, forbidden_pairs=frozenset({frozenset({1, 2})}))
    ran = run(sample)
    kept = ran.read
    considered = kept_rounds.worth_keeping(ran.report.plan)
    assert len(considered) == len(kept.measured) > 100
    for then, measured, score in zip(considered, kept.measured, kept.scores, strict=True):
        now = judged_again(measured, kept.policy)
        assert now.in_the_way == then.stood_in_the_way
        assert now.points == {each.rule: each.points for each in then.verdicts if not each.veto}
        assert now.score == then.score == score


def test_the_record_keeps_the_policy_and_the_scopes_of_that_day(sample: House) -> None:
    ran = run(sample)
    sample.policy(minimum_suitability=0.9)
    with sample.parts.database.writing(sample.organisation_id) as memory:
        groups.remove(memory, "Night shift")
    kept = ran.read
    assert kept.policy == replace(ran.report.plan.seen.policy, author=Policy.author, reason=Policy.reason)
    scopes = {scope for each in kept.measured for scope in each.mentee_scopes}
    assert Scope(ScopeKind.GROUP, "Night shift") in scopes
    assert again(sample, ran.report.round_id).same


def test_of_those_who_suit_too_little_the_nearest_are_kept_so_that_a_lower_minimum_can_be_tried(sample: House) -> None:
    sample.policy(minimum_suitability=0.45)
    kept = run(sample).read
    lower = replace(kept.policy, minimum_suitability=0.36)
    possible = [sum(judged_again(each, policy).possible for each in kept.measured) for policy in (kept.policy, lower)]
    assert possible[1] > possible[0]


def test_another_policy_gives_another_decision_and_the_difference_is_told(sample: House) -> None:
    ran = run(sample)
    kept = replace(ran.read, policy=replace(ran.read.policy, minimum_suitability=0.99))
    told = replaying.replayed(ran.report.round_id, kept)
    assert not told.same
    assert set(told.only_recorded) == set(kept.meant)
    assert told.again == ()


def test_what_was_decided_and_no_longer_fitted_is_told_apart_from_what_was_made(sample: House) -> None:
    decided = proposing.plan(sample.parts, sample.organisation_id)
    run(sample)
    with sample.parts.database.writing(sample.organisation_id) as memory:
        late = rounds.start(memory, 1, sample.clock())
    assert proposing._kept(sample.parts, sample.organisation_id, late, decided).proposals == ()
    told = again(sample, late)
    assert told.same
    assert all(each.left_out for each in told.recorded)


def test_a_record_holds_nothing_that_anybody_wrote(sample: House) -> None:
    text = json.dumps(run(sample).kept.record).casefold()
    with sample.parts.database.reading(sample.organisation_id) as memory:
        written = {each.text.casefold() for each in challenges.everything(memory)}
        offered = {each.text.casefold() for person in people.everyone(memory) for each in person.expertise}
        names = {person.name.casefold() for person in people.everyone(memory)}
    assert not [each for each in written | offered | names if each in text]


def test_after_somebody_was_forgotten_it_is_said_that_the_round_cannot_be_replayed(
    sample: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = run(sample)
    gone = ran.report.proposals[0].pair.mentor_id
    with sample.parts.database.writing(sample.organisation_id) as memory:
        people.forget(memory, gone)
        left = kept_rounds.read(rounds.get(memory, ran.report.round_id).record)
    assert not any(gone in each.both for each in left.measured)
    assert gone not in left.people
    assert not [each for each in left.meant if gone == each.pair.mentor_id]
    with pytest.raises(NotReplayable, match="has been forgotten"):
        again(sample, ran.report.round_id)
    said = command(sample, monkeypatch, capsys).run("replay", str(ran.report.round_id))
    assert said.code == 1
    assert "has been forgotten since" in said.err
    told = command(sample, monkeypatch, capsys).run("replay", str(ran.report.round_id), "--json")
    assert (told.code, told.json["replayable"]) == (1, False)


def command(house: House, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> Here:
    return here(house, monkeypatch, capture)


def test_the_command_says_that_the_same_came_of_it(
    sample: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = run(sample)
    interlude, number = command(sample, monkeypatch, capsys), len(ran.report.proposals)
    said = interlude.run("replay", str(ran.report.round_id))
    assert (said.code, said.err) == (0, "")
    assert f"makes the same {number} proposals" in said.out
    told = interlude.run("replay", str(ran.report.round_id), "--json").json
    assert (told["same"], len(told["proposals"]), told["only_again"]) == (True, number, [])


def test_the_command_fails_where_something_else_comes_of_it(
    sample: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = run(sample)
    record = dict(ran.kept.record)
    record["policy"] = record["policy"] | {"minimum_suitability": 0.99}
    with sample.parts.database.writing(sample.organisation_id) as memory:
        other = rounds.start(memory, 1, sample.clock())
        rounds.finish(memory, other, record, sample.clock())
    said = command(sample, monkeypatch, capsys).run("replay", str(other))
    assert said.code == 1
    assert "does not come to the same" in said.out


@pytest.mark.parametrize(("given", "code", "words"), [("99", 2, "there is no round 99"), ("1", 1, "keeps nothing")])
def test_a_round_that_is_not_there_or_keeps_nothing_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: str,
    code: int,
    words: str,
) -> None:
    house = a_house(tmp_path)
    with house.parts.database.writing(house.organisation_id) as memory:
        rounds.finish(memory, rounds.start(memory, 1, house.clock()), {"candidates": []}, house.clock())
    said = command(house, monkeypatch, capsys).run("replay", given)
    assert said.code == code
    assert words in said.err
