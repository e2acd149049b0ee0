"""The main job by mail: real SMTP out, replies as mail programs write them in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import text

from mentoring.errors import BadInput, Refused
from mentoring.intervals import Interval
from mentoring.mail import SetAside
from mentoring.policy import Sending
from mentoring.proposals import Door, Partstat, Party, State
from store import calendars, mailboxes, organisations, outbox, people, proposals, replies
from tests.servers import DavServer
from tests.wires.post import ORGANISER, Arrived, PostOffice, opened, post_office
from tests.workflows.by_mail import MailPair, told_by_mail
from tests.workflows.house import House, a_house
from tests.workflows.neighbours import neighbour
from tests.workflows.pairs import THURSDAY
from workflows import answering, asking, connecting, receiving
from workflows.bootstrap import Parts

YES, NO, MAYBE = Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE


@pytest.fixture
def house(tmp_path: Path, dav: DavServer, office: PostOffice) -> House:
    return a_house(tmp_path, frozenset({dav.host_port, office.host_port}))


@pytest.fixture
def pair(house: House, dav: DavServer, office: PostOffice) -> MailPair:
    return MailPair.of(house, dav, office)


def set_aside(house: House) -> list[SetAside | None]:
    with house.parts.database.reading(house.organisation_id) as memory:
        return [each.why for each in replies.recently_set_aside(memory)]


@pytest.mark.parametrize("mentee", ["mail", "copy"])
@pytest.mark.parametrize("mentor", ["mail", "copy"])
def test_both_accept_and_each_has_one_event(
    house: House, dav: DavServer, office: PostOffice, mentee: str, mentor: str
) -> None:
    pair = MailPair.of(house, dav, office, mentee, mentor).confirmed()
    mails = {"mail": [2, 1], "copy": [0, 0]}
    assert len(pair.mails(pair.mentee)) == mails[mentee][0], "asked, and told that it takes place"
    assert len(pair.mails(pair.mentor)) == mails[mentor][1], "asked; that it takes place is their own doing"
    assert {each.invite.uid for each in office.arrived} <= {pair.now.uid}
    for who, how in ((pair.mentee, mentee), (pair.mentor, mentor)):
        assert len(who.invites()) == (how == "copy")


def test_the_mentee_is_asked_first_and_the_mentor_after_their_yes(pair: MailPair) -> None:
    pair.asked_mentee()
    assert [len(pair.mails(each)) for each in (pair.mentee, pair.mentor)] == [1, 0]
    assert pair.says(pair.mentee, YES) == "kept"
    assert pair.now.mentee_answer.door is Door.MAIL
    assert [len(pair.mails(each)) for each in (pair.mentee, pair.mentor)] == [1, 1]


def test_a_mentor_sees_the_topic_line_and_no_reason(pair: MailPair) -> None:
    pair.asked_mentor()
    to_mentee, to_mentor = pair.invite(pair.mentee), pair.invite(pair.mentor)
    assert "You wrote about this on 3 days" in to_mentee.text
    assert "query plans" in to_mentor.text
    assert b"You wrote about this" not in to_mentor.raw
    assert "Ann Ash" in to_mentor.text


def test_until_the_mentor_is_asked_they_are_no_guest_of_the_mentees_event(pair: MailPair) -> None:
    pair.asked_mentee()
    assert guests(pair.invite(pair.mentee)) == {pair.mentee.user}
    pair.says(pair.mentee, YES)
    assert guests(pair.invite(pair.mentor)) == {pair.mentee.user, pair.mentor.user}


def guests(arrived: Arrived) -> set[str]:
    """The addresses of the ATTENDEEs."""
    (part,) = [part for part in arrived.mail.walk() if part.get_content_type() == "text/calendar"]
    (event,) = Calendar.from_ical(part.get_content()).walk("VEVENT")
    named = event["ATTENDEE"]
    return {each.lower().removeprefix("mailto:") for each in (named if isinstance(named, list) else [named])}


def test_a_no_of_the_mentor_is_told_to_the_mentee_once_and_the_next_best_is_owed(pair: MailPair) -> None:
    pair.asked_mentor().says(pair.mentor, NO)
    assert pair.now.state is State.DECLINED
    assert [each.invite.method for each in pair.mails(pair.mentee)] == ["REQUEST", "CANCEL"]
    assert [each.invite.method for each in pair.mails(pair.mentor)] == ["REQUEST"], "their own program knows it"
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        assert proposals.booked(memory, [pair.mentee.person.id], Interval.lasting(THURSDAY, 60)) == {
            pair.mentee.person.id: ()
        }


def test_a_cancel_raises_the_sequence_once_more(pair: MailPair) -> None:
    pair.confirmed().says(pair.mentor, NO)
    cancel = pair.invite(pair.mentee)
    assert (cancel.invite.method, cancel.invite.sequence, cancel.invite.uid) == ("CANCEL", 1, pair.now.uid)
    assert cancel.mail["Subject"].startswith("Cancelled: Twenty minutes: Ann Ash and Ben Birch")


def test_a_no_on_the_page_takes_the_event_out_of_the_mail_calendar_too(pair: MailPair) -> None:
    pair.asked_mentee()
    answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, NO)
    pair.house.work()
    assert [each.invite.method for each in pair.mails(pair.mentee)] == ["REQUEST", "CANCEL"]


def test_a_yes_on_the_page_is_not_mailed_back_until_both_have_said_it(pair: MailPair) -> None:
    pair.asked_mentee()
    answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, YES)
    pair.house.work()
    assert len(pair.mails(pair.mentee)) == 1
    answering.answer(pair.house.parts, pair.house.who(pair.mentor.person), pair.id, YES)
    pair.house.work()
    assert pair.now.state is State.CONFIRMED
    for who in (pair.mentee, pair.mentor):
        assert pair.invite(who).invite.partstat is YES, "their calendar shows what they said on the page"


def test_maybe_is_not_yes(pair: MailPair) -> None:
    pair.asked_mentee().says(pair.mentee, MAYBE)
    assert pair.now.state is State.ASKED_MENTEE
    assert pair.mails(pair.mentor) == []


def test_another_time_that_fits_is_put_to_the_other_on_the_same_event(pair: MailPair) -> None:
    pair.asked_mentor()
    later = Interval.lasting(THURSDAY + timedelta(hours=2), 20)
    pair.says(pair.mentor, MAYBE, at=later)
    assert (pair.now.interval, pair.now.sequence, pair.now.state) == (later, 1, State.ASKED_MENTOR)
    assert pair.now.answer(Party.MENTEE).partstat is Partstat.NEEDS_ACTION
    for who, partstat in ((pair.mentee, Partstat.NEEDS_ACTION), (pair.mentor, YES)):
        invite = pair.invite(who).invite
        assert (invite.method, invite.sequence, invite.interval) == ("REQUEST", 1, later)
        assert invite.partstat is partstat
    pair.says(pair.mentee, YES)
    assert pair.now.state is State.CONFIRMED
    assert {each.invite.uid for each in pair.office.arrived} == {pair.now.uid}


@pytest.mark.parametrize(
    "offered",
    [Interval.lasting(THURSDAY.replace(hour=3), 20), Interval.lasting(THURSDAY + timedelta(hours=2), 45)],
    ids=["at night", "longer"],
)
def test_another_time_that_does_not_fit_is_refused_and_changes_nothing(pair: MailPair, offered: Interval) -> None:
    before = pair.asked_mentee().now
    pair.says(pair.mentee, MAYBE, at=offered)
    now = pair.now
    assert (now.interval, now.sequence, now.state) == (before.interval, before.sequence, before.state)
    assert pair.invite(pair.mentee).invite.method == "DECLINECOUNTER"
    assert pair.mails(pair.mentor) == []


def test_another_time_waits_while_a_calendar_is_unknown_and_is_not_lost(pair: MailPair) -> None:
    pair.asked_mentee()
    later = Interval.lasting(THURSDAY + timedelta(hours=2), 20)
    raw = pair.reply(pair.mentee, MAYBE, later)
    with _away(pair):
        pair.comes_in(raw)
        assert pair.now.sequence == 0
    pair.house.clock.turn(minutes=70)
    pair.house.sweep()
    assert (pair.now.interval, pair.now.sequence) == (later, 1)


class _away:  # noqa: N801
    """The mentor's calendar server lets nobody in for a while."""

    def __init__(self, pair: MailPair) -> None:
        self.pair = pair

    def __enter__(self) -> None:
        self._say("the calendar server does not answer")

    def __exit__(self, *_: object) -> None:
        self._say("")

    def _say(self, problem: str) -> None:
        far = "'2030-01-01 00:00:00.000000'" if problem else "next_read_at"
        with self.pair.house.parts.database.writing_all() as memory:
            statement = f"UPDATE calendars SET problem = :problem, next_read_at = {far} WHERE person_id = :person"
            memory.connection.execute(text(statement), {"problem": problem, "person": self.pair.mentor.person.id})


