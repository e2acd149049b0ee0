"""What real CalDAV servers will not show on demand: a fault is an error that says what to do, never a shorter list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations.webdav_xml import multistatus as parsed
from mentoring.errors import ChangedMeanwhile, Reconnect, Refused, TryLater
from tests.integrations.backends import wired
from tests.integrations.contract import at, copy, meeting, read, spans, text, utc
from tests.wires.caldav import CALENDAR, SPACES, XML, CalDavWire, gone, multistatus, response
from tests.wires.web import Asked, Told


@pytest.fixture
def dav() -> Iterator[Any]:
    """A calendar with three meetings."""
    with wired() as backend:
        for number in range(3):
            backend.keep(
                f"m{number}.ics", text(meeting(f"m{number}", start=at(20 + number, 9), end=at(20 + number, 10)))
            )
        yield backend


def when(method: str, holding: bytes, told: Told) -> Callable[[Asked], Told | None]:
    return lambda asked: told if asked.method == method and holding in asked.body else None


def spoiled(holding: bytes, change: Callable[[bytes], bytes]) -> Callable[[Asked, Told], Told]:
    def spoil(asked: Asked, told: Told) -> Told:
        return replace(told, body=change(told.body)) if holding in asked.body else told

    return spoil


READS = [("PROPFIND", b"sync-token"), ("PROPFIND", b"getetag"), ("REPORT", b"calendar-multiget")]
MEANINGS = [
    (401, Reconnect), (403, Reconnect), (404, Reconnect), (410, Reconnect), (429, TryLater), (500, TryLater),
    (502, TryLater), (503, TryLater), (507, TryLater), (200, Refused), (204, Refused), (405, Refused), (501, TryLater),
]  # fmt: skip


@pytest.mark.parametrize(("method", "holding"), READS)
@pytest.mark.parametrize(("status", "error"), MEANINGS)
def test_rule_1_each_status_at_each_step_of_a_reading_raises_what_to_do(
    dav: Any, method: str, holding: bytes, status: int, error: type[Exception]
) -> None:
    dav.wire.hook = when(method, holding, Told(status, b"<html>Plantedtitle</html>"))
    with pytest.raises(error) as caught:
        read(dav)
    assert "Plantedtitle" not in str(caught.value)


def test_rule_7_a_quota_says_when_to_come_back(dav: Any) -> None:
    dav.wire.hook = when("REPORT", b"", Told(429, headers={"Retry-After": "120"}))
    with pytest.raises(TryLater) as caught:
        read(dav)
    assert caught.value.after == timedelta(seconds=120)
    date = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:18:00 GMT"}
    dav.wire.hook = when("REPORT", b"", Told(503, headers=date))
    with pytest.raises(TryLater) as caught:
        read(dav)
    assert timedelta() < caught.value.after <= timedelta(hours=24)


@pytest.mark.parametrize(
    "status", ["500 Internal Server Error", "404 Not Found", "503 x", "423 Locked", "nonsense", "507 x"]
)
def test_rule_1_one_failed_item_in_a_207_fails_the_reading(dav: Any, status: str) -> None:
    path = f"{CALENDAR}m1.ics"

    def fail_one(asked: Asked) -> Told | None:
        if b"calendar-multiget" not in asked.body:
            return None
        others = [dav.wire.item(each, data=True) for each in dav.wire.objects if each != path]
        return multistatus(*others, gone(path, status))

    dav.wire.hook = fail_one
    with pytest.raises(TryLater):
        read(dav)


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_rule_1_one_item_that_this_account_may_not_see_is_the_owners_to_mend(dav: Any, status: str) -> None:
    dav.wire.hook = when("REPORT", b"multiget", multistatus(gone(f"{CALENDAR}m1.ics", status)))
    with pytest.raises(Reconnect):
        read(dav)
    dav.wire.hook = when("PROPFIND", b"getetag", multistatus(gone(f"{CALENDAR}m1.ics", status)))
    with pytest.raises(Reconnect):
        read(dav)


def test_rule_1_an_item_that_is_left_out_of_the_answer_fails_the_reading(dav: Any) -> None:
    items = [dav.wire.item(each, data=True) for each in list(dav.wire.objects)[:2]]
    dav.wire.hook = when("REPORT", b"multiget", multistatus(*items))
    with pytest.raises(TryLater, match="left out"):
        read(dav)


def test_rule_1_an_item_without_its_text_is_asked_for_whole_and_then_fails_the_reading(dav: Any) -> None:
    whole = [dav.wire.item(each, data=True) for each in dav.wire.objects]
    bare = [response(each, '<D:getetag>"1"</D:getetag>') for each in dav.wire.objects]
    dav.wire.hook = lambda asked: (
        multistatus(*(bare if b'name="DTSTART"' in asked.body else whole)) if b"multiget" in asked.body else None
    )
    assert len(spans(read(dav))) == 3
    dav.wire.hook = when("REPORT", b"multiget", multistatus(*bare))
    with pytest.raises(TryLater, match="left out"):
        read(dav)


def test_rule_1_a_list_that_the_server_cut_short_fails_the_reading(dav: Any) -> None:
    dav.wire.spoil = spoiled(
        b"getetag",
        lambda body: body.replace(b"</D:multistatus>", gone(CALENDAR, "507 x").encode() + b"</D:multistatus>"),
    )
    with pytest.raises(TryLater):
        read(dav)


def test_rule_1_a_later_batch_that_fails_fails_the_reading(dav: Any) -> None:
    for number in range(3, 450):
        dav.wire.put(f"m{number}.ics", text(meeting(f"m{number}")))
    assert len(spans(read(dav))) == 450
    batches: list[int] = []

    def fail_the_third(asked: Asked) -> Told | None:
        if b"multiget" in asked.body:
            batches.append(1)
        return Told(500) if len(batches) == 3 else None

    dav.wire.hook = fail_the_third
    with pytest.raises(TryLater):
        read(dav)
    assert len(batches) == 3


@pytest.mark.parametrize("keep", [0, 1, 60, 0.5, 0.9, -1, -16])
def test_rule_1_truncated_xml_is_not_a_shorter_calendar(dav: Any, keep: float) -> None:
    def cut(body: bytes) -> bytes:
        return body[: int(len(body) * keep) if isinstance(keep, float) else int(keep)]

    dav.wire.spoil = spoiled(b"multiget", cut)
    with pytest.raises((TryLater, Refused)):
        read(dav)


def test_rule_1_a_connection_cut_in_the_middle_of_the_body_is_tried_again_and_then_later(dav: Any) -> None:
    def cut(asked: Asked, told: Told) -> Told:
        return replace(told, cut=len(told.body) // 2) if b"multiget" in asked.body else told

    dav.wire.spoil = cut
    with pytest.raises(TryLater):
        read(dav)
    assert sum(b"multiget" in each.body for each in dav.wire.server.asked) == 3


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]><D:multistatus xmlns:D="DAV:">&m;</D:multistatus>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><D:multistatus xmlns:D="DAV:">&x;</D:multistatus>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><D:multistatus xmlns:D="DAV:"/>',
        b"<html><body>Sign in</body></html>",
        b'{"events": []}',
        b"",
    ],
    ids=["billion laughs", "a file", "a foreign DTD", "a page", "JSON", "nothing"],
)
def test_rule_1_an_answer_that_is_an_attack_or_no_calendar_is_an_error(dav: Any, body: bytes) -> None:
    dav.wire.hook = when("REPORT", b"multiget", Told(207, body, XML))
    with pytest.raises((TryLater, Refused)):
        read(dav)


@pytest.mark.parametrize(
    "body",
    [b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\n", b"", b"Sorry", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nmore"],
)
def test_rule_1_one_object_that_cannot_be_read_fails_the_reading(dav: Any, body: bytes) -> None:
    dav.wire.put("m9.ics", body)
    with pytest.raises((Refused, TryLater)):
        read(dav)


@pytest.mark.parametrize(
    "told",
    [
        Told(403, f"<D:error {SPACES}><D:valid-sync-token/></D:error>".encode(), XML),
        Told(409), Told(410), Told(412), Told(507), Told(400), Told(501), Told(500),
        multistatus(gone(CALENDAR, "507 Insufficient Storage")),
        Told(207, b"<D:multi", XML),
        multistatus(),
    ],
)  # fmt: skip
def test_rule_2_an_expired_or_refused_token_is_a_full_reading_that_drops_what_is_gone(dav: Any, told: Told) -> None:
    first = read(dav)
    dav.wire.delete("m0.ics")
    dav.wire.hook = when("REPORT", b"sync-collection", told)
    again = read(dav, first.cursor)  # type: ignore[union-attr]
    assert spans(again) == [(utc(21, 7), utc(21, 8)), (utc(22, 7), utc(22, 8))]


def test_rule_2_a_token_that_stays_the_same_does_not_hide_a_reported_change(dav: Any) -> None:
    first = read(dav)
    token = f"urn:wire:{dav.wire.state}".encode()
    dav.wire.delete("m0.ics")
    dav.wire.spoil = lambda asked, told: replace(
        told, body=told.body.replace(f"urn:wire:{dav.wire.state}".encode(), token)
    )
    assert len(spans(read(dav, first.cursor))) == 2  # type: ignore[union-attr]


def test_rule_2_a_server_without_any_marks_is_read_in_full_each_time() -> None:
    with wired(sync=False, ctag=False, etags=False) as dav:
        dav.keep("m1.ics", text(meeting()))
        first = read(dav)
        assert first is not None
        assert first.cursor == ""
        assert read(dav, first.cursor) == first


def test_rule_2_only_what_tells_the_time_is_asked_for(dav: Any) -> None:
    read(dav)
    asked = next(each.body for each in dav.wire.server.asked if b"multiget" in each.body)
    assert b"DTSTART" in asked
    for name in (b"SUMMARY", b"LOCATION", b"DESCRIPTION", b"<c:calendar-data/>"):
        assert name not in asked


def test_rule_8_a_lost_answer_to_placing_is_found_out_by_the_repeat(dav: Any) -> None:
    """The server stored it, the answer was cut: the repeat finds the first copy and makes no second one."""
    wire: CalDavWire = dav.wire

    def lose(asked: Asked, told: Told) -> Told:
        return Told(raw=b"") if asked.method == "PUT" else told

    wire.spoil = lose
    with pytest.raises(TryLater):
        dav.provider.place(dav.account, dav.calendar, copy())
    wire.spoil = lambda asked, told: told
    placed = dav.provider.place(dav.account, dav.calendar, copy())
    assert sum(b"p1@interlude" in held for _, held in wire.objects.values()) == 1
    assert placed.etag == wire.etag(f"{CALENDAR}p1@interlude.example.ics")
    assert sum(each.method == "PUT" for each in wire.server.asked if "p1" in each.path) == 1


def test_rule_8_somebody_quicker_between_looking_and_putting_leaves_one_event(dav: Any) -> None:
    wire: CalDavWire = dav.wire

    def race(name: str) -> Callable[[Asked], Told | None]:
        def quicker(asked: Asked) -> Told | None:
            if asked.method == "PUT" and CALENDAR + name not in wire.objects:
                wire.put(name, asked.body)
            return None

        return quicker

    for name in ("p1@interlude.example.ics", "another-name.ics"):
        wire.hook = race(name)
        placed = dav.provider.place(dav.account, dav.calendar, copy())
        assert placed.href.endswith(name)
        assert sum(b"p1@interlude" in held for _, held in wire.objects.values()) == 1
        wire.delete(name)


def test_rule_8_another_event_at_our_address_is_not_overwritten(dav: Any) -> None:
    dav.wire.put("p1@interlude.example.ics", text(meeting("somebody-elses")))
    with pytest.raises(TryLater):
        dav.provider.place(dav.account, dav.calendar, copy())
    assert b"somebody-elses" in dav.wire.objects[f"{CALENDAR}p1@interlude.example.ics"][1]


def test_rule_8_a_copy_is_the_same_to_the_letter_each_time_and_never_a_message(dav: Any) -> None:
    dav.provider.place(dav.account, dav.calendar, copy())
    first = next(each.body for each in dav.wire.server.asked if each.method == "PUT" and "p1" in each.path)
    dav.wire.delete("p1@interlude.example.ics")
    dav.provider.place(dav.account, dav.calendar, copy())
    assert [each.body for each in dav.wire.server.asked if each.method == "PUT" and "p1" in each.path] == [first, first]
    unfolded = first.replace(b"\r\n ", b"")
    assert b"METHOD" not in unfolded
    assert unfolded.count(b"SCHEDULE-AGENT=CLIENT") == 3
    assert b"CLASS:PRIVATE" in unfolded
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))
    assert first.replace(b"\r\n", b"").count(b"\n") == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Reconnect),
        (403, Reconnect),
        (404, Refused),
        (410, Refused),
        (429, TryLater),
        (500, TryLater),
        (507, TryLater),
        (423, TryLater),
    ],
)
def test_rule_8_each_refusal_of_an_update_says_what_to_do(dav: Any, status: int, error: type[Exception]) -> None:
    placed = dav.provider.place(dav.account, dav.calendar, copy())
    dav.wire.hook = when("PUT", b"", Told(status))
    with pytest.raises(error):
        dav.provider.update(dav.account, placed, copy(sequence=1))


def test_rule_8_a_precondition_that_never_holds_is_refused_by_name(dav: Any) -> None:
    error = f"<D:error {SPACES}><C:max-resource-size/></D:error>".encode()
    dav.wire.hook = when("PUT", b"", Told(403, error, XML))
    with pytest.raises(Refused, match="max-resource-size"):
        dav.provider.place(dav.account, dav.calendar, copy())


def test_rule_8_a_weak_etag_does_not_let_another_version_be_overwritten() -> None:
    with wired(weak=True, etag_on_put=False) as dav:
        placed = dav.provider.place(dav.account, dav.calendar, copy())
        dav.wire.put("p1@interlude.example.ics", dav.held()[0])  # type: ignore[attr-defined]
        with pytest.raises(ChangedMeanwhile):
            dav.provider.update(dav.account, placed, copy(sequence=1))


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_rule_10_a_fault_while_looking_for_an_answer_is_not_a_deletion(dav: Any, status: int) -> None:
    placed = dav.provider.place(dav.account, dav.calendar, copy())
    dav.wire.delete("p1@interlude.example.ics")
    for method in ("GET", "REPORT"):
        dav.wire.hook = when(method, b"", Told(status))
        with pytest.raises((Reconnect, TryLater)):
            dav.provider.seen(dav.account, placed, copy().uid)


def test_rule_10_an_answer_without_texts_is_not_a_deletion(dav: Any) -> None:
    placed = dav.provider.place(dav.account, dav.calendar, copy())
    dav.wire.delete("p1@interlude.example.ics")
    dav.wire.hook = when("REPORT", b"calendar-query", multistatus(response(f"{CALENDAR}x.ics", "")))
    with pytest.raises(TryLater):
        dav.provider.seen(dav.account, placed, copy().uid)


@pytest.mark.parametrize("path", ["", "/", "/.well-known/caldav", "/ann/", CALENDAR, CALENDAR[:-1], "/nothing-here/"])
def test_discovery_begins_at_a_server_a_principal_a_home_or_a_calendar(dav: Any, path: str) -> None:
    if path == CALENDAR[:-1]:
        dav.wire.hook = lambda asked: Told(301, headers={"Location": CALENDAR}) if asked.path == CALENDAR[:-1] else None
    found = dav.provider.discover(replace(dav.account, address=dav.wire.url + path))
    assert [(each.href, each.name, each.writable, each.counts_as_busy) for each in found] == [
        (dav.wire.url + CALENDAR, "Work", True, True)
    ]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Reconnect),
        (404, Refused),
        (403, Refused),
        (405, Refused),
        (429, TryLater),
        (500, TryLater),
        (200, Refused),
    ],
)
def test_discovery_says_what_is_wrong(dav: Any, status: int, error: type[Exception]) -> None:
    dav.wire.hook = when("PROPFIND", b"", Told(status, b"<html/>"))
    with pytest.raises(error):
        dav.provider.discover(dav.account)


def test_discovery_reads_what_a_calendar_says_of_itself(dav: Any) -> None:
    def calendar(name: str, more: str) -> str:
        kind = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>"
        return response(f"/ann/{name}/", f"{kind}<D:displayname>{name}</D:displayname>{more}")

    written = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:{}\r\nEND:VTIMEZONE\r\nEND:VCALENDAR\r\n"
    zone = f"<C:calendar-timezone>{written}</C:calendar-timezone>"
    only_read = "<D:current-user-privilege-set><D:privilege><D:read/></D:privilege></D:current-user-privilege-set>"
    components = '<C:supported-calendar-component-set><C:comp name="{}"/></C:supported-calendar-component-set>'
    dav.wire.hook = lambda asked: (
        multistatus(
            response("/ann/", "<D:resourcetype><D:collection/></D:resourcetype>"),
            calendar("plain", ""),
            calendar("tokyo", zone.format("Asia/Tokyo")),
            calendar("outlook", zone.format("W. Europe Standard Time")),
            calendar("own", zone.format("Our own zone")),
            calendar("shared", only_read),
            calendar("birthdays", "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"),
            calendar("tasks", components.format("VTODO")),
            calendar("events", components.format("VEVENT")),
            response("/ann/inbox/", "<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>"),
            gone("/ann/closed/", "403 Forbidden"),
        )
        if asked.method == "PROPFIND" and asked.path == "/ann/" and asked.headers.get("Depth") == "1"
        else None
    )
    found = {each.name: each for each in dav.provider.discover(dav.account)}
    assert list(found) == ["plain", "tokyo", "outlook", "own", "shared", "birthdays", "events"]
    assert {name: each.zone for name, each in found.items() if each.zone} == {
        "tokyo": "Asia/Tokyo",
        "outlook": "Europe/Berlin",
    }
    assert [name for name, each in found.items() if not each.writable] == ["shared"]
    assert [name for name, each in found.items() if not each.counts_as_busy] == ["birthdays"]


def test_a_multistatus_says_of_each_item_how_it_went() -> None:
    found = parsed(
        multistatus(response("/a", "<D:getetag>x</D:getetag>"), gone("/b"), response("/c", "", "500 x")).body
    )
    assert [(each.href, each.status, each.failed, each.text("d:getetag")) for each in found.resources] == [
        ("/a", 200, 0, "x"),
        ("/b", 404, 0, ""),
        ("/c", 200, 500, ""),
    ]
