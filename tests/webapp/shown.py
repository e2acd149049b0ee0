"""A page in one of the states that somebody may meet it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.webapp.stage import MEMBER, MENTOR, THEIRS, Stage, stage


@dataclass(frozen=True)
class Shown:
    """A page as somebody sees it. post: what is sent to it instead of asking for it. opened: its <details> are open.

    menu: the one under the reader's name is. twelve_hour: everybody reads 2:40 pm. raises: what goes wrong backstage.
    """

    path: str
    as_person: int | None = MEMBER
    pages: Mapping[str, Any] = field(default_factory=dict)
    view: Any = None
    post: Mapping[str, str] | None = None
    demo: bool = True
    opened: bool = False
    menu: bool = False
    twelve_hour: bool = False
    raises: Mapping[str, Exception] = field(default_factory=dict)

    def stage(self) -> Stage:
        shown = stage(demo=self.demo)
        shown.pages.update(self.pages)
        shown.raises.update(self.raises)
        shown.people = {each.id: replace(each, twelve_hour=self.twelve_hour) for each in shown.people.values()}
        if self.view is not None:
            shown.views = {(MEMBER, THEIRS): self.view, (MENTOR, THEIRS): self.view}
        return shown
