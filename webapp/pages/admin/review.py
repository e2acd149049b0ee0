"""Suggestions that wait to be looked over before anybody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import Refused
from webapp.backstage import backstage
from webapp.errors import said
from webapp.ids import GREATEST
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who
from workflows.reviewing import Reviewed

page_of = Blueprint("admin_review", __name__, url_prefix="/admin/review")


@page_of.get("")
def page() -> str:
    return render_template("admin/review.html", page=backstage().review_page(who(), which_page()))


@page_of.post("")
def decide() -> Response:
    """All that were shown, or the ticked ones; each with its version, so that nothing unseen is released."""
    decision = request.form.get("decision", "")
    chosen = _versions(request.form.getlist("shown" if decision == "release_all" else "chosen"))
    if not chosen:
        flash("Tick at least one suggestion first.", "problem")
        return redirect(url_for("admin_review.page"))
    try:
        if decision == "take_back":
            _tell(backstage().take_back(who(), chosen), "taken back; nobody was asked")
        else:
            _tell(backstage().release(who(), chosen), "released")
    except Refused as error:
        flash(said(error), "problem")
    return redirect(url_for("admin_review.page"))


def _versions(sent: Iterable[str]) -> dict[int, int]:
    """{suggestion: version as shown}; what does not say both is left out."""
    pairs = (re.fullmatch(r"([0-9]{1,19})\.([0-9]{1,9})", each) for each in sent)
    found = {int(each[1]): int(each[2]) for each in pairs if each}
    return {number: version for number, version in found.items() if number <= GREATEST}


def _tell(reviewed: Reviewed, what: str) -> None:
    number = len(reviewed.done)
    if number:
        flash(f"{'One suggestion is' if number == 1 else f'{number} suggestions are'} {what}.")
    if reviewed.skipped:
        flash(f"Left alone, because they changed meanwhile: {', '.join(reviewed.skipped)}.", "problem")
