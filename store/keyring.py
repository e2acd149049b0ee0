"""The keys: secrets encrypted at rest, and hashes that only this installation can compute."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from mentoring.errors import BadInput, Problem, Reconnect
from mentoring.ports import KeyOf

HASH_DIGITS = 32
"""128 bits: no two of a person's events share a key by chance."""

EVENT_IDS, ADDRESSES, MAILS = "event ids", "addresses", "mails"
ORGANISERS_EVENTS, EVENT_TEXTS = "organisers' events", "what organisers' events say"
EVENT_GUESTS = "who else is on organisers' events"


class Keyring:
    """The first token key encrypts, all of them decrypt. Raises BadInput naming each key that is none."""

    def __init__(self, token_keys: tuple[str, ...], secret_key: str) -> None:
        if not token_keys:
            raise BadInput.of("INTERLUDE_TOKEN_KEYS", "must hold at least one key")
        self._fernet = MultiFernet(_fernets(token_keys))
        self._secret_key = secret_key.encode()

    @classmethod
    def throwaway(cls) -> Keyring:
        """Keys of its own, for upkeep of the tables, which opens no secret."""
        return cls((Fernet.generate_key().decode(),), Fernet.generate_key().decode())

    def __repr__(self) -> str:
        return "Keyring(…)"

    def encrypt(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The secret again. Raises Reconnect when none of the keys opens it: only the person can give it anew."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as problem:
            raise Reconnect("the stored password can no longer be opened; connect the calendar again") from problem

    def rotate(self, token: str) -> str:
        """The same secret under the first key. Raises Reconnect as decrypt does."""
        try:
            return self._fernet.rotate(token.encode()).decode()
        except InvalidToken as problem:
            raise Reconnect("the stored password can no longer be opened; connect the calendar again") from problem

    def token(self, what: str) -> str:
        """What only this installation can make of those words: 256 bits, fit for an address."""
        key = hmac.digest(self._secret_key, b"tokens in addresses", "sha256")
        return urlsafe_b64encode(hmac.digest(key, what.encode(), "sha256")).decode().rstrip("=")

    def key_of(self, organisation_id: int, what: str = EVENT_IDS) -> KeyOf:
        """The keyed hash for that organisation's event ids, or addresses; each gives values of its own."""
        key = hmac.digest(self._secret_key, f"{what} of organisation {organisation_id}".encode(), "sha256")
        return lambda text: hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS]


def _fernets(token_keys: Sequence[str]) -> list[Fernet]:
    fernets: list[Fernet] = []
    problems: list[Problem] = []
    for place, key in enumerate(token_keys, start=1):
        try:
            fernets.append(Fernet(key))
        except ValueError:
            words = f"key {place} is not a key: it must be 32 bytes in URL-safe base64"
            problems.append(Problem("INTERLUDE_TOKEN_KEYS", words))
    if problems:
        raise BadInput(*problems)
    return fernets
