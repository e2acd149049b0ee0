"""The organisation's mailbox, what came in and was no answer, and what could not be delivered."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, Missing, Reconnect, Refused, TryLater
from mentoring.mail import Security
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs, said
from webapp.limits import CONNECTION_TESTS, limiter
from webapp.signed_in import who
from workflows.mailboxes import Typed

page_of = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")

FIELDS = ("name", "address", "host", "port", "security", "username")
USUAL = {"port": "587", "security": Security.STARTTLS.value}


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
@limiter.limit(CONNECTION_TESTS)
def save() -> Response | tuple[str, int]:
    """Signs in at the server first, which is the test."""
    try:
        backstage().save_mailbox(who(), _typed())
    except (BadInput, Reconnect, Refused, TryLater) as error:
        typed = {name: request.form.get(name, "").strip() for name in FIELDS}
        status = 503 if isinstance(error, TryLater) else 400
        return _page(typed, by_field(error, refused_at="host")), status
    flash("Saved. Its server let us in; now send yourself a test mail.")
    return redirect(url_for("admin_mail.page"))


def _typed() -> Typed:
    """A port that is no number is told by the workflow, together with all else. Raises BadInput."""
    name, address, host, port, security, username = (request.form.get(each, "").strip() for each in FIELDS)
    if security not in set(Security):
        raise BadInput.of("security", "choose one of the three")
    number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0
    return Typed(name, address, host, number, Security(security), username, request.form.get("secret", ""))


@page_of.post("/test")
@limiter.limit(CONNECTION_TESTS)
def send_a_test() -> Response:
    try:
        address = backstage().try_mailbox(who())
    except Missing:
        flash("There is no mailbox yet. Fill it in below first.", "problem")
    except (Reconnect, Refused, TryLater) as error:
        flash(f"The test mail did not leave: {said(error)}", "problem")
    else:
        flash(f"The server took the mail for {address}. If it does not arrive, look among the unwanted mail.")
    return redirect(url_for("admin_mail.page"))


@page_of.post("/remove")
def remove() -> Response:
    backstage().forget_mailbox(who())
    flash("Removed. No mail leaves until there is another one.")
    return redirect(url_for("admin_mail.page"))


@page_of.post("/again/<id:message_id>")
def try_again(message_id: int) -> Response:
    with if_theirs():
        backstage().try_again(who(), message_id)
    flash("It is being tried again.")
    return redirect(url_for("admin_mail.page"))


def _page(typed: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    shown = backstage().mail_page(who())
    known: dict[str, Any] = {name: getattr(shown.mailbox, name) for name in FIELDS} if shown.mailbox else USUAL
    return render_template(
        "admin/mail.html", page=shown, typed=typed or known, problems=problems or {}, securities=tuple(Security)
    )
