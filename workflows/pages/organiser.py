"""What invites come from, for admins."""

from __future__ import annotations

from store import mailboxes, organisers
from store.organisers import Kept
from workflows import steering
from workflows.admin_views import OrganiserLine, OrganiserPage
from workflows.bootstrap import Parts
from workflows.views import Who


def organiser_page(parts: Parts, who: Who) -> OrganiserPage:
    """Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        known, mailbox = organisers.all(memory), mailboxes.organiser(memory)
        ahead = organisers.meetings_ahead(memory, parts.clock())
    lines = [_line(each, ahead.get(each.id, 0)) for each in known]
    return OrganiserPage(
        zone=admin.limits.zone,
        in_force=next((each for each in lines if each.put_aside_at is None), None),
        mailbox=mailbox.address if mailbox else "",
        by_mailbox=ahead.get(None, 0),
        earlier=tuple(each for each in lines if each.put_aside_at is not None),
    )


def _line(kept: Kept, meetings: int) -> OrganiserLine:
    return OrganiserLine(
        kept.id, kept.provider, kept.name, kept.address, kept.saved_at, meetings, kept.put_aside_at, kept.problem
    )
