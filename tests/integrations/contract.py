"""The promises of DESIGN.md that every calendar provider keeps: rules 1–5, and for those that place copies 8 and 10.

A backend subclasses ReadingContract, and CopiesContract if it declares PLACE_COPY, and gives a `backend` fixture.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.calendar_text import EventText, calendar_text, one_object
from integrations.ical import busy_events
from mentoring.availability import BusyEvent, Busyness, Reading, busy_time
from mentoring.errors import ChangedMeanwhile, Reconnect, Refused
from mentoring.intervals import Interval, Intervals
from mentoring.ports import (
    NOTHING_OF_OURS,
    Attendee,
    Capability,
    CopyText,
    FoundCalendar,
    Organises,
    Own,
    PlacesCopies,
    ReadsCalendars,
    Watches,
)
from mentoring.proposals import Partstat
from tests.integrations.backends import ANN, BOB, Backend, NotTaken

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NOW = datetime(2026, 10, 19, tzinfo=UTC)
WINDOW = Interval(NOW, NOW + timedelta(days=14))
PLANTED = ("Plantedtitle", "Plantedplace", "Plantedguest", "Plantednote")


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = BERLIN, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def meeting(uid: str = "m1", **changes: object) -> EventText:
    """Tuesday 20 October, nine to ten in Berlin."""
    return replace(EventText(uid, "A meeting", at(20, 9), at(20, 10)), **changes)  # type: ignore[arg-type]


def text(event: EventText) -> bytes:
    return one_object(event, "Europe/Berlin")


def key_of(uid: str) -> str:
    return f"key of {uid}"


def read(
    backend: Backend,
    cursor: str = "",
    window: Interval = WINDOW,
    own: Own = NOTHING_OF_OURS,
    **changes: object,
) -> Reading | None:
    account = replace(backend.account, **changes)  # type: ignore[arg-type]
    reading: Reading | None = backend.provider.read(account, backend.calendar, window, key_of, cursor, NOW, own)
    return reading


def spans(reading: Reading | None) -> list[tuple[datetime, datetime]]:
    assert reading is not None
    return [(each.interval.start, each.interval.end) for each in reading.events]


def utc(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def raw(*lines: str) -> bytes:
    """An object from the lines of its VEVENTs."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    return "\r\n".join([*head, *lines, "END:VCALENDAR", ""]).encode()


def vevent(*lines: str, uid: str = "n1") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", "SUMMARY:x", *lines, "END:VEVENT"]


KINDS: list[tuple[str, dict[str, object], Busyness | None]] = [
    ("a plain event", {}, Busyness.BUSY),
    ("a transparent one", {"transparent": True}, None),
    ("a cancelled one", {"status": "CANCELLED"}, None),
    ("one that the owner declined", {"owner": ANN, "owner_partstat": "DECLINED"}, None),
    ("one that somebody else declined", {"owner": BOB, "owner_partstat": "DECLINED"}, Busyness.BUSY),
    ("one that the owner accepted", {"owner": ANN, "owner_partstat": "ACCEPTED"}, Busyness.BUSY),
    ("one that the owner may come to", {"owner": ANN, "owner_partstat": "TENTATIVE"}, Busyness.TENTATIVE),
    ("one that the owner did not answer", {"owner": ANN, "owner_partstat": "NEEDS-ACTION"}, Busyness.UNANSWERED),
    ("a tentative one", {"status": "TENTATIVE"}, Busyness.TENTATIVE),
    ("out of office", {"busystatus": "OOF"}, Busyness.OUT_OF_OFFICE),
    ("working elsewhere", {"busystatus": "WORKINGELSEWHERE"}, Busyness.WORKING_ELSEWHERE),
    ("free as Outlook says it", {"busystatus": "FREE"}, None),
]

