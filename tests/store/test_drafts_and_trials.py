"""The draft of the rules is one that all admins share; a trial of it is one worker's at a time, and ends once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mentoring.errors import ChangedMeanwhile, Missing
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from store import drafts, trials
from store.database import Database
from store.trials import Kind
from tests.store.building import NOW, organisation

DRAFTED = Policy(
    session_minutes=30,
    rules=(RuleSetting("suits", Scope(ScopeKind.DEPARTMENT, "Payments"), value=0.5),),
    forbidden_pairs=frozenset({frozenset({1, 2})}),
)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def house(database: Database) -> int:
    return organisation(database, "Full")


def test_a_draft_comes_back_as_it_was_saved(database: Database, house: int) -> None:
    with database.writing(house) as memory:
        assert drafts.current(memory) is None
        saved = drafts.save(memory, DRAFTED, 1, 0, "Zofia", NOW)
        assert (saved.revision, saved.base_version) == (1, 1)
    with database.reading(house) as memory:
        kept = drafts.current(memory)
    assert kept is not None
    assert kept.policy == replace(DRAFTED, version=1)
    assert (kept.author, kept.at, kept.revision) == ("Zofia", NOW, 1)


def test_of_two_who_save_over_the_same_revision_the_second_is_told(database: Database, house: int) -> None:
    with database.writing(house) as memory:
        drafts.save(memory, DRAFTED, 1, 0, "Zofia", NOW)
        with pytest.raises(ChangedMeanwhile):
            drafts.save(memory, Policy(), 1, 0, "Tobi", NOW)
        assert drafts.save(memory, Policy(session_minutes=40), 1, 1, "Tobi", LATER).revision == 2
        with pytest.raises(ChangedMeanwhile):
            drafts.save(memory, DRAFTED, 1, 1, "Zofia", LATER)
        kept = drafts.current(memory)
    assert kept is not None
    assert (kept.author, kept.policy.session_minutes) == ("Tobi", 40)


def test_a_draft_that_changed_is_not_dropped(database: Database, house: int) -> None:
    with database.writing(house) as memory:
        drafts.save(memory, DRAFTED, 1, 0, "Zofia", NOW)
        with pytest.raises(ChangedMeanwhile):
            drafts.drop(memory, 2)
        drafts.drop(memory, 1)
        assert drafts.current(memory) is None


def asked(database: Database, house: int) -> int:
    with database.writing(house) as memory:
        return trials.ask(memory, Kind.BACKTEST, DRAFTED, 1, "Zofia", NOW)


def test_a_trial_is_one_workers_until_its_time_is_over(database: Database, house: int) -> None:
    trial = asked(database, house)
    with database.writing(house) as memory:
        assert [each.id for each in trials.left_behind(memory, NOW)] == [trial]
        assert trials.take(memory, trial, NOW, 60)
        assert not trials.take(memory, trial, NOW, 60)
        assert trials.left_behind(memory, NOW) == ()
        assert [each.id for each in trials.left_behind(memory, LATER)] == [trial]
        assert trials.take(memory, trial, LATER, 60)


def test_what_came_of_its_steps_so_far_is_kept(database: Database, house: int) -> None:
    trial = asked(database, house)
    with database.writing(house) as memory:
        trials.take(memory, trial, NOW, 60)
        assert trials.go_on(memory, trial, 2, 5, {"rounds": [1, 2]}, None)
        kept = trials.get(memory, trial)
        assert (kept.done, kept.of, kept.result, kept.policy) == (2, 5, {"rounds": [1, 2]}, replace(DRAFTED, version=1))
        assert trials.take(memory, trial, NOW, 60), "it was given back"


def test_it_ends_once(database: Database, house: int) -> None:
    trial = asked(database, house)
    with database.writing(house) as memory:
        assert trials.finish(memory, trial, {"said": "first"}, NOW)
        assert not trials.finish(memory, trial, {"said": "second"}, LATER)
        assert not trials.cancel(memory, trial, LATER)
        assert not trials.take(memory, trial, LATER, 60)
        kept = trials.get(memory, trial)
        assert (kept.result, kept.finished_at, kept.cancelled) == ({"said": "first"}, NOW, False)


def test_whoever_works_on_a_cancelled_one_is_told(database: Database, house: int) -> None:
    trial = asked(database, house)
    with database.writing(house) as memory:
        trials.take(memory, trial, NOW, 60)
        assert trials.cancel(memory, trial, NOW)
        assert not trials.go_on(memory, trial, 3, 5, {"rounds": []}, LATER)
        assert not trials.finish(memory, trial, {"rounds": []}, LATER)
        assert trials.get(memory, trial).cancelled
        with pytest.raises(Missing):
            trials.cancel(memory, trial + 1, NOW)


def test_the_latest_of_a_kind_is_found_and_old_ones_go(database: Database, house: int) -> None:
    first, second = asked(database, house), asked(database, house)
    with database.writing(house) as memory:
        assert trials.latest(memory, Kind.PREVIEW) is None
        found = trials.latest(memory, Kind.BACKTEST)
        assert found is not None
        assert found.id == second != first
        assert trials.purge(memory, NOW) == 0
        assert trials.purge(memory, LATER) == 2
