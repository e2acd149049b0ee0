"""Who a CalDAV server with scheduling mails because of us: nobody.

Xandikos 0.4.10 does not know SCHEDULE-AGENT (RFC 6638 section 7.1). What keeps it quiet is that the organiser is never
the calendar's owner, so that placing, moving and removing a copy is no act of the organiser. When the *person* answers
in their own app it sends their REPLY to the organiser, as it would for any invite; nobody else hears of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from integrations import itip
from mentoring.intervals import Interval
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, Dav, on
from tests.integrations.contract import answering, copy, utc
from tests.servers import MailSink, mail_sink, xandikos


@pytest.fixture
def scheduling() -> Iterator[tuple[Dav, MailSink]]:
    """A calendar whose server knows its owner's address and takes part in scheduling for them."""
    with mail_sink() as sink, xandikos({ANN: "s3cret"}, sink.port, addresses=True) as server:
        yield on(server, "work"), sink


def wait_for_mail(sink: MailSink, seconds: float) -> list[str]:
    until = time.monotonic() + seconds
    while not sink.mails and time.monotonic() < until:
        time.sleep(0.05)
    return [str(mail["To"]) for mail in sink.mails]


def test_placing_moving_and_removing_a_copy_mails_nobody(scheduling: tuple[Dav, MailSink]) -> None:
    backend, sink = scheduling
    placed = backend.provider.place(backend.account, backend.calendar, copy())
    moved = copy(sequence=1, interval=Interval(utc(22, 12), utc(22, 12, 20)), stamp=utc(19, 9))
    placed = backend.provider.update(backend.account, placed, moved)
    seen = backend.provider.seen(backend.account, placed, copy().uid)
    assert seen is not None
    assert (seen.sequence, seen.interval, seen.etag) == (1, moved.interval, placed.etag)
    assert len(backend.held()) == 1
    backend.provider.remove(backend.account, placed)
    assert backend.held() == []
    assert wait_for_mail(sink, 1) == []


def test_a_persons_own_answer_goes_to_the_organiser_at_most(scheduling: tuple[Dav, MailSink]) -> None:
    backend, sink = scheduling
    placed = backend.provider.place(backend.account, backend.calendar, copy())
    backend.keep(placed.href, answering(b"ACCEPTED")(backend.held()[0]))
    seen = backend.provider.seen(backend.account, placed, copy().uid)
    assert seen is not None
    assert seen.partstat is Partstat.ACCEPTED
    assert set(wait_for_mail(sink, 2)) <= {copy().organiser_address}


def test_the_control_an_event_that_the_owner_organises_is_mailed_to_its_guests(
    scheduling: tuple[Dav, MailSink],
) -> None:
    backend, sink = scheduling
    backend.keep("own.ics", itip.stored(copy(organiser_address=ANN)).replace(b"SCHEDULE-AGENT=CLIENT;", b""))
    assert wait_for_mail(sink, 10) == ["bob@example.org"]
