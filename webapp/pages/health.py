"""For whatever watches over the installation."""

from __future__ import annotations

from flask import Blueprint

from webapp.backstage import backstage

page_of = Blueprint("health", __name__)


@page_of.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    heartbeat = backstage().heartbeat()
    words = {True: "ok", False: "down"}
    status = 200 if heartbeat.database and heartbeat.queue else 503
    return {"database": words[heartbeat.database], "queue": words[heartbeat.queue]}, status
