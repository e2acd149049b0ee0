"""One request to the wire's Graph, and the answers that it can get."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.wires.graph_contract import check
from tests.wires.graph_entra import AccessToken
from tests.wires.web import Asked, Told

JSON = {"Content-Type": "application/json; odata.metadata=minimal"}
READS = frozenset({"Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite"})


class Stop(Exception):
    """Answered by an error of Graph's."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Call:
    asked: Asked
    token: AccessToken
    query: dict[str, str]
    body: dict[str, Any]
    prefers: dict[str, str]
    calendar: str = ""
    id: str = ""

    @property
    def email(self) -> str:
        return self.token.email

    def needs(self, *scopes: str) -> None:
        if not self.token.scopes & set(scopes):
            raise Stop(403, "ErrorAccessDenied")


def moment_in(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset is read as UTC by some and not by others")
    return moment


def preferences(asked: Asked) -> dict[str, str]:
    """Prefer, in one header or several (RFC 7240)."""
    stated = next((value for name, value in asked.headers.items() if name.lower() == "prefer"), "")
    pairs = (each.partition("=") for each in stated.split(",") if each.strip())
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def json_told(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Told:
    return Told(status, json.dumps(body).encode(), JSON | (headers or {}))


def error(code: str, message: str) -> bytes:
    body = {"error": {"code": code, "message": message, "innererror": {"request-id": "0"}}}
    check("error", body)
    return json.dumps(body).encode()
