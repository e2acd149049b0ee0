"""What is hard: written down in seconds, and what of it comes back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mentoring.errors import BadInput
from webapp.backstage import backstage
from webapp.errors import by_field, if_theirs
from webapp.ids import an_id
from webapp.said_back import taken_back
from webapp.signed_in import who
from workflows.views import NoteView

page_of = Blueprint("challenges", __name__, url_prefix="/challenges")


@page_of.get("")
def page() -> str:
    return _page()


@page_of.post("")
def write_down() -> Response | tuple[str, int]:
    text = request.form.get("text", "").strip()
    try:
        if not text:
            raise BadInput.of("text", "Please write a few words first.")
        backstage().write_down(who(), text)
    except BadInput as error:
        return _page(text, by_field(error)), 400
    flash("Written down. Only you see it.")
    return redirect(url_for("challenges.page"))


@page_of.get("/<id:challenge_id>/change")
def change(challenge_id: int) -> str:
    with if_theirs():
        note = backstage().note(who(), challenge_id)
    return _change(note, note.text)


@page_of.post("/<id:challenge_id>/change")
def change_words(challenge_id: int) -> Response | tuple[str, int]:
    text = request.form.get("text", "").strip()
    with if_theirs():
        note = backstage().note(who(), challenge_id)
        try:
            if not text:
                raise BadInput.of("text", "Please write a few words, or go back and remove the note.")
            backstage().change_words(who(), challenge_id, text)
        except BadInput as error:
            return _change(note, text, by_field(error)), 400
    flash("Changed. It is looked at anew just now.")
    return redirect(url_for("challenges.page"))


@page_of.post("/<id:challenge_id>/strike-out")
def strike_out(challenge_id: int) -> Response:
    with if_theirs():
        backstage().strike_out(who(), challenge_id)
    flash("Removed, for good.")
    return redirect(url_for("challenges.page"))


@page_of.post("/themes/<id:theme_id>/settle")
def settle(theme_id: int) -> Response:
    with if_theirs():
        number = backstage().settle(who(), theme_id)
    flash(f"Good to hear. Nobody is looked for until you write of it again. {taken_back(number)}".strip())
    return redirect(url_for("challenges.page"))


@page_of.post("/themes/<id:theme_id>/look-again")
def look_again(theme_id: int) -> Response:
    with if_theirs():
        backstage().look_again(who(), theme_id)
    flash("Thank you for saying so. The next round looks at it again.")
    return redirect(url_for("challenges.page"))


@page_of.post("/<id:challenge_id>/english")
def say_english(challenge_id: int) -> Response:
    with if_theirs():
        backstage().say_english(who(), challenge_id)
    flash("Thank you. It is read as English now.")
    return redirect(url_for("challenges.page"))


@page_of.get("/themes/<id:theme_id>")
def topic(theme_id: int) -> str:
    return _topic(theme_id)


@page_of.post("/themes/<id:theme_id>/rename")
def rename(theme_id: int) -> Response | tuple[str, int]:
    name = request.form.get("name", "")
    return _put_right(theme_id, lambda: backstage().rename_topic(who(), theme_id, name), name)


@page_of.post("/themes/<id:theme_id>/merge")
def merge(theme_id: int) -> Response | tuple[str, int]:
    other = request.form.get("other", default=0, type=an_id)
    return _put_right(theme_id, lambda: backstage().merge_topics(who(), theme_id, other))


@page_of.post("/themes/<id:theme_id>/take-out")
def take_out(theme_id: int) -> Response | tuple[str, int]:
    chosen, to = request.form.getlist("notes", type=an_id), request.form.get("to", type=an_id)
    return _put_right(theme_id, lambda: backstage().take_out(who(), theme_id, chosen, to))


@page_of.post("/said/<id:said>/take-back")
def take_back(said: int) -> Response:
    with if_theirs():
        backstage().take_back_said(who(), said)
    flash("Taken back. Your notes are looked at anew.")
    return redirect(url_for("challenges.page"))


def _put_right(theme_id: int, act: Callable[[], None], typed: str = "") -> Response | tuple[str, int]:
    with if_theirs():
        try:
            act()
        except BadInput as error:
            return _topic(theme_id, typed, by_field(error)), 400
    flash("Done, and it stays so. You can take it back below.")
    return redirect(url_for("challenges.page"))


def _topic(theme_id: int, typed: str = "", problems: dict[str, str] | None = None) -> str:
    with if_theirs():
        page = backstage().topic_page(who(), theme_id)
    return render_template("topic.html", page=page, typed=typed or page.topic.label, problems=problems or {})


def _page(typed: str = "", problems: dict[str, str] | None = None) -> str:
    page = backstage().challenges(who())
    return render_template("challenges.html", page=page, now=backstage().now(), typed=typed, problems=problems or {})


def _change(note: NoteView, typed: str, problems: dict[str, str] | None = None) -> str:
    zone = backstage().person(who()).limits.zone
    return render_template("change_note.html", note=note, zone=zone, typed=typed, problems=problems or {})
