"""Addresses that are their own authority: whoever holds one may stop all mail to a person, or answer one invite.

They stand in mail to that one person only. No table holds them: each is made anew from the installation's secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hmac import compare_digest

from mentoring.errors import Missing
from mentoring.people import Person
from mentoring.proposals import Party, Proposal
from store import proposals
from workflows.bootstrap import Parts
from workflows.views import Who

STOP = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})\.([\w-]{43})", re.ASCII)
ANSWER = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})\.(mentee|mentor)\.([\w-]{43})", re.ASCII)

SURVEY = re.compile(r"([0-9]{1,19})\.([0-9]{1,19})\.([0-9]{1,10})\.([\w-]{43})", re.ASCII)


def stop_url(parts: Parts, person: Person) -> str:
    """Where that person pauses, stops everything or starts again, without signing in."""
    proof = _stop_proof(parts, person.organisation_id, person.id)
    return f"{parts.settings.base_url}/stop/{person.organisation_id}.{person.id}.{proof}"


def answer_url(parts: Parts, proposal: Proposal, party: Party) -> str:
    """Where that one of the two answers that one invite, without signing in."""
    proof = _answer_proof(parts, proposal.organisation_id, proposal.id, party)
    return f"{parts.settings.base_url}/answer/{proposal.organisation_id}.{proposal.id}.{party}.{proof}"


def review_url(parts: Parts, proposal: Proposal, party: Party) -> str:
    """Where that one of the two says how that meeting was, without signing in."""
    proof = _review_proof(parts, proposal.organisation_id, proposal.id, party)
    return f"{parts.settings.base_url}/after/{proposal.organisation_id}.{proposal.id}.{party}.{proof}"


def survey_url(parts: Parts, person: Person, asked_at: datetime) -> str:
    """Where that person writes down what was hard, as they were asked then, without signing in."""
    seconds = int(asked_at.timestamp())
    proof = _survey_proof(parts, person.organisation_id, person.id, seconds)
    return f"{parts.settings.base_url}/lately/{person.organisation_id}.{person.id}.{seconds}.{proof}"


def whom_to_stop(parts: Parts, token: str) -> Who:
    """Raises Missing for a token that we did not make."""
    found = STOP.fullmatch(token)
    if found is None:
        raise Missing("a token that is none")
    who = Who(int(found[1]), int(found[2]))
    _check(found[3], _stop_proof(parts, who.organisation_id, who.person_id))
    return who


def who_answers(parts: Parts, token: str) -> tuple[Who, int]:
    """Whose answer it gives, to which proposal. Raises Missing for a token that we did not make."""
    return _one_of_two(parts, token, _answer_proof)


def who_reviews(parts: Parts, token: str) -> tuple[Who, int]:
    """Who says how which meeting was. Raises as above."""
    return _one_of_two(parts, token, _review_proof)


def who_was_asked(parts: Parts, token: str) -> tuple[Who, datetime]:
    """Who was asked what was hard, and when. Raises as above."""
    found = SURVEY.fullmatch(token)
    if found is None:
        raise Missing("a token that is none")
    who, seconds = Who(int(found[1]), int(found[2])), int(found[3])
    _check(found[4], _survey_proof(parts, who.organisation_id, who.person_id, seconds))
    return who, datetime.fromtimestamp(seconds, UTC)


def _one_of_two(parts: Parts, token: str, proof: Callable[[Parts, int, int, Party], str]) -> tuple[Who, int]:
    found = ANSWER.fullmatch(token)
    if found is None:
        raise Missing("a token that is none")
    organisation_id, proposal_id, party = int(found[1]), int(found[2]), Party(found[3])
    _check(found[4], proof(parts, organisation_id, proposal_id, party))
    with parts.database.reading(organisation_id) as memory:
        person_id = proposals.get(memory, proposal_id).person_id(party)
    return Who(organisation_id, person_id), proposal_id


def _stop_proof(parts: Parts, organisation_id: int, person_id: int) -> str:
    return parts.database.keyring.token(f"stop everything for {organisation_id} {person_id}")


def _answer_proof(parts: Parts, organisation_id: int, proposal_id: int, party: Party) -> str:
    return parts.database.keyring.token(f"answer an invite {organisation_id} {proposal_id} {party}")


def _review_proof(parts: Parts, organisation_id: int, proposal_id: int, party: Party) -> str:
    return parts.database.keyring.token(f"say how it was {organisation_id} {proposal_id} {party}")


def _survey_proof(parts: Parts, organisation_id: int, person_id: int, seconds: int) -> str:
    return parts.database.keyring.token(f"what was hard for {organisation_id} {person_id} {seconds}")


def _check(proof: str, ours: str) -> None:
    if not compare_digest(proof, ours):
        raise Missing("a token that is not ours")