PERIOD = "an extra date that is a period"
NASTY: list[tuple[str, bytes, list[tuple[datetime, datetime]]]] = [
    (
        "a weekly meeting keeps its wall time when the clocks change",
        text(meeting(start=at(6, 9), end=at(6, 10), rrule="FREQ=WEEKLY")),
        [(utc(20, 7), utc(20, 8)), (utc(27, 8), utc(27, 9))],
    ),
    (
        "an endless series that began years ago",
        text(
            meeting(
                start=datetime(2019, 10, 21, 9, tzinfo=BERLIN),
                end=datetime(2019, 10, 21, 10, tzinfo=BERLIN),
                rrule="FREQ=YEARLY",
            )
        ),
        [(utc(21, 7), utc(21, 8))],
    ),
    (
        "an instance moved into the window from outside",
        text(
            meeting(
                start=at(5, 9, month=8),
                end=at(5, 10, month=8),
                rrule="FREQ=MONTHLY;COUNT=4",
                moved={at(5, 9, month=11): (at(22, 9), at(22, 10))},
            )
        ),
        [(utc(22, 7), utc(22, 8))],
    ),
    (
        "an instance moved out of the window, another cancelled, another excepted",
        text(
            meeting(
                rrule="FREQ=DAILY;COUNT=5",
                exdates=(at(23, 9),),
                cancelled=(at(22, 9),),
                moved={at(21, 9): (at(21, 9, month=12), at(21, 10, month=12))},
            )
        ),
        [(utc(20, 7), utc(20, 8)), (utc(24, 7), utc(24, 8))],
    ),
    (
        "all-day is midnight to midnight in the calendar's zone, its end exclusive",
        text(meeting(start=date(2026, 10, 24), end=date(2026, 10, 26))),
        [(utc(23, 22), utc(25, 23))],
    ),
    (
        "all-day without an end is one day",
        raw(*vevent("DTSTART;VALUE=DATE:20261021")),
        [(utc(20, 22), utc(21, 22))],
    ),
    (
        "a floating time is the calendar's own",
        raw(*vevent("DTSTART:20261020T090000", "DTEND:20261020T100000")),
        [(utc(20, 7), utc(20, 8))],
    ),
    (
        "a Windows zone name",
        raw(*vevent("DTSTART;TZID=Eastern Standard Time:20261020T090000", "DURATION:PT1H")),
        [(utc(20, 13), utc(20, 14))],
    ),
    (
        "extra dates",
        raw(*vevent("DTSTART:20260901T090000Z", "DTEND:20260901T100000Z", "RDATE:20261021T090000Z,20261023T090000Z")),
        [(utc(21, 9), utc(21, 10)), (utc(23, 9), utc(23, 10))],
    ),
    (
        PERIOD,
        raw(*vevent("DTSTART:20260901T090000Z", "DTEND:20260901T100000Z", "RDATE;VALUE=PERIOD:20261022T090000Z/PT3H")),
        [(utc(22, 9), utc(22, 12))],
    ),
    (
        "an instance whose master nobody sent",
        raw(*vevent("RECURRENCE-ID:20260901T090000Z", "DTSTART:20261021T090000Z", "DTEND:20261021T100000Z")),
        [(utc(21, 9), utc(21, 10))],
    ),
    (
        "an event that began before the window and ends after it",
        raw(*vevent("DTSTART:20260901T090000Z", "DTEND:20270901T100000Z")),
        [(WINDOW.start, WINDOW.end)],
    ),
    ("an event without length takes no time", raw(*vevent("DTSTART:20261021T090000Z")), []),
]


