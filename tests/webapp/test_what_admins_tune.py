"""What an admin's buttons on the pages of the rules and of groups do, and what is kept of what they typed."""

from __future__ import annotations

import html

import pytest
from werkzeug.test import TestResponse

from mentoring.errors import ChangedMeanwhile, Refused
from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from tests.webapp.rules_stage import SOME_GROUP, SOME_TRIAL
from tests.webapp.rules_states import CLASH, MEMBERS, SHOWN, TUNED
from tests.webapp.stage import ADMIN, Stage, application, as_person, stage
from workflows.rules_form import fields_of
from workflows.trials import Kind, Progress

PAYMENTS = Scope(ScopeKind.DEPARTMENT, "Payments")


def sends(on: Stage, path: str, **data: str) -> TestResponse:
    return as_person(application(on, csrf=False), ADMIN).post(path, data=data)


def tunes(on: Stage, policy: Policy | None = None, **data: str) -> TestResponse:
    typed = fields_of(policy or Policy()) | SHOWN | {name.replace("__", "."): text for name, text in data.items()}
    return as_person(application(on, csrf=False), ADMIN).post("/admin/rules", data=typed)


def saved(on: Stage) -> Policy:
    ((name, revision, policy),) = on.asked
    assert (name, revision) == ("save_draft", 4)
    assert isinstance(policy, Policy)
    return policy


def test_what_is_typed_is_saved_as_the_draft() -> None:
    answer = tunes(on := stage(), act="save", number__round_hour="9", value__suits="0,5")
    assert answer.location == "/admin/rules"
    assert (saved(on).round_hour, saved(on).weight("suits", 1.0)) == (9, 0.5)


def test_a_rule_is_set_for_some_with_what_else_was_typed() -> None:
    answer = tunes(on := stage(), act="add:suits", scope__suits="department.Payments", number__round_hour="9")
    assert answer.location == "/admin/rules#rule-suits"
    assert saved(on).round_hour == 9
    assert saved(on).weight("suits", 0.0, [PAYMENTS]) == 1.0


def test_what_is_set_for_some_is_removed() -> None:
    policy = Policy(rules=(RuleSetting("suits", PAYMENTS, value=0.5),))
    answer = tunes(on := stage(), policy, act="remove:suits.department.Payments")
    assert answer.location == "/admin/rules#rule-suits"
    assert saved(on).rules == ()


