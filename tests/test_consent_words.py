"""What the pages say that is asked of Google and Microsoft is what is asked: each scope, each field, and no other."""

from __future__ import annotations

import re

import pytest

from integrations import (
    google_discovery,
    google_door,
    google_events,
    google_own,
    google_reading,
    google_scopes,
    microsoft_door,
    outlook_organising,
    outlook_reading,
)
from mentoring.doors import Errand
from tests.webapp.stage import ADMIN, MEMBER, application, as_person, stage
from workflows.consent_words import PERMISSIONS, Permission

MASKS = {
    ("google", Errand.CALENDARS): (
        google_discovery.NAMES_ONLY,
        google_door.PRIMARY_ONLY,
        google_reading.CHANGES_ONLY,
        google_own.TIMES_ONLY,
        "start,end",  # of free/busy, which knows no mask
    ),
    ("outlook", Errand.CALENDARS): (
        outlook_reading.OF_CALENDARS,
        outlook_reading.FIELDS,
        outlook_reading.ZONE,
    ),
    ("google", Errand.ORGANISER): (google_events.ANSWERS_ONLY,),
    ("outlook", Errand.ORGANISER): (outlook_organising.WITH_WORDS,),
}
ENVELOPE = {"items", "nextPageToken", "nextSyncToken"}
"""What an answer is wrapped in."""

ADDED_BY_MSAL = {"openid", "profile", "offline_access"}
SCOPES = {("google", errand): set(google_scopes.SCOPES[errand]) for errand in (Errand.CALENDARS, Errand.ORGANISER)} | {
    ("outlook", errand): set(microsoft_door.SCOPES[errand]) | ADDED_BY_MSAL
    for errand in (Errand.CALENDARS, Errand.ORGANISER)
}
PAGES = {
    ("google", Errand.CALENDARS): (MEMBER, "/calendars/connect/google"),
    ("outlook", Errand.CALENDARS): (MEMBER, "/calendars/connect/outlook"),
    ("google", Errand.ORGANISER): (ADMIN, "/admin/invites"),
    ("outlook", Errand.ORGANISER): (ADMIN, "/admin/invites"),
}
each_of_whom = pytest.mark.parametrize("of", list(PERMISSIONS), ids=lambda of: f"{of[0]}-{of[1]}")


@each_of_whom
def test_each_scope_that_is_asked_for_has_one_paragraph_and_no_other_has(of: tuple[str, Errand]) -> None:
    named = [scope for each in PERMISSIONS[of] for scope in each.scopes]
    assert sorted(named) == sorted(SCOPES[of])


@each_of_whom
def test_each_field_that_is_asked_for_has_words_and_no_other_has(of: tuple[str, Errand]) -> None:
    asked = {name for mask in MASKS[of] for name in re.findall(r"\w+", mask)} - ENVELOPE
    assert {name for each in PERMISSIONS[of] for name in each.says} == asked


@pytest.mark.parametrize(
    "permission", [each for those in PERMISSIONS.values() for each in those], ids=lambda permission: permission.title
)
def test_the_words_for_a_field_stand_in_the_paragraph(permission: Permission) -> None:
    assert {words for words in permission.says.values() if words not in permission.words} == set()


@each_of_whom
def test_every_paragraph_is_on_the_page_that_leads_there(of: tuple[str, Errand]) -> None:
    reader, path = PAGES[of]
    page = " ".join(as_person(application(stage(), csrf=False), reader).get(path).text.split())
    assert [each.title for each in PERMISSIONS[of] if each.title not in page or each.words not in page] == []


def test_an_admin_reads_each_scope_by_its_name_and_who_can_end_it() -> None:
    page = as_person(application(stage(), csrf=False), ADMIN).get("/admin/invites").text
    assert [
        each for each in ("Calendars.ReadWrite", "calendar.events.owned", "offline_access") if each not in page
    ] == []
    assert "myapps.microsoft.com" in page


def test_how_far_around_a_meeting_google_is_asked_is_said() -> None:
    assert google_own.NEAR_MINUTES == 120.0
    assert "from two hours before it to two hours after" in PERMISSIONS["google", Errand.CALENDARS][0].words