# --- What is no answer -----------------------------------------------------------------------------------------------


def _wrong(pair: MailPair, kind: str) -> bytes:
    """A mail that looks like the mentee's yes, and is not."""
    raw = pair.reply(pair.mentee, YES)
    mentee, mentor = pair.mentee.user.encode(), pair.mentor.user.encode()
    changed = {
        "sent by somebody else": raw.replace(b"From: ", b"From: mallory@example.net\nX-Was: "),
        "auto-reply": raw.replace(b"From: ", b"Auto-Submitted: auto-replied\nFrom: ", 1),
        "bounce": raw.replace(b"From: ", b"Return-Path: <>\nFrom: ", 1),
        "garbage": b"\xff\x00 no mail at all",
        "a question": b"From: " + mentee + b"\nTo: " + ORGANISER.encode() + b"\nSubject: Who are you?\n\nHello?\n",
    }
    assert mentor
    return changed[kind]


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("sent by somebody else", SetAside.SOMEBODY_ELSE),
        ("auto-reply", SetAside.AUTOMATIC),
        ("bounce", SetAside.BOUNCE),
        ("garbage", SetAside.UNREADABLE),
        ("a question", SetAside.NOT_AN_ANSWER),
    ],
)
def test_what_is_no_answer_is_set_aside_and_changes_nothing(pair: MailPair, kind: str, why: SetAside) -> None:
    before = pair.asked_mentee().now
    raw = _wrong(pair, kind)
    assert pair.comes_in(raw) == "set aside"
    assert pair.comes_in(raw) == "set aside"
    assert pair.now == before
    assert set_aside(pair.house) == [why], "once, however often it comes"