def test_two_people_are_kept_apart_and_may_meet_again() -> None:
    answer = tunes(on := stage(), act="forbid", pair_one="3", pair_other="1")
    assert answer.location == "/admin/rules#pairs"
    assert saved(on).forbidden_pairs == {frozenset({1, 3})}
    tunes(again := stage(), saved(on), act="allow:1-3")
    assert saved(again).forbidden_pairs == frozenset()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number__round_hour": "25"}, "Write a number from 0 to 23"),
        ({"value__suits": "much"}, "Write a number"),
        ({"act": "add:suits"}, "Choose a department or a group"),
        ({"act": "forbid", "pair_one": "1", "pair_other": "1"}, "Choose two different people"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_all_that_was_typed_stays(typed: dict[str, str], words: str) -> None:
    answer = tunes(on := stage(), TUNED, **typed | {"number__horizon_days": "11"})
    assert answer.status_code == 400
    text = html.unescape(answer.text)
    assert words in text
    assert 'name="number.horizon_days" value="11"' in text
    assert 'name="pair.1-2"' in text
    assert on.asked == []


@pytest.mark.parametrize("missing", ["revision", "shown"])
def test_a_form_that_was_not_sent_whole_saves_nothing(missing: str) -> None:
    answer = tunes(on := stage(), **{missing: "nonsense"})
    assert answer.status_code == 400
    assert "go back and reload it" in answer.text
    assert on.asked == []


def test_whoever_comes_second_sees_both_and_chooses() -> None:
    on = stage()
    on.raises["save_draft"] = CLASH
    answer = tunes(on, TUNED)
    assert answer.status_code == 409
    text = html.unescape(answer.text)
    assert f"{CLASH.clash.who} changed the rules meanwhile" in text
    (torn,) = CLASH.clash.torn
    chosen = {f"keep.{torn.key}": "theirs", "mine": SHOWN["shown"], "seen": SHOWN["shown"]}
    settled = sends(after := stage(), "/admin/rules/settle", **SHOWN | chosen)
    assert settled.location == "/admin/rules"
    assert after.asked == [("settle_draft", 4, {torn.key: "theirs"})]


def test_a_draft_is_carried_on_discarded_and_published() -> None:
    on = stage()
    assert sends(on, "/admin/rules/carry-on", revision="4").location == "/admin/rules"
    assert sends(on, "/admin/rules/discard", revision="4").location == "/admin/rules"
    assert sends(on, "/admin/rules/publish", revision="4", reason="why not").location == "/admin/rules/versions"
    assert on.asked == [("carry_on", 4, {}), ("discard_draft", 4), ("publish_draft", 4, "why not")]


@pytest.mark.parametrize(
    ("name", "path"), [("carry_on", "carry-on"), ("discard_draft", "discard"), ("publish_draft", "publish")]
)
def test_what_changed_meanwhile_is_told(name: str, path: str) -> None:
    on = stage()
    on.raises[name] = ChangedMeanwhile("the draft was changed")
    answer = sends(on, f"/admin/rules/{path}", revision="4", reason="why not")
    assert answer.status_code == 409 or answer.location == "/admin/rules"


@pytest.mark.parametrize("kind", ["preview", "backtest"])
def test_a_draft_is_tried(kind: str) -> None:
    answer = sends(on := stage(), "/admin/rules/trials", kind=kind, revision="4")
    assert answer.location == f"/admin/rules/trials/{SOME_TRIAL}"
    assert on.asked == [("ask_trial", Kind(kind), 4)]
    assert sends(stage(), "/admin/rules/trials", kind="guess", revision="4").status_code == 400


@pytest.mark.parametrize(("finished", "status"), [(False, 200), (True, 286)])
def test_progress_is_told_until_it_has_ended(finished: bool, status: int) -> None:
    on = stage()
    on.pages["progress"] = Progress(SOME_TRIAL, Kind.PREVIEW, 1, 3, finished=finished, cancelled=False, problem="")
    answer = as_person(application(on), ADMIN).get(f"/admin/rules/trials/{SOME_TRIAL}/status")
    assert answer.status_code == status
    assert ("It is finished." if finished else "1 of 3 steps done.") in answer.text


def test_a_trial_is_cancelled() -> None:
    on = stage()
    assert sends(on, f"/admin/rules/trials/{SOME_TRIAL}/cancel").location == f"/admin/rules/trials/{SOME_TRIAL}"
    assert on.asked == [("cancel_trial", SOME_TRIAL)]
    assert sends(stage(), "/admin/rules/trials/999/cancel").status_code == 404


def test_a_version_is_gone_back_to_with_a_reason() -> None:
    on = stage()
    answer = sends(on, "/admin/rules/versions/2", expected="3", reason="it was better")
    assert answer.location == "/admin/rules/versions"
    assert on.asked == [("restore_version", 2, 3, "it was better")]
    on.raises["restore_version"] = ChangedMeanwhile("another version")
    again = sends(on, "/admin/rules/versions/2", expected="3", reason="it was better")
    assert again.status_code == 409
    assert 'value="it was better"' in again.text


def test_a_group_is_made_filled_and_removed() -> None:
    on, group = stage(), f"/admin/groups/{SOME_GROUP}"
    assert sends(on, "/admin/groups", name="Newcomers").location == group
    assert sends(on, f"{group}/in", person="1").location == group
    assert sends(on, f"{group}/out", person="1").location == group
    assert sends(on, f"{group}/remove").location == "/admin/groups"
    assert [each[0] for each in on.asked] == ["add_group", "put_in_group", "take_out_of_group", "remove_group"]
    for path in ("in", "out"):
        nobody = stage()
        nobody.pages["group"] = MEMBERS
        assert "Choose at least one of the people" in sends(nobody, f"{group}/{path}", q="a").text


def test_a_group_that_a_rule_is_set_for_stays() -> None:
    on = stage()
    on.raises["remove_group"] = Refused("a rule is set for this group")
    assert sends(on, f"/admin/groups/{SOME_GROUP}/remove").location == f"/admin/groups/{SOME_GROUP}"
