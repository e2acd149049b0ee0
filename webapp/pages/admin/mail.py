"""The mailbox: where mail leaves and answers are read, what came in as no answer, what could not be delivered."""

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
from workflows.admin_views import MailPage
from workflows.inboxes import TypedInbox
from workflows.mailboxes import Typed

page_of = Blueprint("admin_mail", __name__, url_prefix="/admin/mail")

FIELDS = ("name", "address", "host", "port", "security", "username")
INBOX_FIELDS = ("host", "port", "security", "username")
USUAL = {"port": "587", "security": Security.STARTTLS.value}
USUAL_INBOX = {"port": "993", "security": Security.TLS.value}
TELLS = {True: "tells of new mail by itself", False: "is asked for new mail once a minute"}


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
        typed = {name: _given(name) for name in FIELDS}
        status = 503 if isinstance(error, TryLater) else 400
        return _page(typed, by_field(error, refused_at="host")), status
    flash("Saved. Its server let us in; now send yourself a test mail.")
    return redirect(url_for("admin_mail.page"))


def _typed() -> Typed:
    """Raises BadInput."""
    name, address, host, port, security, username = (_given(each) for each in FIELDS)
    if security not in set(Security):
        raise BadInput.of("security", "choose one of the three")
    return Typed(name, address, host, _number(port), Security(security), username, request.form.get("secret", ""))


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


@page_of.post("/inbox")
@limiter.limit(CONNECTION_TESTS)
def save_inbox() -> Response | tuple[str, int]:
    """Signs in at the server first, as above."""
    try:
        idles = backstage().save_inbox(who(), _typed_inbox())
    except (BadInput, Reconnect, Refused, TryLater) as error:
        typed = {name: _given(f"inbox_{name}") for name in INBOX_FIELDS}
        status = 503 if isinstance(error, TryLater) else 400
        return _page(typed_inbox=typed, inbox_problems=by_field(error, refused_at="host")), status
    flash(f"Saved. Its server let us in, and {TELLS[idles]}.")
    return redirect(url_for("admin_mail.page"))


def _typed_inbox() -> TypedInbox:
    host, port, security, username = (_given(f"inbox_{each}") for each in INBOX_FIELDS)
    if security not in set(Security):
        raise BadInput.of("security", "choose one of the three")
    secret = request.form.get("inbox_secret", "")
    return TypedInbox(host, _number(port), Security(security), username, secret)


@page_of.post("/inbox/try")
@limiter.limit(CONNECTION_TESTS)
def try_inbox() -> Response:
    try:
        idles = backstage().try_inbox(who())
    except Missing:
        flash("Nobody reads answers there yet. Fill it in below first.", "problem")
    except (Reconnect, Refused, TryLater) as error:
        flash(f"Answers cannot be read: {said(error)}", "problem")
    else:
        flash(f"Its server let us in, and {TELLS[idles]}.")
    return redirect(url_for("admin_mail.page"))


@page_of.post("/inbox/remove")
def remove_inbox() -> Response:
    backstage().forget_inbox(who())
    flash("Answers are no longer read there. Those on the page that each mail links to count as before.")
    return redirect(url_for("admin_mail.page"))


def _given(name: str) -> str:
    return request.form.get(name, "").strip()


def _number(port: str) -> int:
    """A port that is no number is told by the workflow, together with all else."""
    return int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 0


def _page(
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    typed_inbox: dict[str, str] | None = None,
    inbox_problems: dict[str, str] | None = None,
) -> str:
    shown = backstage().mail_page(who())
    return render_template(
        "admin/mail.html",
        page=shown,
        typed=typed or _known(shown),
        problems=problems or {},
        typed_inbox=typed_inbox or _known_inbox(shown),
        inbox_problems=inbox_problems or {},
        securities=tuple(Security),
        now=backstage().now(),
    )


def _known(shown: MailPage) -> dict[str, Any]:
    return {name: getattr(shown.mailbox, name) for name in FIELDS} if shown.mailbox else USUAL


def _known_inbox(shown: MailPage) -> dict[str, Any]:
    """What is kept; else the usual, with the name that mail leaves under."""
    if shown.inbox:
        return {name: getattr(shown.inbox.inbox, name) for name in INBOX_FIELDS}
    return USUAL_INBOX | {"username": shown.mailbox.username if shown.mailbox else ""}
