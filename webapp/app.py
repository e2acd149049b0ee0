"""The web application, put together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect

from mentoring import times_in_words as times
from mentoring.people import Role
from mentoring.settings import Settings
from webapp import doors, errors, habits, headers, limits, proxies, under_way
from webapp.assets import asset
from webapp.at import DoorConverter, WayConverter
from webapp.backstage import Backstage
from webapp.cookies import Sessions
from webapp.ids import IdConverter
from webapp.pages import (
    admin,
    api,
    bearer,
    calendars,
    challenges,
    consent,
    expertise,
    health,
    home,
    hooks,
    keys,
    meetings,
    oauth,
    sample_mails,
    sign_in,
    suggestions,
    taking_part,
)
from webapp.pages import limits as limits_page
from webapp.signed_in import LONGEST
from workflows import bootstrap
from workflows.bootstrap import Parts

MOST_BYTES = 64 * 1024
PAGES = (
    sign_in,
    oauth,
    home,
    meetings,
    suggestions,
    consent,  # before calendars, whose /connect/<provider> would take its addresses too
    calendars,
    challenges,
    expertise,
    keys,
    limits_page,
    taking_part,
    *admin.PAGES,
    health,
    sample_mails,
    bearer,
    hooks,
    api,
)

csrf = CSRFProtect()  # type: ignore[no-untyped-call]


def create_app(settings: Settings, parts: Parts | None = None, stage: Backstage | None = None) -> Flask:
    """The application over these parts, or over those that the settings ask for."""
    app = Flask("webapp", root_path=str(Path(__file__).parent))
    app.config.from_mapping(_config(settings))
    app.session_interface = Sessions()
    app.extensions["backstage"] = stage or Backstage(parts or bootstrap.build(settings))
    limits.hold(app, settings.redis_url)
    csrf.init_app(app)  # type: ignore[no-untyped-call]
    headers.send(app, settings.secure)
    app.url_map.converters.update(id=IdConverter, door=DoorConverter, way=WayConverter)
    app.url_map.merge_slashes = False  # to merge them, werkzeug redirects to whichever host was asked for
    errors.answer_for(app)
    for page in PAGES:
        app.register_blueprint(page.page_of)
    for page in (bearer, hooks, api):
        csrf.exempt(page.page_of)  # type: ignore[no-untyped-call]
    doors.hang(app)
    _furnish(app, settings)
    proxies.believe(app, settings.trusted_proxies)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        # The __Host- prefix keeps subdomains from setting our cookie; browsers take it over https only (RFC 6265bis).
        "SESSION_COOKIE_NAME": "__Host-interlude" if settings.secure else "interlude",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": MOST_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
    }


def _furnish(app: Flask, settings: Settings) -> None:
    """What every template may use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        {
            each.__name__: each
            for each in (
                times.city,
                times.offset,
                habits.clock,
                habits.span,
                times.day,
                times.short_day,
                times.date_in_words,
                times.near_day,
                times.dated,
                times.in_days,
                habits.elsewhere,
                times.ago,
                times.left,
                times.how_long,
                times.how_often,
                times.sentence,
            )
        }
    )
    app.jinja_env.globals.update(asset=asset, strip=habits.strip, demo=settings.demo, doors=under_way.doors)
    app.context_processor(_reader)


def _reader() -> dict[str, Any]:
    """The person as the guard found them; an error page must not look them up again."""
    person = g.get("person")
    return {"person": person, "is_admin": person is not None and Role.ADMIN in person.roles}