class ReadingContract:
    not_stored: frozenset[str] = frozenset()
    """What of NASTY the backend's server does not take in the first place."""

    kinds: Mapping[Busyness, Busyness | None] = {}
    """How the provider tells a kind that it has no word for; None: it counts it as free."""

    tells_events: bool = True
    """Whether each event comes out by itself, under its key. Otherwise only merged blocks do, and events of ours."""

    knows_the_owner: bool = False
    """Whether the provider itself judges who has declined, whatever addresses we take for the owner's."""

    def test_what_is_declared_is_there(self, backend: Backend) -> None:
        declared = backend.provider.capabilities
        assert isinstance(backend.provider, ReadsCalendars)
        assert isinstance(backend.provider, PlacesCopies) is (Capability.PLACE_COPY in declared)
        assert isinstance(backend.provider, Watches) is (Capability.PUSH in declared)
        assert isinstance(backend.provider, Organises) is (Capability.ORGANISE in declared)

    def test_discovery_is_the_connection_test_and_names_the_calendar(self, backend: Backend) -> None:
        backend.keep("m1.ics", text(meeting()))
        assert backend.calendar.href in {each.href for each in backend.provider.discover(backend.account)}

    def test_rule_1_a_calendar_that_is_gone_raises_and_is_never_empty(self, backend: Backend) -> None:
        gone = replace(backend.calendar, href=backend.calendar.href.rstrip("/") + "-gone/")
        account = replace(backend.account, address=backend.account.address.rstrip("/") + "-gone/")
        with pytest.raises((Reconnect, Refused)):
            backend.provider.read(account, gone, WINDOW, key_of, "", NOW)

    def test_rule_2_nothing_changed_is_told_apart_from_nothing_there(self, backend: Backend) -> None:
        first = read(backend)
        assert first is not None
        assert first.events == ()
        assert first.cursor
        assert read(backend, first.cursor) is None

    def test_rule_2_a_change_is_a_full_reading_that_drops_what_is_gone(self, backend: Backend) -> None:
        backend.keep("m1.ics", text(meeting()))
        backend.keep("m2.ics", text(meeting("m2", start=at(21, 9), end=at(21, 10))))
        first = read(backend)
        assert spans(first) == [(utc(20, 7), utc(20, 8)), (utc(21, 7), utc(21, 8))]
        backend.drop("m1.ics")
        backend.keep("m3.ics", text(meeting("m3", start=at(22, 9), end=at(22, 10))))
        second = read(backend, first.cursor)  # type: ignore[union-attr]
        assert spans(second) == [(utc(21, 7), utc(21, 8)), (utc(22, 7), utc(22, 8))]
        assert read(backend, second.cursor) is None  # type: ignore[union-attr]

    def test_rule_2_an_event_that_was_moved_within_its_object_is_read_again(self, backend: Backend) -> None:
        backend.keep("m1.ics", text(meeting()))
        first = read(backend)
        backend.keep("m1.ics", text(meeting(start=at(20, 14), end=at(20, 15))))
        assert spans(read(backend, first.cursor)) == [(utc(20, 12), utc(20, 13))]  # type: ignore[union-attr]

    def test_rule_2_a_window_that_was_not_read_is_read_though_nothing_changed(self, backend: Backend) -> None:
        backend.keep("m1.ics", text(meeting(start=at(9, 9, month=11), end=at(9, 10, month=11))))
        first = read(backend)
        assert spans(first) == []
        wider = Interval(WINDOW.start, WINDOW.end + timedelta(days=14))
        assert spans(read(backend, first.cursor, wider)) == [(utc(9, 8, month=11), utc(9, 9, month=11))]  # type: ignore[union-attr]

    def test_rule_2_a_window_that_rolls_on_by_a_minute_is_still_covered(self, backend: Backend) -> None:
        first = read(backend)
        later = Interval(WINDOW.start + timedelta(minutes=1), WINDOW.end + timedelta(minutes=1))
        assert read(backend, first.cursor, later) is None  # type: ignore[union-attr]

    @pytest.mark.parametrize("cursor", ["nonsense", "{}", '{"about": 1, "covers": [], "marks": []}', "[]", "null", "1"])
    def test_rule_2_a_cursor_that_means_nothing_is_a_full_reading(self, backend: Backend, cursor: str) -> None:
        backend.keep("m1.ics", text(meeting()))
        assert spans(read(backend, cursor)) == [(utc(20, 7), utc(20, 8))]

    def test_rule_2_other_owners_or_another_zone_are_a_full_reading(self, backend: Backend) -> None:
        backend.keep("m1.ics", text(meeting(owner=BOB, owner_partstat="DECLINED")))
        first = read(backend)
        assert len(spans(first)) == 1
        as_bobs = read(backend, first.cursor, owners=frozenset({BOB}))  # type: ignore[union-attr]
        assert len(spans(as_bobs)) == (1 if self.knows_the_owner else 0)
        assert read(backend, first.cursor, zone="Asia/Tokyo") is not None  # type: ignore[union-attr]

    @pytest.mark.parametrize(("what", "changes", "kind"), KINDS, ids=[each[0] for each in KINDS])
    def test_rule_3_kind(self, backend: Backend, what: str, changes: dict[str, object], kind: Busyness | None) -> None:
        backend.keep("m1.ics", text(meeting(**changes)))
        reading = read(backend)
        assert reading is not None
        told = self.kinds.get(kind, kind) if kind else None
        key = "key of m1" if self.tells_events else ""
        assert reading.events == (() if told is None else (BusyEvent(Interval(utc(20, 7), utc(20, 8)), told, key),))

    @pytest.mark.parametrize(("what", "stored", "expected"), NASTY, ids=[each[0] for each in NASTY])
    def test_rule_4(
        self, backend: Backend, what: str, stored: bytes, expected: list[tuple[datetime, datetime]]
    ) -> None:
        if what in self.not_stored:
            with pytest.raises(NotTaken):
                backend.keep("n1.ics", stored)
            return
        backend.keep("n1.ics", stored)
        reading = read(backend)
        assert reading is not None
        inside = [part for each in reading.events if (part := each.interval.clipped(WINDOW))]
        assert [(each.start, each.end) for each in inside] == expected

    def test_rule_4_many_nasty_events_together_are_what_they_are_alone(self, backend: Backend) -> None:
        for number, (_, stored, _) in enumerate(each for each in NASTY if each[0] not in self.not_stored):
            backend.keep(
                f"n{number}.ics", stored.replace(b"UID:n1", b"UID:n%d" % number).replace(b"UID:m1", b"UID:m%d" % number)
            )
        reading = read(backend)
        assert reading is not None
        alone = {
            busy
            for stored in backend.held()
            for busy in busy_events(
                stored, reading.covers, zone="Europe/Berlin", owners=backend.account.owners, key_of=key_of
            )
        }
        if self.tells_events:
            assert reading.events == tuple(sorted(alone))
        else:
            blocks = Intervals.of(each.interval for each in alone).clipped(reading.covers)
            assert reading.events == tuple(map(BusyEvent, blocks))

    def test_rule_9_our_own_event_is_told_apart_from_those_that_touch_it(self, backend: Backend) -> None:
        for uid, start, end in (("m1", 9, 10), ("ours", 10, 11), ("m2", 11, 12)):
            backend.keep(f"{uid}.ics", text(meeting(uid, start=at(20, start), end=at(20, end))))
        ours = Interval(utc(20, 8), utc(20, 9))
        reading = read(backend, own={"ours": ours})
        assert BusyEvent(ours, Busyness.BUSY, "key of ours") in reading.events  # type: ignore[union-attr]
        assert busy_time(reading.events).spans == (Interval(utc(20, 7), utc(20, 10)),)  # type: ignore[union-attr]
        without = busy_time(reading.events, excluding_key="key of ours")  # type: ignore[union-attr]
        assert without.spans == (Interval(utc(20, 7), utc(20, 8)), Interval(utc(20, 9), utc(20, 10)))

    def test_rule_9_what_else_is_at_the_time_of_our_own_event_stays_busy(self, backend: Backend) -> None:
        backend.keep("ours.ics", text(meeting("ours", start=at(20, 10), end=at(20, 11))))
        backend.keep("m1.ics", text(meeting("m1", start=at(20, 10, 30), end=at(20, 12))))
        reading = read(backend, own={"ours": Interval(utc(20, 8), utc(20, 9))})
        without = busy_time(reading.events, excluding_key="key of ours")  # type: ignore[union-attr]
        assert without.spans == (Interval(utc(20, 8, 30), utc(20, 10)),)

    @pytest.mark.parametrize("hours", [(8, 9), (9, 10), (8, 11)], ids=["beside it", "inside it", "around it"])
    def test_rule_9_an_event_of_ours_that_is_not_in_the_calendar_frees_no_time(
        self, backend: Backend, hours: tuple[int, int]
    ) -> None:
        backend.keep("m1.ics", text(meeting("m1", start=at(20, 10), end=at(20, 12))))
        reading = read(backend, own={"ours": Interval(utc(20, hours[0]), utc(20, hours[1]))})
        without = busy_time(reading.events, excluding_key="key of ours")  # type: ignore[union-attr]
        assert without.spans == (Interval(utc(20, 8), utc(20, 10)),)

    def test_rule_9_what_became_ours_since_is_told_apart_though_nothing_changed(self, backend: Backend) -> None:
        backend.keep("ours.ics", text(meeting("ours", start=at(20, 10), end=at(20, 11))))
        first = read(backend)
        again = read(backend, first.cursor, own={"ours": Interval(utc(20, 8), utc(20, 9))})  # type: ignore[union-attr]
        events = (again or first).events  # type: ignore[union-attr]
        assert not busy_time(events, excluding_key="key of ours")

    def test_rule_4_an_unknown_zone_is_an_error_and_not_utc(self, backend: Backend) -> None:
        stored = raw(*vevent("DTSTART;TZID=Nowhere/Land:20261020T090000", "DTEND;TZID=Nowhere/Land:20261020T100000"))
        try:
            backend.keep("n1.ics", stored)
        except NotTaken:
            return  # the server does not take it either
        with pytest.raises(Refused, match="time zone"):
            read(backend)

    def test_rule_5_titles_places_and_guests_come_out_nowhere(
        self, backend: Backend, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        title, place, guest, note = PLANTED
        planted = (
            f"SUMMARY:{title}", f"LOCATION:{place}", f"DESCRIPTION:{note}", "DTSTART:20261021T090000Z",
            f"ATTENDEE;CN={guest}:mailto:{guest}@x.example", f"ORGANIZER;CN={guest}:mailto:{guest}@x.example",
        )  # fmt: skip
        backend.keep("n1.ics", raw(*vevent(*planted, "DTEND:20261021T100000Z")).replace(b"SUMMARY:x\r\n", b""))
        said = [repr(read(backend))]
        broken = raw(*vevent(*planted, f"DTEND;TZID={note}:20261021T1000", uid="n2")).replace(b"SUMMARY:x\r\n", b"")
        try:
            backend.keep("n2.ics", broken)
        except NotTaken:
            broken = b""
        if broken:
            with pytest.raises(Refused) as caught:
                read(backend)
            said.append(f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}")
        for word in PLANTED:
            assert word.lower() not in ("".join(said) + caplog.text).lower()


def copy(uid: str = "p1@interlude.example", **changes: object) -> CopyText:
    made = CopyText(
        uid=uid,
        sequence=0,
        interval=Interval(utc(21, 12), utc(21, 12, 20)),
        summary="Twenty minutes: Ann and Bob",
        description="Why this topic: you wrote about it, three times.\nhttps://interlude.example/p/1",
        url="https://interlude.example/p/1",
        organiser_name="Interlude",
        organiser_address="interlude@organisation.example",
        attendees=(Attendee("Ann, A.", ANN), Attendee('Bob "B" Bauer', BOB)),
        stamp=utc(19, 8),
        owner=ANN,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def edited(stored: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    """The object as a calendar app writes it back."""
    unfolded = stored.replace(b"\r\n ", b"")
    for old, new in changes:
        assert old in unfolded, (old, unfolded)
        unfolded = unfolded.replace(old, new)
    return unfolded


def answering(partstat: bytes, stamp: bytes = b"20261020T080000Z") -> Callable[[bytes], bytes]:
    """Ann's answer in her own app: her PARTSTAT, and a new LAST-MODIFIED."""

    def answer(stored: bytes) -> bytes:
        lines = edited(stored).split(b"\r\n")
        for number, line in enumerate(lines):
            if line.startswith(b"ATTENDEE") and line.endswith(ANN.encode()):
                lines[number] = line.replace(b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=" + partstat)
            if line.startswith(b"LAST-MODIFIED"):
                lines[number] = b"LAST-MODIFIED:" + stamp
        return b"\r\n".join(lines)

    return answer


class CopiesContract:
    def uids(self, backend: Backend) -> int:
        return sum(b"UID:p1@interlude.example" in each for each in backend.held())

    def test_rule_8_a_copy_that_is_placed_lies_in_the_calendar(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        seen = backend.provider.seen(backend.account, placed, copy().uid)
        assert seen is not None
        assert (seen.href, seen.etag) == (placed.href, placed.etag)
        assert (seen.sequence, seen.interval, seen.partstat) == (0, copy().interval, Partstat.NEEDS_ACTION)
        assert seen.changed_at == copy().stamp
        assert self.uids(backend) == 1

    def test_rule_8_placing_twice_leaves_one_event(self, backend: Backend) -> None:
        first = backend.provider.place(backend.account, backend.calendar, copy())
        assert backend.provider.place(backend.account, backend.calendar, copy()) == first
        assert self.uids(backend) == 1

    def test_rule_8_placing_again_finds_a_copy_that_the_persons_app_renamed(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        stored = backend.held()[0]
        backend.drop(placed.href)
        renamed = backend.keep("renamed-by-the-app.ics", stored)
        again = backend.provider.place(backend.account, backend.calendar, copy())
        assert again.href.rpartition("/")[2] == renamed.rpartition("/")[2]
        assert self.uids(backend) == 1

    def test_rule_8_an_update_replaces_exactly_the_version_that_was_seen(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        moved = copy(sequence=1, interval=Interval(utc(22, 12), utc(22, 12, 20)), stamp=utc(19, 9))
        updated = backend.provider.update(backend.account, placed, moved)
        seen = backend.provider.seen(backend.account, updated, copy().uid)
        assert (seen.sequence, seen.interval, seen.etag) == (1, moved.interval, updated.etag)
        assert self.uids(backend) == 1

    def test_rule_8_an_update_of_another_version_says_so_and_changes_nothing(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.keep(placed.href, answering(b"ACCEPTED")(backend.held()[0]))
        with pytest.raises(ChangedMeanwhile):
            backend.provider.update(backend.account, placed, copy(sequence=1))
        seen = backend.provider.seen(backend.account, placed, copy().uid)
        assert (seen.sequence, seen.partstat) == (0, Partstat.ACCEPTED)
        again = backend.provider.update(backend.account, replace(placed, etag=seen.etag), copy(sequence=1))
        assert backend.provider.seen(backend.account, again, copy().uid).sequence == 1

    def test_rule_8_an_update_of_what_is_gone_is_refused_and_puts_nothing_back(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.drop(placed.href)
        with pytest.raises(Refused):
            backend.provider.update(backend.account, placed, copy(sequence=1))
        assert self.uids(backend) == 0

    def test_rule_8_removing_takes_away_any_version_and_what_is_gone_is_success(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.keep(placed.href, answering(b"ACCEPTED")(backend.held()[0]))
        backend.provider.remove(backend.account, placed)
        assert self.uids(backend) == 0
        backend.provider.remove(backend.account, placed)

    def test_rule_8_removing_finds_a_copy_that_the_persons_app_renamed(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        stored = backend.held()[0]
        backend.drop(placed.href)
        backend.keep("renamed-by-the-app.ics", stored)
        backend.provider.remove(backend.account, placed)
        assert self.uids(backend) == 0

    def test_rule_8_a_copy_is_read_as_busy_under_a_key_of_its_own(self, backend: Backend) -> None:
        backend.provider.place(backend.account, backend.calendar, copy())
        reading = read(backend)
        assert reading is not None
        assert reading.events == (BusyEvent(copy().interval, Busyness.UNANSWERED, key_of(copy().uid)),)

    @pytest.mark.parametrize("partstat", list(Partstat))
    def test_rule_10_an_answer_in_the_calendar_is_read_back(self, backend: Backend, partstat: Partstat) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.keep(placed.href, answering(partstat.value.encode())(backend.held()[0]))
        seen = backend.provider.seen(backend.account, placed, copy().uid)
        assert (seen.partstat, seen.changed_at) == (partstat, utc(20, 8))
        assert seen.etag != placed.etag or partstat is Partstat.NEEDS_ACTION

    def test_rule_10_the_answer_of_somebody_else_is_not_the_owners(self, backend: Backend) -> None:
        placed = backend.provider.place(
            backend.account,
            backend.calendar,
            copy(attendees=(Attendee("Ann", ANN), Attendee("Bob", BOB, Partstat.ACCEPTED))),
        )
        assert backend.provider.seen(backend.account, placed, copy().uid).partstat is Partstat.NEEDS_ACTION

    def test_rule_10_a_copy_marked_as_cancelled_counts_as_declined(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.keep(placed.href, edited(backend.held()[0], (b"STATUS:CONFIRMED", b"STATUS:CANCELLED")))
        assert backend.provider.seen(backend.account, placed, copy().uid).partstat is Partstat.DECLINED

    def test_rule_10_a_deleted_copy_is_told_apart_from_a_calendar_that_does_not_answer(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        backend.drop(placed.href)
        assert backend.provider.seen(backend.account, placed, copy().uid) is None
        elsewhere = replace(
            placed, href=placed.href.replace(backend.calendar.href, backend.calendar.href[:-1] + "-gone/")
        )
        with pytest.raises(Reconnect):
            backend.provider.seen(backend.account, elsewhere, copy().uid)
        with pytest.raises(Reconnect):
            backend.provider.seen(replace(backend.account, secret="wrong"), placed, copy().uid)

    def test_rule_10_a_moved_copy_is_read_back_with_its_new_time_in_any_zone(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        moved = text(meeting(copy().uid, start=at(23, 9, zone=NEW_YORK), end=at(23, 9, 30, zone=NEW_YORK)))
        backend.keep(placed.href, moved)
        seen = backend.provider.seen(backend.account, placed, copy().uid)
        assert seen.interval == Interval(utc(23, 13), utc(23, 13, 30))

    def test_rule_10_a_renamed_copy_is_found_by_its_uid(self, backend: Backend) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy())
        stored = answering(b"ACCEPTED")(backend.held()[0])
        backend.drop(placed.href)
        backend.keep("renamed-by-the-app.ics", stored)
        backend.keep("other.ics", text(meeting(copy().uid + "x")))
        for seen in (
            backend.provider.seen(backend.account, placed, copy().uid),
            backend.provider.find(backend.account, backend.calendar, copy().uid),
        ):
            assert seen.partstat is Partstat.ACCEPTED
            assert seen.href.endswith("renamed-by-the-app.ics")
        assert backend.provider.find(backend.account, backend.calendar, "nobody@knows") is None

    def test_rule_10_a_calendar_that_is_not_there_is_not_a_calendar_without_the_copy(self, backend: Backend) -> None:
        missing = FoundCalendar(backend.calendar.href[:-1] + "-gone/", "gone")
        with pytest.raises(Reconnect):
            backend.provider.find(backend.account, missing, copy().uid)
        with pytest.raises((Reconnect, Refused)):
            backend.provider.place(backend.account, missing, copy())

    @pytest.mark.parametrize("uid", ["a/b?c#d%e@x", "ü-ö&<>@x", "x" * 300, "{1-2}@x"])
    def test_rule_8_any_uid_will_do(self, backend: Backend, uid: str) -> None:
        placed = backend.provider.place(backend.account, backend.calendar, copy(uid))
        assert backend.provider.place(backend.account, backend.calendar, copy(uid)) == placed
        assert backend.provider.seen(backend.account, placed, uid).sequence == 0
        backend.provider.remove(backend.account, placed)
        assert backend.provider.find(backend.account, backend.calendar, uid) is None


__all__ = ["CopiesContract", "ReadingContract", "calendar_text"]