def test_a_reply_for_an_older_sequence_is_set_aside(pair: MailPair) -> None:
    pair.asked_mentee()
    old = pair.reply(pair.mentee, YES)
    pair.says(pair.mentee, MAYBE, at=Interval.lasting(THURSDAY + timedelta(hours=2), 20))
    before = pair.now
    assert pair.comes_in(old) == "set aside"
    assert pair.now == before
    assert set_aside(pair.house) == [SetAside.OLD_VERSION]


def test_a_reply_after_expiry_is_set_aside_and_brings_nothing_back(pair: MailPair) -> None:
    pair.asked_mentee()
    late = pair.reply(pair.mentee, YES)
    pair.house.clock.now = THURSDAY - timedelta(hours=1)
    pair.house.sweep()
    assert pair.now.state is State.EXPIRED
    assert pair.comes_in(late) == "set aside"
    assert pair.now.state is State.EXPIRED
    assert set_aside(pair.house) == [SetAside.TOO_LATE]


def test_a_mentor_who_was_not_asked_cannot_answer(pair: MailPair) -> None:
    pair.asked_mentee()
    raw = pair.reply(pair.mentee, YES).replace(pair.mentee.user.encode(), pair.mentor.user.encode())
    assert pair.comes_in(raw) == "set aside"
    assert set_aside(pair.house) == [SetAside.NOT_ASKED]


def test_a_reply_about_an_event_that_we_do_not_know_is_set_aside(pair: MailPair) -> None:
    pair.asked_mentee()
    raw = pair.reply(pair.mentee, YES).replace(pair.now.uid.encode(), b"another-event@example.org")
    assert pair.comes_in(raw) == "set aside"
    assert set_aside(pair.house) == [SetAside.UNKNOWN_EVENT]


def test_an_answer_that_comes_twice_counts_once_and_a_repeat_does_not_undo_a_later_one(pair: MailPair) -> None:
    pair.asked_mentee()
    maybe = pair.reply(pair.mentee, MAYBE)
    pair.comes_in(maybe)
    pair.says(pair.mentee, YES)
    before = pair.now
    assert before.state is State.ASKED_MENTOR
    assert pair.comes_in(maybe) == "set aside"
    assert pair.now == before


