"""A person's limits, and all that there is to choose from."""

from __future__ import annotations

from datetime import timedelta

from mentoring.people import Limits
from mentoring.proposals import State
from store import directory, people
from workflows import joining, limits_form
from workflows.bootstrap import Parts
from workflows.days_off import coming, countries, subdivisions
from workflows.member_views import LimitsPage
from workflows.places import country_of, zones
from workflows.taking_back import of_person
from workflows.views import PersonChoice, Who

HOLIDAYS_SHOWN = 4


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
        form=limits_form.typed(person),
        confirmed=person.limits.confirmed,
        zones=tuple(zones().items()),
        countries=tuple(countries().items()),
        pause_from=today + timedelta(days=1),
        pause_until=today + timedelta(days=joining.LONGEST_PAUSE_DAYS),
        paused_until=paused if paused and paused > now else None,
        never_with=tuple(each for each in choices if each.person_id in person.never_with),
        others=tuple(each for each in choices if each.person_id not in person.never_with),
        guess=_guess(person.limits),
        subdivisions=tuple(
            (f"{person.limits.country}-{code}", name) for code, name in subdivisions(person.limits.country).items()
        ),
        country=countries().get(person.limits.country, ""),
        holidays=coming(person.limits, today, HOLIDAYS_SHOWN),
        today=today,
        quiet=tuple(each for each in person.limits.quiet.stretches if each.last >= today),
        quiet_weekdays=person.limits.quiet.weekdays,
        meetings=len(of_person(parts, who.organisation_id, who.person_id, {State.CONFIRMED})),
    )


def _by_name(choice: tuple[str, int]) -> tuple[str, int]:
    return choice[0].casefold(), choice[1]


def _guess(limits: Limits) -> str:
    """Where they might be, by their clock: offered until they have said so, or that they would rather not."""
    guess = "" if limits.country or limits.confirmed else country_of(limits.zone)
    return guess if guess in countries() else ""
