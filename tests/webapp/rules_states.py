"""The pages of the rules and of groups in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mentoring.policy import Policy, RuleSetting, Scope, ScopeKind
from tests.webapp.admins_stage import CHOICES, WARSAW, at
from tests.webapp.rules_stage import ASKED, CHANGES, DRAFT, IN_FORCE, SOME_GROUP, SOME_TRIAL, UNDER_WAY, rules_page
from tests.webapp.shown import Shown
from tests.webapp.stage import ADMIN
from workflows.drafting import Clash, Torn, sealed
from workflows.drafting import Shown as Begun
from workflows.rule_words import ChangeLine
from workflows.rules_form import fields_of
from workflows.rules_views import (
    AcceptanceView,
    BacktestView,
    Bar,
    DifferenceLine,
    GroupFigure,
    GroupLine,
    GroupPage,
    GroupsPage,
    PreviewView,
    RuleCause,
    Signed,
    Suggested,
    TrialLine,
    TrialPage,
    VersionPage,
    VersionsPage,
)
from workflows.trials import Kind
from workflows.views import PersonChoice

LONG = "Aleksandra Brzęczyszczykiewicz-Wojciechowska"
TUNED = Policy(
    rules=(
        RuleSetting("suits", value=0.8),
        RuleSetting("suits", Scope(ScopeKind.DEPARTMENT, "Research & development: Lisbon"), value=0.5),
        RuleSetting("suits", Scope(ScopeKind.GROUP, "Newcomers"), on=False),
        RuleSetting("fresh", on=False),
    ),
    forbidden_pairs=frozenset({frozenset({1, 2}), frozenset({2, 99})}),
    session_minutes=30,
)
PREVIEWED = TrialLine(SOME_TRIAL, Kind.PREVIEW, "Zofia Wójcik", ASKED, finished=True, of_this=True)
DRAFTED = rules_page(
    TUNED, **DRAFT, trials=(PREVIEWED, UNDER_WAY, replace(PREVIEWED, of_this=False), replace(PREVIEWED, cancelled=True))
)
OUTDATED = rules_page(TUNED, **DRAFT, meanwhile=(ChangeLine("k", "Suggestions in a week", "5", "3"),))
SHOWN = {"revision": "4", "base_version": "3", "shown": sealed(Policy())}
TYPED = {**fields_of(TUNED), **SHOWN, "number.round_hour": "25", "value.suits": "much", "act": "save"}
CLASH = Torn(
    Clash(
        Begun(5, 3, Policy()),
        TUNED,
        Policy(),
        LONG,
        ASKED,
        theirs=CHANGES[1:],
        my_own=CHANGES[:1],
        torn=(ChangeLine("rule:suits:department::Payments", "How well it fits, for Payments", "2 points", "off"),),
        published=False,
    )
)

TEN, ELEVEN = at(3, 10), at(3, 11)
MAYA, INES = Suggested(2, "Maya Lindqvist", TEN), Suggested(4, LONG, ELEVEN)
COOLDOWN = RuleCause("pair_cooldown", "After two have met, they are not proposed to each other again for some time.")
ELSEWHERE = RuleCause("chosen_elsewhere", "The people who could help were needed more elsewhere this time.")
PREVIEW = PreviewView(
    11,
    12,
    8,
    appear=(DifferenceLine(1, "Tobi Adeyemi", None, MAYA, (COOLDOWN,)),),
    vanish=(DifferenceLine(3, LONG, INES, None, (ELSEWHERE,)),),
    change=(DifferenceLine(5, "Jun Park", MAYA, INES, (COOLDOWN, ELSEWHERE)),),
    behind=(Bar(COOLDOWN.words, 0, 2), Bar(ELSEWHERE.words, 0, 2)),
    groups=(GroupFigure("Payments", 25, 5, 10), GroupFigure("Research & development: Lisbon", 15, 5, 5)),
    untold=3,
)
YES = AcceptanceView(0.61, 0.58, 0.44, 0.71, 63.2, 140, 0.83, "doubly robust")


def _day(number: int) -> str:
    day = datetime(2026, 10, 20, tzinfo=UTC) + timedelta(days=number)
    return f"{day.day} {day:%b}"


BACKTEST = BacktestView(
    28,
    4,
    270,
    281,
    302,
    YES,
    volume=tuple(Bar(_day(n), 9 + n % 4, 10 + (n * 3) % 5, 9 + n % 3) for n in range(28)),
    loads=tuple(
        Bar(label, before, after)
        for label, before, after in (
            ("none", 9, 6),
            ("1 to 2", 12, 11),
            ("3 to 5", 14, 18),
            ("6 to 10", 5, 7),
            ("11 and more", 4, 2),
        )
    ),
    mentors=44,
    gini_before=0.51,
    gini_after=0.44,
    groups=PREVIEW.groups,
    untold=1,
)
REFUSED = replace(
    YES, share=None, low=None, high=None, refused="the answers there are count for 12 here, and 30 are needed"
)


def _trial(line: TrialLine, **changes: object) -> dict[str, object]:
    return {"trial": replace(TrialPage(WARSAW, line, 3, 3, 3, CHANGES), **changes)}  # type: ignore[arg-type]


BACKTESTED = replace(PREVIEWED, kind=Kind.BACKTEST)
NOT_YET = BacktestView(0, 9, 0, 0, 0, replace(REFUSED, plain=None, answers=0))
VERSIONS = VersionsPage(
    WARSAW,
    (IN_FORCE, Signed(2, LONG, ASKED, "people asked for longer sessions " * 6), Signed(1, "Interlude", None, "First")),
    2,
    3,
    CHANGES,
)
MEMBERS = GroupPage(
    SOME_GROUP, "Newcomers", (CHOICES[0], PersonChoice(9, LONG)), "a", CHOICES[1:], more=True, settings=("suits",)
)

RULES_STATES: dict[str, Shown] = {
    "admin-rules": Shown("/admin/rules", ADMIN),
    "admin-rules-draft": Shown("/admin/rules", ADMIN, {"rules": DRAFTED}, opened=True),
    "admin-rules-outdated": Shown("/admin/rules", ADMIN, {"rules": OUTDATED}),
    "admin-rules-draft-same": Shown("/admin/rules", ADMIN, {"rules": replace(DRAFTED, changes=(), trials=())}),
    "admin-rules-wrong": Shown("/admin/rules", ADMIN, {"rules": DRAFTED}, post=TYPED),
    "admin-rules-scope-wrong": Shown("/admin/rules", ADMIN, post={**fields_of(Policy()), **SHOWN, "act": "add:suits"}),
    "admin-rules-pair-wrong": Shown(
        "/admin/rules", ADMIN, post={**fields_of(Policy()), **SHOWN, "act": "forbid", "pair_one": "1"}
    ),
    "admin-rules-clash": Shown(
        "/admin/rules", ADMIN, raises={"save_draft": CLASH}, post={**fields_of(TUNED), **SHOWN, "act": "save"}
    ),
    "admin-rules-carry-on": Shown("/admin/rules/carry-on", ADMIN, raises={"carry_on": CLASH}, post={"revision": "4"}),
    "admin-publish": Shown("/admin/rules/publish", ADMIN, {"rules": DRAFTED}),
    "admin-publish-not-previewed": Shown("/admin/rules/publish", ADMIN, {"rules": replace(DRAFTED, trials=())}),
    "admin-publish-nothing": Shown("/admin/rules/publish", ADMIN),
    "admin-publish-outdated": Shown("/admin/rules/publish", ADMIN, {"rules": OUTDATED}),
    "admin-publish-wrong": Shown(
        "/admin/rules/publish", ADMIN, {"rules": DRAFTED}, post={"revision": "4", "reason": ""}
    ),
    "admin-trial": Shown(f"/admin/rules/trials/{SOME_TRIAL}", ADMIN),
    "admin-trial-status": Shown(f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(UNDER_WAY, of=0, done=0)),
    "admin-trial-cancelled": Shown(
        f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(replace(PREVIEWED, cancelled=True, of_this=False))
    ),
    "admin-trial-problem": Shown(
        f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(replace(PREVIEWED, problem="it did not come to an end"))
    ),
    "admin-preview": Shown(f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(PREVIEWED, preview=PREVIEW)),
    "admin-preview-same": Shown(
        f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(PREVIEWED, preview=PreviewView(4, 4, 4))
    ),
    "admin-backtest": Shown(f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(BACKTESTED, backtest=BACKTEST)),
    "admin-backtest-refused": Shown(
        f"/admin/rules/trials/{SOME_TRIAL}",
        ADMIN,
        _trial(BACKTESTED, backtest=replace(BACKTEST, acceptance=REFUSED, left_out=0, gini_after=None)),
    ),
    "admin-backtest-nothing": Shown(f"/admin/rules/trials/{SOME_TRIAL}", ADMIN, _trial(BACKTESTED, backtest=NOT_YET)),
    "admin-versions": Shown("/admin/rules/versions?one=2&other=3", ADMIN, {"versions": VERSIONS}),
    "admin-versions-one": Shown("/admin/rules/versions", ADMIN),
    "admin-version": Shown("/admin/rules/versions/2", ADMIN),
    "admin-version-same": Shown("/admin/rules/versions/2", ADMIN, {"version": VersionPage(WARSAW, IN_FORCE, 3)}),
    "admin-version-wrong": Shown("/admin/rules/versions/2", ADMIN, post={"reason": " ", "expected": "3"}),
    "admin-groups": Shown(
        "/admin/groups",
        ADMIN,
        {"groups": GroupsPage((GroupLine(6, "Newcomers", 12), GroupLine(7, LONG, 1), GroupLine(8, "Site", 0)))},
    ),
    "admin-groups-wrong": Shown("/admin/groups", ADMIN, post={"name": " "}),
    "admin-group": Shown(f"/admin/groups/{SOME_GROUP}?q=a", ADMIN, {"group": MEMBERS}),
    "admin-group-empty": Shown(f"/admin/groups/{SOME_GROUP}", ADMIN, opened=True),
    "admin-group-wrong": Shown(f"/admin/groups/{SOME_GROUP}/in", ADMIN, {"group": MEMBERS}, post={"q": "a"}),
}
