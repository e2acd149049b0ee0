"""Letters that ask: one reminder of an invite by mail, how a meeting was, and every few weeks what was hard. Out of the
allowance, within working hours, each once, and never about what is over."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mentoring.attention import Attention, Kind
from mentoring.errors import BadInput, Missing, Refused
from mentoring.needs import Challenge
from mentoring.outbox import Letter
from mentoring.people import Person, Role
from mentoring.policy import Sending
from mentoring.proposals import Partstat, Party, State
from mentoring.reviews import Helped
from store import attention as asked
from store import challenges, organisations, outbox, people, reviews, settled
from tests.servers import DavServer
from tests.wires.post import Arrived, PostOffice, post_office
from tests.workflows.by_mail import MailPair, sends_by
from tests.workflows.house import House, a_house
from workflows import attention, bearers, joining, meeting, reminding, sending, sweeping, without_signing_in

YES, NO = Partstat.ACCEPTED, Partstat.DECLINED


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def house(tmp_path: Path, dav: DavServer, office: PostOffice) -> House:
    return a_house(tmp_path, frozenset({dav.host_port, office.host_port}))


@pytest.fixture
def pair(house: House, dav: DavServer, office: PostOffice) -> MailPair:
    return MailPair.of(house, dav, office)


def of_kind(mails: list[Arrived], words: str) -> list[Arrived]:
    return [each for each in mails if words in str(each.mail["Subject"])]


def reminders(pair: MailPair, party: Party = Party.MENTEE) -> list[Arrived]:
    return of_kind(pair.mails(pair.mentee if party is Party.MENTEE else pair.mentor), "Still open")


def questions(pair: MailPair, party: Party = Party.MENTEE) -> list[Arrived]:
    return of_kind(pair.mails(pair.mentee if party is Party.MENTEE else pair.mentor), "Did it help?")


def of(house: House, person: Person) -> Attention:
    with house.parts.database.reading(house.organisation_id) as memory:
        return attention.of_person(memory, people.get(memory, person.id), house.clock())


# --- A reminder ------------------------------------------------------------------------------------------------------


def test_who_has_not_answered_is_reminded_once_when_half_of_the_time_has_passed(pair: MailPair) -> None:
    """Asked on Monday at noon, open for 48 hours."""
    pair.asked_mentee()
    pair.house.clock.turn(hours=20)
    pair.house.sweep()
    assert reminders(pair) == []
    pair.house.clock.turn(hours=4, minutes=1)
    for _ in range(3):
        pair.house.sweep()
        pair.house.clock.turn(minutes=5)
    (mail,) = reminders(pair)
    assert "query plans" in mail.text
    assert bearers.answer_url(pair.house.parts, pair.now, Party.MENTEE) in mail.text
    assert "One-Click" in str(mail.mail["List-Unsubscribe-Post"]) or "/stop/" in mail.text
    assert of(pair.house, pair.mentee.person).used == 2, "the invite and the reminder"


def test_the_mentor_is_reminded_of_their_own_invite_and_not_of_the_mentees(pair: MailPair) -> None:
    pair.asked_mentor()
    pair.house.clock.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    pair.house.sweep()
    assert [len(reminders(pair, each)) for each in Party] == [0, 1]


@pytest.mark.parametrize("said", [YES, NO, Partstat.TENTATIVE])
def test_who_has_answered_is_not_reminded(pair: MailPair, said: Partstat) -> None:
    pair.asked_mentee().says(pair.mentee, said)
    pair.house.clock.turn(hours=25)
    pair.house.sweep()
    assert reminders(pair) == []


def test_a_reminder_waits_for_working_hours_and_is_dropped_when_they_come_too_late(pair: MailPair) -> None:
    pair.asked_mentee()
    pair.house.clock.now = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    pair.house.sweep()
    assert reminders(pair) == []
    pair.house.clock.now = datetime(2026, 11, 25, 12, 5, tzinfo=UTC)
    pair.house.sweep()
    assert pair.now.state is State.EXPIRED
    assert reminders(pair) == []


def test_whoever_sees_it_in_their_calendar_is_not_reminded(house: House, dav: DavServer, office: PostOffice) -> None:
    pair = MailPair.of(house, dav, office, mentee="copy").asked_mentee()
    house.clock.turn(hours=30)
    house.sweep()
    assert pair.now.state is State.ASKED_MENTEE
    assert office.arrived == []


def test_a_reminder_leaves_only_while_there_is_something_left_of_the_week(pair: MailPair) -> None:
    pair.house.policy(weekly_messages=1)
    pair.asked_mentee()
    pair.house.clock.turn(hours=25)
    pair.house.sweep()
    assert reminders(pair) == []
    assert of(pair.house, pair.mentee.person).used == 1


@pytest.mark.parametrize("how", ["kill switch", "sending off", "stopped", "paused"])
def test_nothing_asks_against_the_will_of_an_admin_or_of_its_reader(pair: MailPair, how: str) -> None:
    pair.asked_mentee()
    pair.house.clock.turn(hours=25)
    house, who = pair.house, pair.mentee.person
    reminding.remind_due(house.parts, [house.organisation_id])
    if how == "kill switch":
        with house.parts.database.writing(house.organisation_id) as memory:
            organisations.set_stopped(memory, True)
    elif how == "sending off":
        house.policy(sending=Sending.OFF)
    elif how == "stopped":
        joining.stop(house.parts, house.organisation_id, who.id)
    else:
        joining.pause_for(house.parts, house.organisation_id, who.id, 2)
    house.work()
    house.sweep()
    assert reminders(pair) == []


def test_two_sweeps_at_once_write_one_reminder(pair: MailPair) -> None:
    pair.asked_mentee()
    pair.house.clock.turn(hours=25)
    parts, here = pair.house.parts, [pair.house.organisation_id]
    with ThreadPoolExecutor(3) as threads:
        written = list(threads.map(lambda _: reminding.remind_due(parts, here), range(3)))
    assert sum(written) == 1


def test_a_letter_that_is_tried_again_is_counted_once(pair: MailPair) -> None:
    pair.asked_mentee()
    pair.house.clock.turn(hours=25)
    pair.office.busy = True
    pair.house.sweep()
    pair.office.busy = False
    pair.house.clock.turn(minutes=31)
    pair.house.sweep()
    assert len(reminders(pair)) == 1
    assert of(pair.house, pair.mentee.person).used == 2


# --- How it was ------------------------------------------------------------------------------------------------------


@pytest.fixture
def met(pair: MailPair) -> MailPair:
    """They met on Thursday from 10:00 to 10:20 UTC, and both have been asked how it was."""
    pair.confirmed()
    pair.house.clock.now = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
    pair.house.sweep()
    pair.house.sweep()
    assert pair.now.state is State.MET
    return pair


def token(url: str) -> str:
    return url.rpartition("/")[2]


def link(pair: MailPair, party: Party) -> str:
    return token(bearers.review_url(pair.house.parts, pair.now, party))


def said(pair: MailPair) -> dict[Party, Helped]:
    with pair.house.parts.database.reading(pair.house.organisation_id) as memory:
        return {party: each.helped for party, each in reviews.of_proposal(memory, pair.id).items()}


def test_both_are_asked_once_how_it_was_with_a_link_of_their_own(met: MailPair) -> None:
    for party in Party:
        (mail,) = questions(met, party)
        assert link(met, party) in mail.text
        assert link(met, party.other) not in mail.text
    met.house.clock.turn(hours=1)
    met.house.sweep()
    assert [len(questions(met, each)) for each in Party] == [1, 1]


def test_each_says_it_for_themselves_by_the_link(met: MailPair) -> None:
    parts = met.house.parts
    without_signing_in.say_after(parts, link(met, Party.MENTOR), Helped.PARTLY, is_settled=True)
    assert met.now.state is State.REVIEWED
    without_signing_in.say_after(parts, link(met, Party.MENTEE), Helped.NO, is_settled=False)
    without_signing_in.say_after(parts, link(met, Party.MENTEE), Helped.YES, is_settled=False)
    assert said(met) == {Party.MENTOR: Helped.PARTLY, Party.MENTEE: Helped.YES}
    page = without_signing_in.after_page(parts, link(met, Party.MENTOR))
    assert (page.said, page.settled) == (Helped.PARTLY, False), "only the mentee can say that it is settled"


def test_that_it_is_settled_rests_the_topic_until_it_is_taken_back(met: MailPair) -> None:
    who, theme = met.house.who(met.mentee.person), met.now.theme_id

    def at_rest() -> bool:
        with met.house.parts.database.reading(met.house.organisation_id) as memory:
            return theme in settled.of_person(memory, who.person_id)

    meeting.say_how_it_was(met.house.parts, who, met.id, Helped.YES, is_settled=True)
    assert at_rest()
    meeting.say_how_it_was(met.house.parts, who, met.id, Helped.YES, is_settled=False)
    assert not at_rest()


def test_silence_is_no_no_and_lowers_the_allowance_after_a_week(met: MailPair) -> None:
    house, who = met.house, met.mentee.person
    before = of(house, who).unanswered
    house.clock.turn(days=6)
    sweeping.housekeeping(house.parts)
    assert of(house, who).unanswered == before
    house.clock.turn(days=2)
    sweeping.housekeeping(house.parts)
    assert of(house, who).unanswered == before + 1
    assert said(met) == {}
    meeting.say_how_it_was(house.parts, house.who(who), met.id, Helped.NO)
    assert of(house, who).unanswered == 0, "a late answer is one"


def test_a_question_that_no_mail_could_carry_is_nobodys_silence(pair: MailPair) -> None:
    pair.confirmed()
    house, who = pair.house, pair.mentee.person
    house.clock.now = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
    pair.office.busy = True
    house.sweep()
    house.sweep()
    assert questions(pair) == []
    house.clock.turn(days=8)
    sweeping.housekeeping(house.parts)
    assert of(house, who).unanswered == 0
    pair.office.busy = False
    house.sweep()
    house.sweep()
    assert len(questions(pair)) == 1
    assert of(house, who).used == 1


@pytest.mark.parametrize("late", [timedelta(days=15), timedelta(days=-4)])
def test_it_can_be_said_from_the_end_on_for_two_weeks(met: MailPair, late: timedelta) -> None:
    met.house.clock.now += late
    with pytest.raises(Refused, match="two weeks"):
        meeting.say_how_it_was(met.house.parts, met.house.who(met.mentee.person), met.id, Helped.YES)
    assert said(met) == {}


def test_that_it_did_not_take_place_is_an_answer_too(met: MailPair) -> None:
    without_signing_in.say_after(met.house.parts, link(met, Party.MENTEE), None, is_settled=False)
    assert met.now.state is State.MISSED
    with met.house.parts.database.reading(met.house.organisation_id) as memory:
        assert asked.waiting(memory, [Kind.REVIEW], met.house.clock() + timedelta(days=1))[0].person_id != (
            met.mentee.person.id
        )
    assert without_signing_in.after_page(met.house.parts, link(met, Party.MENTOR)).missed


def test_a_link_is_for_one_meeting_one_of_the_two_and_one_purpose(met: MailPair) -> None:
    mine = link(met, Party.MENTEE)
    forged = mine.replace(".mentee.", ".mentor.")
    answers = token(bearers.answer_url(met.house.parts, met.now, Party.MENTEE))
    for wrong in (forged, answers, "1.2.mentee.x", ""):
        with pytest.raises(Missing):
            without_signing_in.after_page(met.house.parts, wrong)
    with pytest.raises(Missing):
        without_signing_in.invite(met.house.parts, mine)


def test_somebody_else_cannot_say_how_it_was(met: MailPair) -> None:
    cleo = met.house.add("Cleo Cox")
    with pytest.raises(KeyError):
        meeting.say_how_it_was(met.house.parts, met.house.who(cleo), met.id, Helped.YES)


# --- What was hard lately --------------------------------------------------------------------------------------------

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def ann(house: House, office: PostOffice) -> Person:
    """Here for long, and wrote nothing down."""
    sends_by(house, office)
    return house.add("Ann Ash", joined_at=LONG_AGO)


def surveyed(house: House, office: PostOffice, person: Person) -> list[Arrived]:
    house.work()
    sending.deliver_due(house.parts)
    return of_kind(office.to(person.email), "What was hard lately?")


def test_who_wrote_nothing_for_three_weeks_is_asked_once_in_four(house: House, office: PostOffice, ann: Person) -> None:
    for _ in range(3):
        sweeping.housekeeping(house.parts)
        house.clock.turn(days=1)
    (mail,) = surveyed(house, office, ann)
    assert "/lately/" in mail.text
    house.clock.now = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
    sweeping.housekeeping(house.parts)
    assert len(surveyed(house, office, ann)) == 2


WHO_NOT = [
    ("a mentor only", {"roles": frozenset({Role.MENTOR})}, {}),
    ("nobody's mentee", {"roles": frozenset()}, {}),
    ("a newcomer", {"joined_at": datetime(2026, 11, 10, tzinfo=UTC)}, {}),
    ("somebody who never came in", {"joined_at": None}, {}),
    ("somebody who stopped", {"stopped": True}, {}),
    ("surveys off", {}, {"survey_weeks": 0}),
    ("sending in review", {}, {"sending": Sending.REVIEW}),
    ("sending off", {}, {"sending": Sending.OFF}),
]


@pytest.mark.parametrize(("what", "changes", "policy"), WHO_NOT, ids=[each[0] for each in WHO_NOT])
def test_these_are_not_asked(
    house: House, office: PostOffice, what: str, changes: dict[str, object], policy: dict[str, object]
) -> None:
    sends_by(house, office)
    ben = house.add("Ben Birch", **{"joined_at": LONG_AGO} | changes)
    house.policy(**policy)
    assert reminding.survey_due(house.parts, house.organisation_id) == 0
    assert surveyed(house, office, ben) == []


def test_who_wrote_lately_is_not_asked(house: House, office: PostOffice, ann: Person) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        challenges.add(memory, Challenge(0, ann.id, "too many meetings", house.clock() - timedelta(days=20)))
    assert reminding.survey_due(house.parts, house.organisation_id) == 0


def test_what_is_answered_becomes_a_note_with_its_source(house: House, office: PostOffice, ann: Person) -> None:
    reminding.survey_due(house.parts, house.organisation_id)
    assert len(surveyed(house, office, ann)) == 1
    mine = token(bearers.survey_url(house.parts, ann, house.clock()))
    with pytest.raises(BadInput, match="under 2,000"):
        without_signing_in.say_lately(house.parts, mine, "x" * 2001)
    without_signing_in.say_lately(house.parts, mine, "reading query  plans")
    with house.parts.database.reading(house.organisation_id) as memory:
        (note,) = challenges.of_person(memory, ann.id)
        (message,) = asked.of_people(memory, [ann.id], LONG_AGO)[ann.id]
    assert (note.text, note.source) == ("reading query plans", "survey")
    assert message.answered_at


def test_that_nothing_was_hard_is_an_answer(house: House, office: PostOffice, ann: Person) -> None:
    reminding.survey_due(house.parts, house.organisation_id)
    surveyed(house, office, ann)
    without_signing_in.say_lately(house.parts, token(bearers.survey_url(house.parts, ann, house.clock())), "")
    with house.parts.database.reading(house.organisation_id) as memory:
        assert challenges.of_person(memory, ann.id) == ()
        (message,) = asked.of_people(memory, [ann.id], LONG_AGO)[ann.id]
    assert message.answered_at


def test_an_old_question_is_closed_and_a_forged_address_opens_nothing(house: House, ann: Person) -> None:
    mine = token(bearers.survey_url(house.parts, ann, house.clock()))
    organisation, person, moment, proof = mine.split(".")
    for wrong in (f"{organisation}.{int(person) + 1}.{moment}.{proof}", f"{organisation}.{person}.1.{proof}", "x"):
        with pytest.raises(Missing):
            without_signing_in.lately_page(house.parts, wrong)
    house.clock.turn(days=28)
    assert not without_signing_in.lately_page(house.parts, mine).open
    with pytest.raises(Refused, match="closed"):
        without_signing_in.say_lately(house.parts, mine, "words")


def test_a_question_that_cannot_leave_for_two_weeks_is_dropped(house: House, office: PostOffice, ann: Person) -> None:
    office.busy = True
    reminding.survey_due(house.parts, house.organisation_id)
    assert surveyed(house, office, ann) == []
    house.clock.turn(days=15)
    office.busy = False
    house.sweep()
    assert surveyed(house, office, ann) == []
    with house.parts.database.reading(house.organisation_id) as memory:
        assert outbox.unsent(memory) == ()
        assert outbox.letter_since(memory, ann.id, Letter.SURVEY, LONG_AGO)


def test_nobody_who_is_being_deleted_is_asked(house: House, office: PostOffice, ann: Person) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        people.note(memory, ann.id, leaving_at=house.clock())
        assert people.get(memory, ann.id) == replace(ann, leaving_at=house.clock())
    assert reminding.survey_due(house.parts, house.organisation_id) == 0
