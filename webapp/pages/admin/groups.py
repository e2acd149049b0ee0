"""Groups of people that admins name: who is in them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, Refused
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs, said
from webapp.ids import an_id
from webapp.pages.admin.people import MOST_SOUGHT
from webapp.signed_in import who

page_of = Blueprint("admin_groups", __name__, url_prefix="/admin/groups")


@page_of.get("")
def page() -> str:
    return render_template("admin/groups.html", page=backstage().groups_page(who()), problems={}, typed="")


@page_of.post("")
def add() -> Response | tuple[str, int]:
    typed = request.form.get("name", "")
    try:
        group_id = backstage().add_group(who(), typed)
    except BadInput as error:
        page = backstage().groups_page(who())
        return render_template("admin/groups.html", page=page, problems=by_field(error), typed=typed), 400
    flash("Made. Now choose its people.")
    return redirect(url_for("admin_groups.group", group_id=group_id))


@page_of.get("/<id:group_id>")
def group(group_id: int) -> str:
    return _group(group_id, {})


@page_of.post("/<id:group_id>/in")
def put_in(group_id: int) -> Response | tuple[str, int]:
    try:
        with if_theirs():
            number = backstage().put_in_group(who(), group_id, _people())
    except BadInput as error:
        return _group(group_id, by_field(error)), 400
    flash("One person is in it now." if number == 1 else f"{number} people are in it now.")
    return redirect(url_for("admin_groups.group", group_id=group_id))


@page_of.post("/<id:group_id>/out")
def take_out(group_id: int) -> Response | tuple[str, int]:
    try:
        with if_theirs():
            backstage().take_out_of_group(who(), group_id, _people())
    except BadInput as error:
        return _group(group_id, {"member": by_field(error).get("person", "")}), 400
    flash("Saved.")
    return redirect(url_for("admin_groups.group", group_id=group_id))


@page_of.post("/<id:group_id>/remove")
def remove(group_id: int) -> Response:
    try:
        with if_theirs():
            backstage().remove_group(who(), group_id)
    except Refused as error:
        flash(said(error), "problem")
        return redirect(url_for("admin_groups.group", group_id=group_id))
    flash("The group is removed.")
    return redirect(url_for("admin_groups.page"))


def _people() -> list[int]:
    return request.form.getlist("person", type=an_id)


def _group(group_id: int, problems: dict[str, str]) -> str:
    sought = (request.form.get("q") or request.args.get("q", "")).strip()[:MOST_SOUGHT]
    with if_theirs():
        shown = backstage().group_page(who(), group_id, sought)
    return render_template("admin/group.html", page=shown, problems=problems)