def test_the_latest_answer_wins_by_time_whichever_comes_in_first(pair: MailPair) -> None:
    pair.asked_mentee()
    maybe = pair.reply(pair.mentee, MAYBE)
    pair.says(pair.mentee, YES)
    pair.comes_in(maybe)
    assert pair.now.mentee_answer.partstat is YES


def test_a_reply_that_came_in_time_counts_though_it_is_counted_after_the_deadline(pair: MailPair) -> None:
    pair.asked_mentee()
    raw = pair.reply(pair.mentee, YES)
    assert receiving.take_in(pair.house.parts, raw) == "kept"
    pair.house.nudges.clear()
    pair.house.clock.now = pair.now.expires_at + timedelta(minutes=1)
    pair.house.sweep()
    assert pair.now.mentee_answer.partstat is YES


# --- Bad moments of the post -----------------------------------------------------------------------------------------


def test_an_outage_loses_nothing_doubles_nothing_and_is_told_to_the_admins(house: House, dav: DavServer) -> None:
    with post_office() as office:
        pair = MailPair.of(house, dav, office)
        house.parts = _reaching(house, dav, office)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTEE
    with house.parts.database.reading(house.organisation_id) as memory:
        assert mailboxes.kept(memory).problem
    with opened(office):
        for _ in range(3):
            house.clock.turn(minutes=31)
            house.sweep()
        assert len(pair.mails(pair.mentee)) == 1
        with house.parts.database.reading(house.organisation_id) as memory:
            assert mailboxes.kept(memory).problem == ""
            assert outbox.unsent(memory) == ()


def _reaching(house: House, dav: DavServer, office: PostOffice) -> Parts:
    allowed = frozenset({dav.host_port, office.host_port})
    return replace(house.parts, settings=replace(house.parts.settings, allow_hosts=allowed))


def test_a_server_that_is_busy_is_asked_again_later(pair: MailPair) -> None:
    pair.office.busy = True
    pair.asked_mentee()
    assert pair.office.arrived == []
    pair.office.busy = False
    pair.house.clock.turn(minutes=31)
    pair.house.sweep()
    assert len(pair.mails(pair.mentee)) == 1


def test_an_address_that_is_refused_is_given_up_and_the_suggestion_stands_on_the_page(pair: MailPair) -> None:
    pair.office.refused = {pair.mentee.user}
    pair.asked_mentee()
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        (given_up,) = outbox.failed(memory)
        assert mailboxes.kept(memory).problem == "", "it is not the mailbox that is wrong"
    assert given_up.person_id == pair.mentee.person.id
    answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, YES)
    pair.house.work()
    assert pair.now.state is State.ASKED_MENTOR


def test_a_mail_whose_taking_was_not_heard_of_is_sent_again_the_same(pair: MailPair) -> None:
    pair.office.drops = True
    pair.asked_mentee()
    pair.office.drops = False
    pair.house.clock.turn(minutes=31)
    pair.house.sweep()
    first, again = pair.mails(pair.mentee)
    assert first.mail["Message-ID"] == again.mail["Message-ID"]
    assert first.raw == again.raw, "the same to the letter, so DTSTAMP, UID and SEQUENCE too"
    assert pair.house.sweep() is None
    assert len(pair.mails(pair.mentee)) == 2


def test_mails_leave_only_within_the_recipients_working_hours(pair: MailPair) -> None:
    pair.asked_mentor()
    sent = len(pair.office.arrived)
    pair.house.clock.now = pair.house.clock.now.replace(hour=20)
    answering.answer(pair.house.parts, pair.house.who(pair.mentor.person), pair.id, NO)
    pair.house.work()
    pair.house.sweep()
    assert len(pair.office.arrived) == sent
    pair.house.clock.turn(hours=13)
    pair.house.sweep()
    assert {each.invite.method for each in pair.office.arrived[sent:]} == {"CANCEL"}


def test_in_review_nothing_leaves_until_it_is_released(pair: MailPair) -> None:
    pair.house.policy(sending=Sending.REVIEW)
    pair.house.sweep()
    assert (pair.now.state, pair.office.arrived) == (State.RESERVED, [])
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        proposals.save(memory, replace(pair.now, released_at=pair.house.clock()))
    pair.house.sweep()
    pair.says(pair.mentee, YES)
    pair.says(pair.mentor, YES)
    assert pair.now.state is State.CONFIRMED, "what was released goes on to its end"


