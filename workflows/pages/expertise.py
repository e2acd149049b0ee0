"""What a person says they can help with."""

from __future__ import annotations

from mentoring.people import Role
from store import people
from workflows import offering
from workflows.bootstrap import Parts
from workflows.member_views import ExpertisePage
from workflows.views import Who


def expertise_page(parts: Parts, who: Who) -> ExpertisePage:
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
    return ExpertisePage(person.expertise, person.opted_in(Role.MENTOR), offering.MOST, offering.LONGEST)
