"""Everybody's calendars: how each is, and what an admin can do."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.backstage import backstage
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who
from workflows.views import CalendarStatus

page_of = Blueprint("admin_calendars", __name__, url_prefix="/admin/calendars")


@page_of.get("")
def page() -> str:
    state = next((each for each in CalendarStatus if each == request.args.get("state")), None)
    shown = backstage().all_calendars(who(), state, which_page())
    return render_template("admin/calendars.html", page=shown, now=backstage().now())
