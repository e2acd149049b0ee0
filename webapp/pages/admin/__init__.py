"""The admins' pages, one Blueprint a page: names, rules and how things run, never notes."""

from webapp.pages.admin import (
    audit,
    calendars,
    gaps,
    groups,
    importing,
    mail,
    organiser,
    overview,
    people,
    review,
    rounds,
    rules,
    sign_in,
    trials,
    versions,
)

PAGES = (
    overview,
    people,
    groups,
    importing,
    calendars,
    gaps,
    rounds,
    rules,
    trials,
    versions,
    review,
    organiser,
    mail,
    sign_in,
    audit,
)
