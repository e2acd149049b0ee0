"""The organisation's mailbox and what became of its mail, for admins: who and why, never what a mail says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mentoring.outbox import Act, Letter, Message
from mentoring.proposals import Proposal
from store import directory, inboxes, mailboxes, outbox, proposals, replies
from workflows import steering
from workflows.admin_views import GivenUp, InboxView, MailPage, NotCounted
from workflows.bootstrap import Parts
from workflows.views import Who

MOST_SHOWN = 50
NOBODY = "somebody who left"
ACTS = {
    Act.PLACE: "the invite",
    Act.UPDATE: "a change of the invite",
    Act.REMOVE: "taking the invite back",
    Act.REFUSE: "that another time does not fit",
}
LETTERS = {
    Letter.SIGN_IN: "a link to sign in",
    Letter.WELCOME: "the invitation to join",
    Letter.BROKEN: "the word that a calendar can no longer be read",
    Letter.ACCOUNT: "the word that an account was added that signs them in",
    Letter.REMINDER: "the reminder of a suggestion",
    Letter.REVIEW: "the question how a meeting was",
    Letter.SURVEY: "the question what was hard lately",
    Letter.ORGANISER: "the word that the account that invites lets us in no more",
}


def mail_page(parts: Parts, who: Who) -> MailPage:
    """Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        kept, inbox, came_at = mailboxes.kept(memory), inboxes.kept(memory), replies.last_came_at(memory)
        given_up = sorted(outbox.failed(memory), key=lambda each: -each.id)[:MOST_SHOWN]
        set_aside = replies.recently_set_aside(memory, MOST_SHOWN)
        names = directory.names(memory)
        meetings = (*(each.proposal_id for each in given_up), *(each.proposal_id for each in set_aside))
        known = proposals.those(memory, (each for each in meetings if each is not None))
        about = {each.id: _pair(each, names) for each in known.values()}
        waiting = len(outbox.waiting(memory))
    return MailPage(
        zone=admin.limits.zone,
        mailbox=kept.mailbox if kept else None,
        saved_at=kept.saved_at if kept else None,
        problem=kept.problem if kept else "",
        waiting=waiting,
        inbox=_inbox(inbox, parts.clock()) if inbox else None,
        came_at=came_at,
        given_up=tuple(_given_up(each, names, about) for each in given_up),
        not_counted=tuple(_not_counted(each, names, about) for each in set_aside),
    )


def _inbox(kept: inboxes.Kept, now: datetime) -> InboxView:
    return InboxView(kept.inbox, kept.read_at, kept.problem, kept.listening(now))


def _pair(proposal: Proposal, names: Mapping[int, str]) -> str:
    """Whose meeting it is."""
    return f"{names[proposal.pair.mentee_id]} and {names[proposal.pair.mentor_id]}"


def _given_up(message: Message, names: Mapping[int, str], about: Mapping[int, str]) -> GivenUp:
    return GivenUp(
        id=message.id,
        to_id=message.person_id,
        to=names.get(message.person_id, NOBODY),
        what=LETTERS[message.letter] if message.letter else ACTS.get(message.act, str(message.act)),
        about=about.get(message.proposal_id or 0, ""),
        why=message.last_error,
        written_at=message.written_at,
    )


def _not_counted(reply: replies.Kept, names: Mapping[int, str], about: Mapping[int, str]) -> NotCounted:
    assert reply.why is not None
    return NotCounted(
        at=reply.received_at,
        why=reply.why,
        who=names.get(reply.person_id or 0, ""),
        about=about.get(reply.proposal_id or 0, ""),
    )
