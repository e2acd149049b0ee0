"""The admins' pages, one Blueprint a page: names, rules and how things run, never notes."""

from webapp.pages.admin import audit, importing, mail, overview, people, review, rounds

PAGES = (overview, people, importing, rounds, review, mail, audit)
