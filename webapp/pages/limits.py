"""When somebody may be met at all, how often, and with whom never."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import count, takewhile

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from mentoring.hours import WEEKDAYS
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.said_back import taken_back
from webapp.signed_in import who
from workflows.languages import LANGUAGES, WAYS
from workflows.limits_form import STRETCHES
from workflows.member_views import LimitsForm, Stretch

page_of = Blueprint("limits", __name__, url_prefix="/limits")

NUMBERS = ("buffer_minutes", "notice_hours", "per_day", "per_week", "per_month")
PAUSES = {"1": 1, "2": 2, "4": 4}
"""In weeks."""


@page_of.get("")
def page() -> str:
    return _page({})


@page_of.post("")
def save() -> Response | tuple[str, int]:
    form = _typed()
    try:
        saved = backstage().save_limits(who(), form)
    except BadInput as error:
        return _page(by_field(error), form), 400
    flash(f"Saved. {taken_back(saved.taken_back)}".strip())
    if saved.meetings:
        flash("What you have agreed on stays as it is. Look at your meetings if one does not suit you any more.")
    return redirect(url_for("limits.page"))


@page_of.get("/pause")
def pause_page() -> str:
    return _shown("pause.html", {})


@page_of.post("/pause")
def pause() -> Response | tuple[str, int]:
    try:
        weeks = PAUSES.get(request.form.get("weeks", ""))
        number = backstage().pause_for(who(), weeks) if weeks else backstage().pause(who(), _until())
    except BadInput as error:
        return _shown("pause.html", by_field(error)), 400
    flash(f"Paused. {taken_back(number)}".strip())
    return redirect(url_for("limits.pause_page"))


@page_of.post("/back")
def back() -> Response:
    backstage().back(who())
    flash("Welcome back. The next round looks at you again.")
    return redirect(url_for("limits.pause_page"))


@page_of.get("/quiet-days")
def quiet_page() -> str:
    return _shown("quiet_days.html", {})


@page_of.post("/quiet-days")
def add_quiet() -> Response | tuple[str, int]:
    try:
        saved = backstage().add_quiet(who(), _text("first"), _text("last"))
    except BadInput as error:
        return _shown("quiet_days.html", by_field(error)), 400
    flash(f"Kept quiet. {taken_back(saved.taken_back)}".strip())
    return redirect(url_for("limits.quiet_page"))


@page_of.post("/quiet-days/remove")
def remove_quiet() -> Response:
    backstage().remove_quiet(who(), _text("first"), _text("last"))
    flash("Removed.")
    return redirect(url_for("limits.quiet_page"))


@page_of.post("/quiet-days/weekly")
def quiet_weekdays() -> Response | tuple[str, int]:
    try:
        chosen = [number for number, name in enumerate(WEEKDAYS) if name in request.form]
        saved = backstage().set_quiet_weekdays(who(), chosen)
    except BadInput as error:
        return _shown("quiet_days.html", by_field(error)), 400
    flash(f"Saved. {taken_back(saved.taken_back)}".strip())
    return redirect(url_for("limits.quiet_page"))


@page_of.get("/never-with")
def never_with_page() -> str:
    return _shown("never_with.html", {})


@page_of.post("/never-with")
def never_with() -> Response | tuple[str, int]:
    try:
        number = backstage().never_with(who(), request.form.get("person", type=an_id) or 0)
    except BadInput as error:
        return _shown("never_with.html", by_field(error)), 400
    flash(f"Saved. Nobody is told. {taken_back(number)}".strip())
    return redirect(url_for("limits.never_with_page"))


@page_of.post("/never-with/<id:other_id>/after-all")
def after_all(other_id: int) -> Response:
    with if_theirs():
        backstage().after_all(who(), other_id)
    flash("Taken off the list.")
    return redirect(url_for("limits.never_with_page"))


def _page(problems: Mapping[str, str], form: LimitsForm | None = None) -> str:
    page = backstage().limits(who())
    return render_template(
        "limits.html",
        page=page,
        form=form or page.form,
        problems=problems,
        weekdays=WEEKDAYS,
        languages=LANGUAGES,
        ways=WAYS,
        now=backstage().now(),
    )


def _shown(template: str, problems: Mapping[str, str]) -> str:
    """One of the pages beside the form, which keep no limit that was typed and not saved from being saved."""
    shown = {"page": backstage().limits(who()), "problems": problems, "typed": request.form}
    return render_template(template, weekdays=WEEKDAYS, **shown)


def _typed() -> LimitsForm:
    return LimitsForm(
        zone=_text("zone"),
        country=_text("country"),
        subdivision=_text("subdivision"),
        clock=_text("clock"),
        days=tuple(_stretches(day) for day in WEEKDAYS),
        preferred=_stretches("preferred"),
        language=_text("language"),
        also=tuple(request.form.getlist("also")),
        ways=tuple(request.form.getlist("ways")),
        **{name: _text(name) for name in NUMBERS},
    )


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _stretches(name: str) -> tuple[Stretch, ...]:
    """As many as the form had, and no fewer than it would have if it were shown again."""
    numbers = takewhile(lambda number: number <= STRETCHES or f"{name}-{number}-from" in request.form, count(1))
    return tuple((_text(f"{name}-{number}-from"), _text(f"{name}-{number}-to")) for number in numbers)


def _until() -> date:
    try:
        return date.fromisoformat(_text("until"))
    except ValueError as problem:
        raise BadInput.of("until", "choose the day on which you are back") from problem
