"""What the pages say of a permission at Google or Microsoft: given anew, given by another account, given back."""

from __future__ import annotations

import pytest

from mentoring.errors import NotGiven
from tests.webapp.stage import CONSENT, MEMBER, MENTOR, THEIRS, application, as_person, stage
from tests.webapp.states import left_standing
from workflows.door_views import Connected, Disconnected, GivenBack


@pytest.mark.parametrize(
    ("provider", "given_back", "told"),
    [
        ("google", GivenBack.ENDED, "the permission is given back there"),
        ("google", GivenBack.UNANSWERED, "Remove Interlude there: myaccount.google.com/connections"),
        ("google", GivenBack.SHARED, "the same account is connected elsewhere here"),
        ("outlook", GivenBack.STANDS, "myapps.microsoft.com for an account at work, account.live.com/consent/Manage"),
        ("caldav", GivenBack.NONE, "Its address, password and busy times are deleted here"),
    ],
)
def test_who_disconnects_is_told_what_is_left_of_the_permission(
    provider: str, given_back: GivenBack, told: str
) -> None:
    app = application(on := stage(), csrf=False)
    on.pages["disconnected"] = Disconnected(provider, given_back)
    browser = as_person(app, MEMBER)
    assert told in browser.post(f"/calendars/{THEIRS}/disconnect", follow_redirects=True).text


def test_who_gave_too_little_is_told_where_to_take_the_rest_back_where_we_cannot() -> None:
    app = application(on := stage(), csrf=False)
    browser = as_person(app, MEMBER)
    on.raises["come_back"] = NotGiven("not everything", ("seeing when you are busy",))
    assert "myapps.microsoft.com" not in browser.get("/oauth/microsoft").text
    on.raises["come_back"] = left_standing(NotGiven("not everything", ("seeing when you are busy",)))
    assert "remove Interlude there: myapps.microsoft.com for an account at work" in browser.get("/oauth/microsoft").text


def test_a_broken_account_is_gone_straight_to_and_only_by_its_owner() -> None:
    app = application(on := stage(), csrf=False)
    assert CONSENT in as_person(app, MEMBER).post(f"/calendars/{THEIRS}/again").text
    assert as_person(app, MENTOR).post(f"/calendars/{THEIRS}/again").status_code == 404
    assert on.asked == [("set_out_to_mend", THEIRS)]


@pytest.mark.parametrize(
    ("came", "leads", "told"),
    [
        (Connected(THEIRS, "a@x.example"), f"/calendars/{THEIRS}", ""),
        (Connected(THEIRS, "a@x.example", again=True), "/calendars", "a@x.example is connected again"),
        (
            Connected(THEIRS, "a@x.example", still_broken="b@x.example"),
            f"/calendars/{THEIRS}",
            "a@x.example, so that is connected beside b@x.example, which still does not let us in",
        ),
    ],
)
def test_who_comes_back_from_google_is_told_what_is_connected_now(came: Connected, leads: str, told: str) -> None:
    app = application(on := stage(), csrf=False)
    on.pages["came"] = came
    browser = as_person(app, MEMBER)
    browser.post("/calendars/connect/google")
    assert browser.get("/oauth/google?state=s&code=c").location == leads
    assert told in browser.get("/calendars").text
