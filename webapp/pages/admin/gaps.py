"""What keeps coming back and nobody can help with: whom to recruit."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.backstage import backstage
from webapp.signed_in import who

page_of = Blueprint("admin_gaps", __name__, url_prefix="/admin/gaps")


@page_of.get("")
def page() -> str:
    zone = backstage().person(who()).limits.zone
    return render_template("admin/gaps.html", page=backstage().gaps_page(who()), zone=zone)
