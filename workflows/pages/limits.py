"""A person's limits, and all that there is to choose from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mentoring.people import Person
from mentoring.proposals import State
from store import directory, people
from workflows import joining, limits_form
from workflows.bootstrap import Parts
from workflows.member_views import LimitsForm, LimitsPage
from workflows.places import countries, country_of, zones
from workflows.taking_back import of_person
from workflows.views import PersonChoice, Who


def limits_page(parts: Parts, who: Who) -> LimitsPage:
    now = parts.clock()
    with parts.database.reading(who.organisation_id) as memory:
        person = people.get(memory, who.person_id)
        names = directory.names(memory)
    paused = person.limits.paused_until
    everybody = sorted(((name, each) for each, name in names.items() if each != person.id), key=_by_name)
    choices = tuple(PersonChoice(each, name) for name, each in everybody)
    today = joining.today(parts, person)
    return LimitsPage(
        zone=person.limits.zone,
        form=_form(person),
        confirmed=person.limits.confirmed,
        zones=tuple(zones().items()),
        countries=tuple(countries().items()),
        pause_from=today + timedelta(days=1),
        pause_until=today + timedelta(days=joining.LONGEST_PAUSE_DAYS),
        paused_until=paused if paused and paused > now else None,
        never_with=tuple(each for each in choices if each.person_id in person.never_with),
        others=tuple(each for each in choices if each.person_id not in person.never_with),
        meetings=len(of_person(parts, who.organisation_id, who.person_id, {State.CONFIRMED})),
    )


def _by_name(choice: tuple[str, int]) -> tuple[str, int]:
    return choice[0].casefold(), choice[1]


def _form(person: Person) -> LimitsForm:
    """Their country is guessed from their zone until they have said so themselves."""
    form = limits_form.typed(person)
    known = form.country or person.limits.confirmed
    return form if known else replace(form, country=country_of(form.zone))
