"""Countries and zones are those of the IANA database, by name."""

from __future__ import annotations

import pytest

from mentoring.hours import zone
from workflows.places import countries, country_of, zones


def test_countries_are_in_order_of_their_names() -> None:
    names = list(countries().values())
    assert names[:3] == ["Afghanistan", "Åland Islands", "Albania"]
    assert names[-1] == "Zimbabwe"
    assert len(names) > 240
    assert (countries()["DE"], countries()["CI"]) == ("Germany", "Côte d’Ivoire")


def test_each_zone_that_is_offered_is_one() -> None:
    offered = [name for names in zones().values() for name in names]
    assert len(offered) == len(set(offered)) > 400
    assert all(zone(name) for name in offered)
    assert list(zones())[-1] == "Anywhere"
    assert "America/Argentina/Buenos_Aires" in zones()["America"]


@pytest.mark.parametrize(
    ("name", "code"), [("Europe/Berlin", "DE"), ("Asia/Kolkata", "IN"), ("UTC", ""), ("Nowhere/At_All", "")]
)
def test_a_zone_is_in_a_country(name: str, code: str) -> None:
    assert country_of(name) == code
