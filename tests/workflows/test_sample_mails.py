"""The demo's mail program: everybody's mail, answers that really go out by mail, and nothing of it outside the demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integrations import sample_mailbox
from integrations.mail_in import read
from integrations.sample_mailbox import mails_folder
from mentoring.errors import Missing, NotAllowed, Refused, TryLater
from mentoring.intervals import Interval
from mentoring.mail import Mailbox, Reply, Security
from mentoring.proposals import Partstat, Party
from store import mailboxes
from tests.integrations.test_sample_mailbox import ADA, START, calendar, keep, mail
from tests.wires.post import PostOffice
from tests.workflows.house import House, a_house
from workflows import pages
from workflows.bootstrap import Parts
from workflows.sample import mail_program
from workflows.sample.answering_apps import Waiting, answers

BEN = "ben@quayline.example"


@pytest.fixture
def house(tmp_path: Path, office: PostOffice) -> House:
    """Two people who get mail, and an organisation whose mailbox is at that office."""
    made = a_house(tmp_path, frozenset({office.host_port}))
    made.parts = replace(made.parts, settings=replace(made.parts.settings, demo=True))
    made.add("Ben Berg", email=BEN)
    made.add("Ada Arnold", email=ADA)
    mails_folder(tmp_path).mkdir()
    put_mailbox(made, replace(office.mailbox, address="interlude@quayline.example"))
    return made


def put_mailbox(house: House, mailbox: Mailbox) -> None:
    with house.parts.database.writing(house.organisation_id) as memory:
        mailboxes.save(memory, mailbox, house.clock())


def asked(parts: Parts, subject: str = "Twenty minutes", method: str = "REQUEST") -> str:
    """A mail with an invite is in Ada's mailbox; its key."""
    keep(mails_folder(parts.settings.var), mail(subject, calendar(method, sequence=3)))
    return sample_mailbox.listed(mails_folder(parts.settings.var), ADA, 1)[0].key


def sent(office: PostOffice) -> Reply:
    (one,) = office.arrived
    assert one.to == "interlude@quayline.example"
    content = read(one.raw).content
    assert isinstance(content, Reply)
    return content


def test_who_has_mail_is_listed_with_it_and_who_got_some_last_comes_first(house: House) -> None:
    folder = mails_folder(house.parts.settings.var)
    sample_mailbox.keep(folder, BEN, b"Subject: Hello Ben\r\n\r\n")
    asked(house.parts, "First")
    asked(house.parts, "Second")
    shown = pages.sample_mails(house.parts)
    assert [(box.name, [line.subject for line in box.mails]) for box in shown] == [
        ("Ada Arnold", ["Second", "First"]),
        ("Ben Berg", ["Hello Ben"]),
    ]


def test_a_mail_says_what_its_calendar_part_asks(house: House) -> None:
    shown = pages.sample_mail(house.parts, ADA, asked(house.parts))
    assert shown.invite is not None
    assert (shown.first_name, shown.invite.method, shown.invite.sequence) == ("Ada", "REQUEST", 3)
    assert shown.can_answer
    assert not pages.sample_mail(house.parts, ADA, asked(house.parts, method="CANCEL")).can_answer


@pytest.mark.parametrize("partstat", [Partstat.ACCEPTED, Partstat.DECLINED])
def test_an_answer_goes_to_the_organiser_by_mail(house: House, office: PostOffice, partstat: Partstat) -> None:
    mail_program.answer_mail(house.parts, ADA, asked(house.parts), partstat, None)
    reply = sent(office)
    assert (reply.uid, reply.sequence, reply.partstat) == ("one@interlude", 3, partstat)
    assert reply.sender == reply.attendee == ADA
    assert reply.counter is None


def test_another_time_lasts_as_long_as_the_one_that_was_asked_for(house: House, office: PostOffice) -> None:
    start = START + timedelta(days=1)
    mail_program.answer_mail(house.parts, ADA, asked(house.parts), Partstat.TENTATIVE, start)
    assert sent(office).counter == Interval.lasting(start, 20)


def test_a_server_that_is_busy_is_said_to_be(house: House, office: PostOffice) -> None:
    office.busy = True
    with pytest.raises(TryLater):
        mail_program.answer_mail(house.parts, ADA, asked(house.parts), Partstat.ACCEPTED, None)


def test_no_answer_goes_to_a_server_that_is_not_the_demos(house: House, office: PostOffice) -> None:
    key = asked(house.parts)
    put_mailbox(house, Mailbox("Acme", "interlude@acme.example", "smtp.acme.example", 587, Security.STARTTLS))
    with pytest.raises(Refused, match="start the demo anew"):
        mail_program.answer_mail(house.parts, ADA, key, Partstat.ACCEPTED, None)
    assert office.arrived == []


def test_who_is_nobody_here_has_no_mailbox(house: House) -> None:
    key = asked(house.parts)
    for address, name in [("eve@quayline.example", key), (BEN, key), (ADA, "none"), ("../" + ADA, key)]:
        with pytest.raises(Missing):
            pages.sample_mail(house.parts, address, name)
        with pytest.raises(Missing):
            mail_program.answer_mail(house.parts, address, name, Partstat.ACCEPTED, None)


def test_outside_the_demo_nobodys_mail_is_shown_or_answered(house: House, office: PostOffice) -> None:
    key = asked(house.parts)
    parts = replace(house.parts, settings=replace(house.parts.settings, demo=False))
    for act in (
        lambda: pages.sample_mails(parts),
        lambda: pages.sample_mail(parts, ADA, key),
        lambda: mail_program.answer_mail(parts, ADA, key, Partstat.ACCEPTED, None),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert office.arrived == []


def waiting(house: House, by_mail: str) -> list[Waiting]:
    """A few invites in order, "m" for one by mail and "c" for one in a calendar."""
    ada, ben = house.add("Ada"), house.add("Ben")
    start, theme = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), house.theme("query plans", ada)
    made = [house.reserve(ada, ben, start + timedelta(days=day), theme) for day in range(len(by_mail))]
    return [Waiting(each, by_mail=kind == "m") for each, kind in zip(made, by_mail, strict=True)]


@pytest.mark.parametrize(
    ("party", "asked_by", "said"),
    [
        (Party.MENTEE, "", ""),
        (Party.MENTEE, "c", "y"),
        (Party.MENTEE, "mc", "yy"),
        (Party.MENTEE, "mmc", "yy-"),
        (Party.MENTEE, "mmmc", "yy--"),
        (Party.MENTEE, "mmm", "yy-"),
        (Party.MENTEE, "mcccc", "yyyn-"),
        (Party.MENTEE, "ccccm", "yyn-y"),
        (Party.MENTEE, "mmmcccc", "yy-yyn-"),
        (Party.MENTOR, "m", "y"),
        (Party.MENTOR, "mc", "y-"),
        (Party.MENTOR, "mmccc", "y-yy-"),
    ],
)
def test_some_answer_and_a_visitor_is_left_one_of_each_kind(
    house: House, party: Party, asked_by: str, said: str
) -> None:
    invites = waiting(house, asked_by)
    given = {each.proposal.id: partstat for each, partstat in answers(invites, party)}
    words = {Partstat.ACCEPTED: "y", Partstat.DECLINED: "n"}
    assert "".join(words.get(given.get(each.proposal.id), "-") for each in invites) == said  # type: ignore[arg-type]
