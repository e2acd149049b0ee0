"""What the methods of Google's Calendar API do, on the state of the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from tests.wires.google_calendars import Calendar, Calendars
from tests.wires.google_contract import Method
from tests.wires.google_events import WHEN_TOLD_LITTLE, Event, Kept, utc
from tests.wires.google_push import Push, Watch
from tests.wires.web import Asked

FREE_BUSY_AT_ONCE = 50
LONGEST_FREE_BUSY = timedelta(days=90)
LONGEST_WATCH = timedelta(days=30)
SEES_ALL = frozenset(
    {"calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly", "calendar.events.owned"}
)
NOT_WITH_A_SYNC_TOKEN = frozenset(
    {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax", "updatedMin"}
)
WRITERS = frozenset({"owner", "writer"})
ID_LETTERS = frozenset("abcdefghijklmnopqrstuv0123456789")


@dataclass
class Answered:
    """A method's answer. body None: there is none."""

    status: int
    body: Any = None
    reason: str = ""


@dataclass
class Call:
    """One request, for the method it is for."""

    method: Method
    path: dict[str, str]
    query: dict[str, str]
    asked: Asked = field(repr=False)
    viewer: str = ""
    scopes: frozenset[str] = frozenset()

    @cached_property
    def body(self) -> Any:
        return json.loads(self.asked.body) if self.asked.body else None

    def header(self, name: str) -> str:
        """Of any case, as HTTP has them; empty where it was not sent."""
        return next((value for said, value in self.asked.headers.items() if said.lower() == name.lower()), "")

    @property
    def fields(self) -> str:
        return self.query.get("fields", "")


