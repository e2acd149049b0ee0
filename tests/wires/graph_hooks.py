"""The wire's subscriptions: it really calls whoever asked to be told.

https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen
from uuid import uuid4

from tests.wires.graph_entra import TENANT
from tests.wires.graph_events import stamp

LONGEST = timedelta(minutes=10_080)
"""How long a subscription to events lives at most
(https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime)."""
_SECONDS_TO_ANSWER = 10


class NotValidated(Exception):
    """Whoever lives at the notification address did not repeat the token as plain text."""


@dataclass
class Subscription:
    id: str
    email: str
    calendar: str
    body: dict[str, Any]
    expires_at: datetime

    def as_told(self) -> dict[str, Any]:
        kept = {key: value for key, value in self.body.items() if key != "clientState"}
        return kept | {"id": self.id, "clientState": None, "expirationDateTime": stamp(self.expires_at)}


@dataclass
class Hooks:
    """silent: notifications are lost on the way. failed: what could not be delivered."""

    silent: bool = False
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    delivered: list[tuple[str, int]] = field(default_factory=list)
    _waiting: queue.Queue[tuple[str, dict[str, Any]] | None] = field(default_factory=queue.Queue)

    def subscribed(self, email: str, calendar: str, body: dict[str, Any]) -> Subscription:
        """A new one, after both addresses have shown that they want it. Raises NotValidated."""
        for name in ("notificationUrl", "lifecycleNotificationUrl"):
            if name in body:
                _validate(body[name])
        made = Subscription(str(uuid4()), email, calendar, body, datetime.fromisoformat(body["expirationDateTime"]))
        self.subscriptions[made.id] = made
        return made

    def changed(self, email: str, calendar: str, event_id: str, etag: str, kind: str, now: datetime) -> None:
        """Something happened in a calendar: whoever watches it is told."""
        for each in list(self.subscriptions.values()):
            if each.email == email and each.calendar in {calendar, ""} and each.expires_at > now and not self.silent:
                said = {
                    **self._about(each),
                    "changeType": kind,
                    "resource": f"Users/{email}/Events/{event_id}",
                    "resourceData": {
                        "@odata.type": "#Microsoft.Graph.Event",
                        "@odata.id": f"Users/{email}/Events/{event_id}",
                        "@odata.etag": etag,
                        "id": event_id,
                    },
                }
                self._waiting.put((each.body["notificationUrl"], {"value": [said]}))

    def lifecycle(self, subscription_id: str, event: str) -> None:
        """reauthorizationRequired, subscriptionRemoved or missed
        (https://learn.microsoft.com/graph/change-notifications-lifecycle-events)."""
        each = self.subscriptions[subscription_id]
        if event == "subscriptionRemoved":
            del self.subscriptions[subscription_id]
        said = {**self._about(each), "lifecycleEvent": event, "resource": each.body["resource"]}
        self._waiting.put((each.body["lifecycleNotificationUrl"], {"value": [said]}))
        self.settle()

    def _about(self, subscription: Subscription) -> dict[str, Any]:
        return {
            "subscriptionId": subscription.id,
            "subscriptionExpirationDateTime": stamp(subscription.expires_at),
            "clientState": subscription.body.get("clientState"),
            "tenantId": TENANT,
        }

    def settle(self) -> None:
        """Returns when everything that there was to tell has been told."""
        self._waiting.join()

    def deliver(self) -> None:
        while (item := self._waiting.get()) is not None:
            url, body = item
            self.delivered.append((url, _post(url, json.dumps(body).encode())))
            self._waiting.task_done()
        self._waiting.task_done()

    def stop(self) -> None:
        self._waiting.put(None)


@contextmanager
def delivering(hooks: Hooks) -> Iterator[None]:
    thread = threading.Thread(target=hooks.deliver, daemon=True)
    thread.start()
    try:
        yield
    finally:
        hooks.stop()
        thread.join(timeout=_SECONDS_TO_ANSWER)


def _post(url: str, body: bytes) -> int:
    try:
        request = Request(url, data=body, headers={"Content-Type": "application/json"}, method="POST")
        with urlopen(request, timeout=_SECONDS_TO_ANSWER) as answer:
            return int(answer.status)
    except URLError as problem:
        return getattr(problem, "code", 0) or 0
    except OSError:
        return 0


def _validate(url: str) -> None:
    token = f"Validation: Testing client application reachability {uuid4()} +&="
    asked = f"{url}{'&' if '?' in url else '?'}validationToken={quote(token, safe='')}"
    try:
        request = Request(asked, data=b"", headers={"Content-Type": "text/plain; charset=utf-8"}, method="POST")
        with urlopen(request, timeout=_SECONDS_TO_ANSWER) as answer:
            kind, body = answer.headers.get_content_type(), answer.read().decode()
            if answer.status != 200 or kind != "text/plain" or body != token:
                raise NotValidated(url)
    except OSError as problem:
        raise NotValidated(url) from problem


def now_utc() -> datetime:
    return datetime.now(UTC)
