"""Errors named for what the caller does next.

Foreign exceptions are translated into these in one place per provider, with the cause chained. None of their messages
ever carries a credential, an event's title, place or guests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class InterludeError(Exception):
    """Anything Interlude expects might go wrong. A bug is not one of these and stays loud.

    without_effect: whether what was asked of somebody outside has certainly not happened. False: it may have.
    left_standing: whether a permission that was given for this, and is of no use now, can be ended only by its giver.
    """

    without_effect = False
    left_standing = False


class Reconnect(InterludeError):
    """Ask the person: their calendar no longer lets us in, and only they can mend that."""


class WrongServer(Reconnect):
    """The same, and it is the server that is wrong, not the password: not there, not safe, or not for us."""


class Unencrypted(WrongServer):
    """The same, and it is that nothing would be encrypted on the way there."""


class TryLater(InterludeError):
    """Try the same again after a while: a quota, a timeout, a server that is down.

    after: how long to wait at least.
    """

    def __init__(self, message: str, after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message)
        self.after = after


class Unreachable(TryLater):
    """The same, and nobody has to ask for anything else there meanwhile: a server that is down, or takes nobody in."""


class NotYet(TryLater):
    """The same, but nothing was tried: its time has not come, so that it counts as no attempt."""


class TakenAway(TryLater):
    """The same, after our own copy was taken away to be put anew and could not be: it is us it is missing through."""


class Refused(InterludeError):
    """Give up and report: what was asked is impossible here, and trying again will not change it."""


class NotGiven(Refused):
    """The person, or their organisation, did not give the permission that was asked for.

    missing: which of several, in words; empty where they gave none.
    """

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class BeginAgain(Refused):
    """What came back from Google or Microsoft is not what this browser waits for: the way there begins anew."""


class ConnectedBySomebody(Refused):
    """The account is somebody else's here already, and stays theirs."""


class NotLetIn(Refused):
    """Who they are at Google or Microsoft is proven, and opens no door here; the message says why."""


class ChangedMeanwhile(InterludeError):
    """A calendar object is not what we last saw (a stale ETag): read it again, then decide."""


class DoubleBooking(InterludeError):
    """The database refused an engagement because the person already has one then: pick another time."""


class WrongTransition(InterludeError):
    """A proposal cannot go from its state to the one asked for."""


class Missing(KeyError):
    """There is nothing of that id, or it is somebody else's: to whoever asks, the two look the same.

    Where an id was just looked up, it is a bug like any other KeyError and stays loud.
    """


class NotAllowed(InterludeError):
    """The person signed in may not do this to that object."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input: which field, and what a person should know about it."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class BadInput(InterludeError):
    """What was given cannot be used; every problem is listed, and nothing was saved."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems

    @classmethod
    def of(cls, field: str, message: str) -> BadInput:
        """The common case: one field, one message."""
        return cls(Problem(field, message))
