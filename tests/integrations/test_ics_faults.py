"""A feed that fails, lies or changes its mind is an error for its owner, and never free time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from integrations.guarded_http import GuardedHttp
from integrations.ics import IcsFeed, web_address
from integrations.outside import Outside
from integrations.registry import PROVIDERS, provider
from mentoring.errors import Reconnect, Refused, TryLater
from mentoring.ports import Account, FoundCalendar
from mentoring.settings import Settings
from tests.integrations.backends import EMPTY, QUICK, Feed
from tests.integrations.contract import meeting, read, spans, text, utc
from tests.wires.web import Asked, Told, web_server


@contextmanager
def feed_that(answers: Callable[[Asked], Told]) -> Iterator[Feed]:
    with web_server(answers) as server:
        ics = IcsFeed(GuardedHttp(frozenset({server.host_port}), limits=QUICK))
        account = Account("ics", f"{server.url}/secretpath.ics", zone="Europe/Berlin")
        yield Feed(ics, account, FoundCalendar("feed", "Feed"), {})


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (Told(401), Reconnect), (Told(403), Reconnect), (Told(404), Reconnect), (Told(410), Reconnect),
        (Told(429), TryLater), (Told(500), TryLater), (Told(503), TryLater), (Told(204), Refused),
        (Told(206, EMPTY), Refused),
        (Told(200, b""), Refused), (Told(200, b"<html>Sign in</html>"), Refused), (Told(304), Refused),
        (Told(200, EMPTY[:-10]), Refused), (Told(200, EMPTY + b"<html>"), Refused),
        (Told(200, text(meeting()), cut=120), TryLater),
    ],
)  # fmt: skip
def test_rule_1_what_is_no_whole_calendar_raises_what_to_do(told: Told, error: type[Exception]) -> None:
    with feed_that(lambda _: told) as feed:
        with pytest.raises(error) as caught:
            read(feed)
        assert "secretpath" not in f"{caught.value!r}{caught.value.__cause__!r}"
        with pytest.raises(error):
            feed.provider.discover(feed.account)


def test_rule_1_a_feed_that_breaks_after_it_worked_is_an_error_and_not_unchanged() -> None:
    answers = iter([Told(200, text(meeting()), {"ETag": '"1"'}), Told(200, text(meeting())[:-20], {"ETag": '"1"'})])
    with feed_that(lambda _: next(answers)) as feed:
        first = read(feed)
        with pytest.raises(Refused):
            read(feed, first.cursor)  # type: ignore[union-attr]


def test_rule_2_last_modified_will_do_where_there_is_no_etag() -> None:
    modified = "Mon, 19 Oct 2026 08:00:00 GMT"

    def answer(asked: Asked) -> Told:
        unchanged = asked.headers.get("If-Modified-Since") == modified
        return Told(304) if unchanged else Told(200, text(meeting()), {"Last-Modified": modified})

    with feed_that(answer) as feed:
        first = read(feed)
        assert read(feed, first.cursor) is None  # type: ignore[union-attr]


def test_rule_2_an_etag_that_stays_the_same_does_not_hide_a_change() -> None:
    bodies = iter([text(meeting()), text(meeting(transparent=True))])
    with feed_that(lambda _: Told(200, next(bodies), {"ETag": '"same"'})) as feed:
        first = read(feed)
        assert spans(first) == [(utc(20, 7), utc(20, 8))]
        assert spans(read(feed, first.cursor)) == []  # type: ignore[union-attr]


def test_rule_5_the_address_of_a_private_feed_is_kept_in_no_cursor_and_no_calendar() -> None:
    with feed_that(lambda _: Told(200, text(meeting()), {"ETag": '"1"'})) as feed:
        found = feed.provider.discover(feed.account)
        assert "secretpath" not in f"{found!r} {read(feed)!r}"


def test_discovery_reads_every_event_and_names_the_feed() -> None:
    named = EMPTY.replace(b"PRODID:x", b"PRODID:x\r\nX-WR-CALNAME:Ann's week\r\nX-WR-TIMEZONE:Asia/Tokyo")
    with feed_that(lambda _: Told(200, named)) as feed:
        (found,) = feed.provider.discover(feed.account)
        assert (found.name, found.zone, found.writable) == ("Ann's week", "Asia/Tokyo", False)
    broken = text(meeting()).replace(b"DTEND", b"DTEND;TZID=Nowhere/Land")
    broken = broken.replace(b"DTEND;TZID=Nowhere/Land;TZID=Europe/Berlin", b"DTEND;TZID=Nowhere/Land")
    with feed_that(lambda _: Told(200, broken)) as feed, pytest.raises(Refused, match="time zone"):
        feed.provider.discover(feed.account)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("webcal://a.example/b.ics?c=d", "https://a.example/b.ics?c=d"),
        ("webcals://a.example/b", "https://a.example/b"),
        ("WEBCAL://a.example/b", "https://a.example/b"),
        (" https://a.example/b ", "https://a.example/b"),
        ("http://a.example/b", "http://a.example/b"),
    ],
)
def test_webcal_means_https(typed: str, asked: str) -> None:
    assert web_address(typed) == asked


def test_a_feed_behind_a_password_is_sent_it() -> None:
    with feed_that(lambda asked: Told(200, EMPTY) if asked.headers.get("Authorization") else Told(401)) as feed:
        with pytest.raises(Reconnect):
            read(feed)
        assert read(feed, username="ann", secret="secret") is not None


def test_each_provider_is_one_line_of_the_registry() -> None:
    settings = Settings("sqlite://", "redis://", "s" * 32, ("k",))
    outside = Outside(GuardedHttp(), settings.google, settings.microsoft, lambda: datetime(2026, 10, 19, tzinfo=UTC))
    assert {name: provider(name, outside).name for name in PROVIDERS} == {name: name for name in PROVIDERS}
    assert {"caldav", "ics", "outlook"} <= set(PROVIDERS)
    with pytest.raises(Refused):
        provider("nothing", outside)