def test_the_kill_switch_stops_all_mail_at_once(pair: MailPair) -> None:
    pair.asked_mentor()
    sent = len(pair.office.arrived)
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    pair.says(pair.mentor, NO)
    assert len(pair.office.arrived) == sent
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, False)
    pair.house.sweep()
    assert pair.invite(pair.mentee).invite.method == "CANCEL"


def test_nothing_is_cancelled_by_mail_that_was_never_sent(pair: MailPair) -> None:
    pair.office.busy = True
    pair.house.clock.now = pair.house.clock.now.replace(hour=15, minute=59)
    pair.house.policy(sending=Sending.OFF)
    pair.house.sweep()
    answered = pair.now
    assert answered.state is State.RESERVED
    asking.withdraw(pair.house.parts, answered, "a test")
    pair.office.busy = False
    pair.house.sweep()
    assert pair.office.arrived == []


def test_nobody_is_asked_more_often_in_a_week_than_the_policy_allows(pair: MailPair) -> None:
    pair.house.policy(weekly_messages=1)
    pair.asked_mentee()
    theme = pair.house.theme("saying no", pair.mentee.person)
    other = pair.house.reserve(pair.mentee.person, pair.mentor.person, THURSDAY + timedelta(days=5), theme)
    pair.house.sweep()
    assert pair.house.proposal(other.id).state is State.RESERVED
    pair.says(pair.mentee, NO)
    assert pair.house.proposal(other.id).state is State.RESERVED
    pair.house.clock.turn(days=7)
    pair.house.sweep()
    assert pair.house.proposal(other.id).state is State.ASKED_MENTEE


def test_what_began_by_mail_goes_on_by_mail(pair: MailPair) -> None:
    """A calendar connected meanwhile would else get a second event."""
    pair.asked_mentee()
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        (mine,) = calendars.calendars(memory, pair.mentee.person.id)
    connecting.choose(pair.house.parts, pair.house.who(pair.mentee.person), mine.connection_id, [mine.id], mine.id)
    pair.says(pair.mentee, YES)
    pair.says(pair.mentor, YES)
    assert pair.now.state is State.CONFIRMED
    assert pair.mentee.invites() == []
    assert len(pair.mails(pair.mentee)) == 2


def test_a_confirmed_meeting_goes_on_by_mail_when_its_calendar_is_disconnected(
    house: House, dav: DavServer, office: PostOffice
) -> None:
    pair = MailPair.of(house, dav, office, "copy", "mail").confirmed()
    with house.parts.database.reading(house.organisation_id) as memory:
        (connection,) = calendars.connections(memory, pair.mentee.person.id)
    connecting.disconnect(house.parts, house.who(pair.mentee.person), connection.id)
    assert pair.mentee.invites() == []
    pair.says(pair.mentor, NO)
    assert pair.now.state is State.DECLINED


def test_without_a_mailbox_people_are_told_by_their_calendars_and_the_page(house: House, dav: DavServer) -> None:
    ann, ben = (told_by_mail(house, neighbour(house, dav, name)) for name in ("Ann Ash", "Ben Birch"))
    made = house.reserve(ann.person, ben.person, THURSDAY, house.theme("query plans", ann.person))
    house.sweep()
    assert house.proposal(made.id).state is State.ASKED_MENTEE
    with house.parts.database.reading(house.organisation_id) as memory:
        assert outbox.of_proposal(memory, made.id) == ()


def test_the_mentee_words_the_line_that_the_mentor_reads_until_it_is_read(pair: MailPair) -> None:
    parts, who = pair.house.parts, pair.house.who(pair.mentee.person)
    pair.asked_mentee()
    answering.name_topic(parts, who, pair.id, "  reading plans\n of the database ")
    pair.says(pair.mentee, YES)
    assert "with: reading plans of the database." in pair.invite(pair.mentor).text
    with pytest.raises(Refused, match="read already"):
        answering.name_topic(parts, who, pair.id, "something else")
    assert pair.now.topic == "reading plans of the database"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 81, "a\x00b"])
def test_a_line_that_is_none_is_refused_and_nothing_changes(pair: MailPair, text: str) -> None:
    before = pair.asked_mentee().now
    with pytest.raises(BadInput, match="topic"):
        answering.name_topic(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, text)
    assert pair.now == before


