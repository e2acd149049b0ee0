"""Everybody, and one person: who they are, whether they have come in, who is an admin, inviting and deleting."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile, Problem, Refused
from mentoring.people import Seniority
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs, said
from webapp.ids import an_id
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who
from workflows.admin_views import PersonPage
from workflows.peopling import Details

page_of = Blueprint("admin_people", __name__, url_prefix="/admin/people")

MOST_SOUGHT = 100


@page_of.get("")
def page() -> str:
    sought = request.args.get("q", "").strip()[:MOST_SOUGHT]
    return render_template("admin/people.html", page=backstage().people_page(who(), sought, which_page()))


@page_of.get("/invite")
def look_before_inviting() -> str:
    return render_template("admin/invite.html", page=backstage().people_page(who(), "", 1), problem="")


@page_of.post("/invite")
def invite_everybody() -> Response | tuple[str, int]:
    expected = request.form.get("expected", type=an_id)
    try:
        if expected is None:
            raise BadInput.of("expected", "the page was not sent whole; go back and reload it")
        invited = backstage().invite_everybody(who(), expected)
    except (ChangedMeanwhile, Refused) as error:
        page = backstage().people_page(who(), "", 1)
        return render_template("admin/invite.html", page=page, problem=said(error)), 409
    flash("One person is invited." if invited == 1 else f"{invited} people are invited.")
    return redirect(url_for("admin_people.page"))


@page_of.get("/<id:person_id>")
def person(person_id: int) -> str:
    return _person(_shown(person_id))


@page_of.post("/<id:person_id>")
def change(person_id: int) -> Response | tuple[str, int]:
    typed = {name: request.form.get(name, "").strip() for name in ("name", "department", "title", "seniority")}
    try:
        with if_theirs():
            backstage().change_person(who(), person_id, _details(typed))
    except BadInput as error:
        return _person(_shown(person_id), typed=typed, problems=by_field(error)), 400
    flash("Saved.")
    return _to(person_id)


def _details(typed: dict[str, str]) -> Details:
    """Raises BadInput for what no list offers; all else is told by the workflow."""
    manager_id, problems = request.form.get("manager_id", type=an_id), []
    if typed["seniority"] not in set(Seniority):
        problems.append(Problem("seniority", f"choose one of {', '.join(Seniority)}"))
    if manager_id is None and request.form.get("manager_id"):
        problems.append(Problem("manager_id", "choose somebody of the list"))
    if problems:
        raise BadInput(*problems)
    return Details(typed["name"], typed["department"], typed["title"], Seniority(typed["seniority"]), manager_id)


@page_of.post("/<id:person_id>/admin")
def set_admin(person_id: int) -> Response:
    is_admin = request.form.get("admin") == "yes"
    try:
        with if_theirs():
            backstage().set_admin(who(), person_id, is_admin)
    except Refused as error:
        flash(said(error), "problem")
        return _to(person_id)
    flash("They are an admin now." if is_admin else "They are no longer an admin.")
    return _to(person_id)


@page_of.post("/<id:person_id>/invite")
def invite(person_id: int) -> Response:
    try:
        with if_theirs():
            invited = backstage().invite_person(who(), person_id)
    except Refused as error:
        flash(said(error), "problem")
        return _to(person_id)
    if invited:
        flash("Invited. The letter leaves in their working hours.")
    else:
        flash("They have been invited before, or have come by themselves. Nobody is asked twice.", "problem")
    return _to(person_id)


@page_of.post("/<id:person_id>/sign-out")
def sign_out(person_id: int) -> Response:
    with if_theirs():
        backstage().sign_person_out(who(), person_id)
    flash("Signed out in every browser.")
    return _to(person_id)


@page_of.post("/<id:person_id>/delete")
def forget(person_id: int) -> Response | tuple[str, int]:
    try:
        with if_theirs():
            waiting = backstage().forget_person(who(), person_id, request.form.get("address", ""))
    except (BadInput, Refused) as error:
        problems = by_field(error, refused_at="address")
        return _person(_shown(person_id), problems=problems, deleting=True), 400
    if waiting:
        flash(
            "They take part in nothing any more. Their invites are being taken back; then everything is deleted,"
            " within a week at the latest."
        )
        return _to(person_id)
    flash("Everything about them is deleted.")
    return redirect(url_for("admin_people.page"))


def _shown(person_id: int) -> PersonPage:
    with if_theirs():
        return backstage().person_page(who(), person_id)


def _person(
    page: PersonPage,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    deleting: bool = False,
) -> str:
    """typed: what a form holds that was not taken. deleting: the problem is one of the form that deletes."""
    known = {"name": page.line.name, "department": page.line.department, "title": page.title}
    known |= {"seniority": page.seniority.value}
    manager_id = page.manager_id if typed is None else request.form.get("manager_id", type=an_id)
    return render_template(
        "admin/person.html",
        page=page,
        typed=typed or known,
        manager_id=manager_id,
        problems=problems or {},
        deleting=deleting,
        now=backstage().now(),
        seniorities=tuple(Seniority),
    )


def _to(person_id: int) -> Response:
    return redirect(url_for("admin_people.person", person_id=person_id))
