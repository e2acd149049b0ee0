"""Titles, places, guests and notes are planted in calendars at Google and at Microsoft, the main job runs over them
from each organiser, and then they are looked for in what was asked for, kept, logged and nudged. So are the tokens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from mentoring.proposals import Partstat, State
from tests.servers import DavServer
from tests.wires.web import Asked
from tests.workflows.neighbours_of_all_kinds import Meeting, World, a_world

TITLE, PLACE, GUEST, NOTE, NAME = "Zwetschgenmus", "Birnengelee", "quittenbrot", "Mirabellen", "Hagebutten"
PLANTED = (TITLE, PLACE, GUEST, NOTE, NAME)


def event(number: int, hour: int, *more: str) -> bytes:
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//EN",
        "BEGIN:VEVENT",
        f"UID:{NAME}-{number}",
        "DTSTAMP:20261101T000000Z",
        f"DTSTART:20261124T{hour:02}0000Z",
        "DURATION:PT1H",
        f"SUMMARY:{TITLE}",
        f"LOCATION:{PLACE}",
        f"DESCRIPTION:{NOTE}",
        f"ATTENDEE;CN={GUEST};PARTSTAT=ACCEPTED:mailto:{GUEST}@example.net",
        *more,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines).encode()


@pytest.fixture
def world(tmp_path: Path, dav: DavServer, caplog: pytest.LogCaptureFixture) -> Iterator[World]:
    caplog.set_level(logging.DEBUG)
    with a_world(tmp_path, dav) as made:
        yield made


def tokens(world: World) -> set[str]:
    """Every one that either gave out, and what they are kept in."""
    return {*world.graph.entra.access, *world.graph.entra.refresh, "a secret of Interlude's at Microsoft"}


def planted(world: World, meeting: Meeting) -> None:
    for number, hour in enumerate((9, 11, 13)):
        more = ("RRULE:FREQ=DAILY;COUNT=3",) if number else ()
        world.google.keep(meeting.mentee.email, f"g{number}", event(number, hour, *more))
        world.graph.put(meeting.mentor.email, f"o{number}", event(number, hour, *more))


def asked(requests: list[Asked]) -> str:
    return "\n".join(f"{each.method} {each.path} {each.body.decode(errors='replace')}" for each in requests)


@pytest.mark.parametrize("organiser", ["google", "outlook"])
def test_nothing_planted_and_no_token_is_anywhere(
    world: World, organiser: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    meeting = Meeting.of(world, organiser, "google", "outlook")
    planted(world, meeting)
    world.house.parts.nudge("sync_person", world.house.organisation_id, meeting.mentee.id)
    world.house.parts.nudge("sync_person", world.house.organisation_id, meeting.mentor.id)
    nudged = [str(each) for each in world.house.nudges]
    world.house.work()
    meeting.asked_mentor()
    world.graph.entra.expire(meeting.mentor.email)
    world.graph.fail(500, path="calendarView", times=3)
    meeting.settle()
    meeting.says(meeting.mentor, Partstat.ACCEPTED)
    assert meeting.now.state is State.CONFIRMED
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert meeting.mentor.email.encode() in kept
    assert "calendarView" in asked(world.graph.asked)
    everything = "\n".join([asked(world.graph.asked), asked(world.google.server.asked), caplog.text, *nudged])
    for word in PLANTED:
        assert word.lower() not in everything.lower()
        assert word.lower().encode() not in kept.lower()
    for token in tokens(world):
        assert token not in caplog.text + "".join(nudged)
        assert token.encode() not in kept
