"""What each page shows, put together in a handful of queries."""

from workflows.pages.calendars import calendars_page
from workflows.pages.challenges import challenges_page
from workflows.pages.health import health, heartbeat
from workflows.pages.home import home
from workflows.pages.rounds import last_round, why
from workflows.pages.sample import sample_people
from workflows.pages.suggestions import check_start, event_file, other_times, suggestion

__all__ = [
    "calendars_page",
    "challenges_page",
    "check_start",
    "event_file",
    "health",
    "heartbeat",
    "home",
    "last_round",
    "other_times",
    "sample_people",
    "suggestion",
    "why",
]
