"""An iCalendar stream as a tree of components, strictly: what cannot be read is an error, never a shorter list.

Lenient parsers drop the line they do not understand. Here that line may have been the end of a meeting, so it stops the
reading instead (DESIGN rule 1). Messages name the property that is wrong and never show a value: it may be a title.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mentoring.errors import Refused

_FOLD = re.compile(r"\n[ \t]")
_PARAM_VALUE = r'(?:"[^"]*"|[^";:,]*)'
_PARAMS = re.compile(rf";([A-Za-z0-9_.-]+)=({_PARAM_VALUE}(?:,{_PARAM_VALUE})*)")
_LINE = re.compile(rf"([A-Za-z0-9_.-]+)((?:;[A-Za-z0-9_.-]+={_PARAM_VALUE}(?:,{_PARAM_VALUE})*)*):(.*)", re.DOTALL)
_NEVER_A_TIME = re.compile(
    r"(ATTENDEE|ORGANIZER|DESCRIPTION|SUMMARY|LOCATION|COMMENT|CONTACT|URL|ATTACH|CATEGORIES|X-[A-Z0-9_.-]+)[;:]",
    re.IGNORECASE,
)
_TOP_LEVEL = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY"})
DEEPEST = 10


@dataclass(frozen=True)
class Property:
    """One content line (RFC 5545 section 3.1). Parameter names are upper case; quotes are taken off their values."""

    name: str
    value: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass
class Component:
    """What stands between BEGIN and END. unreadable: how many of its lines are not content lines."""

    name: str
    properties: list[Property] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    unreadable: int = 0

    def all(self, name: str) -> list[Property]:
        return [each for each in self.properties if each.name == name]

    def one(self, name: str) -> Property | None:
        """The property of that name. Raises Refused when it stands there twice: which one counts would be a guess."""
        found = self.all(name)
        if len(found) > 1:
            raise Refused(f"the calendar has an event with {len(found)} {name} properties")
        return found[0] if found else None

    def text(self, name: str) -> str:
        """The value of the property of that name, upper case, or the empty string."""
        found = self.one(name)
        return found.value.strip().upper() if found else ""

    def parts(self, name: str) -> list[Component]:
        return [each for each in self.components if each.name == name]


def calendars(text: bytes) -> list[Component]:
    """The VCALENDARs of a stream; at least one. Raises Refused for anything that is not complete iCalendar."""
    stack: list[Component] = []
    found: list[Component] = []
    for line in content_lines(text):
        if not found and not stack and line.strip().upper() != "BEGIN:VCALENDAR":
            raise Refused("this is not a calendar: it does not begin with BEGIN:VCALENDAR")
        _take(line, stack, found)
    if stack:
        raise Refused(f"the calendar is cut off: END:{stack[-1].name} is missing")
    if not found:
        raise Refused("this is not a calendar: it is empty")
    return found


def content_lines(text: bytes) -> list[str]:
    """The unfolded lines. Titles in a wrong encoding do no harm: everything that tells a time is ASCII."""
    decoded = text.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return [line for line in _FOLD.sub("", decoded).split("\n") if line.strip(" \t\0\x1a")]


def _take(line: str, stack: list[Component], found: list[Component]) -> None:
    read = parsed(line)
    if read is not None and read.name == "BEGIN":
        _begin(read.value.strip().upper(), stack)
    elif read is not None and read.name == "END":
        _end(read.value.strip().upper(), stack, found)
    elif not stack:
        raise Refused("the calendar has lines outside of BEGIN:VCALENDAR and END:VCALENDAR")
    elif read is not None:
        stack[-1].properties.append(read)
    elif not _NEVER_A_TIME.match(line):
        stack[-1].unreadable += 1


def _begin(name: str, stack: list[Component]) -> None:
    if (name == "VCALENDAR") is bool(stack) or (name in _TOP_LEVEL and len(stack) != 1):
        raise Refused("the calendar is damaged: one component begins inside another where it cannot")
    if len(stack) >= DEEPEST:
        raise Refused("the calendar is damaged: its components are nested too deeply")
    component = Component(name)
    if stack:
        stack[-1].components.append(component)
    stack.append(component)


def _end(name: str, stack: list[Component], found: list[Component]) -> None:
    if not stack or stack[-1].name != name:
        raise Refused("the calendar is damaged: an END has no BEGIN")
    component = stack.pop()
    if not stack:
        found.append(component)


def parsed(line: str) -> Property | None:
    """The content line as a property, or None when it is none."""
    match = _LINE.fullmatch(line)
    if match is None:
        return None
    name, params, value = match.groups()
    return Property(
        name.upper(), value, {key.upper(): text.strip('"') for key, text in _PARAMS.findall(params)} if params else {}
    )
