"""The rules: a draft that all admins share, what differs from what is in force, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile
from webapp.backstage import backstage
from webapp.errors import by_field
from webapp.ids import an_id
from webapp.signed_in import who
from workflows import rules_form
from workflows.drafting import Clash, Shown, Torn, TypedClash, sealed, unsealed

page_of = Blueprint("admin_rules", __name__, url_prefix="/admin/rules")

NAMED = ("on.", "value.", "set.", "number.", "free.", "pair.")
"""How the names of the form's fields begin."""

KEEP = "keep."
CHANGED = "Somebody has changed the draft meanwhile. Here it is as it is now."


MOST_SENT = 1024 * 1024
"""A form with every rule, number and pair, and where two changed them at once, both of them."""


@page_of.url_value_preprocessor
def take_a_whole_form(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form, which the guard against forgery does first."""
    request.max_content_length = request.max_form_memory_size = MOST_SENT


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
def save() -> Response | tuple[str, int]:
    fields = {name: text for name, text in request.form.items() if name.startswith(NAMED)}
    try:
        shown = _shown()
        act, _, what = request.form.get("act", "save").partition(":")
        fields = _done(act, what, fields)
        backstage().save_draft(who(), shown, fields)
    except BadInput as error:
        return _page(fields, by_field(error)), 400
    except Torn as error:
        return _clash(error.clash, "admin_rules.settle"), 409
    flash("Saved as a draft. Nothing is in force until it is published.")
    return redirect(url_for("admin_rules.page", _anchor=_where(act, what)))


def _done(act: str, what: str, fields: dict[str, str]) -> dict[str, str]:
    """The form after the button that was pressed. Raises BadInput."""
    match act:
        case "add":
            scope = rules_form.scope_of(request.form.get(f"scope.{what}", ""))
            if scope is None:
                raise BadInput.of(f"scope.{what}", "choose a department or a group")
            return rules_form.with_scope(fields, what, scope)
        case "remove":
            return rules_form.without_scope(fields, what)
        case "forbid":
            one, other = (request.form.get(name, type=an_id) for name in ("pair_one", "pair_other"))
            return rules_form.with_pair(fields, one, other)
        case "allow":
            return rules_form.without_pair(fields, what)
        case _:
            return fields


def _where(act: str, what: str) -> str | None:
    """The part of the page that the button is in."""
    if act in {"forbid", "allow"}:
        return "pairs"
    return f"rule-{what.partition('.')[0]}" if act in {"add", "remove"} else None


def _shown() -> Shown:
    revision, base_version = (request.form.get(name, type=an_id) for name in ("revision", "base_version"))
    if revision is None or base_version is None:
        raise BadInput.of("", "the page was not sent whole; go back and reload it")
    return Shown(revision, base_version, unsealed(request.form.get("shown", "")))


@page_of.post("/settle")
def settle() -> Response | tuple[str, int]:
    try:
        mine, seen = (unsealed(request.form.get(name, "")) for name in ("mine", "seen"))
        backstage().settle_draft(who(), TypedClash(_shown(), mine, seen), _chosen())
    except Torn as error:
        return _clash(error.clash, "admin_rules.settle"), 409
    flash("Saved as a draft, with what both of you changed.")
    return redirect(url_for("admin_rules.page"))


@page_of.post("/carry-on")
def carry_on() -> Response | tuple[str, int]:
    try:
        backstage().carry_on(who(), _revision(), _chosen())
    except Torn as error:
        return _clash(error.clash, "admin_rules.carry_on"), 409
    except ChangedMeanwhile:
        flash(CHANGED, "problem")
        return redirect(url_for("admin_rules.page"))
    flash("The draft now begins from the version in force, and keeps what it changes.")
    return redirect(url_for("admin_rules.page"))


def _chosen() -> dict[str, str]:
    return {name.removeprefix(KEEP): text for name, text in request.form.items() if name.startswith(KEEP)}


def _revision() -> int:
    revision = request.form.get("revision", type=an_id)
    if revision is None:
        raise BadInput.of("", "the page was not sent whole; go back and reload it")
    return revision


@page_of.post("/discard")
def discard() -> Response:
    try:
        backstage().discard_draft(who(), _revision())
    except ChangedMeanwhile:
        flash(CHANGED, "problem")
    else:
        flash("The draft is thrown away. These are the rules in force.")
    return redirect(url_for("admin_rules.page"))


@page_of.get("/publish")
def look_before_publishing() -> str:
    return _publishing({}, "")


@page_of.post("/publish")
def publish() -> Response | tuple[str, int]:
    reason = request.form.get("reason", "")
    try:
        version = backstage().publish_draft(who(), _revision(), reason)
    except BadInput as error:
        return _publishing(by_field(error), reason), 400
    except ChangedMeanwhile:
        return _publishing({"": "the draft or the rules were changed meanwhile; look at them once more"}, reason), 409
    flash(f"Published: version {version} is in force from now on.")
    return redirect(url_for("admin_versions.page"))


def _publishing(problems: dict[str, str], reason: str) -> str:
    page = backstage().rules_page(who())
    return render_template("admin/publish.html", page=page, problems=problems, reason=reason, now=backstage().now())


def _page(typed: Mapping[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    """typed: what the form holds that was not taken."""
    page = backstage().rules_page(who())
    fields = page.fields if typed is None else typed
    return render_template(
        "admin/rules.html",
        page=page,
        fields=fields,
        scoped=rules_form.scoped(fields),
        pairs=rules_form.pairs_of(fields),
        names={each.person_id: each.name for each in page.people},
        problems=problems or {},
        now=backstage().now(),
    )


def _clash(clash: Clash, action: str) -> str:
    return render_template(
        "admin/rules_clash.html",
        clash=clash,
        action=action,
        shown=sealed(clash.shown.policy),
        mine=sealed(clash.mine),
        seen=sealed(clash.seen),
        now=backstage().now(),
    )