class Refusal(Exception):
    """The method says no."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answered = Answered(status, reason=reason)


@dataclass
class Methods:
    calendars: Calendars
    push: Push
    page_size: int
    tells_uids: bool = True

    def answer(self, call: Call) -> Answered:
        if not call.scopes & call.method.scopes:
            return Answered(403, reason="insufficientPermissions")
        try:
            done: Answered = getattr(self, call.method.id.replace(".", "_"))(call)
        except Refusal as refusal:
            return refusal.answered
        return done

    # Calendars and free/busy

    def calendarList_list(self, call: Call) -> Answered:  # noqa: N802 -- the method's own name
        shown = [each for each in self.calendars.calendars.values() if call.viewer in each.roles and each.listed]
        first, last = self._page(call, len(shown), 100)
        body = {
            "kind": "calendar#calendarList",
            "etag": '"x"',
            "items": [e.entry(call.viewer) for e in shown[first:last]],
        }
        return Answered(200, body | ({"nextPageToken": str(last)} if last < len(shown) else {"nextSyncToken": "x"}))

    def _page(self, call: Call, found: int, usual: int) -> tuple[int, int]:
        first = int(call.query.get("pageToken", "0").partition("-")[0])
        size = min(int(call.query.get("maxResults", usual)), self.page_size)
        return first, min(first + size, found)

    def freebusy_query(self, call: Call) -> Answered:
        start, end = (datetime.fromisoformat(call.body[name]) for name in ("timeMin", "timeMax"))
        if start >= end:
            raise Refusal(400, "timeRangeEmpty")
        if end - start > LONGEST_FREE_BUSY:
            raise Refusal(400, "timeRangeTooLong")
        items = [each["id"] for each in call.body.get("items", [])]
        if len(items) > FREE_BUSY_AT_ONCE:
            raise Refusal(400, "tooManyCalendarsRequested")
        calendars = {each: self._busy(call.viewer, each, start, end) for each in items}
        return Answered(
            200, {"kind": "calendar#freeBusy", "timeMin": utc(start), "timeMax": utc(end), "calendars": calendars}
        )

    def _busy(self, viewer: str, calendar_id: str, start: datetime, end: datetime) -> dict[str, Any]:
        calendar = self.calendars.seen_by(viewer, calendar_id)
        if calendar is None or calendar.error:
            reason = calendar.error if calendar else "notFound"
            return {"errors": [{"domain": "global", "reason": reason}], "busy": []}
        blocks: list[list[datetime]] = []
        for each in sorted((e for e in calendar.instances(start, end) if e.busy), key=lambda e: e.start):
            begins, ends = max(each.start, start), min(each.end, end)
            if blocks and begins <= blocks[-1][1]:
                blocks[-1][1] = max(blocks[-1][1], ends)
            else:
                blocks.append([begins, ends])
        return {"busy": [{"start": utc(begins), "end": utc(ends)} for begins, ends in blocks]}

    # Reading events

    def _calendar(self, call: Call) -> Calendar:
        found = self.calendars.seen_by(call.viewer, call.path["calendarId"])
        if found is None:
            raise Refusal(404, "notFound")
        return found

    def _shown(self, call: Call, calendar: Calendar, resource: dict[str, Any]) -> dict[str, Any]:
        role = calendar.roles[call.viewer]
        if call.scopes & SEES_ALL and role != "freeBusyReader":
            return resource
        little = {name: value for name, value in resource.items() if name in WHEN_TOLD_LITTLE}
        if not self.tells_uids:
            little.pop("iCalUID", None)
        return little if little["status"] == "cancelled" else little | {"visibility": "private"}

    def events_get(self, call: Call) -> Answered:
        calendar = self._calendar(call)
        event = calendar.events.get(call.path["eventId"])
        if event is None:
            raise Refusal(404, "notFound")
        return Answered(200, self._shown(call, calendar, event.resource(calendar.owner, calendar.zone_info)))

    def events_list(self, call: Call) -> Answered:
        calendar = self._calendar(call)
        listed = self._since if "syncToken" in call.query else self._found
        resources = listed(call, calendar)
        first, last = self._page(call, len(resources), 250)
        # A list that was begun is told as it was then: its token is of that state, on whichever page it comes.
        state = call.query.get("pageToken", f"0-{self.calendars.state}").partition("-")[2]
        body = {
            "kind": "calendar#events",
            "etag": '"x"',
            "summary": calendar.summary,
            "timeZone": calendar.zone,
            "accessRole": calendar.roles[call.viewer],
            "updated": utc(datetime(2026, 1, 1, tzinfo=UTC)),
            "defaultReminders": [],
            "items": [self._shown(call, calendar, each) for each in resources[first:last]],
        }
        more = last < len(resources)
        return Answered(200, body | ({"nextPageToken": f"{last}-{state}"} if more else {"nextSyncToken": f"s{state}"}))

    def _since(self, call: Call, calendar: Calendar) -> list[dict[str, Any]]:
        if NOT_WITH_A_SYNC_TOKEN & call.query.keys() or call.query.get("showDeleted") == "false":
            raise Refusal(400, "badRequest")
        token = call.query["syncToken"]
        since = int(token[1:]) if token[1:].isdecimal() else -1
        if since < calendar.oldest_token:
            raise Refusal(410, "fullSyncRequired")
        changed = [calendar.events[name] for name, at in calendar.changed.items() if at > since]
        return [each.resource(calendar.owner, calendar.zone_info) for each in changed]

    def _found(self, call: Call, calendar: Calendar) -> list[dict[str, Any]]:
        deleted = call.query.get("showDeleted") == "true"
        if call.query.get("singleEvents") == "true" and "timeMin" in call.query and "timeMax" in call.query:
            start, end = (datetime.fromisoformat(call.query[name]) for name in ("timeMin", "timeMax"))
            return [dict(each.resource) for each in calendar.instances(start, end)]
        found = [
            e.resource(calendar.owner, calendar.zone_info)
            for e in calendar.events.values()
            if not e.cancelled or deleted
        ]
        return [each for each in found if call.query.get("iCalUID", each.get("iCalUID")) == each.get("iCalUID")]

    # Writing events

    def _writable(self, call: Call) -> Calendar:
        calendar = self._calendar(call)
        if calendar.roles[call.viewer] not in WRITERS:
            raise Refusal(403, "requiredAccessLevel")
        return calendar

    def _written(self, call: Call, calendar: Calendar, event: Event | Kept) -> Answered:
        return Answered(200, event.resource(calendar.owner, calendar.zone_info))

    def events_insert(self, call: Call) -> Answered:
        calendar = self._writable(call)
        event_id = call.body.get("id", "")
        if event_id and not (5 <= len(event_id) <= 1024 and set(event_id) <= ID_LETTERS):
            raise Refusal(400, "invalid")
        if any(event_id in each.events for each in self.calendars.calendars.values() if each.owner == calendar.owner):
            raise Refusal(409, "duplicate")
        self._check_times(call.body)
        stated = {name: value for name, value in call.body.items() if name != "id"}
        return self._written(call, calendar, self.calendars.insert(calendar, event_id, stated, self._send(call)))

    def _check_times(self, body: dict[str, Any]) -> None:
        """Each time has a zone, of its own or beside it, and it ends after it begins."""
        times = []
        for name in ("start", "end"):
            said = body[name]
            if (
                "date" not in said
                and datetime.fromisoformat(said["dateTime"]).tzinfo is None
                and "timeZone" not in said
            ):
                raise Refusal(400, "required")
            times.append(datetime.fromisoformat(said.get("dateTime", said.get("date"))))
        if times[0] > times[1]:
            raise Refusal(400, "timeRangeEmpty")

    def _send(self, call: Call) -> str:
        return call.query.get("sendUpdates", "none")

    def _own(self, call: Call) -> tuple[Calendar, Event]:
        """The organiser's own event, at the version that the request is for."""
        calendar = self._writable(call)
        event = calendar.events.get(call.path["eventId"])
        if not isinstance(event, Event):
            raise Refusal(404, "notFound")
        if call.header("If-Match") not in {"", "*", event.etag}:
            raise Refusal(412, "conditionNotMet")
        if event.organiser != call.viewer:
            raise Refusal(403, "forbiddenForNonOrganizer")
        return calendar, event

    def events_patch(self, call: Call) -> Answered:
        calendar, event = self._own(call)
        return self._rewritten(call, calendar, event, event.stated | call.body)

    def events_update(self, call: Call) -> Answered:
        calendar, event = self._own(call)
        return self._rewritten(call, calendar, event, dict(call.body))

    def _rewritten(self, call: Call, calendar: Calendar, event: Event, stated: dict[str, Any]) -> Answered:
        if event.cancelled and stated.get("status") != "confirmed":
            raise Refusal(410, "deleted")
        self._check_times(stated)
        self.calendars.write(event, stated, self._send(call))
        return self._written(call, calendar, event)

    def events_delete(self, call: Call) -> Answered:
        _, event = self._own(call)
        if event.cancelled:
            raise Refusal(410, "deleted")
        self.calendars.cancel(event, self._send(call))
        return Answered(204)

    # Push

    def events_watch(self, call: Call) -> Answered:
        calendar, asked = self._calendar(call), call.body
        if not calendar.watchable:
            raise Refusal(400, "pushNotSupportedForRequestedResource")
        address = urlsplit(asked["address"])
        if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost"}:
            raise Refusal(400, "webhookUrlNotHttps")
        if asked["id"] in self.push.watches or len(asked["id"]) > 64 or len(asked.get("token", "")) > 256:
            raise Refusal(400, "channelIdNotUnique")
        latest = self.push.clock() + LONGEST_WATCH
        wanted = datetime.fromtimestamp(int(asked["expiration"]) / 1000, UTC) if "expiration" in asked else latest
        watch = Watch(asked["id"], calendar, call.viewer, asked["address"], asked.get("token", ""), min(wanted, latest))
        self.push.begin(watch)
        return Answered(200, self.push.channel(watch))

    def channels_stop(self, call: Call) -> Answered:
        watch = self.push.watches.get(call.body["id"])
        if watch is None or watch.resource != call.body["resourceId"] or watch.account != call.viewer:
            raise Refusal(404, "notFound")
        self.push.stop(watch.id)
        return Answered(204)