def test_only_the_mentee_words_the_line(pair: MailPair) -> None:
    pair.asked_mentor()
    with pytest.raises(Refused):
        answering.name_topic(pair.house.parts, pair.house.who(pair.mentor.person), pair.id, "my own words")


# --- Second thoughts -------------------------------------------------------------------------------------------------

LATER = Interval.lasting(THURSDAY + timedelta(hours=2), 20)


def test_what_has_begun_goes_on_when_sending_is_set_to_review(pair: MailPair) -> None:
    pair.asked_mentee()
    pair.house.policy(sending=Sending.REVIEW)
    pair.says(pair.mentee, YES)
    assert pair.now.state is State.ASKED_MENTOR
    pair.says(pair.mentor, MAYBE, at=LATER)
    assert pair.invite(pair.mentee).mail["Subject"].startswith("New time:")


@pytest.mark.parametrize("partstat", [NO, MAYBE])
def test_an_answer_that_offers_a_time_that_does_not_fit_still_says_what_it_says(
    pair: MailPair, partstat: Partstat
) -> None:
    pair.confirmed()
    pair.says(pair.mentor, partstat, at=Interval.lasting(THURSDAY.replace(hour=3), 20))
    assert pair.now.mentor_answer.partstat is partstat
    assert pair.now.state is (State.DECLINED if partstat is NO else State.ASKED_MENTOR)


def test_that_another_time_does_not_fit_takes_no_other_news_away(pair: MailPair) -> None:
    pair.asked_mentor()
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, True)
    pair.says(pair.mentor, YES)
    pair.says(pair.mentee, YES, at=Interval.lasting(THURSDAY.replace(hour=3), 20))
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        organisations.set_stopped(memory, False)
    pair.house.sweep()
    pair.house.sweep()
    subjects = [each.mail["Subject"].partition(":")[0] for each in pair.mails(pair.mentee)]
    assert sorted(subjects) == ["Agreed", "That time does not fit", "Twenty minutes"]


@pytest.mark.parametrize("start", ["2026-11-26T12:07:13+00:00", "2026-12-20T12:00:00+00:00"])
def test_a_time_that_no_page_offers_is_refused_by_mail_too(pair: MailPair, start: str) -> None:
    before = pair.asked_mentee().now
    pair.says(pair.mentee, MAYBE, at=Interval.lasting(datetime.fromisoformat(start), 20))
    assert (pair.now.interval, pair.now.sequence) == (before.interval, before.sequence)


def test_who_stopped_everything_is_not_asked_about_another_time(pair: MailPair) -> None:
    pair.confirmed()
    with pair.house.parts.database.writing(pair.house.organisation_id) as memory:
        people.stop(memory, pair.mentor.person.id)
    sent = len(pair.mails(pair.mentor))
    pair.says(pair.mentee, YES, at=LATER)
    with pytest.raises(Refused, match="something has changed"):
        answering.move(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, LATER.start)
    assert (pair.now.state, pair.now.sequence) == (State.CONFIRMED, 0)
    assert len(pair.mails(pair.mentor)) == sent


def test_an_answer_that_a_later_one_has_overtaken_is_seen_by_an_admin(pair: MailPair) -> None:
    pair.asked_mentee()
    maybe = pair.reply(pair.mentee, MAYBE)
    pair.house.clock.turn(minutes=5)
    answering.answer(pair.house.parts, pair.house.who(pair.mentee.person), pair.id, YES)
    pair.house.work()
    pair.comes_in(maybe)
    assert pair.now.mentee_answer.partstat is YES
    assert set_aside(pair.house) == [SetAside.OVERTAKEN]


def test_that_a_time_does_not_fit_is_told_once_whoever_dies_or_comes_twice(pair: MailPair) -> None:
    pair.asked_mentee()
    raw = pair.reply(pair.mentee, YES, Interval.lasting(THURSDAY.replace(hour=3), 20))
    receiving.take_in(pair.house.parts, raw)
    ((_, ids),) = [each for each in pair.house.nudges if each[0] == "count_reply"]
    for _ in range(2):
        receiving.count(pair.house.parts, *ids)
    pair.house.work()
    pair.house.sweep()
    assert [each.invite.method for each in pair.mails(pair.mentee)] == ["REQUEST", "DECLINECOUNTER"]
