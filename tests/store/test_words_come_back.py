"""What is kept comes back as it was, and what must happen once happens once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from mentoring.availability import Busyness
from mentoring.errors import BadInput, ChangedMeanwhile, Reconnect
from mentoring.hours import DayHours, WeeklyHours
from mentoring.needs import Challenge, Need, Theme
from mentoring.people import Expertise, Limits, Person, Role, Seniority
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind, Sending
from mentoring.proposals import Answer, Door, Partstat, Party, State
from store import challenges, copies, health, links, needs, organisations, people, policies, proposals, rounds, themes
from store.copies import Copy
from store.database import Database
from store.keyring import Keyring
from store.memory import Memory
from tests.databases import SECRET_KEY, TOKEN_KEY
from tests.store.building import NOW, at, kept, organisation, proposal, somebody, theme
from tests.store.everything import planted

HOUR = timedelta(hours=1)
NEW_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="


@pytest.fixture
def memory(database: Database) -> Iterator[Memory]:
    """One transaction over an organisation."""
    with database.writing(organisation(database)) as opened:
        yield opened


def test_a_person_comes_back_whole(memory: Memory) -> None:
    night = WeeklyHours("Asia/Kolkata", ((DayHours(1320, 360),), (), (), (), (), (), (DayHours(0, 1440),)))
    limits = Limits(night, 10, 24, 2, 3, 5, preferred=(DayHours(600, 660),), paused_until=NOW)
    other = people.add(memory, somebody("Other"))
    person = Person(
        0,
        0,
        "Noor@Example.org",
        "Noor Ali",
        limits,
        frozenset({Role.MENTEE, Role.MENTOR}),
        "Tools",
        "Engineer",
        Seniority.LEAD,
        other.id,
        (Expertise("Bazel"), Expertise("Rust")),
        frozenset({other.id}),
        stopped=True,
    )
    found = people.add(memory, person)
    assert [each.text for each in found.expertise] == ["Bazel", "Rust"]
    as_kept = {
        "id": found.id,
        "organisation_id": memory.scope,
        "email": "noor@example.org",
        "expertise": found.expertise,
    }
    assert found == replace(person, **as_kept)
    assert people.get(memory, found.id) == found
    assert people.by_email(memory, " NOOR@example.org ") == found
    assert people.by_email(memory, "nobody@example.org") is None


def test_saving_a_person_keeps_the_ids_of_expertise_that_stayed(memory: Memory) -> None:
    person = people.add(memory, somebody(expertise=(Expertise("Bazel"), Expertise("Rust"))))
    bazel, _ = person.expertise
    after = people.save(memory, replace(person, name="New Name", expertise=(bazel, Expertise("Go"))))
    assert after.name == "New Name"
    assert after.expertise[0] == bazel
    assert [each.text for each in after.expertise] == ["Bazel", "Go"]


def test_saving_somebody_who_was_read_before_undoes_nothing_that_has_its_own_act(memory: Memory) -> None:
    read_before = people.add(memory, somebody())
    people.stop(memory, read_before.id)
    moments = dict.fromkeys(("invited_at", "joined_at", "signed_out_at", "leaving_at"), NOW)
    people.note(memory, read_before.id, **moments)
    after = people.save(memory, replace(read_before, department="Platform"))
    assert after == replace(read_before, department="Platform", stopped=True, **moments)


def test_expertise_that_is_worded_anew_keeps_its_id_and_its_place(memory: Memory) -> None:
    person = people.add(memory, somebody(expertise=(Expertise("Bazel"), Expertise("Rust"))))
    bazel, rust = person.expertise
    after = people.save(memory, replace(person, expertise=(Expertise("Bazel builds", bazel.id), rust)))
    assert after.expertise == (Expertise("Bazel builds", bazel.id), rust)
    assert people.get(memory, person.id).expertise == after.expertise


def test_who_asked_to_be_deleted_is_found_until_they_are(database: Database) -> None:
    organisation_id = organisation(database)
    with database.writing(organisation_id) as memory:
        going, _staying = people.add(memory, somebody("Going")), people.add(memory, somebody("Staying"))
        people.note(memory, going.id, leaving_at=NOW)
    with database.reading_all() as memory:
        assert people.leaving_anywhere(memory) == [(organisation_id, going.id)]
    with database.writing(organisation_id) as memory:
        people.forget(memory, going.id)
    with database.reading_all() as memory:
        assert people.leaving_anywhere(memory) == []


def test_an_address_is_one_persons(memory: Memory) -> None:
    first = people.add(memory, somebody(email="one@example.org"))
    second = people.add(memory, somebody(email="two@example.org"))
    with pytest.raises(BadInput, match="email: somebody has the address"):
        people.add(memory, somebody(email="ONE@example.org"))
    with pytest.raises(BadInput, match="email"):
        people.save(memory, replace(second, email="one@example.org"))
    assert people.get(memory, second.id) == second
    assert people.get(memory, first.id) == first


def test_roles_and_stopping_are_changed_alone(memory: Memory) -> None:
    person = people.add(memory, somebody())
    people.set_roles(memory, person.id, [Role.MENTOR])
    people.stop(memory, person.id)
    assert people.get(memory, person.id) == replace(person, roles=frozenset({Role.MENTOR}), stopped=True)
    people.resume(memory, person.id)
    assert not people.get(memory, person.id).stopped
    with pytest.raises(KeyError):
        people.stop(memory, person.id + 1)


def test_everyone_is_asked_for_in_four_queries(database: Database) -> None:
    organisation_id = organisation(database)
    everyone = kept(database, organisation_id, 20, expertise=(Expertise("Rust"),))
    said: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *some: said.append(some[2]))
    with database.reading(organisation_id) as memory:
        assert set(people.everyone(memory)) == set(everyone)
    assert len([each for each in said if "SELECT" in each]) == 4


def test_policies_are_kept_with_who_when_and_why(memory: Memory) -> None:
    assert policies.current(memory) == Policy()
    wanted = Policy(
        session_minutes=30,
        sending=Sending.ON,
        free_kinds=frozenset({Busyness.TENTATIVE, Busyness.WORKING_ELSEWHERE}),
        rules=(
            RuleSetting("seniority", value=0.5),
            RuleSetting("seniority", Scope(ScopeKind.DEPARTMENT, "Support"), value=0.0),
            RuleSetting("same_team", Scope(ScopeKind.GROUP, "Newcomers"), on=False),
        ),
        forbidden_pairs=frozenset({frozenset({1, 2})}),
        author="Noor",
        at=NOW,
        reason="We like it longer",
    )
    published = policies.publish(memory, wanted)
    assert published == replace(wanted, version=2)
    assert policies.current(memory) == published
    assert policies.current(memory).at == NOW
    assert [each.version for each in policies.history(memory)] == [2, 1]


def test_rules_set_before_they_had_scopes_are_still_read() -> None:
    body = policies.body_of(Policy()) | {"weights": [["suits", 0.5]], "disabled_rules": ["pair_cooldown"]}
    del body["rules"], body["forbidden_pairs"]
    expected = RuleSetting("pair_cooldown", on=False), RuleSetting("suits", value=0.5)
    assert policies.from_body(body) == Policy(rules=expected)


def test_a_kill_switch_is_remembered(memory: Memory) -> None:
    assert not organisations.get(memory).stopped
    organisations.set_stopped(memory, True)
    assert organisations.get(memory).stopped
    with pytest.raises(BadInput, match="time zone"):
        organisations.add(memory, "Nowhere", "Mars/Olympus")


def test_a_link_signs_in_once_in_time_and_for_its_purpose(database: Database) -> None:
    organisation_id = organisation(database)
    (person,) = kept(database, organisation_id, 1)
    with database.writing(organisation_id) as memory:
        token = links.create(memory, person.id, "sign-in", NOW + HOUR, NOW).token
        other = links.create(memory, person.id, "sign-in", NOW + HOUR, NOW).token
    with database.writing_all() as memory:
        assert links.use(memory, token, "stop", NOW) is None
        assert links.use(memory, token, "sign-in", NOW + HOUR) is None
        assert links.use(memory, "guess", "sign-in", NOW) is None
        assert links.asked_by(memory, token, "sign-in", NOW) == ""
        assert links.use(memory, token, "sign-in", NOW) == (organisation_id, person.id)
        assert links.use(memory, token, "sign-in", NOW) is None
        assert links.asked_by(memory, token, "sign-in", NOW) is None

    def use(_: int) -> object:
        with database.writing_all() as memory:
            return links.use(memory, other, "sign-in", NOW)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(use, range(4)))
    assert sorted(found, key=str) == sorted([(organisation_id, person.id), None, None, None], key=str)


def test_a_days_round_is_made_once(database: Database) -> None:
    organisation_id = organisation(database)
    today = date(2026, 11, 23)

    def claim(_: int) -> int | None:
        with database.writing(organisation_id) as memory:
            return rounds.claim(memory, today, NOW)

    with ThreadPoolExecutor(4) as threads:
        claimed = [each for each in threads.map(claim, range(4)) if each]
    assert len(claimed) == 1
    with database.writing(organisation_id) as memory:
        assert rounds.claim(memory, today, NOW, "second attempt")
        assert rounds.claim(memory, today + timedelta(days=1), NOW)
        assert rounds.start(memory, 1, NOW) != rounds.start(memory, 1, NOW)


def test_a_round_keeps_what_it_decided_on(memory: Memory) -> None:
    assert rounds.latest(memory) is None
    first = rounds.start(memory, 1, NOW)
    assert rounds.latest(memory) is None
    rounds.finish(memory, first, {"candidates": [{"mentee_id": 1, "score": 0.5}]}, NOW + HOUR)
    found = rounds.latest(memory)
    assert found == rounds.get(memory, first)
    assert found is not None
    assert found.record == {"candidates": [{"mentee_id": 1, "score": 0.5}]}
    assert (found.policy_version, found.started_at, found.finished_at, found.replayable) == (1, NOW, NOW + HOUR, True)
    second = rounds.start(memory, 1, NOW + HOUR)
    assert [each.id for each in rounds.all(memory, 5)] == [second, first]
    assert rounds.purge(memory, NOW + HOUR) == 1
    assert [each.id for each in rounds.all(memory, 5)] == [second]


def test_a_purged_round_leaves_its_proposals(memory: Memory) -> None:
    person = planted(memory)
    rounds.purge(memory, NOW + HOUR)
    assert proposals.get(memory, person.proposal.id).round_id is None


def test_a_theme_keeps_its_identity_while_most_of_it_remains(memory: Memory) -> None:
    person = people.add(memory, somebody()).id
    ids = [challenges.add(memory, Challenge(0, person, f"text {each}", NOW)).id for each in range(8)]
    builds, reviews = tuple(ids[:4]), tuple(ids[4:])
    before = themes.replace(memory, [Theme(0, "builds", builds), Theme(1, "reviews", reviews)], [], NOW)
    after = themes.replace(
        memory, [Theme(5, "code reviews", (*reviews, ids[0])), Theme(9, "builds", builds[1:])], [], NOW
    )
    assert after == {5: before[1], 9: before[0]}
    assert [(each.id, each.label) for each in themes.all(memory)] == [
        (before[0], "builds"),
        (before[1], "code reviews"),
    ]
    split = themes.replace(memory, [Theme(each, "part", (builds[each],)) for each in range(1, 4)], [], NOW)
    assert not set(split.values()) & set(before.values())


def test_a_theme_that_a_proposal_speaks_of_outlives_its_challenges(memory: Memory) -> None:
    mentee, mentor = (people.add(memory, somebody()).id for _ in range(2))
    made = proposals.add(memory, proposal(theme(memory, mentee), mentee, mentor, at(0)))
    assert themes.replace(memory, [], [], NOW) == {}
    assert themes.all(memory) == ()
    assert proposals.get(memory, made.id) == made


def test_needs_come_back_with_their_evidence_and_without_what_was_taken_back(memory: Memory) -> None:
    person = people.add(memory, somebody()).id
    one, two = (challenges.add(memory, Challenge(0, person, text, NOW)).id for text in ("one", "two"))
    need = Need(person, 0, "builds", (two, one), 2, NOW, 0.75)
    gone = Need(person, 1, "gone", (two,), 1, NOW, 0.9)
    ids = themes.replace(memory, [Theme(0, "builds", (one, two)), Theme(1, "gone", ())], [need, gone], NOW)
    assert needs.of_person(memory, person) == (replace(gone, theme_id=ids[1]), replace(need, theme_id=ids[0]))
    challenges.remove(memory, two)
    assert needs.everyones(memory) == (replace(need, theme_id=ids[0], evidence=(one,)),)
    assert themes.replace(memory, [Theme(0, "builds", (one, two))], [gone], NOW) == {0: ids[0]}
    assert needs.everyones(memory) == ()


def test_challenges_are_kept_many_at_once_and_told_oldest_first(memory: Memory) -> None:
    person = people.add(memory, somebody()).id
    later = Challenge(0, person, "later", NOW + HOUR, "import")
    challenges.add_many(memory, [later, Challenge(0, person, "now", NOW)])
    assert [each.text for each in challenges.everything(memory)] == ["now", "later"]
    assert [each.text for each in challenges.everything(memory, since=NOW + HOUR)] == ["later"]
    assert replace(challenges.of_person(memory, person)[1], id=0) == later


def test_vectors_are_found_by_model_and_text(memory: Memory) -> None:
    challenges.save_vectors(memory, "one", {"a": b"\x00\xff", "b": b"b"})
    challenges.save_vectors(memory, "one", {"a": b"other"})
    challenges.save_vectors(memory, "two", {"a": b"two"})
    assert challenges.vectors(memory, "one", ["a", "c"]) == {"a": b"\x00\xff"}


def test_a_proposal_comes_back_whole_through_every_question(memory: Memory) -> None:
    person = planted(memory)
    made = person.proposal
    answered = replace(
        made,
        state=State.CONFIRMED,
        mentee_answer=Answer(Partstat.ACCEPTED, NOW, Door.CALENDAR, 1),
        mentor_answer=Answer(Partstat.TENTATIVE, NOW, Door.PAGE, 1),
        sequence=1,
        mentee_asked_at=NOW,
        mentor_asked_at=NOW,
        expires_at=NOW,
        ended_because="because",
    )
    saved = proposals.save(memory, answered)
    assert saved == replace(answered, version=2)
    after = made.interval.end
    told = [
        (proposals.get(memory, made.id),),
        (proposals.by_uid(memory, made.uid),),
        proposals.of_person(memory, person.other_id),
        proposals.of_person(memory, person.person_id, after - HOUR),
        proposals.since(memory, NOW),
        proposals.open_proposals(memory),
        proposals.open_proposals(memory, NOW),
        proposals.confirmed_before(memory, after),
    ]
    assert told == [(saved,)] * len(told)
    assert proposals.open_proposals(memory, after) == ()
    assert proposals.of_person(memory, person.person_id, after) == ()


def test_answers_and_feedback_are_told_in_order(memory: Memory) -> None:
    person = planted(memory)
    no = Answer(Partstat.DECLINED, NOW + HOUR, Door.PAGE, 0)
    proposals.log_answer(memory, person.proposal.id, Party.MENTOR, no)
    assert [party for party, _ in proposals.answers(memory, person.proposal.id)] == [Party.MENTEE, Party.MENTOR]
    assert proposals.answers(memory, person.proposal.id)[1][1] == no
    (said,) = proposals.feedback(memory, NOW)
    pair = person.proposal.pair
    assert (said.about, said.mentee_id, said.mentor_id) == ("wrong", pair.mentee_id, pair.mentor_id)
    assert proposals.feedback(memory, NOW + HOUR) == ()


def test_a_copy_is_noted_once_a_person_and_proposal(memory: Memory) -> None:
    person = planted(memory)
    moved = replace(person.copy, href="/elsewhere.ics", sequence=3, partstat=Partstat.DECLINED)
    copies.save(memory, moved)
    assert copies.of_proposal(memory, person.proposal.id) == (moved,)
    assert copies.live(memory) == (moved,)
    gone: Copy = replace(moved, removed=True)
    copies.save(memory, gone)
    assert copies.live(memory) == ()
    assert copies.get(memory, person.proposal.id, person.person_id) == gone


def test_figures_are_counted_over_all_organisations(database: Database) -> None:
    with database.writing(organisation(database)) as memory:
        planted(memory)
    with database.reading_all() as memory:
        assert health.figures_anywhere(memory) == health.Figures(1, 2, 1, 1, 1, 1)


def test_two_policies_published_at_once_do_not_overwrite_each_other(database: Database) -> None:
    organisation_id = organisation(database)

    def publish(minutes: int) -> bool:
        try:
            with database.writing(organisation_id) as memory:
                policies.publish(memory, Policy(session_minutes=minutes))
            return True
        except ChangedMeanwhile:
            return False

    with ThreadPoolExecutor(4) as threads:
        published = sum(threads.map(publish, (20, 30, 40, 50)))
    with database.reading(organisation_id) as memory:
        versions = [each.version for each in policies.history(memory)]
    assert versions == list(range(len(versions), 0, -1))
    assert len(versions) == published + 1


def test_keys_that_are_none_are_named() -> None:
    with pytest.raises(BadInput, match="key 2 is not a key"):
        Keyring((TOKEN_KEY, "short"), SECRET_KEY)
    with pytest.raises(BadInput, match="at least one"):
        Keyring((), SECRET_KEY)


def test_an_events_key_is_the_organisations_own_and_says_nothing_of_its_id() -> None:
    ring = Keyring((TOKEN_KEY,), SECRET_KEY)
    assert ring.key_of(1)("event") == ring.key_of(1)("event")
    others = {ring.key_of(2)("event"), ring.key_of(1)("other"), Keyring((TOKEN_KEY,), "x" * 40).key_of(1)("event")}
    assert ring.key_of(1)("event") not in others
    assert len(others) == 3
    assert "event" not in ring.key_of(1)("event")


def test_a_secret_can_be_opened_with_an_older_key_but_not_with_another() -> None:
    old = Keyring((TOKEN_KEY,), SECRET_KEY)
    newer = Keyring((NEW_KEY, TOKEN_KEY), SECRET_KEY)
    token = old.encrypt("secret")
    assert newer.decrypt(token) == "secret"
    assert Keyring((NEW_KEY,), SECRET_KEY).decrypt(newer.rotate(token)) == "secret"
    with pytest.raises(Reconnect):
        Keyring((NEW_KEY,), SECRET_KEY).decrypt(token)
    with pytest.raises(Reconnect):
        Keyring((NEW_KEY,), SECRET_KEY).rotate(token)
