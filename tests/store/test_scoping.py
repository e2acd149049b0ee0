"""One organisation never sees, changes or points into another."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from mentoring.attention import Asked, Kind
from mentoring.doors import Granted
from mentoring.errors import ChangedMeanwhile, InterludeError
from mentoring.mail import Cursor, SetAside
from mentoring.needs import Challenge, ThemeWish, WishKind
from mentoring.outbox import Letter
from mentoring.people import Role
from mentoring.policy import Policy
from mentoring.ports import Channel
from mentoring.proposals import Answer, Partstat, Party
from mentoring.reviews import Helped, Review
from store import (
    api_keys,
    attention,
    audit,
    calendars,
    challenges,
    copies,
    directory,
    drafts,
    health,
    identities,
    inboxes,
    links,
    looks,
    mailboxes,
    needs,
    note_changes,
    organisations,
    organiser_events,
    organisers,
    outbox,
    people,
    policies,
    proposals,
    replies,
    reviews,
    rounds,
    settled,
    sign_in_requests,
    tables,
    themes,
    trials,
    watches,
    wishes,
)
from store.database import Database
from store.memory import Memory
from tests.store.building import NOW, at, caldav, organisation, reading, somebody
from tests.store.everything import INBOX, MAILBOX, Planted, planted

MODULES = [
    api_keys,
    attention,
    audit,
    calendars,
    challenges,
    copies,
    directory,
    health,
    identities,
    inboxes,
    links,
    needs,
]
MODULES += [mailboxes, organiser_events, organisers, replies, reviews, settled, sign_in_requests]
MODULES += [drafts, trials, looks, note_changes, wishes]
MODULES += [watches, organisations, outbox, people, policies, proposals, rounds, themes]

SYSTEM_WIDE = {
    "api_keys.whose_anywhere",
    "calendars.claim_due",
    "calendars.shared_anywhere",
    "note_changes.waiting_anywhere",
    "organisers.shared_anywhere",
    "organisers.used_anywhere",
    "outbox.due_anywhere",
    "health.figures_anywhere",
    "inboxes.everywhere",
    "organisations.add",
    "organisations.all",
    "links.asked_by",
    "links.use",
    "people.leaving_anywhere",
    "proposals.find_anywhere",
    "replies.due_anywhere",
    "sign_in_requests.add_anywhere",
    "sign_in_requests.take_anywhere",
    "sign_in_requests.waiting_anywhere",
    "watches.find_anywhere",
}

HARMLESS = {
    # They say nothing of anybody's things, or are what the two below are made of.
    "organisations.get",
    "organisations.hold",
    "organisations.set_sign_in_domains",
    "organisations.set_stopped",
    "organisations.sign_in_domains",
    "note_changes.held",
    "note_changes.hold",
    "needs.clear",
    "needs.add",
    "watches.opened",
}

WISH = ThemeWish(1, 1, WishKind.NAMED, NOW, name="a name")
CHANNEL = Channel("another channel", "", "a secret", NOW)
ACCOUNT = organisers.Kept(1, "google", "42", "interlude@harbour.example", "Harbour", NOW)

Houses = tuple[Database, int, Planted]


@pytest.fixture
def houses(database: Database) -> Houses:
    """A database with an organisation full of things; the id of another that is empty."""
    full, empty = organisation(database, "Full"), organisation(database, "Empty")
    with database.writing(full) as memory:
        return database, empty, planted(memory)


Question = Callable[[Memory, Planted], Any]

READS: dict[str, Question] = {
    "api_keys.answered": lambda m, p: api_keys.answered(m, p.person_id, "a request"),
    "api_keys.of_person": lambda m, p: api_keys.of_person(m, p.person_id),
    "attention.asked": lambda m, p: attention.asked(m, p.person_id, Kind.SURVEY, p.proposal.id),
    "attention.of_people": lambda m, p: attention.of_people(m, [p.person_id], NOW),
    "attention.waiting": lambda m, _: attention.waiting(m, Kind, NOW + timedelta(days=1)),
    "audit.recent": lambda m, _: audit.recent(m),
    "calendars.account": lambda m, p: calendars.account(m, p.connection_id),
    "calendars.busy_events": lambda m, p: any(calendars.busy_events(m, [p.person_id], at(-600, 9999)).values()),
    "calendars.calendar": lambda m, p: calendars.calendar(m, p.calendar_id),
    "calendars.calendars": lambda m, p: calendars.calendars(m) + calendars.calendars(m, p.person_id),
    "calendars.calendars_of": lambda m, p: calendars.calendars_of(m, [p.person_id]),
    "calendars.connected_by": lambda m, p: calendars.connected_by(m, "caldav", ""),
    "calendars.connection": lambda m, p: calendars.connection(m, p.connection_id),
    "calendars.connections": lambda m, p: calendars.connections(m) + calendars.connections(m, p.person_id),
    "calendars.copies_calendar": lambda m, p: calendars.copies_calendar(m, p.person_id),
    "calendars.of_connection": lambda m, p: calendars.of_connection(m, p.connection_id),
    "challenges.everything": lambda m, p: challenges.everything(m),
    "challenges.has_written": lambda m, p: challenges.has_written(m, p.person_id),
    "challenges.number_in_others": lambda m, p: challenges.number_in_others(m, ["no language"]),
    "challenges.placed": lambda m, p: challenges.placed(m, p.person_id),
    "looks.latest": lambda m, p: looks.latest(m),
    "looks.latest_id": lambda m, p: looks.latest_id(m),
    "note_changes.everyones": lambda m, p: note_changes.everyones(m),
    "note_changes.of_person": lambda m, p: any(note_changes.of_person(m, p.person_id)),
    "note_changes.waiting": lambda m, p: note_changes.waiting(m, 9),
    "wishes.everyones": lambda m, p: wishes.everyones(m),
    "wishes.of_person": lambda m, p: wishes.of_person(m, p.person_id),
    "challenges.of_person": lambda m, p: challenges.of_person(m, p.person_id),
    "challenges.vectors": lambda m, p: challenges.vectors(m, "some model", ["hash of Zwetschgenkuchen"]),
    "copies.get": lambda m, p: copies.get(m, p.proposal.id, p.person_id),
    "copies.live": lambda m, p: copies.live(m),
    "directory.everyone": lambda m, p: directory.everyone(m),
    "directory.names": lambda m, p: directory.names(m),
    "copies.of_person": lambda m, p: copies.of_person(m, p.person_id),
    "copies.of_proposal": lambda m, p: copies.of_proposal(m, p.proposal.id),
    "inboxes.kept": lambda m, p: inboxes.kept(m),
    "inboxes.opened": lambda m, p: inboxes.opened(m),
    "identities.of_person": lambda m, p: identities.of_person(m, p.person_id),
    "identities.whose": lambda m, p: identities.whose(m, "google", "Zwetschgenkuchen there"),
    "links.unused_since": lambda m, p: links.unused_since(m, p.person_id, "sign-in", NOW - timedelta(minutes=1)),
    "links.usable": lambda m, p: links.usable(m, p.link_id, NOW),
    "links.usable_since": lambda m, p: links.usable_since(m, p.person_id, "sign-in", NOW, NOW),
    "mailboxes.kept": lambda m, p: mailboxes.kept(m),
    "mailboxes.opened": lambda m, p: mailboxes.opened(m),
    "mailboxes.organiser": lambda m, p: mailboxes.organiser(m),
    "needs.everyones": lambda m, p: needs.everyones(m),
    "needs.of_person": lambda m, p: needs.of_person(m, p.person_id),
    "organiser_events.get": lambda m, p: organiser_events.get(m, p.proposal.id),
    "organiser_events.live": lambda m, p: organiser_events.live(m),
    "organisers.account": lambda m, p: organisers.account(m, 1),
    "organisers.all": lambda m, p: organisers.all(m),
    "organisers.done_with": lambda m, p: organisers.done_with(m, NOW),
    "organisers.get": lambda m, p: organisers.get(m, 1),
    "organisers.is_done_with": lambda m, p: organisers.is_done_with(m, ACCOUNT, NOW),
    "organisers.kept": lambda m, p: organisers.kept(m),
    "organisers.meetings_ahead": lambda m, p: organisers.meetings_ahead(m, NOW),
    "outbox.carrier_of": lambda m, p: outbox.carrier_of(m, p.proposal.id, p.person_id),
    "outbox.failed": lambda m, p: outbox.failed(m),
    "outbox.letter_about": lambda m, p: outbox.letter_about(m, p.person_id, Letter.WELCOME, p.proposal.id),
    "outbox.letter_left": lambda m, p: outbox.letter_left(m, p.person_id, Letter.REVIEW, p.proposal.id, NOW),
    "outbox.letter_since": lambda m, p: outbox.letter_since(m, p.person_id, Letter.WELCOME, NOW - timedelta(days=1)),
    "outbox.never_left": lambda m, p: outbox.never_left(m, p.proposal.id, p.person_id),
    "outbox.letter_waits": lambda m, p: outbox.letter_waits(m, p.person_id, Letter.BROKEN),
    "outbox.mailed_before": lambda m, p: outbox.mailed_before(m, replace(_as_if_leased(p), id=9999)),
    "outbox.of_proposal": lambda m, p: outbox.of_proposal(m, p.proposal.id),
    "outbox.state": lambda m, p: outbox.state(m, p.message_id),
    "outbox.unsent": lambda m, p: outbox.unsent(m) + outbox.unsent(m, p.proposal.id),
    "outbox.waiting": lambda m, p: outbox.waiting(m),
    "people.by_email": lambda m, p: people.by_email(m, "zwetschgenkuchen@example.org"),
    "people.everyone": lambda m, p: people.everyone(m),
    "people.get": lambda m, p: people.get(m, p.person_id),
    "people.those": lambda m, p: people.those(m, [p.person_id]),
    "drafts.current": lambda m, p: drafts.current(m),
    "policies.current": lambda m, p: policies.current(m).version > 1,
    "policies.history": lambda m, p: policies.history(m)[1:],
    "proposals.ahead_of": lambda m, p: proposals.ahead_of(m, p.person_id, NOW),
    "proposals.answers": lambda m, p: proposals.answers(m, p.proposal.id),
    "proposals.behind": lambda m, p: proposals.behind(m, p.person_id, NOW, NOW, 9),
    "proposals.booked": lambda m, p: any(proposals.booked(m, [p.person_id], at(-600, 9999)).values()),
    "proposals.by_uid": lambda m, p: proposals.by_uid(m, p.proposal.uid),
    "proposals.confirmed_before": lambda m, p: proposals.confirmed_before(m, NOW + timedelta(days=99)),
    "proposals.counted_by_round": lambda m, p: proposals.counted_by_round(m, [p.round_id]),
    "proposals.engagements": lambda m, p: proposals.engagements(m, [p.person_id], at(-600, 9999)),
    "proposals.feedback": lambda m, p: proposals.feedback(m),
    "proposals.of_reasons": lambda m, p: proposals.of_reasons(m, p.proposal.id, p.person_id),
    "proposals.get": lambda m, p: proposals.get(m, p.proposal.id),
    "proposals.of_person": lambda m, p: proposals.of_person(m, p.person_id),
    "proposals.of_round": lambda m, p: proposals.of_round(m, p.round_id),
    "proposals.open_proposals": lambda m, p: proposals.open_proposals(m) + proposals.open_proposals(m, NOW),
    "proposals.since": lambda m, p: proposals.since(m, NOW),
    "proposals.those": lambda m, p: proposals.those(m, [p.proposal.id]),
    "replies.get": lambda m, p: replies.get(m, p.reply_id),
    "replies.last_came_at": lambda m, p: replies.last_came_at(m),
    "replies.recently_set_aside": lambda m, p: replies.recently_set_aside(m),
    "reviews.everyones": lambda m, p: reviews.everyones(m),
    "reviews.of_person": lambda m, p: reviews.of_person(m, p.person_id),
    "reviews.of_proposal": lambda m, p: reviews.of_proposal(m, p.proposal.id),
    "rounds.all": lambda m, p: rounds.all(m),
    "rounds.count": lambda m, p: rounds.count(m),
    "rounds.for_everybody": lambda m, p: rounds.for_everybody(m, 9),
    "rounds.gaps": lambda m, p: rounds.gaps(m, 9),
    "rounds.get": lambda m, p: rounds.get(m, p.round_id),
    "rounds.heads": lambda m, p: rounds.heads(m, 9),
    "rounds.latest": lambda m, p: rounds.latest(m) or rounds.latest(m, p.person_id),
    "rounds.next_best_on": lambda m, p: rounds.next_best_on(m, p.person_id, date(2026, 11, 23)),
    "rounds.owed": lambda m, p: rounds.owed(m, NOW),
    "rounds.told": lambda m, p: rounds.told(m, p.person_id),
    "trials.get": lambda m, p: trials.get(m, 1),
    "trials.latest": lambda m, p: trials.latest(m, trials.Kind.PREVIEW),
    "trials.left_behind": lambda m, p: trials.left_behind(m, NOW),
    "rounds.under_way": lambda m, p: rounds.under_way(m, date(2026, 11, 23)),
    "settled.of_person": lambda m, p: settled.of_person(m, p.person_id),
    "settled.everyones": lambda m, p: settled.everyones(m),
    "themes.all": lambda m, p: themes.all(m),
    "themes.of_person": lambda m, p: themes.of_person(m, p.person_id),
    "themes.needs": lambda m, p: themes.needs(m) + themes.needs(m, p.person_id),
    "watches.all": lambda m, p: watches.all(m),
    "watches.organisers_heard_since": lambda m, p: watches.organisers_heard_since(m, NOW - timedelta(days=1)),
    "watches.live_until": lambda m, p: watches.live_until(m, [p.calendar_id], NOW - timedelta(days=1)),
}


def _answer_by_mail(memory: Memory, person: Planted) -> int | None:
    about = {"proposal_id": person.proposal.id, "person_id": person.person_id}
    answer = {"partstat": Partstat.ACCEPTED, "sequence": 0, "stamp": NOW, "counter": None}
    return replies.add(memory, "trace", NOW, **about, **answer)


WRITES: dict[str, Question] = {
    "api_keys.create": lambda m, p: api_keys.create(m, p.person_id, "x", NOW),
    "api_keys.purge": lambda m, p: api_keys.purge(m, NOW + timedelta(days=99)),
    "api_keys.remember": lambda m, p: api_keys.remember(m, p.person_id, "x", "", [], NOW),
    "api_keys.revoke": lambda m, p: api_keys.revoke(m, p.person_id, NOW),
    "api_keys.used": lambda m, p: api_keys.used(m, 1, NOW),
    "attention.add": lambda m, p: attention.add(m, p.person_id, Kind.SURVEY, NOW),
    "attention.answered": lambda m, p: attention.answered(m, p.person_id, NOW, Kind.SURVEY, p.proposal.id),
    "attention.ignored": lambda m, p: attention.ignored(m, p.person_id, NOW, Kind.SURVEY, p.proposal.id),
    "attention.never_left": lambda m, p: attention.never_left(m, Asked(p.person_id, Kind.SURVEY, NOW, p.proposal.id)),
    "attention.purge": lambda m, p: attention.purge(m, NOW + timedelta(days=99)),
    "audit.note": lambda m, p: audit.note(m, "a", "b", "c", NOW),
    "calendars.choose": lambda m, p: calendars.choose(m, p.connection_id, [], None),
    "calendars.connect": lambda m, p: calendars.connect(m, p.person_id, caldav(), [], NOW),
    "calendars.disconnect": lambda m, p: calendars.disconnect(m, p.connection_id),
    "calendars.hear": lambda m, p: calendars.hear(m, [p.calendar_id], NOW),
    "calendars.make_due": lambda m, p: calendars.make_due(m, [p.person_id], NOW),
    "calendars.move": lambda m, p: calendars.move(m, p.connection_id, "https://calendar", "https://elsewhere"),
    "calendars.purge_past": lambda m, p: calendars.purge_past(m, NOW + timedelta(days=99)),
    "calendars.renew": lambda m, p: calendars.renew(m, p.connection_id, "correct horse battery", "another"),
    "calendars.rotate_secrets": lambda m, p: calendars.rotate_secrets(m),
    "calendars.save_problem": lambda m, p: calendars.save_problem(m, p.calendar_id, "words", NOW, NOW),
    "calendars.save_reading": lambda m, p: calendars.save_reading(m, p.calendar_id, reading(), NOW, NOW),
    "calendars.save_unchanged": lambda m, p: calendars.save_unchanged(m, p.calendar_id, NOW, NOW),
    "challenges.add": lambda m, p: challenges.add(m, Challenge(0, p.person_id, "text", NOW)),
    "challenges.add_many": lambda m, p: challenges.add_many(m, [Challenge(0, p.person_id, "text", NOW)]),
    "challenges.change": lambda m, p: challenges.change(m, p.challenge_id, "text"),
    "challenges.say_language": lambda m, p: challenges.say_language(m, p.challenge_id, "en"),
    "challenges.set_languages": lambda m, p: challenges.set_languages(m, {p.challenge_id: "de"}),
    "challenges.set_placed": lambda m, p: challenges.set_placed(m, [p.challenge_id]),
    "challenges.set_unplaced": lambda m, p: challenges.set_unplaced(m, [p.challenge_id]),
    "looks.forget": lambda m, p: looks.forget(m),
    "looks.save": lambda m, p: looks.save(m, looks.Look("model", NOW, 0, 0.5, b"", {})),
    "note_changes.note_sorted": lambda m, p: note_changes.note_sorted(m, {p.person_id: 7}),
    "note_changes.stir": lambda m, p: note_changes.stir(m, [p.person_id]),
    "wishes.add": lambda m, p: wishes.add(m, p.person_id, [WISH], NOW),
    "wishes.remove": lambda m, p: wishes.remove(m, p.person_id, NOW),
    "challenges.remove": lambda m, p: challenges.remove(m, p.challenge_id),
    "challenges.save_vectors": lambda m, p: challenges.save_vectors(m, "some model", {}),
    "copies.save": lambda m, p: copies.save(m, replace(p.copy, href="elsewhere")),
    "identities.forget": lambda m, p: identities.forget(m, p.person_id, 1),
    "identities.forget_all": lambda m, p: identities.forget_all(m, p.person_id),
    "identities.keep": lambda m, p: identities.keep(m, p.person_id, "outlook", "another", NOW),
    "links.create": lambda m, p: links.create(m, p.person_id, "sign-in", NOW + timedelta(days=9), NOW),
    "links.purge": lambda m, p: links.purge(m, NOW + timedelta(days=99)),
    "links.void": lambda m, p: links.void(m, p.person_id),
    "inboxes.advance": lambda m, p: inboxes.advance(m, "a process", Cursor(7, 43)),
    "inboxes.change_secret": lambda m, p: inboxes.change_secret(m, "another"),
    "inboxes.failed": lambda m, p: inboxes.failed(m, "a process", "words"),
    "inboxes.forget": lambda m, p: inboxes.forget(m),
    "inboxes.hold": lambda m, p: inboxes.hold(m, "a process", NOW, timedelta(days=1)),
    "inboxes.let_go": lambda m, p: inboxes.let_go(m, "a process"),
    "inboxes.looked": lambda m, p: inboxes.looked(m, "a process", NOW),
    "inboxes.note_problem": lambda m, p: inboxes.note_problem(m, INBOX, "words"),
    "inboxes.rotate_secret": lambda m, p: inboxes.rotate_secret(m),
    "inboxes.save": lambda m, p: inboxes.save(m, INBOX, Cursor(7, 42), NOW),
    "inboxes.take": lambda m, p: inboxes.take(m, "another process", NOW, timedelta(days=1)),
    "mailboxes.forget": lambda m, p: mailboxes.forget(m),
    "mailboxes.note_problem": lambda m, p: mailboxes.note_problem(m, mailboxes.Kept(MAILBOX, NOW, ""), "words", NOW),
    "mailboxes.try_again": lambda m, p: mailboxes.try_again(m, mailboxes.Kept(MAILBOX, NOW, ""), NOW),
    "mailboxes.rotate": lambda m, p: mailboxes.rotate(m, tables.mailboxes.c.secret),
    "mailboxes.rotate_secret": lambda m, p: mailboxes.rotate_secret(m),
    "mailboxes.save": lambda m, p: mailboxes.save(m, MAILBOX, NOW),
    "organiser_events.save": lambda m, p: organiser_events.save(m, organiser_events.Event(p.proposal.id, 1)),
    "organiser_events.swap": lambda m, p: organiser_events.swap(m, None, organiser_events.Event(p.proposal.id, 1)),
    "organisers.forget": lambda m, p: organisers.forget(m, ACCOUNT, NOW),
    "organisers.note_problem": lambda m, p: organisers.note_problem(m, ACCOUNT, "words", NOW),
    "organisers.put_aside": lambda m, p: organisers.put_aside(m, NOW),
    "organisers.renew": lambda m, p: organisers.renew(m, 1, "", "another"),
    "organisers.rotate_secrets": lambda m, p: organisers.rotate_secrets(m),
    "organisers.save": lambda m, p: organisers.save(m, "google", Granted("42", "a@b.example"), "Harbour", NOW),
    "organisers.try_again": lambda m, p: organisers.try_again(m, ACCOUNT, NOW),
    "outbox.give_up": lambda m, p: outbox.give_up(m, _as_if_leased(p), "error"),
    "outbox.lease": lambda m, p: outbox.lease(m, p.message_id, NOW, 60),
    "outbox.purge_letters": lambda m, p: outbox.purge_letters(m, NOW + timedelta(days=99)),
    "outbox.put_off": lambda m, p: outbox.put_off(m, _as_if_leased(p), NOW, "words"),
    "outbox.renew": lambda m, p: outbox.renew(m, _as_if_leased(p), NOW, 60),
    "outbox.retry": lambda m, p: outbox.retry(m, _as_if_leased(p), NOW, "error"),
    "outbox.revive": lambda m, p: outbox.revive(m, p.message_id, NOW),
    "outbox.sent": lambda m, p: outbox.sent(m, _as_if_leased(p)),
    "outbox.write": lambda m, p: outbox.write(m, p.proposal.id, p.person_id, outbox.Act.REMOVE, 0, NOW, NOW),
    "outbox.write_letter": lambda m, p: outbox.write_letter(m, p.person_id, Letter.SIGN_IN, NOW, NOW),
    "people.add": lambda m, p: people.add(m, somebody(manager_id=None, never_with=frozenset({p.person_id}))),
    "people.forget": lambda m, p: people.forget(m, p.person_id),
    "people.hold": lambda m, p: people.hold(m, [p.person_id]),
    "people.note": lambda m, p: people.note(m, p.person_id, invited_at=NOW),
    "people.resume": lambda m, p: people.resume(m, p.person_id),
    "people.save": lambda m, p: people.save(m, replace(somebody(), id=p.person_id)),
    "people.set_roles": lambda m, p: people.set_roles(m, p.person_id, [Role.ADMIN]),
    "people.stop": lambda m, p: people.stop(m, p.person_id),
    "drafts.drop": lambda m, p: drafts.drop(m, 1),
    "drafts.save": lambda m, p: drafts.save(m, Policy(), 1, 1, "Ann", NOW),
    "policies.publish": lambda m, p: policies.publish(m, Policy()),
    "proposals.add": lambda m, p: proposals.add(m, replace(p.proposal, uid="another")),
    "proposals.log_answer": lambda m, p: proposals.log_answer(m, p.proposal.id, Party.MENTEE, Answer()),
    "proposals.save": lambda m, p: proposals.save(m, p.proposal),
    "proposals.answer_reason": lambda m, p: proposals.answer_reason(
        m, p.proposal.id, p.person_id, "recurs", "wrong", NOW
    ),
    "proposals.save_feedback": lambda m, p: proposals.save_feedback(m, p.proposal.id, p.person_id, "wrong", "", NOW),
    "replies.add": _answer_by_mail,
    "replies.again": lambda m, p: replies.again(m, p.reply_id, NOW),
    "replies.counted": lambda m, p: replies.counted(m, p.reply_id),
    "replies.not_counted": lambda m, p: replies.not_counted(m, p.reply_id, SetAside.TOO_LATE),
    "replies.purge": lambda m, p: replies.purge(m, NOW + timedelta(days=99)),
    "replies.set_aside": lambda m, p: replies.set_aside(m, "x", SetAside.BOUNCE, NOW, p.proposal.id, p.person_id),
    "reviews.save": lambda m, p: reviews.save(m, Review(p.proposal.id, p.person_id, Party.MENTEE, Helped.NO, NOW)),
    "trials.ask": lambda m, p: trials.ask(m, trials.Kind.PREVIEW, Policy(), 1, "Ann", NOW),
    "trials.cancel": lambda m, p: trials.cancel(m, 1, NOW),
    "trials.finish": lambda m, p: trials.finish(m, 1, {}, NOW),
    "trials.go_on": lambda m, p: trials.go_on(m, 1, 1, 1, {}, NOW),
    "trials.purge": lambda m, p: trials.purge(m, NOW + timedelta(days=99)),
    "trials.take": lambda m, p: trials.take(m, 1, NOW, 60),
    "rounds.claim": lambda m, p: rounds.claim(m, date(2026, 11, 23), NOW),
    "rounds.finish": lambda m, p: rounds.finish(m, p.round_id, {}, NOW),
    "rounds.owe": lambda m, p: rounds.owe(m, p.proposal.id, date(2026, 11, 23), NOW),
    "rounds.purge": lambda m, p: rounds.purge(m, NOW + timedelta(days=99)),
    "rounds.start": lambda m, p: rounds.start(m, 1, NOW),
    "rounds.take": lambda m, p: rounds.take(m, p.round_id, NOW, 60),
    "settled.replace": lambda m, p: settled.replace(m, {(p.person_id, p.proposal.theme_id): NOW}),
    "settled.add": lambda m, p: settled.add(m, p.person_id, p.proposal.theme_id, NOW),
    "settled.remove": lambda m, p: settled.remove(m, p.person_id, p.proposal.theme_id),
    "themes.sort": lambda m, p: themes.sort(m, p.person_id, [], [], NOW),
    "themes.replace": lambda m, p: themes.replace(m, [], [], NOW),
    "watches.ask": lambda m, p: watches.ask(m, CHANNEL, [], NOW, NOW, calendar_id=p.calendar_id),
    "watches.ask_again": lambda m, p: watches.ask_again(m, 1, NOW),
    "watches.doubt": lambda m, p: watches.doubt(m, p.calendar_id, NOW + timedelta(hours=1), NOW - timedelta(days=1)),
    "watches.forget": lambda m, p: watches.forget(m, 1),
    "watches.heard": lambda m, p: watches.heard(m, 1, NOW),
    "watches.live": lambda m, p: watches.live(m, 1, CHANNEL, NOW, NOW),
    "watches.lose": lambda m, p: watches.lose(m, 1),
    "watches.renew_now": lambda m, p: watches.renew_now(m, 1, NOW),
    "watches.rest": lambda m, p: watches.rest(m, 1, NOW),
    "watches.rotate_secrets": lambda m, p: watches.rotate_secrets(m),
}


def _as_if_leased(person: Planted) -> outbox.Message:
    return outbox.Message(
        person.message_id, 1, person.proposal.id, person.person_id, outbox.Act.PLACE, 0, NOW, NOW, lease=""
    )


def test_every_function_of_the_room_is_in_one_of_the_lists() -> None:
    known = READS.keys() | WRITES.keys() | SYSTEM_WIDE | HARMLESS
    assert {name for module in MODULES for name in _functions(module)} == known


def _functions(module: ModuleType) -> Iterator[str]:
    for name in getattr(module, "__all__", dir(module)):
        thing = getattr(module, name)
        own = inspect.isfunction(thing) and thing.__module__.startswith("store.")
        if own and not name.startswith("_") and "memory" in str(inspect.signature(thing)):
            yield f"{module.__name__.removeprefix('store.')}.{name}"


@pytest.mark.parametrize("name", READS)
def test_another_organisation_sees_nothing(houses: Houses, name: str) -> None:
    database, empty, person = houses
    with database.reading(empty) as memory, suppress(KeyError):
        assert not READS[name](memory, person)


def test_another_organisation_changes_nothing(houses: Houses) -> None:
    database, empty, person = houses
    before = _full(database, empty)
    for ask in WRITES.values():
        with suppress(KeyError, InterludeError, IntegrityError), database.writing(empty) as memory:
            ask(memory, person)
    assert _full(database, empty) == before


def _full(database: Database, empty: int) -> dict[str, list[Any]]:
    """Every row of the full organisation."""
    scoped = [table for table in tables.metadata.sorted_tables if "organisation_id" in table.c]
    with database.reading_all() as memory:
        return {
            table.name: [tuple(row) for row in memory.rows(table.select().where(table.c.organisation_id != empty))]
            for table in scoped
        }


def test_the_database_refuses_a_row_that_points_into_another_organisation(
    houses: tuple[Database, int, Planted],
) -> None:
    database, empty, person = houses
    with pytest.raises(ChangedMeanwhile), database.writing(empty) as memory:
        challenges.add(memory, Challenge(0, person.person_id, "text", NOW))


def test_every_table_about_peoples_things_names_its_organisation() -> None:
    unscoped = {table.name for table in tables.metadata.sorted_tables if "organisation_id" not in table.c}
    assert unscoped == {"organisations", "sign_in_requests"}


def test_every_statement_of_a_scoped_transaction_names_the_organisation(houses: Houses) -> None:
    database, empty, person = houses
    said: list[str] = []
    engine = database._engine
    event.listen(engine, "before_cursor_execute", lambda *some: said.append(some[2]))
    for ask in [*READS.values(), *WRITES.values()]:
        with suppress(KeyError, InterludeError, IntegrityError), database.writing(empty) as memory:
            ask(memory, person)
    about_things = [each for each in said if re.search(r"\b(FROM|UPDATE|INTO)\b", each)]
    assert about_things
    assert [each for each in about_things if "organisation_id" not in each and "organisations" not in each] == []


@pytest.mark.parametrize("name", READS)
def test_a_question_about_one_organisation_is_not_answered_for_all(
    houses: tuple[Database, int, Planted], name: str
) -> None:
    database, _, person = houses
    with database.reading_all() as memory, pytest.raises(ValueError, match="about one organisation"):
        READS[name](memory, person)
