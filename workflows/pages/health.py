"""How the calendars of an organisation are, for its admins; and whether the installation answers at all."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from redis import RedisError

from mentoring.availability import Unknown
from mentoring.errors import InterludeError
from mentoring.people import Person, Role
from mentoring.policy import Policy, Sending
from store import calendars, inboxes, mailboxes, organisations, organisers, outbox, people, policies
from store.calendars import Calendar
from workflows import reviewing, steering
from workflows.bootstrap import Parts
from workflows.calendar_words import for_admins
from workflows.knowing import time_of, why_unknown
from workflows.pages.calendars import status, what_to_do
from workflows.queue import Queue
from workflows.views import CalendarStatus, HealthPage, Heartbeat, ProviderHealth, UnknownPerson, Who

A_WEEK = timedelta(days=7)
A_RESTART = timedelta(minutes=15)
ASK_THEM = "Ask them to connect a calendar."


def health(parts: Parts, who: Who) -> HealthPage:
    """Raises NotAllowed for anybody but an admin."""
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        policy = policies.current(memory)
        taking_part = [each for each in people.everyone(memory) if _takes_part(each)]
        time = time_of(memory, taking_part, policy, now)
        rows = calendars.calendars(memory, None)
        providers = {each.id: each for each in calendars.connections(memory, None)}
        waiting = [each.not_before for each in outbox.unsent(memory)]
        given_up = [each for each in outbox.failed(memory) if each.not_before > now - A_WEEK]
        stopped = organisations.get(memory).stopped
        to_review = len(reviewing.waiting(memory, now)) if policy.sending is Sending.REVIEW else 0
        mailbox, inbox, accounts = mailboxes.kept(memory), inboxes.kept(memory), organisers.all(memory)
    unknown = []
    by_person: dict[int, list[Calendar]] = {}
    for row in rows:
        by_person.setdefault(row.person_id, []).append(row)
    for person in taking_part:
        known = time.availability[person.id]
        if isinstance(known, Unknown):
            bad = next((each for each in by_person.get(person.id, ()) if _to_blame(each, known, policy, now)), None)
            unknown.append(
                UnknownPerson(
                    person_id=person.id,
                    name=person.name,
                    why=known.why,
                    account=for_admins(providers[bad.connection_id], person.email) if bad else "",
                    what_to_do=what_to_do(bad, providers[bad.connection_id]) if bad else ASK_THEM,
                    last_read_at=bad.read_at if bad else None,
                )
            )
    counted = Counter((providers[row.connection_id].provider, status(row, policy, now)) for row in rows)
    return HealthPage(
        zone=admin.limits.zone,
        people=len(taking_part),
        known=len(taking_part) - len(unknown),
        unknown=tuple(sorted(unknown, key=lambda each: each.name)),
        providers=_by_provider(counted),
        sending=policy.sending,
        stopped=stopped,
        waiting=len(waiting),
        oldest_waiting_at=min(waiting, default=None),
        given_up=len(given_up),
        to_review=to_review,
        has_mailbox=mailbox is not None,
        mail_problem=mailbox.problem if mailbox else "",
        answers_problem=_answers_problem(inbox, now) if inbox else "",
        invites_by_account=any(each.put_aside_at is None for each in accounts),
        organiser_problem=next((f"{each.address}: {each.problem}" for each in accounts if each.problem), ""),
        weekly_messages=policy.weekly_messages,
    )


def _to_blame(calendar: Calendar, known: Unknown, policy: Policy, now: datetime) -> bool:
    return calendar.counts_as_busy and why_unknown(calendar, policy, now) == known.why


def _answers_problem(inbox: inboxes.Kept, now: datetime) -> str:
    """That nobody listens is one once it cannot be a restart any more."""
    silent = inbox.read_at is None or inbox.read_at < now - A_RESTART
    return inbox.problem or ("nobody listens at the mailbox" if silent and not inbox.listening(now) else "")


def _takes_part(person: Person) -> bool:
    return person.opted_in(Role.MENTEE) or person.opted_in(Role.MENTOR)


def _by_provider(counted: Counter[tuple[str, CalendarStatus]]) -> tuple[ProviderHealth, ...]:
    return tuple(
        ProviderHealth(
            provider=name,
            calendars=sum(number for (provider, _), number in counted.items() if provider == name),
            fresh=counted[name, CalendarStatus.FRESH],
            stale=counted[name, CalendarStatus.STALE] + counted[name, CalendarStatus.WAITING],
            trouble=counted[name, CalendarStatus.TROUBLE],
        )
        for name in sorted({provider for provider, _ in counted})
    )


def heartbeat(parts: Parts) -> Heartbeat:
    """Whether the database and the queue answer."""
    try:
        with parts.database.reading_all() as memory:
            organisations.all(memory)
        database = True
    except InterludeError:
        database = False
    try:
        queue = bool(Queue(parts.settings.redis_url).connection.ping())
    except RedisError:
        queue = False
    return Heartbeat(database, queue)
