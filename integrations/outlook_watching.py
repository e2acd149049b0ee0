"""Being told that an Outlook calendar changed: subscriptions
(https://learn.microsoft.com/graph/api/resources/subscription)."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations.outlook_graph import Body, Denied, Graph, NotThere, NoWord, Unacceptable, calendar_path, path
from integrations.outlook_times import stamp
from mentoring.errors import Refused, TryLater
from mentoring.ports import MAIN_CALENDAR, Channel, FoundCalendar

LASTS = timedelta(minutes=10_080 - 60)
"""An hour less than the most that there is for events: clocks differ."""
_UNTIL_THE_ADDRESS_ANSWERS = timedelta(minutes=15)


def watch(graph: Graph, calendar: FoundCalendar, hook: str, secret: str, now: datetime) -> Channel:
    """See Watches.watch. Notifications hold ids only; those about the subscription itself go to hook + "/lifecycle".

    The documentation names Calendars.Read as the least permission for it. Where the service insists, that is Refused,
    and the calendar is asked instead: members give Calendars.ReadBasic and no more.
    """
    # The main calendar by the name that the documentation has for it.
    main = calendar.href == MAIN_CALENDAR.href
    resource = "/me/events" if main else calendar_path(calendar.href, "events")
    body = {
        "changeType": "created,updated,deleted",
        "notificationUrl": hook,
        "lifecycleNotificationUrl": f"{hook}/lifecycle",
        "resource": resource,
        "expirationDateTime": _until(now),
        "clientState": secret,
    }
    try:
        return _channel(graph.send("POST", path("subscriptions"), body), resource, secret)
    except Denied as problem:
        raise Refused("Microsoft does not tell of changes by the permission that was given") from problem
    except Unacceptable as problem:
        if problem.code != "ValidationError":
            raise Refused("Microsoft does not tell of changes in this calendar") from problem
        raise TryLater(
            "Microsoft did not reach Interlude at its address for notifications", _UNTIL_THE_ADDRESS_ANSWERS
        ) from problem


def prolong(graph: Graph, channel: Channel, now: datetime) -> Channel | None:
    """See Watches.prolong. It renews the permission to tell as well, as a lifecycle notification may ask for."""
    try:
        body = graph.send("PATCH", path("subscriptions", channel.id), {"expirationDateTime": _until(now)})
    except (NotThere, NoWord):
        return None
    return _channel(body, channel.resource, channel.secret)


def unwatch(graph: Graph, channel: Channel) -> None:
    """See Watches.unwatch."""
    try:
        graph.send("DELETE", path("subscriptions", channel.id))
    except (NotThere, NoWord):
        return


def _until(now: datetime) -> str:
    return (now + LASTS).isoformat(timespec="seconds").replace("+00:00", "Z")


def _channel(body: Body, resource: str, secret: str) -> Channel:
    name, expires_at = body.get("id"), stamp(body.get("expirationDateTime"))
    if not isinstance(name, str) or expires_at is None:
        raise TryLater("Microsoft's answer lacks something of the subscription")
    return Channel(name, resource, secret, expires_at)
