"""What the pages of one person ask, which is only ever about that person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from mentoring.needs import Challenge, Theme
from mentoring.proposals import State
from store import calendars, challenges, needs, proposals, rounds, settled, themes
from store.database import Database
from store.memory import Memory
from tests.store.building import NOW, at, caldav, connected, kept, organisation, proposal, theme

DAY = timedelta(days=1)
AHEAD, BEHIND = 600, -600
"""Minutes from now at which a meeting begins."""


@pytest.mark.parametrize(
    ("state", "begins", "asked", "where"),
    [
        (State.RESERVED, AHEAD, "", ""),
        (State.ASKED_MENTEE, AHEAD, "mentee", "ahead"),
        (State.ASKED_MENTOR, AHEAD, "mentee mentor", "ahead"),
        (State.CONFIRMED, AHEAD, "mentee mentor", "ahead"),
        (State.CONFIRMED, -10, "mentee mentor", "ahead"),
        (State.CONFIRMED, BEHIND, "mentee mentor", "behind"),
        (State.MET, BEHIND, "mentee mentor", "behind"),
        (State.MISSED, BEHIND, "mentee mentor", "behind"),
        (State.DECLINED, AHEAD, "mentee", "behind"),
        (State.EXPIRED, BEHIND, "mentee mentor", "behind"),
        (State.WITHDRAWN, AHEAD, "mentee", "behind"),
        (State.WITHDRAWN, AHEAD, "", ""),
        (State.MET, BEHIND - 2 * 24 * 60, "mentee mentor", ""),
    ],
)
def test_a_proposal_stands_where_each_of_the_two_who_was_asked_looks_for_it(
    database: Database, state: State, begins: int, asked: str, where: str
) -> None:
    organisation_id = organisation(database)
    mentee, mentor, other = kept(database, organisation_id, 3)
    with database.writing(organisation_id) as memory:
        made = proposal(theme(memory, mentee.id), mentee.id, mentor.id, at(begins), state=state)
        asked_at = {f"{party}_asked_at": NOW for party in asked.split()}
        proposals.add(memory, replace(made, created_at=NOW, **asked_at))
        for person, party in ((mentee, "mentee"), (mentor, "mentor"), (other, "nobody")):
            found = where if party in asked else ""
            assert len(proposals.ahead_of(memory, person.id, NOW)) == (found == "ahead"), party
            assert len(proposals.behind(memory, person.id, NOW - 2 * DAY, NOW, 9)) == (found == "behind"), party


def test_what_is_over_comes_in_parts_the_latest_first(database: Database) -> None:
    organisation_id = organisation(database)
    mentee, mentor = kept(database, organisation_id)
    with database.writing(organisation_id) as memory:
        about = theme(memory, mentee.id)
        for hour in range(1, 6):
            made = proposal(about, mentee.id, mentor.id, at(-60 * hour), state=State.MET, topic=str(hour))
            proposals.add(memory, replace(made, created_at=NOW, mentee_asked_at=NOW))
        parts = [proposals.behind(memory, mentee.id, NOW - DAY, NOW, 2, skip) for skip in (0, 2, 4, 6)]
    assert [[each.topic for each in part] for part in parts] == [["1", "2"], ["3", "4"], ["5"], []]


def test_of_a_round_each_is_told_their_own_absence(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id)
    mine = [{"rule": "no_opening", "words": "No time suits both."}]
    with database.writing(organisation_id) as memory:
        assert rounds.told(memory, ann.id) is None
        for absences in ({}, {str(ann.id): mine, f"{ann.id}0": [], "0": []}):
            rounds.finish(memory, rounds.start(memory, 1, NOW), {"absences": absences}, NOW)
        rounds.start(memory, 1, NOW)
        assert misses(memory, ann.id) == mine
        assert misses(memory, ben.id) == []
        rounds.finish(memory, rounds.start(memory, 1, NOW), {}, NOW)
        assert misses(memory, ann.id) == []


def misses(memory: Memory, person_id: int) -> list[Mapping[str, str]]:
    told = rounds.told(memory, person_id)
    assert told is not None
    return list(told.misses)


def test_a_changed_note_belongs_to_nothing_until_it_is_judged(database: Database) -> None:
    organisation_id = organisation(database)
    (ann,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        theme_id = theme(memory, ann.id)
        (note,) = challenges.of_person(memory, ann.id)
        challenges.change(memory, note.id, "the release is late")
        assert challenges.of_person(memory, ann.id) == (replace(note, text="the release is late"),)
        assert themes.all(memory) == (Theme(theme_id, "slow builds", ()),)
        assert needs.of_person(memory, ann.id) == ()
        with pytest.raises(KeyError):
            challenges.change(memory, note.id + 1, "nothing")


def test_of_a_theme_each_is_told_their_own_notes(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id)
    with database.writing(organisation_id) as memory:
        hers, his = (challenges.add(memory, Challenge(0, each.id, "slow", NOW)).id for each in (ann, ben))
        themes.replace(memory, [Theme(0, "slow", (hers, his)), Theme(1, "his", (his,))], [], NOW)
        assert [(each.label, each.challenge_ids) for each in themes.of_person(memory, ann.id)] == [("", (hers,))]
        assert challenges.has_written(memory, ann.id)
        challenges.remove(memory, hers)
        assert themes.of_person(memory, ann.id) == ()
        assert not challenges.has_written(memory, ann.id)


def test_what_is_settled_is_kept_once_and_can_be_taken_back(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id)
    with database.writing(organisation_id) as memory:
        theme_id = theme(memory, ann.id)
        for when in (NOW, NOW + DAY):
            settled.add(memory, ann.id, theme_id, when)
        settled.add(memory, ben.id, theme_id, NOW)
        assert settled.of_person(memory, ann.id) == {theme_id: NOW + DAY}
        settled.remove(memory, ann.id, theme_id)
        assert settled.everyones(memory) == {(ben.id, theme_id): NOW}
        settled.replace(memory, {(ann.id, theme_id): NOW})
        assert settled.everyones(memory) == {(ann.id, theme_id): NOW}
        themes.replace(memory, [], [], NOW)
        assert settled.everyones(memory) == {}


def test_calendars_are_asked_for_by_their_people(database: Database) -> None:
    organisation_id = organisation(database)
    ann, ben = kept(database, organisation_id)
    with database.writing(organisation_id) as memory:
        for person in (ann, ben):
            connected(memory, person.id, "work", account=caldav(person.email))
        assert [each.person_id for each in calendars.calendars_of(memory, [ben.id])] == [ben.id]
        assert len(calendars.calendars_of(memory, [ann.id, ben.id])) == 2
        assert calendars.calendars_of(memory, []) == ()
