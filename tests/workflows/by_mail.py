"""Two people who are told by mail, and the mail programs with which they answer."""

from __future__ import annotations

from dataclasses import dataclass

from integrations import sample_mail_app
from mentoring.intervals import Interval
from mentoring.proposals import Partstat, Proposal, State
from store import calendars, mailboxes
from tests.servers import DavServer
from tests.wires.post import Arrived, PostOffice
from tests.workflows.house import House
from tests.workflows.neighbours import Neighbour, neighbour
from tests.workflows.pairs import THURSDAY
from workflows import connecting, receiving


def told_by_mail(house: House, who: Neighbour) -> Neighbour:
    """Their calendar is read, and takes no invites."""
    with house.parts.database.reading(house.organisation_id) as memory:
        (connection,) = calendars.connections(memory, who.person.id)
        busy = [each.id for each in calendars.calendars(memory, who.person.id) if each.counts_as_busy]
    connecting.choose(house.parts, house.who(who.person), connection.id, busy, None)
    house.work()
    return who


def sends_by(house: House, office: PostOffice) -> None:
    """The organisation's mailbox is at that office."""
    with house.parts.database.writing(house.organisation_id) as memory:
        mailboxes.save(memory, office.mailbox, house.clock())


@dataclass
class MailPair:
    """Ann is to be asked first, then Ben, about Thursday ten o'clock; both of them by mail."""

    house: House
    office: PostOffice
    mentee: Neighbour
    mentor: Neighbour
    id: int

    @classmethod
    def of(
        cls, house: House, dav: DavServer, office: PostOffice, mentee: str = "mail", mentor: str = "mail"
    ) -> MailPair:
        """mentee, mentor: "mail", or "copy" for one who gets a copy in their calendar."""
        sends_by(house, office)
        ann, ben = neighbour(house, dav, "Ann Ash"), neighbour(house, dav, "Ben Birch")
        for who, how in ((ann, mentee), (ben, mentor)):
            if how == "mail":
                told_by_mail(house, who)
        theme = house.theme("query plans", ann.person)
        made = house.reserve(ann.person, ben.person, THURSDAY, theme)
        return cls(house, office, ann, ben, made.id)

    @property
    def now(self) -> Proposal:
        return self.house.proposal(self.id)

    def mails(self, who: Neighbour) -> list[Arrived]:
        return self.office.to(who.user)

    def invite(self, who: Neighbour) -> Arrived:
        """The latest that they got."""
        return self.mails(who)[-1]

    def asked_mentee(self) -> MailPair:
        self.house.sweep()
        assert self.now.state is State.ASKED_MENTEE
        return self

    def asked_mentor(self) -> MailPair:
        self.asked_mentee().says(self.mentee, Partstat.ACCEPTED)
        assert self.now.state is State.ASKED_MENTOR
        return self

    def confirmed(self) -> MailPair:
        self.asked_mentor().says(self.mentor, Partstat.ACCEPTED)
        assert self.now.state is State.CONFIRMED
        return self

    def reply(self, who: Neighbour, partstat: Partstat, at: Interval | None = None) -> bytes:
        """What their mail program sends when they press that button, a minute later."""
        self.house.clock.turn(minutes=1)
        invite = self.invite(who)
        return sample_mail_app.reply(invite.raw, who.user, partstat, self.house.clock(), at).as_bytes()

    def says(self, who: Neighbour, partstat: Partstat, at: Interval | None = None) -> str:
        """They answer by mail, or where there is none in their calendar; all that follows from it is done."""
        if not self.mails(who):
            who.answer(partstat.value)
            self.house.clock.turn(minutes=1)
            self.house.read_answers()
            self.house.sweep()
            return "in the calendar"
        return self.comes_in(self.reply(who, partstat, at))

    def comes_in(self, raw: bytes) -> str:
        became = receiving.take_in(self.house.parts, raw)
        self.house.work()
        self.house.sweep()
        return became
