"""Every version of the rules: who published it and why, any two compared, and any one restored."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.signed_in import who

page_of = Blueprint("admin_versions", __name__, url_prefix="/admin/rules/versions")


@page_of.get("")
def page() -> str:
    one, other = (request.args.get(name, default=0, type=an_id) for name in ("one", "other"))
    return render_template("admin/versions.html", page=backstage().versions_page(who(), one, other))


@page_of.get("/<id:version>")
def version(version: int) -> str:
    return _version(version, {}, "")


@page_of.post("/<id:version>")
def restore(version: int) -> Response | tuple[str, int]:
    reason, expected = request.form.get("reason", ""), request.form.get("expected", default=0, type=an_id)
    try:
        with if_theirs():
            made = backstage().restore_version(who(), version, expected, reason)
    except BadInput as error:
        return _version(version, by_field(error), reason), 400
    except ChangedMeanwhile:
        words = "another version was published meanwhile; look once more at what would change"
        return _version(version, {"": words}, reason), 409
    flash(f"Version {version} is in force again, as version {made}.")
    return redirect(url_for("admin_versions.page"))


def _version(version: int, problems: dict[str, str], reason: str) -> str:
    with if_theirs():
        shown = backstage().version_page(who(), version)
    return render_template("admin/version.html", page=shown, problems=problems, reason=reason)
