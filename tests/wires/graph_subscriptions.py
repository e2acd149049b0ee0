"""The wire's subscriptions, as requests (https://learn.microsoft.com/graph/api/resources/subscription)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import unquote

from tests.wires.graph_call import READS, Call, Stop, json_told, moment_in
from tests.wires.graph_contract import check
from tests.wires.graph_hooks import LONGEST, NotValidated, Subscription
from tests.wires.graph_state import State
from tests.wires.web import Told

LONGEST_SECRET = 128
"""Characters of a clientState."""


def subscribe(wire: State, call: Call) -> Told:
    call.needs(*(READS if wire.basic_may_watch else READS - {"Calendars.ReadBasic"}))
    check("subscription-create", call.body)
    wanted = re.fullmatch(r"/?me/(?:calendars/([^/]+)/)?events", call.body["resource"])
    if wanted is None or len(call.body["clientState"]) > LONGEST_SECRET:
        raise Stop(400, "InvalidRequest")
    calendar = unquote(wanted[1] or "")
    wire.calendar_of(call.email, calendar)
    _check_expiry(wire, call.body["expirationDateTime"])
    wire.lock.release()  # whoever is called may ask for something meanwhile
    try:
        made = wire.hooks.subscribed(call.email, calendar, call.body)
    except NotValidated as problem:
        raise Stop(400, "ValidationError") from problem
    finally:
        wire.lock.acquire()
    return _subscription(wire, made, 201)


def prolong(wire: State, call: Call) -> Told:
    check("subscription-update", call.body)
    held = _held(wire, call)
    _check_expiry(wire, call.body["expirationDateTime"])
    held.expires_at = datetime.fromisoformat(call.body["expirationDateTime"])
    return _subscription(wire, held)


def show(wire: State, call: Call) -> Told:
    return _subscription(wire, _held(wire, call))


def unsubscribe(wire: State, call: Call) -> Told:
    del wire.hooks.subscriptions[_held(wire, call).id]
    return Told(204)


def _held(wire: State, call: Call) -> Subscription:
    held = wire.hooks.subscriptions.get(call.id)
    if held is None or held.email != call.email:
        raise Stop(404, "ResourceNotFound")
    return held


def _check_expiry(wire: State, text: str) -> None:
    left = moment_in(text) - wire.clock()
    if not timedelta() < left <= LONGEST:
        raise Stop(400, "ValidationError")


def _subscription(wire: State, subscription: Subscription, status: int = 200) -> Told:
    check("subscription", subscription.as_told())
    return json_told(subscription.as_told(), status)
