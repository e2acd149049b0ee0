"""What is suggested, what is upcoming, and what waits for the reader."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.backstage import backstage
from webapp.signed_in import who

page_of = Blueprint("home", __name__)


@page_of.get("/")
def page() -> str:
    return render_template("home.html", page=backstage().home(who()), now=backstage().now())
