"""The admins' pages, one Blueprint a page: names, rules and how things run, never notes."""

from webapp.pages.admin import (
    audit,
    calendars,
    importing,
    mail,
    organiser,
    overview,
    people,
    review,
    rounds,
    sign_in,
)

PAGES = (overview, people, importing, calendars, rounds, review, organiser, mail, sign_in, audit)
