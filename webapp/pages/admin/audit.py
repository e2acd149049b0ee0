"""Who did what to what, and when."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.backstage import backstage
from webapp.pages.admin.paging import which_page
from webapp.signed_in import who

page_of = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")


@page_of.get("")
def page() -> str:
    return render_template("admin/audit.html", page=backstage().audit_page(who(), which_page()))
