"""A busy, believable calendar for each of the sample's people, around today and the same for the same day."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integrations.calendar_text import EventText, calendar_text
from mentoring.hours import WEEKDAYS, zone
from workflows.sample.notes import SEED
from workflows.sample.people import PEOPLE
from workflows.sample.person import DOMAIN, SamplePerson

SERIES_BEGAN_WEEKS_AGO = 8
AHEAD_DAYS = 21
AWAY_FROM_DAYS, AWAY_TO_DAYS = 9, 17
"""Holidays begin in the second week, so that there is something to plan around and still somebody here today."""

ONE_OFFS = (
    "Budget questions", "Tariff change, first look", "Call with the harbour office", "Interview", "Audit preparation",
    "Roadmap talk", "Vendor demonstration", "Storm season plan", "Customer visit", "Data quality", "Map redesign",
    "Permit questions", "Lessons from the rail slot", "Capacity next quarter", "Security walk", "Training: new radio",
)  # fmt: skip


def events_of(person: SamplePerson, today: date) -> tuple[EventText, ...]:
    """Everything in that person's calendar."""
    diary = _Diary(person, today)
    daily = _shift_work(diary) if _works_weekends(person) else _office_work(diary)
    return tuple(daily) + tuple(_people_work(diary)) + tuple(_one_offs(diary)) + tuple(_whole_days(diary))


def text_of(person: SamplePerson, today: date) -> bytes:
    """The calendar as a file."""
    return calendar_text(events_of(person, today), person.zone, f"Work ({person.name})")


def broken_text_of(person: SamplePerson, today: date) -> bytes:
    """The file as a feed that was cut off on its way serves it: most of the events, and no end."""
    whole = text_of(person, today)
    return whole[: whole.rindex(b"BEGIN:VEVENT") + 60]


