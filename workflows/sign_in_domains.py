"""Whose accounts at Google and Microsoft an organisation lets in: those of its own domains, or any that it knows."""

from __future__ import annotations

from mentoring.domains import domain_of, domains
from store import audit, organisations
from workflows.admin_views import SignInPage
from workflows.bootstrap import Parts
from workflows.steering import admin
from workflows.views import Who


def sign_in_page(parts: Parts, who: Who) -> SignInPage:
    """Raises NotAllowed for anybody but an admin."""
    with parts.database.reading(who.organisation_id) as memory:
        person = admin(memory, who)
        allowed = organisations.sign_in_domains(memory)
    own, microsoft = domain_of(person.email), parts.settings.microsoft
    return SignInPage(
        allowed,
        shut_out=own if allowed and own not in allowed else "",
        microsoft_vouches_for_few=bool(allowed) and microsoft.set_up and microsoft.of_several,
    )


def set_domains(parts: Parts, who: Who, text: str) -> None:
    """text: one a line; nothing lets in all that the organisation knows.

    Raises BadInput with a problem for each line that is no domain, and nothing saved.
    """
    wanted = domains(text)
    with parts.database.writing(who.organisation_id) as memory:
        person = admin(memory, who)
        if wanted == organisations.sign_in_domains(memory):
            return
        organisations.set_sign_in_domains(memory, wanted)
        what = f"let in by Google and Microsoft only {', '.join(wanted)}" if wanted else "let in any domain"
        audit.note(memory, person.name, what, "everybody", parts.clock())
