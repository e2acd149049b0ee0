"""Writes a row about a person into every table there is, with planted words wherever words are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mentoring.availability import BusyEvent
from mentoring.mail import Cursor, Inbox, Mailbox, Security, SetAside
from mentoring.needs import Challenge, Need, Theme
from mentoring.outbox import Act, Letter, Message
from mentoring.people import Expertise, Role
from mentoring.policy import Policy
from mentoring.proposals import Answer, Door, Partstat, Party, Proposal, Reason
from store import (
    audit,
    calendars,
    challenges,
    copies,
    groups,
    inboxes,
    links,
    looks,
    mailboxes,
    outbox,
    people,
    policies,
    proposals,
    replies,
    rounds,
    settled,
    sign_in_requests,
    tables,
    themes,
)
from store.copies import Copy
from store.database import Database
from store.memory import Memory
from tests.store.building import NOW, at, caldav, connected, proposal, reading, somebody

PLANTED = "Zwetschgenkuchen"
"""A word that stands in everything that is written about the person, and nowhere else."""


INBOX = Inbox("imap.harbour.example", 993, Security.TLS, "interlude", "a secret, too")
MAILBOX = Mailbox("Harbour", "interlude@harbour.example", "mail.harbour.example", 587, secret="a secret")


@dataclass(frozen=True)
class Planted:
    person_id: int
    other_id: int
    round_id: int
    challenge_id: int
    proposal: Proposal
    copy: Copy
    connection_id: int
    message_id: int
    token: str
    link_id: int
    reply_id: int

    @property
    def calendar_id(self) -> int:
        return self.copy.calendar_id


def planted(memory: Memory, word: str = PLANTED) -> Planted:
    """A person who left a trace in every table, and a colleague who is still needed."""
    other = people.add(memory, somebody("Other Colleague")).id
    person = _person(memory, word, other)
    theme_id, challenge_id = _judged(memory, word, person, other)
    looks.save(memory, looks.Look("some model", NOW, 3, 0.5, word.encode(), {theme_id: word.encode()}))
    round_id = _round(memory, word, person, other)
    reasons = (Reason("topic", "recurs", f"{word} came back", 1.0),)
    wanted = proposal(theme_id, person, other, at(600), topic=f"{word} again", reasons=reasons, round_id=round_id)
    made = proposals.add(memory, replace(wanted, created_at=NOW))
    copy = _connected(memory, word, person, made)
    message_id = _told(memory, word, person, made)
    (connection,) = calendars.connections(memory, person)
    link = links.create(memory, person, "sign-in", NOW + timedelta(hours=1), NOW)
    reply_id = _heard(memory, person, made)
    settled.add(memory, person, theme_id, NOW)
    challenges.set_placed(memory, [challenge_id])
    mailboxes.save(memory, MAILBOX, NOW)
    mailboxes.note_problem(memory, mailboxes.Kept(MAILBOX, NOW, ""), f"550 5.1.1 <{word}@example.org>: no such user")
    inboxes.save(memory, INBOX, Cursor(7, 42), NOW)
    inboxes.take(memory, "a process", NOW, timedelta(hours=1))
    inboxes.note_problem(memory, INBOX, f"NO {word}@example.org is over quota")
    outbox.give_up(memory, _letter(memory, other), f"{word} Person's calendar is full")
    _at_google(memory, word, person, made, copy)
    _tuned(memory, word, person, other)
    _asked_how_it_was(memory, word, person, challenge_id, made)
    sign_in_requests.add_anywhere(memory, f"{word}@example.org", "a browser", NOW)
    audit.note(memory, f"{word}@example.org", "connected a calendar", f"{word} Person", NOW)
    policies.publish(memory, Policy(author=f"{word} Person", reason=f"{word} Person asked for it", at=NOW))
    traces = connection.id, message_id, link.token, link.id, reply_id
    return Planted(person, other, round_id, challenge_id, made, copy, *traces)


def _person(memory: Memory, word: str, other_id: int) -> int:
    whole = somebody(
        f"{word} Person",
        email=f"{word}@example.org",
        roles=frozenset(Role),
        department=f"{word} department",
        title=f"{word} title",
        expertise=(Expertise(f"{word} baking"),),
        never_with=frozenset({other_id}),
    )
    person = people.add(memory, whole)
    people.save(memory, replace(people.get(memory, other_id), manager_id=person.id, never_with=frozenset({person.id})))
    return person.id


def _judged(memory: Memory, word: str, person_id: int, other_id: int) -> tuple[int, int]:
    mine = challenges.add(memory, Challenge(0, person_id, f"the {word} build is slow", NOW))
    theirs = challenges.add(memory, Challenge(0, other_id, "the build is slow", NOW))
    own = challenges.add(memory, Challenge(0, person_id, f"{word} review", NOW))
    challenges.save_vectors(memory, "some model", {f"hash of {word}": word.encode()})
    found = [Theme(0, f"{word}, slow build", (mine.id, theirs.id)), Theme(1, f"{word} review", (own.id,))]
    needs = [
        Need(person_id, 0, f"{word}, slow build", (mine.id,), 1, NOW, 0.5),
        Need(other_id, 0, f"{word}, slow build", (theirs.id,), 1, NOW, 0.4),
        Need(person_id, 1, f"{word} review", (own.id,), 1, NOW, 0.3),
    ]
    return themes.replace(memory, found, needs, NOW)[0], mine.id


def _round(memory: Memory, word: str, person_id: int, other_id: int) -> int:
    round_id = rounds.start(memory, 1, NOW)
    record: dict[str, Any] = {
        "candidates": [
            {"mentee_id": person_id, "mentor_id": other_id, "words": f"{word} helps"},
            {"mentee_id": other_id, "mentor_id": other_id + 1000, "words": "stays"},
        ],
        "scores": {"mentee_id": [other_id, person_id], "mentor_id": [7, 8], "score": [0.25, 0.75]},
        "absences": {str(person_id): [{"rule": "hours", "words": f"{word} is away"}], str(other_id): []},
        "people": [person_id, other_id],
        "gaps": [{"theme_id": 1, "number": 1, "why": "nobody_knows", "nearest": {"mentor_id": person_id}}],
        "summary": f"two people, {word} Person among them",
    }
    rounds.finish(memory, round_id, record, NOW)
    return round_id


def _connected(memory: Memory, word: str, person_id: int, made: Proposal) -> Copy:
    account = replace(caldav(f"{word}@example.org"), address=f"https://{word}.example.org/", secret=f"{word} secret")
    connection = connected(memory, person_id, f"{word} calendar", account=account)
    (calendar,) = calendars.calendars(memory, person_id)
    calendars.save_reading(memory, calendar.id, reading(BusyEvent(at(0), key=f"{word} key")), NOW, NOW)
    calendars.save_problem(memory, calendar.id, f"{word} is down", NOW, NOW, reconnect=True)
    calendars.choose(memory, connection.id, [calendar.id], calendar.id)
    copy = Copy(made.id, person_id, calendar.id, f"/{word}.ics", f"{word} etag", 0, Partstat.ACCEPTED)
    copies.save(memory, copy)
    return copy


def _told(memory: Memory, word: str, person_id: int, made: Proposal) -> int:
    message = outbox.lease(memory, outbox.write(memory, made.id, person_id, Act.PLACE, 0, NOW, NOW), NOW, 60)
    assert message
    outbox.retry(memory, message, NOW, f"{word} does not answer")
    proposals.log_answer(memory, made.id, Party.MENTEE, Answer(Partstat.ACCEPTED, NOW, Door.CALENDAR, 0))
    proposals.save_feedback(memory, made.id, person_id, "wrong", f"{word} reason", NOW)
    return message.id


def _letter(memory: Memory, person_id: int) -> Message:
    message = outbox.lease(memory, outbox.write_letter(memory, person_id, Letter.WELCOME, NOW, NOW), NOW, 60)
    assert message
    return message


def _heard(memory: Memory, person_id: int, made: Proposal) -> int:
    """An answer of theirs by mail, and a mail of theirs that was none."""
    replies.set_aside(memory, "another trace", SetAside.AUTOMATIC, NOW, person_id=person_id)
    answer = {"partstat": Partstat.ACCEPTED, "sequence": 0, "stamp": NOW, "counter": None}
    kept = replies.add(memory, "a trace", NOW, proposal_id=made.id, person_id=person_id, **answer)  # type: ignore[arg-type]
    assert kept is not None
    return kept


def _at_google(memory: Memory, word: str, person_id: int, made: Proposal, copy: Copy) -> None:
    """Known there, watched there, and a guest of the organisation's own account there."""
    memory.insert(tables.identities, person_id=person_id, provider="google", subject=f"{word} there", created_at=NOW)
    organiser = {"provider": "google", "subject": "42", "address": "interlude@harbour.example", "name": "Harbour"}
    problem = f"{word}@example.org cannot be invited"
    times = {"saved_at": NOW, "put_aside_at": NOW}
    organiser_id = memory.insert(tables.organisers, **organiser, **times, secret="", problem=problem)
    channel = {"channel": f"{word} channel", "resource": f"{word} resource", "secret": "", "state": "live"}
    moments = {"created_at": NOW, "renew_at": NOW, "expires_at": NOW}
    memory.insert(tables.watches, calendar_id=copy.calendar_id, **channel, **moments)
    event = {"event_id": f"{word} event", "version": "1", "said": "", "sequence": 0, "cancelled": False}
    partstats = {"mentee_partstat": "ACCEPTED", "mentor_partstat": "NEEDS-ACTION"}
    guests = {"mentee_address": f"{word}@example.org", "mentor_address": "", "strangers": ""}
    ids = {"proposal_id": made.id, "organiser_id": organiser_id}
    memory.insert(tables.organiser_events, **ids, **event, **partstats, **guests)