@dataclass
class _Diary:
    """One person's days. The minutes are those of their wall clock."""

    person: SamplePerson
    today: date
    chance: random.Random = field(init=False)
    tz: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{SEED} calendar {self.person.name}")
        self.tz = zone(self.person.zone)

    @property
    def workdays(self) -> tuple[int, ...]:
        return tuple(day for day, hours in enumerate(self.person.limits.hours.days) if hours)

    @property
    def begins(self) -> int:
        return self.person.limits.hours.days[self.workdays[0]][0].start

    @property
    def ends(self) -> int:
        return self.person.limits.hours.days[self.workdays[0]][0].end

    def ahead(self) -> list[date]:
        """The working days from today on."""
        days = (self.today + timedelta(days=after) for after in range(AHEAD_DAYS))
        return [day for day in days if day.weekday() in self.workdays]

    def at(self, day: date, minute: int) -> datetime:
        return datetime.combine(day, time(minute // 60, minute % 60), self.tz)

    def uid(self, name: str) -> str:
        return f"{name}-{self.person.user}@{DOMAIN}"

    def once(self, name: str, title: str, day: date, minute: int, length: int, **said: str | bool) -> EventText:
        start = self.at(day, minute)
        return EventText(self.uid(name), title, start, start + timedelta(minutes=length), **said)  # type: ignore[arg-type]

    def series(
        self, name: str, title: str, days: Iterable[int], minute: int, length: int, weeks: int = 1, free: bool = False
    ) -> _Series:
        """A meeting on those weekdays, every so many weeks."""
        return _Series(self, name, title, tuple(sorted(days)), minute, length, weeks, free)


@dataclass(frozen=True)
class _Series:
    diary: _Diary
    name: str
    title: str
    days: tuple[int, ...]
    minute: int
    length: int
    weeks: int
    free: bool

    def event(self, moved: tuple[int, int] | None = None, cancelled: int | None = None) -> EventText:
        """moved: (which coming instance, by how many minutes). cancelled: which coming instance is called off."""
        coming, lasts = self._coming(), timedelta(minutes=self.length)
        moves: dict[date | datetime, tuple[date | datetime, date | datetime]] = {}
        if moved is not None:
            was = coming[moved[0]]
            moves = {was: (was + timedelta(minutes=moved[1]), was + timedelta(minutes=moved[1]) + lasts)}
        byday = ",".join(WEEKDAYS[day][:2].upper() for day in self.days)
        first = self.diary.at(self._first(), self.minute)
        return EventText(
            self.diary.uid(self.name),
            self.title,
            first,
            first + lasts,
            rrule=f"FREQ=WEEKLY;INTERVAL={self.weeks};BYDAY={byday}",
            moved=moves,
            cancelled=() if cancelled is None else (coming[cancelled],),
            transparent=self.free,
        )

    def _first(self) -> date:
        monday = self.diary.today - timedelta(days=self.diary.today.weekday(), weeks=SERIES_BEGAN_WEEKS_AGO)
        return monday + timedelta(days=self.days[0])

    def _coming(self) -> list[datetime]:
        first = self._first()
        monday = first - timedelta(days=first.weekday())
        days = (self.diary.today + timedelta(days=after) for after in range(1, 7 * self.weeks * 4))
        return [
            self.diary.at(day, self.minute)
            for day in days
            if day.weekday() in self.days and (day - monday).days // 7 % self.weeks == 0
        ]


def _works_weekends(person: SamplePerson) -> bool:
    return bool(person.limits.hours.days[5])


def _office_work(diary: _Diary) -> Iterator[EventText]:
    chance, begins = diary.chance, diary.begins
    standup = begins + chance.choice((15, 30, 45, 60))
    yield diary.series("standup", "Stand-up", diary.workdays, standup, 15).event(moved=(2, 30), cancelled=5)
    day = chance.choice(diary.workdays[:4])
    yield diary.series("team", "Team meeting", [day], begins + 240, 60).event()
    yield diary.series("lunch", "Lunch", diary.workdays, begins + 195, 45, free=True).event()
    if diary.person.department in {"Engineering", "Product", "Platform"}:
        review = diary.series("review", "Sprint review", [3], diary.ends - 150, 90, weeks=2)
        yield review.event(moved=(0, -60), cancelled=1)
        yield diary.series("refinement", "Refinement", [1], begins + 300, 60).event(cancelled=0)
    else:
        yield diary.series("numbers", "Weekly numbers", [0], begins + 75, 45).event(moved=(0, 60))
    focus = chance.sample(diary.workdays, 2)
    yield diary.series("focus", "Focus time", focus, diary.ends - 120, 90).event(cancelled=1)


def _shift_work(diary: _Diary) -> Iterator[EventText]:
    chance, begins, ends = diary.chance, diary.begins, diary.ends
    yield diary.series("shift", "On shift", diary.workdays, begins, ends - begins, free=True).event()
    yield diary.series("take-over", "Shift handover, in", diary.workdays, begins, 20).event()
    yield diary.series("hand-over", "Shift handover, out", diary.workdays, ends - 20, 20).event()
    briefing = begins + chance.choice((120, 150, 180))
    yield diary.series("briefing", "Situation briefing", diary.workdays, briefing, 30).event(moved=(1, 60), cancelled=4)
    yield diary.series("walk", "Safety walk", [chance.choice(diary.workdays)], begins + 300, 60).event(cancelled=1)


def _people_work(diary: _Diary) -> Iterator[EventText]:
    chance, person = diary.chance, diary.person
    if person.manager:
        minute = diary.begins + chance.choice((90, 105, 210, 330, 360))
        one_to_one = diary.series(
            "one-to-one", f"1:1 with {person.manager}", [chance.choice(diary.workdays)], minute, 30
        )
        yield one_to_one.event(moved=(1, 45))
    reports = [each.name for each in PEOPLE if each.manager == person.name]
    for number, name in enumerate(chance.sample(reports, min(3, len(reports)))):
        day, minute = chance.choice(diary.workdays), diary.begins + 120 + 90 * number
        yield diary.series(f"report-{number}", f"1:1 with {name}", [day], minute, 30).event(cancelled=number % 2)


def _one_offs(diary: _Diary) -> Iterator[EventText]:
    """Single meetings, some of them not agreed to: asked by others, declined, tentative or not answered yet."""
    chance, days = diary.chance, diary.ahead()
    others = [each.email for each in PEOPLE if each is not diary.person]
    answers = ("ACCEPTED", "DECLINED", "TENTATIVE", "NEEDS-ACTION", "ACCEPTED", "ACCEPTED", "ACCEPTED")
    count = chance.randint(5, 7) if _works_weekends(diary.person) else chance.randint(7, 10)
    for number, title in enumerate(chance.sample(ONE_OFFS, count)):
        minute = chance.randrange(diary.begins + 30, diary.ends - 90, 15)
        asked = {"owner": diary.person.email, "organiser": chance.choice(others), "owner_partstat": answers[number % 7]}
        yield diary.once(f"meeting-{number}", title, chance.choice(days), minute, chance.choice((30, 45, 60)), **asked)
    yield diary.once("hold", "Hold: customer call", chance.choice(days), diary.begins + 90, 60, status="TENTATIVE")
    off = diary.once(
        "dropped", "Workshop, called off", chance.choice(days), diary.begins + 150, 120, status="CANCELLED"
    )
    yield off


def _whole_days(diary: _Diary) -> Iterator[EventText]:
    """All-day events: free, worked from elsewhere, and away."""
    chance, today = diary.chance, diary.today
    founding = today + timedelta(days=6)
    yield _all_day(diary, "founding", "Quayline's birthday", founding, 1, transparent=True)
    if chance.random() < 0.4:
        home = chance.choice(diary.ahead()[3:])
        yield _all_day(diary, "home", "Working from home", home, 1, busystatus="WORKINGELSEWHERE")
    if chance.random() < 0.2:
        away = today + timedelta(days=chance.randint(AWAY_FROM_DAYS, AWAY_TO_DAYS))
        yield _all_day(diary, "away", "Out of office", away, chance.randint(2, 6), busystatus="OOF")
    elif chance.random() < 0.25:
        course = chance.choice(diary.ahead()[4:])
        yield _all_day(diary, "course", "First-aid course", course, 1)


def _all_day(diary: _Diary, name: str, title: str, day: date, days: int, **said: str | bool) -> EventText:
    return EventText(diary.uid(name), title, day, day + timedelta(days=days), **said)  # type: ignore[arg-type]
