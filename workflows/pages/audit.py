"""Who did what to what, and when, for admins."""

from __future__ import annotations

from store import audit
from workflows import steering
from workflows.admin_views import PAGE_SIZE, AuditLine, AuditPage
from workflows.bootstrap import Parts
from workflows.views import Who


def audit_page(parts: Parts, who: Who, number: int = 1) -> AuditPage:
    """The latest first. number: which page. Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        admin = steering.admin(memory, who)
        found = audit.recent(memory, PAGE_SIZE + 1, (number - 1) * PAGE_SIZE)
    lines = tuple(AuditLine(each.who, each.what, each.subject, each.at) for each in found[:PAGE_SIZE])
    return AuditPage(admin.limits.zone, lines, number, more=len(found) > PAGE_SIZE)
