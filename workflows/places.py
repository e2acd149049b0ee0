"""Countries and time zones by name, from the IANA time zone database that comes with the tzdata package."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib.resources import files
from unicodedata import normalize

UTC = "UTC"
ANYWHERE = "Anywhere"


@cache
def countries() -> dict[str, str]:
    """{ISO 3166 code: English name}, by name."""
    return dict(sorted(_rows("iso3166.tab", 0, 1), key=lambda each: _plain(each[1])))


def _plain(name: str) -> str:
    """Without accents, so that Åland comes before Albania and not after Zimbabwe."""
    return normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


@cache
def zones() -> dict[str, tuple[str, ...]]:
    """{region: its zones by city}: one for each place whose clocks have been its own, and UTC last."""
    found = defaultdict(list)
    for name in _country_of():
        found[name.partition("/")[0]].append(name)
    regions = {region: tuple(sorted(found[region], key=_city)) for region in sorted(found)}
    return {**regions, ANYWHERE: (UTC,)}


def country_of(zone: str) -> str:
    """The code of the country that the zone is in; empty for a zone of none, or of an older name."""
    return _country_of().get(zone, "")


@cache
def _country_of() -> dict[str, str]:
    return dict(_rows("zone.tab", 2, 0))


def _city(zone: str) -> str:
    return zone.rpartition("/")[2]


def _rows(name: str, key: int, value: int) -> list[tuple[str, str]]:
    """Two columns of a table of the database: tabs between them, comments after #."""
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return [(row[key], row[value]) for row in rows]