def _tuned(memory: Memory, word: str, person_id: int, other_id: int) -> None:
    """A group, and a draft of rules about them and by them, tried."""
    groups.put(memory, "Newcomers", [person_id])
    forbidden = Policy(forbidden_pairs=frozenset({frozenset({person_id, other_id})}))
    body = policies.body_of(forbidden)
    draft = {"base_version": 1, "revision": 1, "author": f"{word} Person", "at": NOW, "body": body}
    memory.changed(memory.delete(tables.policy_drafts))
    memory.insert(tables.policy_drafts, **draft)
    tried = {"kind": "preview", "base_version": 1, "body": body, "asked_by": f"{word} Person", "asked_at": NOW}
    result = {"vanish": [{"mentee_id": person_id, "words": f"{word} Person is not asked"}]}
    memory.insert(tables.trials, **tried, done=1, of=1, cancelled=False, problem="", result=result)


def _asked_how_it_was(memory: Memory, word: str, person_id: int, challenge_id: int, made: Proposal) -> None:
    wish = {"person_id": person_id, "challenge_id": challenge_id, "kind": "named", "name": f"{word} baking"}
    memory.insert(tables.theme_wishes, **wish, at=NOW)
    about = {"proposal_id": made.id, "person_id": person_id}
    memory.insert(tables.reviews, **about, party="mentee", helped="yes", settled=True, at=NOW)
    memory.insert(tables.attention, **about, kind="survey", at=NOW)
    key = {"name": f"{word}'s script", "token_hash": f"a hash of {person_id}'s", "created_at": NOW}
    memory.insert(tables.api_keys, person_id=person_id, **key)
    request = {"request_hash": f"of {word}", "body_hash": "", "ids": [challenge_id], "at": NOW}
    memory.insert(tables.api_requests, person_id=person_id, **request)


def dump(database: Database) -> dict[str, list[str]]:
    """Every row of every table as text, sorted."""
    with database.reading_all() as memory:
        rows = {table.name: memory.rows(select(table)) for table in tables.metadata.sorted_tables}
    return {name: sorted(str(tuple(row)) for row in found) for name, found in rows.items()}
