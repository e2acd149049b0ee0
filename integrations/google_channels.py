"""Having Google tell of changes: https://developers.google.com/workspace/calendar/api/guides/push"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.google_api import GoogleApi
from integrations.google_problems import AlreadyThere, Gone, NotForUs
from mentoring.errors import Refused, TryLater
from mentoring.ports import Channel

LASTS = timedelta(days=7)


def watch(api: GoogleApi, href: str, hook: str, channel_id: str, secret: str, now: datetime) -> Channel:
    """A channel for the calendar's events. Raises Refused for a calendar that Google tells nothing of."""
    body = {
        "id": channel_id,
        "type": "web_hook",
        "address": hook,
        "token": secret,
        "expiration": str(int((now + LASTS).timestamp() * 1000)),
    }
    try:
        said = api.write(api.calendar.events().watch(calendarId=href, body=body))
    except (NotForUs, AlreadyThere) as problem:
        raise Refused("Google tells nobody of changes in this calendar") from problem
    return _channel(said, secret, now)


def _channel(said: dict[str, Any], secret: str, now: datetime) -> Channel:
    try:
        expires = datetime.fromtimestamp(int(said["expiration"]) / 1000, UTC) if "expiration" in said else now + LASTS
        return Channel(said["id"], said["resourceId"], secret, expires)
    except (KeyError, ValueError) as problem:
        raise TryLater("Google's answer could not be read") from problem


def unwatch(api: GoogleApi, channel: Channel) -> None:
    """Stops it; one that is gone already is success."""
    with suppress(Gone):
        api.write(api.calendar.channels().stop(body={"id": channel.id, "resourceId": channel.resource}))
