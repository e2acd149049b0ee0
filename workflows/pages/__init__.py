"""What each page shows, put together in a handful of queries."""

from workflows.pages.all_calendars import all_calendars
from workflows.pages.audit import audit_page
from workflows.pages.calendars import calendars_page
from workflows.pages.challenges import challenges_page, note, topic_page
from workflows.pages.expertise import expertise_page
from workflows.pages.health import health, heartbeat
from workflows.pages.home import home
from workflows.pages.limits import limits_page
from workflows.pages.mail import mail_page
from workflows.pages.meetings import meetings
from workflows.pages.organiser import organiser_page
from workflows.pages.people import people_page, person_page
from workflows.pages.review import review_page
from workflows.pages.rounds import last_round, round_page, rounds_page, why
from workflows.pages.rules import rules_page, trial_page, version_page, versions_page
from workflows.pages.sample import sample_people
from workflows.pages.sample_mails import sample_mail, sample_mails
from workflows.pages.suggestions import event_file, other_times, suggestion
from workflows.pages.taking_part import taking_part_page

__all__ = [
    "all_calendars",
    "audit_page",
    "calendars_page",
    "challenges_page",
    "event_file",
    "expertise_page",
    "health",
    "heartbeat",
    "home",
    "last_round",
    "limits_page",
    "mail_page",
    "meetings",
    "note",
    "organiser_page",
    "other_times",
    "people_page",
    "person_page",
    "review_page",
    "round_page",
    "rounds_page",
    "rules_page",
    "sample_mail",
    "sample_mails",
    "sample_people",
    "suggestion",
    "taking_part_page",
    "topic_page",
    "trial_page",
    "version_page",
    "versions_page",
    "why",
]
