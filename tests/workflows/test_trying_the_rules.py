"""A draft is tried in the background: what it would change today and which rule did it, without saving anything; taken
up again when a worker dies, cancelled, and ended once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mentoring.errors import ChangedMeanwhile, Missing, NotAllowed
from mentoring.people import Person, Role
from mentoring.policy import Policy, Sending
from mentoring.proposals import State
from store import drafts, people, policies, rounds, tables, trials
from store.trials import Kind, Trial
from suggestions.rule_settings import with_rule
from tests.store.everything import dump
from tests.workflows.house import House, a_house, a_person
from tests.workflows.test_rounds import KNOWS, MENTEE, MENTOR, free, writes
from workflows import backtesting, proposing, sweeping
from workflows import trials as trying
from workflows.group_figures import by_group, rounded
from workflows.trials import GIVEN_UP_AFTER, KEPT, LEASE_SECONDS


@dataclass
class Bench:
    """A house with an admin, a mentee with a need, and a draft to be tried."""

    house: House
    zofia: Person
    ann: Person
    ben: Person

    def drafts(self, **changes: Any) -> Policy:
        return self.drafts_policy(replace(self.in_force(), **changes))

    def drafts_policy(self, policy: Policy) -> Policy:
        with self.house.parts.database.writing(self.house.organisation_id) as memory:
            before = drafts.current(memory)
            over = before.revision if before else 0
            return drafts.save(
                memory, policy, policies.current(memory).version, over, "Zofia", self.house.clock()
            ).policy

    def in_force(self) -> Policy:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return policies.current(memory)

    def asks(self, kind: Kind = Kind.PREVIEW) -> int:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            draft = drafts.current(memory)
        return trying.ask(self.house.parts, self.house.who(self.zofia), kind, draft.revision if draft else 0)

    def trial(self, trial_id: int) -> Trial:
        with self.house.parts.database.reading(self.house.organisation_id) as memory:
            return trials.get(memory, trial_id)

    def tried(self, kind: Kind = Kind.PREVIEW) -> dict[str, Any]:
        trial_id = self.asks(kind)
        self.house.work()
        found = self.trial(trial_id)
        assert found.finished_at is not None
        return dict(found.result)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    house = a_house(tmp_path)
    house.policy(sending=Sending.OFF)
    zofia = house.add("Zofia Wójcik", roles=frozenset({Role.ADMIN}))
    ann = free(house, "Ann Ash", roles=MENTEE)
    ben = free(house, "Ben Birch", roles=MENTOR, expertise=KNOWS)
    writes(house, ann)
    return Bench(house, zofia, ann, ben)


def rules_of(result: dict[str, Any], kind: str) -> list[list[str]]:
    return [each["rules"] for each in result[kind]]


# --- What a preview says ---------------------------------------------------------------------------------------------


def test_a_draft_that_changes_nothing_changes_no_suggestion(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    result = bench.tried()
    assert (result["appear"], result["vanish"], result["change"]) == ([], [], [])
    assert result["counts"] == {"before": 1, "after": 1, "same": 1}


def test_a_suggestion_that_vanishes_is_told_with_the_rule_that_did_it(bench: Bench) -> None:
    bench.drafts(forbidden_pairs=frozenset({frozenset({bench.ann.id, bench.ben.id})}))
    result = bench.tried()
    (vanished,) = result["vanish"]
    assert (vanished["mentee"], vanished["was"]["mentor"], vanished["rules"]) == (
        "Ann Ash", "Ben Birch", ["forbidden_pair"]
    )  # fmt: skip
    assert result["rules"] == [{"rule": "forbidden_pair", "count": 1}]
    assert result["counts"]["after"] == 0


def test_a_suggestion_that_appears_is_told_with_the_rule_that_did_it(bench: Bench) -> None:
    bench.house.policy(minimum_suitability=0.99)
    bench.drafts(minimum_suitability=0.2)
    result = bench.tried()
    assert rules_of(result, "appear") == [["minimum_suitability"]]
    assert result["appear"][0]["now"]["mentor"] == "Ben Birch"


def test_another_mentor_is_told_with_the_rule_that_did_it(bench: Bench) -> None:
    far = free(bench.house, "Cora Cedar", roles=MENTOR, expertise=KNOWS, department="Elsewhere")
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        people.save(memory, replace(bench.ann, department="Here"))
        people.save(memory, replace(bench.ben, department="Here"))
    before = with_rule(bench.in_force(), "another_department", on=True, value=-1.0)
    bench.house.policy(rules=before.rules)
    bench.drafts_policy(with_rule(before, "another_department", on=True, value=1.0))
    (changed,) = bench.tried()["change"]
    assert (changed["was"]["mentor_id"], changed["now"]["mentor_id"]) == (bench.ben.id, far.id)
    assert changed["rules"] == ["another_department"]


def test_where_no_rule_says_otherwise_it_was_the_round_as_a_whole(bench: Bench) -> None:
    bench.drafts(lead_hours=90)
    (changed,) = bench.tried()["change"]
    assert changed["was"]["mentor_id"] == changed["now"]["mentor_id"] == bench.ben.id
    assert changed["was"]["start"] < changed["now"]["start"]
    assert changed["rules"] == ["chosen_elsewhere"]


def test_free_time_is_read_as_the_draft_has_it(bench: Bench) -> None:
    bench.house.clock.turn(minutes=60)
    bench.drafts(stale_minutes=15)
    assert rules_of(bench.tried(), "vanish") == [["mentee_time_known", "mentor_time_known"]]


def test_nothing_is_saved_and_nobody_is_asked(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    bench.asks()
    before = dump(bench.house.parts.database)
    bench.house.work()
    after = dump(bench.house.parts.database)
    assert {name for name in before if before[name] != after[name]} == {"trials"}
    assert bench.house.nudges == []


def test_what_is_told_holds_nothing_that_anybody_wrote(bench: Bench) -> None:
    bench.drafts(forbidden_pairs=frozenset({frozenset({bench.ann.id, bench.ben.id})}))
    assert "quer" not in str(bench.tried()).lower()


# --- Figures of groups -----------------------------------------------------------------------------------------------


def crowd(**departments: int) -> list[Person]:
    numbers = iter(range(1, 1000))
    return [
        replace(a_person(f"Somebody {name}"), id=next(numbers), department=name)
        for name, size in departments.items()
        for _ in range(size)
    ]


def test_a_group_is_told_of_only_where_it_and_all_others_are_large_enough() -> None:
    people = crowd(Large=20, Small=4)
    told, untold = by_group(people, Policy(minimum_group=5), {"offered": [each.id for each in people]})
    assert (told, untold) == ([], 2), "the large one would tell of the small one"
    told, untold = by_group(people, Policy(minimum_group=4), {"offered": [each.id for each in people[:13]]})
    assert [(each["name"], each["people"], each["offered"]) for each in told] == [("Large", 20, 15), ("Small", 5, 0)]


@pytest.mark.parametrize(("number", "told"), [(0, 0), (2, 0), (2.5, 5), (3, 5), (7, 5), (8, 10), (12.5, 15)])
def test_counts_of_groups_are_rounded_to_five(number: float, told: int) -> None:
    assert rounded(number) == told


# --- How it is run ---------------------------------------------------------------------------------------------------


def test_only_an_admin_asks_for_it_and_only_for_what_they_saw(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    with pytest.raises(NotAllowed):
        trying.ask(bench.house.parts, bench.house.who(bench.ann), Kind.PREVIEW, 1)
    with pytest.raises(ChangedMeanwhile):
        trying.ask(bench.house.parts, bench.house.who(bench.zofia), Kind.PREVIEW, 2)


def test_progress_is_told_until_it_is_finished(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    trial_id = bench.asks()
    who = bench.house.who(bench.zofia)
    assert not trying.progress(bench.house.parts, who, trial_id).finished
    bench.house.work()
    found = trying.progress(bench.house.parts, who, trial_id)
    assert (found.finished, found.done, found.of) == (True, 3, 3)
    with pytest.raises(Missing):
        trying.progress(bench.house.parts, who, trial_id + 1)


def test_a_lost_nudge_is_made_up_for_by_the_sweep(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    trial_id = bench.asks()
    bench.house.nudges.clear()
    bench.house.sweep()
    assert bench.trial(trial_id).finished_at


def test_a_dead_workers_trial_is_taken_up_again_once_its_time_is_over(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    trial_id = bench.asks()
    bench.house.nudges.clear()
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        trials.take(memory, trial_id, bench.house.clock(), LEASE_SECONDS)
    bench.house.sweep()
    assert bench.trial(trial_id).finished_at is None
    bench.house.clock.turn(seconds=LEASE_SECONDS)
    bench.house.sweep()
    assert bench.trial(trial_id).finished_at


def test_one_that_never_comes_to_an_end_is_ended_with_the_reason(bench: Bench) -> None:
    bench.drafts(round_hour=9)
    trial_id = bench.asks()
    bench.house.nudges.clear()
    bench.house.clock.turn(seconds=GIVEN_UP_AFTER.total_seconds() + 1)
    bench.house.sweep()
    assert "within an hour" in bench.trial(trial_id).problem


def test_running_it_twice_has_the_same_outcome(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    trial_id = bench.asks()
    bench.house.work()
    before = bench.trial(trial_id)
    assert trying.run(bench.house.parts, bench.house.organisation_id, trial_id) == "not ours"
    assert bench.trial(trial_id) == before


def test_a_cancelled_one_is_stopped_and_says_nothing(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    trial_id = bench.asks()
    assert trying.cancel(bench.house.parts, bench.house.who(bench.zofia), trial_id)
    bench.house.work()
    found = bench.trial(trial_id)
    assert (found.cancelled, dict(found.result)) == (True, {})
    assert not trying.cancel(bench.house.parts, bench.house.who(bench.zofia), trial_id)


def test_whoever_works_on_one_that_is_cancelled_stops_at_the_next_step(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    trial_id, calls = bench.asks(), []

    def clock() -> datetime:
        """Somebody cancels it while the second step is being taken."""
        calls.append(bench.house.clock())
        if len(calls) == 4:
            trying.cancel(bench.house.parts, bench.house.who(bench.zofia), trial_id)
        return calls[-1]

    parts = replace(bench.house.parts, clock=clock)
    assert trying.run(parts, bench.house.organisation_id, trial_id) == "cancelled"
    assert len(calls) == 4, "the third step was not taken"
    assert bench.trial(trial_id).done == 1


def test_old_ones_go(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    trial_id = bench.asks()
    bench.house.work()
    bench.house.clock.turn(seconds=KEPT.total_seconds() + 1)
    sweeping.housekeeping(bench.house.parts)
    with pytest.raises(Missing):
        bench.trial(trial_id)


# --- What a backtest says --------------------------------------------------------------------------------------------


def test_without_a_round_there_is_nothing_to_say(bench: Bench) -> None:
    bench.drafts(session_minutes=30)
    result = bench.tried(Kind.BACKTEST)
    assert (result["rounds"], result["left_out"]) == ([], 0)
    assert result["acceptance"]["refused"]


def test_a_round_that_was_recorded_before_anything_was_measured_is_left_out_and_counted(bench: Bench) -> None:
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        round_id = rounds.start(memory, 1, bench.house.clock())
        rounds.finish(memory, round_id, {"candidates": [], "for": None}, bench.house.clock())
    bench.drafts(session_minutes=30)
    result = bench.tried(Kind.BACKTEST)
    assert (result["rounds"], result["left_out"]) == ([], 1)


def test_a_round_is_put_together_again_by_both_sets_of_rules(bench: Bench) -> None:
    proposing.run_round(bench.house.parts, bench.house.organisation_id)
    bench.drafts(forbidden_pairs=frozenset({frozenset({bench.ann.id, bench.ben.id})}))
    result = bench.tried(Kind.BACKTEST)
    assert result["totals"] == {"was": 1, "in_force": 1, "draft": 0}
    assert [(each["was"], each["in_force"], each["draft"]) for each in result["rounds"]] == [(1, 1, 0)]
    assert result["loads"][0] == {"from": 0, "to": 0, "in_force": 0, "draft": 1}
    assert result["loads"][1] == {"from": 1, "to": 2, "in_force": 1, "draft": 0}
    assert (result["left_out"], result["mentors"]) == (0, 1)


def test_rounds_for_one_mentee_take_no_place_of_those_for_everybody(
    bench: Bench,
) -> None:
    (made,) = proposing.run_round(bench.house.parts, bench.house.organisation_id).proposals
    now = bench.house.clock()
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        for number in range(backtesting.MOST_ROUNDS):
            owed = rounds.claim(memory, now.date(), now, f"{rounds.AFTER}{made.id + number}")
            assert owed
            rounds.finish(memory, owed, {"for": {"mentee_id": bench.ann.id}}, now)
    bench.drafts(round_hour=9)
    assert len(bench.tried(Kind.BACKTEST)["rounds"]) == 1


def test_a_draft_that_changes_nothing_comes_out_as_the_rules_in_force(bench: Bench) -> None:
    proposing.run_round(bench.house.parts, bench.house.organisation_id)
    bench.drafts(round_hour=9)
    assert bench.tried(Kind.BACKTEST)["totals"] == {"was": 1, "in_force": 1, "draft": 1}


def test_a_round_with_somebody_who_was_forgotten_since_is_left_out_and_counted(bench: Bench) -> None:
    free(bench.house, "Cora Cedar", roles=MENTOR, expertise=KNOWS)
    proposing.run_round(bench.house.parts, bench.house.organisation_id)
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        people.forget(memory, bench.ben.id)
    bench.house.nudges.clear()
    bench.drafts(round_hour=9)
    result = bench.tried(Kind.BACKTEST)
    assert (result["rounds"], result["left_out"]) == ([], 1)


def test_acceptance_is_not_told_of_one_answer(bench: Bench) -> None:
    (made,) = proposing.run_round(bench.house.parts, bench.house.organisation_id).proposals
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        values = {"state": State.MET, "mentee_asked_at": bench.house.clock()}
        memory.changed(memory.update(tables.proposals).where(tables.proposals.c.id == made.id).values(**values))
    bench.drafts(round_hour=9)
    acceptance = bench.tried(Kind.BACKTEST)["acceptance"]
    assert (acceptance["share"], acceptance["answers"], acceptance["plain"]) == (None, 1, 1.0)
    assert acceptance["refused"] == "the answers there are count for 1 here, and 30 are needed"


def test_with_enough_answers_it_is_told_with_its_interval() -> None:
    answers = [[mentee, 0.5, 1.0, float(mentee % 4 != 0), 0.0] for mentee in range(60)]
    wanted = [[mentee, 1.0, 0.5, 0.0] for mentee in range(60)]
    told = backtesting._estimated(answers, wanted)
    assert (told["method"], told["covered"], told["refused"]) == ("snips", 1.0, "")
    assert told["low"] < told["share"] == 0.75 < told["high"]


def test_what_was_thought_of_a_yes_speaks_for_those_whom_nobody_asked() -> None:
    answers = [[mentee, 0.5, 1.0, float(mentee % 4 != 0), 0.0] for mentee in range(60)]
    wanted = [[mentee, 1.0, 0.5, 0.0 if mentee < 60 else 0.2] for mentee in range(120)]
    told = backtesting._estimated(answers, wanted)
    assert told["method"] == "doubly robust"
    assert told["share"] == pytest.approx(0.85)


def test_what_had_no_chance_at_the_time_is_not_covered() -> None:
    answers = [[mentee, 0.5, 1.0, 1.0, 0.0] for mentee in range(60)]
    wanted = [[mentee, 1.0, 0.5 if mentee < 20 else 0.0, 0.0] for mentee in range(60)]
    told = backtesting._estimated(answers, wanted)
    assert told["covered"] == pytest.approx(1 / 3)
    assert "33%" in told["refused"]


def test_a_backtest_goes_on_where_a_dead_worker_left_it(bench: Bench) -> None:
    for _ in range(2):
        proposing.run_round(bench.house.parts, bench.house.organisation_id)
    bench.drafts(round_hour=9)
    trial_id = bench.asks(Kind.BACKTEST)
    bench.house.nudges.clear()
    (done, of, so_far), *_ = backtesting.steps(bench.house.parts, bench.house.organisation_id, bench.trial(trial_id))
    assert (done, of) == (1, 3)
    with bench.house.parts.database.writing(bench.house.organisation_id) as memory:
        trials.go_on(memory, trial_id, done, of, json.loads(json.dumps(so_far)), None)
    bench.house.sweep()
    found = bench.trial(trial_id)
    assert (found.done, found.of, len(found.result["rounds"])) == (3, 3, 2)


@pytest.mark.parametrize(("of", "told"), [([], None), ([0, 0], None), ([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75)])
def test_inequality_is_none_where_all_have_the_same_and_large_where_one_has_all(
    of: list[int], told: float | None
) -> None:
    assert backtesting.gini(of) == (None if told is None else pytest.approx(told))
