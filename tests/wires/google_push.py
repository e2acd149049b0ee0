"""Watch channels of the Google wire: it really calls back, from a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.wires.google_calendars import Calendar


@dataclass
class Watch:
    """One channel. number: of its next message."""

    id: str
    calendar: Calendar
    account: str
    address: str
    token: str
    expires_at: datetime
    number: int = 1

    @property
    def resource(self) -> str:
        return f"resource-{self.calendar.id}"


@dataclass(frozen=True)
class Notification:
    """What is POSTed to address."""

    address: str
    headers: dict[str, str]


def posted(notification: Notification) -> None:
    """Calls back, and cares no more than Google about what is answered."""
    request = Request(notification.address, data=b"", method="POST", headers=notification.headers)
    with suppress(URLError, OSError), urlopen(request, timeout=5) as answer:
        answer.read()


@dataclass
class Push:
    """deliver: how a message goes out. loses: messages are lost on the way, as some of Google's are."""

    clock: Callable[[], datetime]
    deliver: Callable[[Notification], None] = posted
    watches: dict[str, Watch] = field(default_factory=dict)
    sent: list[Notification] = field(default_factory=list)
    loses: bool = False
    _due: queue.Queue[Notification | None] = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None

    def begin(self, watch: Watch) -> None:
        self.watches[watch.id] = watch
        self._send(watch, "sync")

    def tell(self, calendar: Calendar) -> None:
        """Something in the calendar changed."""
        for watch in list(self.watches.values()):
            if watch.calendar is calendar and watch.expires_at > self.clock():
                self._send(watch, "exists")

    def stop(self, channel_id: str) -> None:
        self.watches.pop(channel_id, None)

    def settle(self) -> None:
        """Waits until every message that is due has been delivered."""
        self._due.join()

    def close(self) -> None:
        if self._thread is not None:
            self._due.put(None)
            self._thread.join(timeout=10)

    def _send(self, watch: Watch, state: str) -> None:
        headers = {
            "X-Goog-Channel-ID": watch.id,
            "X-Goog-Channel-Token": watch.token,
            "X-Goog-Channel-Expiration": watch.expires_at.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "X-Goog-Message-Number": str(watch.number),
            "X-Goog-Resource-ID": watch.resource,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": f"https://www.googleapis.com/calendar/v3/calendars/{watch.calendar.id}/events",
            "Content-Length": "0",
        }
        watch.number += 1
        if self.loses:
            return
        notification = Notification(watch.address, headers)
        self.sent.append(notification)
        self._due.put(notification)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while (notification := self._due.get()) is not None:
            try:
                self.deliver(notification)
            finally:
                self._due.task_done()

    def channel(self, watch: Watch) -> dict[str, Any]:
        return {
            "kind": "api#channel",
            "id": watch.id,
            "resourceId": watch.resource,
            "resourceUri": f"https://www.googleapis.com/calendar/v3/calendars/{watch.calendar.id}/events?alt=json",
            "token": watch.token,
            "expiration": str(int(watch.expires_at.timestamp() * 1000)),
        }
