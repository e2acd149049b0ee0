"""People from a CSV file: shown first what it would change, then brought in exactly as shown."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput, ChangedMeanwhile, Problem
from webapp.backstage import backstage
from webapp.signed_in import who
from workflows.people_file import KNOWN, NEEDED

page_of = Blueprint("admin_import", __name__, url_prefix="/admin/people/import")

MOST_BYTES = 1024 * 1024
MOST_SENT = 2 * MOST_BYTES
"""The file as a form carries it, a third longer, and the form around it."""

MOST_SHOWN = 200


@page_of.url_value_preprocessor
def take_a_whole_file(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form, which the guard against forgery does first."""
    request.max_content_length = request.max_form_memory_size = MOST_SENT


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
def preview() -> str | tuple[str, int]:
    """Nothing is saved: the file waits in the page, under the seal of what it would do."""
    pasted = request.form.get("text", "")
    try:
        return _preview(_content(pasted))
    except BadInput as error:
        return _page(error.problems, pasted), 400


@page_of.post("/apply")
def apply() -> Response | str | tuple[str, int]:
    try:
        content = _carried()
        try:
            done = backstage().import_as_planned(who(), content, request.form.get("seal", ""))
        except ChangedMeanwhile:
            return _preview(content, "Something has changed since. Nothing was saved: look again."), 409
    except BadInput as error:
        return _page(error.problems), 400
    flash(f"Imported: {done.added} added, {done.updated} changed, {done.unchanged} as they were.")
    return redirect(url_for("admin_people.page"))


def _content(pasted: str) -> bytes:
    """Of the file, else of the text. Raises BadInput."""
    sent = request.files.get("file")
    content = sent.read() if sent and sent.filename else pasted.encode()
    if not content.strip():
        raise BadInput.of("file", "choose a file, or paste its text below")
    if len(content) > MOST_BYTES:
        raise BadInput.of("file", "it is over 1 MB; please split it")
    return content


def _carried() -> bytes:
    """As the preview wrote it. Browsers change line ends in forms, so it is not carried as text."""
    try:
        return urlsafe_b64decode(request.form["content"].encode())
    except (KeyError, binascii.Error, ValueError) as problem:
        raise BadInput.of("file", "the page was not sent whole; choose the file again") from problem


def _preview(content: bytes, problem: str = "") -> str:
    plan = backstage().plan_import(who(), content)
    carried = urlsafe_b64encode(content).decode()
    return render_template(
        "admin/import_preview.html", plan=plan, content=carried, problem=problem, most=MOST_SHOWN, known=KNOWN
    )


def _page(problems: tuple[Problem, ...] = (), pasted: str = "") -> str:
    return render_template(
        "admin/import.html", problems=problems, pasted=pasted, most=MOST_SHOWN, needed=NEEDED, known=KNOWN
    )
