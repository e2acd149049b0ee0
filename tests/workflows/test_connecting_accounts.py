"""Calendars at Google: connected by a permission, mended by giving it again, ended by giving it back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mentoring.doors import Errand
from mentoring.errors import BeginAgain, ConnectedBySomebody, Missing, NotAllowed, NotGiven, Refused, TryLater
from mentoring.people import Role
from store import calendars, organisations, people
from tests.store.everything import dump
from tests.wires.google import google_wire
from tests.wires.web import Told
from tests.workflows.at_google import ANN, OTHER, AtGoogle, at_google
from tests.workflows.house import House, a_house, a_person
from workflows import connecting, consenting, leaving, pages, syncing
from workflows.consenting import LASTS
from workflows.door_views import Connected, GivenBack
from workflows.views import CalendarStatus


@pytest.fixture
def there(tmp_path: Path) -> Iterator[AtGoogle]:
    house = a_house(tmp_path)
    with google_wire(house.clock) as wire:
        yield at_google(house, wire)


def test_an_account_is_connected_read_and_shown_fresh(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.wire.put(ANN, there.house.clock() + timedelta(hours=1), there.house.clock() + timedelta(hours=2))
    came = there.connects(ann)
    assert (came.address, came.again, came.still_broken) == (ANN, False, "")
    (shown,) = pages.calendars_page(there.house.parts, there.house.who(ann)).connections
    assert (shown.place, shown.by_consent, shown.can_mend) == (ANN, True, False)
    assert {each.status for each in shown.calendars if each.counts_as_busy} == {CalendarStatus.FRESH}
    assert not any(each.writable or each.takes_copies for each in shown.calendars)


def test_its_tokens_are_in_the_database_only_encrypted_and_in_no_log(
    there: AtGoogle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.connects(there.house.add("Ann Ash"))
    said = f"{dump(there.house.parts.database)}{caplog.text}"
    grants = there.wire.sign_in.grants
    secrets = {grants[-1].refresh_token, *grants[-1].tokens, *there.wire.sign_in.codes}
    assert [each for each in secrets if each in said] == []
    assert "sent to google for calendars" in caplog.text


def test_accounts_at_work_and_of_ones_own_stand_beside_each_other_and_both_make_busy(there: AtGoogle) -> None:
    ann, now = there.house.add("Ann Ash"), there.house.clock()
    there.wire.put(ANN, now + timedelta(hours=1), now + timedelta(hours=2))
    there.wire.put(OTHER, now + timedelta(hours=4), now + timedelta(hours=5))
    first, second = there.connects(ann), there.connects(ann, OTHER)
    assert first.connection_id != second.connection_id
    with there.house.parts.database.reading(there.house.organisation_id) as memory:
        window = calendars.calendars(memory, ann.id)[0].covers
        assert window
        busy = calendars.busy_events(memory, [ann.id], window)[ann.id]
    assert sorted(each.interval.start - now for each in busy) == [timedelta(hours=1), timedelta(hours=4)]


def test_the_same_account_again_takes_new_tokens_and_keeps_what_was_chosen(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    first = there.connects(ann)
    primary = next(each for each in there.calendars(ann) if each.href == ANN)
    connecting.choose(there.house.parts, there.house.who(ann), first.connection_id, [primary.id], None)
    there.wire.withdraw(ANN)
    again = there.connects(ann)
    assert again == Connected(first.connection_id, ANN, again=True)
    assert [each.href for each in there.calendars(ann) if each.counts_as_busy] == [ANN]
    assert not any(each.problem for each in there.calendars(ann))


def test_what_was_left_unticked_is_named_and_nothing_is_saved(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.wire.sign_in.unticked = frozenset({"calendar.events.freebusy"})
    with pytest.raises(NotGiven) as refused:
        there.connects(ann)
    assert len(refused.value.missing) == 1
    assert there.connections(ann) == ()


def test_what_was_given_in_part_is_given_back(there: AtGoogle) -> None:
    there.wire.sign_in.unticked = frozenset({"calendar.events.freebusy"})
    with pytest.raises(NotGiven) as refused:
        there.connects(there.house.add("Ann Ash"))
    assert [each.revoked for each in there.wire.sign_in.grants] == [True]
    assert not refused.value.left_standing


@pytest.mark.parametrize(
    ("unticked", "stands"), [("calendar.events.freebusy", False), ("calendar.calendarlist.readonly", True)]
)
def test_what_was_given_in_part_is_not_given_back_where_the_account_is_in_use_or_may_be(
    there: AtGoogle, unticked: str, stands: bool
) -> None:
    """Giving it back would end all of that account's: without the list of calendars, nobody knows which it is."""
    ann = there.house.add("Ann Ash")
    there.connects(ann)
    there.wire.sign_in.unticked = frozenset({unticked})
    with pytest.raises(NotGiven) as refused:
        there.connects(ann)
    assert not any(each.revoked for each in there.wire.sign_in.grants)
    assert refused.value.left_standing == stands


