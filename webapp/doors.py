"""Who may go through which door: one row a route, checked at start-up, so that a new route cannot be forgotten.

A row says who may ask at all. Whether an object is theirs is asked of the workflow, which raises Missing for
somebody else's: to the person it looks as if it were not there.
"""

from __future__ import annotations

from enum import StrEnum

from flask import Flask, Response, abort, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from mentoring.people import Role
from webapp.signed_in import current_person


class Access(StrEnum):
    ANYONE = "anyone"
    BEARER = "whoever holds the address"
    SIGNED_IN = "signed in"
    ADMIN = "admin"


DOORS: dict[str, Access] = {
    "static": Access.ANYONE,
    "health.healthz": Access.ANYONE,
    "sign_in.page": Access.ANYONE,
    "sign_in.as_sample_person": Access.ANYONE,
    "sample_mails.page": Access.ANYONE,
    "sample_mails.mail": Access.ANYONE,
    "sample_mails.as_designed": Access.ANYONE,
    "sample_mails.answer": Access.ANYONE,
    "sign_in.link": Access.ANYONE,
    "sign_in.by_link": Access.ANYONE,
    "sign_in.sign_out": Access.ANYONE,
    "sign_in.ask": Access.ANYONE,
    "sign_in.asked": Access.ANYONE,
    "sign_in.elsewhere": Access.ANYONE,
    "oauth.back": Access.ANYONE,
    "bearer.stop": Access.BEARER,
    "bearer.stop_or_start": Access.BEARER,
    "bearer.invite": Access.BEARER,
    "bearer.answer": Access.BEARER,
    "bearer.after": Access.BEARER,
    "bearer.say_after": Access.BEARER,
    "bearer.lately": Access.BEARER,
    "bearer.say_lately": Access.BEARER,
    "api.post_notes": Access.BEARER,
    "hooks.google": Access.BEARER,
    "hooks.microsoft": Access.BEARER,
    "hooks.microsoft_lifecycle": Access.BEARER,
    "home.page": Access.SIGNED_IN,
    "meetings.page": Access.SIGNED_IN,
    "meetings.say_how_it_was": Access.SIGNED_IN,
    "meetings.say_missed": Access.SIGNED_IN,
    "suggestions.page": Access.SIGNED_IN,
    "suggestions.answer": Access.SIGNED_IN,
    "suggestions.answer_reason": Access.SIGNED_IN,
    "suggestions.name_topic": Access.SIGNED_IN,
    "suggestions.times": Access.SIGNED_IN,
    "suggestions.move": Access.SIGNED_IN,
    "suggestions.event_file": Access.SIGNED_IN,
    "calendars.page": Access.SIGNED_IN,
    "calendars.status": Access.SIGNED_IN,
    "calendars.connect": Access.SIGNED_IN,
    "calendars.test_and_connect": Access.SIGNED_IN,
    "calendars.choices": Access.SIGNED_IN,
    "calendars.choose": Access.SIGNED_IN,
    "calendars.read_now": Access.SIGNED_IN,
    "calendars.disconnect": Access.SIGNED_IN,
    "calendars_consent.page": Access.SIGNED_IN,
    "calendars_consent.begin": Access.SIGNED_IN,
    "calendars_consent.again": Access.SIGNED_IN,
    "challenges.page": Access.SIGNED_IN,
    "challenges.write_down": Access.SIGNED_IN,
    "challenges.change": Access.SIGNED_IN,
    "challenges.change_words": Access.SIGNED_IN,
    "challenges.strike_out": Access.SIGNED_IN,
    "challenges.settle": Access.SIGNED_IN,
    "challenges.look_again": Access.SIGNED_IN,
    "challenges.topic": Access.SIGNED_IN,
    "challenges.rename": Access.SIGNED_IN,
    "challenges.merge": Access.SIGNED_IN,
    "challenges.take_out": Access.SIGNED_IN,
    "challenges.take_back": Access.SIGNED_IN,
    "challenges.say_english": Access.SIGNED_IN,
    "expertise.page": Access.SIGNED_IN,
    "expertise.add": Access.SIGNED_IN,
    "expertise.change": Access.SIGNED_IN,
    "expertise.remove": Access.SIGNED_IN,
    "keys.page": Access.SIGNED_IN,
    "keys.make": Access.SIGNED_IN,
    "keys.revoke": Access.SIGNED_IN,
    "limits.page": Access.SIGNED_IN,
    "limits.save": Access.SIGNED_IN,
    "limits.pause_page": Access.SIGNED_IN,
    "limits.pause": Access.SIGNED_IN,
    "limits.back": Access.SIGNED_IN,
    "limits.quiet_page": Access.SIGNED_IN,
    "limits.add_quiet": Access.SIGNED_IN,
    "limits.remove_quiet": Access.SIGNED_IN,
    "limits.quiet_weekdays": Access.SIGNED_IN,
    "limits.never_with_page": Access.SIGNED_IN,
    "limits.never_with": Access.SIGNED_IN,
    "limits.after_all": Access.SIGNED_IN,
    "taking_part.page": Access.SIGNED_IN,
    "taking_part.take_part": Access.SIGNED_IN,
    "taking_part.stop": Access.SIGNED_IN,
    "taking_part.resume": Access.SIGNED_IN,
    "taking_part.add_account": Access.SIGNED_IN,
    "taking_part.remove_account": Access.SIGNED_IN,
    "taking_part.sign_out_everywhere": Access.SIGNED_IN,
    "taking_part.delete": Access.SIGNED_IN,
    "taking_part.delete_everything": Access.SIGNED_IN,
    "admin.page": Access.ADMIN,
    "admin.why": Access.ADMIN,
    "admin.stop_or_go": Access.ADMIN,
    "admin.sending": Access.ADMIN,
    "admin.weekly_messages": Access.ADMIN,
    "admin_people.page": Access.ADMIN,
    "admin_people.look_before_inviting": Access.ADMIN,
    "admin_people.invite_everybody": Access.ADMIN,
    "admin_people.person": Access.ADMIN,
    "admin_people.change": Access.ADMIN,
    "admin_people.set_admin": Access.ADMIN,
    "admin_people.invite": Access.ADMIN,
    "admin_people.sign_out": Access.ADMIN,
    "admin_people.forget": Access.ADMIN,
    "admin_import.page": Access.ADMIN,
    "admin_import.preview": Access.ADMIN,
    "admin_import.apply": Access.ADMIN,
    "admin_calendars.page": Access.ADMIN,
    "admin_gaps.page": Access.ADMIN,
    "admin_rounds.page": Access.ADMIN,
    "admin_rounds.start": Access.ADMIN,
    "admin_rounds.one": Access.ADMIN,
    "admin_rounds.status": Access.ADMIN,
    "admin_rounds.status_of": Access.ADMIN,
    "admin_rules.page": Access.ADMIN,
    "admin_rules.save": Access.ADMIN,
    "admin_rules.settle": Access.ADMIN,
    "admin_rules.carry_on": Access.ADMIN,
    "admin_rules.discard": Access.ADMIN,
    "admin_rules.look_before_publishing": Access.ADMIN,
    "admin_rules.publish": Access.ADMIN,
    "admin_trials.start": Access.ADMIN,
    "admin_trials.page": Access.ADMIN,
    "admin_trials.status": Access.ADMIN,
    "admin_trials.cancel": Access.ADMIN,
    "admin_versions.page": Access.ADMIN,
    "admin_versions.version": Access.ADMIN,
    "admin_versions.restore": Access.ADMIN,
    "admin_groups.page": Access.ADMIN,
    "admin_groups.add": Access.ADMIN,
    "admin_groups.group": Access.ADMIN,
    "admin_groups.put_in": Access.ADMIN,
    "admin_groups.take_out": Access.ADMIN,
    "admin_groups.remove": Access.ADMIN,
    "admin_review.page": Access.ADMIN,
    "admin_review.decide": Access.ADMIN,
    "admin_organiser.page": Access.ADMIN,
    "admin_organiser.connect": Access.ADMIN,
    "admin_organiser.from_the_mailbox": Access.ADMIN,
    "admin_organiser.take_back": Access.ADMIN,
    "admin_mail.page": Access.ADMIN,
    "admin_mail.save": Access.ADMIN,
    "admin_mail.send_a_test": Access.ADMIN,
    "admin_mail.remove": Access.ADMIN,
    "admin_mail.try_again": Access.ADMIN,
    "admin_mail.save_inbox": Access.ADMIN,
    "admin_mail.try_inbox": Access.ADMIN,
    "admin_mail.remove_inbox": Access.ADMIN,
    "admin_sign_in.page": Access.ADMIN,
    "admin_sign_in.save": Access.ADMIN,
    "admin_audit.page": Access.ADMIN,
}


def guard() -> BaseResponse | None:
    """Runs before every request; None lets it through."""
    access = DOORS.get(request.endpoint or "", Access.SIGNED_IN)
    if request.endpoint is None or access in {Access.ANYONE, Access.BEARER}:
        return None
    person = current_person()
    if person is None:
        return _to_sign_in()
    if access is Access.ADMIN and Role.ADMIN not in person.roles:
        abort(403)
    return None


def _to_sign_in() -> BaseResponse:
    if "HX-Request" in request.headers:
        response: Response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("sign_in.page")
        return response
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("sign_in.page", next=wanted if wanted != "/" else None))


def hang(app: Flask) -> None:
    """Puts the guard before every view. Raises RuntimeError when the list and the routes are not the same."""
    routes = set(app.view_functions)
    if routes != set(DOORS):
        raise RuntimeError(f"say in webapp/doors.py who may go where: {sorted(routes ^ set(DOORS))}")
    app.before_request(guard)