def test_an_account_that_the_organisation_cannot_invite_with_is_given_back(there: AtGoogle) -> None:
    there.house.add("Ann Ash", email=ANN)
    to = there.set_out(there.house.add("Zoe Zeal", roles=frozenset({Role.ADMIN})), Errand.ORGANISER)
    with pytest.raises(Refused, match="a member's own"):
        there.ends(to, there.back(to, ANN))
    assert [each.revoked for each in there.wire.sign_in.grants] == [True]


def test_who_presses_cancel_is_told_and_nothing_is_saved(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.wire.sign_in.denies = True
    with pytest.raises(NotGiven):
        there.connects(ann)
    assert there.connections(ann) == ()


def test_when_google_does_not_say_which_calendars_there_are_nothing_is_saved(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.wire.fail("calendarList.list", 503, times=99)
    with pytest.raises(TryLater):
        there.connects(ann)
    assert there.connections(ann) == ()


def test_an_account_that_a_colleague_has_connected_is_not_taken_over(there: AtGoogle) -> None:
    ann, ben = there.house.add("Ann Ash"), there.house.add("Ben Birch")
    there.connects(ann)
    with pytest.raises(ConnectedBySomebody) as refused:
        there.connects(ben)
    assert "Ann" not in str(refused.value)
    assert there.connections(ben) == ()
    assert len(there.connections(ann)) == 1
    assert not any(each.revoked for each in there.wire.sign_in.grants), "that would end Ann's too"
    assert not refused.value.left_standing


def test_the_account_that_the_organisation_invites_with_is_nobodys_own(there: AtGoogle) -> None:
    admin = there.house.add("Zoe Zeal", roles=frozenset({Role.ADMIN}))
    to = there.set_out(admin, Errand.ORGANISER)
    there.ends(to, there.back(to, OTHER))
    with pytest.raises(ConnectedBySomebody):
        there.connects(there.house.add("Ann Ash"), OTHER)


def test_only_an_admin_goes_there_for_the_organisations_own_account(there: AtGoogle) -> None:
    with pytest.raises(NotAllowed):
        there.set_out(there.house.add("Ann Ash"), Errand.ORGANISER)


def test_an_answer_counts_for_ten_minutes(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    to = there.set_out(ann)
    query = there.back(to, ANN)
    there.house.clock.turn(seconds=LASTS.total_seconds() + 1)
    with pytest.raises(BeginAgain, match="ten minutes"):
        there.ends(to, query)


def test_an_answer_counts_for_nobody_but_who_began(there: AtGoogle) -> None:
    ann, ben = there.house.add("Ann Ash"), there.house.add("Ben Birch")
    to = there.set_out(ann)
    query = there.back(to, ANN)
    for somebody in (there.house.who(ben), None):
        with pytest.raises(BeginAgain):
            consenting.come_back(there.house.parts, to.under_way, "google", somebody, query)
    assert there.connections(ben) == ()


def test_an_answer_that_nobody_waits_for_or_of_another_provider_is_refused(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    to, who = there.set_out(ann), there.house.who(ann)
    query = there.back(to, ANN)
    with pytest.raises(BeginAgain):
        consenting.come_back(there.house.parts, None, "google", who, query)
    with pytest.raises(BeginAgain):
        consenting.come_back(there.house.parts, to.under_way, "outlook", who, query)


def test_the_answers_of_two_browsers_cannot_be_swapped(there: AtGoogle) -> None:
    ann, ben = there.house.add("Ann Ash"), there.house.add("Ben Birch")
    anns, bens = there.set_out(ann), there.set_out(ben)
    there.back(anns, ANN)
    with pytest.raises(Refused):
        there.ends(anns, there.back(bens, OTHER))
    assert there.connections(ann) == ()


def test_a_code_is_good_once(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    to = there.set_out(ann)
    query = there.back(to, ANN)
    there.ends(to, query)
    with pytest.raises(Refused):
        there.ends(to, query)


def test_a_broken_account_is_mended_by_going_straight_to_it(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    first = there.connects(ann)
    there.wire.withdraw(ANN)
    there.house.clock.turn(hours=2)
    _read(there)
    who = there.house.who(ann)
    (shown,) = pages.calendars_page(there.house.parts, who).connections
    assert shown.can_mend
    assert "Press Connect again" in {each.what_to_do.partition(":")[0] for each in shown.calendars}
    to = consenting.begin_to_mend(there.house.parts, who, first.connection_id)
    assert f"login_hint={ANN.replace('@', '%40')}" in to.url
    assert there.ends(to, there.back(to)) == Connected(first.connection_id, ANN, again=True)
    there.house.work()
    (shown,) = pages.calendars_page(there.house.parts, who).connections
    assert not shown.can_mend


def test_another_account_that_comes_back_is_connected_beside_and_the_broken_one_said_to_be(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    first = there.connects(ann)
    to = consenting.begin_to_mend(there.house.parts, there.house.who(ann), first.connection_id)
    came = there.ends(to, there.back(to, OTHER))
    assert isinstance(came, Connected)
    assert (came.address, came.again, came.still_broken) == (OTHER, False, ANN)
    assert len(there.connections(ann)) == 2


def test_nobody_mends_a_colleagues_account(there: AtGoogle) -> None:
    came = there.connects(there.house.add("Ann Ash"))
    with pytest.raises(Missing):
        consenting.begin_to_mend(there.house.parts, there.house.who(there.house.add("Ben Birch")), came.connection_id)


def test_disconnecting_gives_the_permission_back(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    came = there.connects(ann)
    gone = connecting.disconnect(there.house.parts, there.house.who(ann), came.connection_id)
    assert (gone.provider, gone.given_back) == ("google", GivenBack.ENDED)
    assert there.wire.sign_in.grants[-1].revoked
    assert there.connections(ann) == ()


def test_disconnecting_stops_what_google_would_have_told_us(there: AtGoogle) -> None:
    there.house.parts = replace(
        there.house.parts, settings=replace(there.house.parts.settings, push_url=there.wire.server.url)
    )
    ann = there.house.add("Ann Ash")
    came = there.connects(ann)
    assert there.wire.called("events.watch")
    connecting.disconnect(there.house.parts, there.house.who(ann), came.connection_id)
    assert len(there.wire.called("channels.stop")) == len(there.wire.called("events.watch"))


def test_deleting_everything_gives_the_permissions_back_too(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.connects(ann)
    leaving.leave(there.house.parts, there.house.who(ann), ann.email)
    assert there.wire.sign_in.grants[-1].revoked


def test_while_google_does_not_answer_who_leaves_is_kept_for_a_week_at_the_most(there: AtGoogle) -> None:
    ann, ben = there.house.add("Ann Ash"), there.house.add("Ben Birch")
    there.connects(ann)
    there.connects(ben, OTHER)
    parts = there.house.parts
    silent = replace(parts, settings=replace(parts.settings, google_revoke_url="http://127.0.0.1:9/revoke"))
    for each in (ann, ben):
        assert leaving.leave(silent, there.house.who(each), each.email) == 1
    assert leaving.finish(parts, there.house.who(ann)) == 0
    there.house.clock.turn(days=7)
    assert leaving.finish(silent, there.house.who(ben)) == 0
    assert [each.revoked for each in there.wire.sign_in.grants] == [True, False]
    with parts.database.reading(there.house.organisation_id) as memory:
        assert people.those(memory, [ann.id, ben.id]) == {}


def test_only_what_nobody_else_can_end_is_named_before_leaving(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    there.connects(ann)
    assert pages.taking_part_page(there.house.parts, there.house.who(ann)).stands_at == ()


def test_when_google_does_not_answer_it_is_disconnected_here_and_said_to_stand_there(there: AtGoogle) -> None:
    ann = there.house.add("Ann Ash")
    came = there.connects(ann)
    there.wire.sign_in.revoke = lambda form: Told(503)  # type: ignore[method-assign]
    gone = connecting.disconnect(there.house.parts, there.house.who(ann), came.connection_id)
    assert gone.given_back is GivenBack.UNANSWERED
    assert there.connections(ann) == ()


def test_a_permission_that_another_organisation_here_uses_too_is_left_standing(there: AtGoogle) -> None:
    ann, parts = there.house.add("Ann Ash"), there.house.parts
    came = there.connects(ann)
    with parts.database.writing_all() as memory:
        second = organisations.add(memory, "Second", "Europe/Berlin").id
    with parts.database.writing(second) as memory:
        twin = people.add(memory, a_person("Ann Ash", second))
    beside = House(parts, there.house.clock, second, there.house.nudges)
    AtGoogle(beside, there.wire).connects(twin)
    gone = connecting.disconnect(parts, there.house.who(ann), came.connection_id)
    assert gone.given_back is GivenBack.SHARED
    assert not there.wire.sign_in.grants[-1].revoked


def _read(there: AtGoogle) -> None:
    syncing.sync_due(there.house.parts)
