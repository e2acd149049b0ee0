"""The draft of the rules: changed by admins together, published as a version, any version restored. Nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mentoring.errors import BadInput, ChangedMeanwhile, Missing
from mentoring.policy import Policy
from mentoring.policy_changes import Change, Merged, changes, merge, parts_of, with_parts
from store import audit, directory, drafts, groups, people, policies
from store.drafts import Draft
from store.memory import Memory
from workflows import rules_form, steering
from workflows.bootstrap import Parts
from workflows.rule_words import ChangeLine, in_words
from workflows.views import Who

MOST_REASON = 500


@dataclass(frozen=True)
class Shown:
    """What a form was filled from: the draft's revision, 0 for none, the version under it, and the policy it showed."""

    revision: int
    base_version: int
    policy: Policy


@dataclass(frozen=True)
class Clash:
    """Somebody changed the rules meanwhile. mine: all that I typed. seen: what I saw. who, at: of what is kept now.

    theirs: what they changed of what I saw. torn: what both changed; before is theirs, after is mine.
    """

    shown: Shown
    mine: Policy
    seen: Policy
    who: str
    at: datetime
    theirs: tuple[ChangeLine, ...]
    my_own: tuple[ChangeLine, ...]
    torn: tuple[ChangeLine, ...]
    published: bool


@dataclass(frozen=True)
class TypedClash:
    """What the page of a clash carries along: the draft as it stood beside mine, mine, and what I had begun from."""

    shown: Shown
    mine: Policy
    seen: Policy


class Torn(ChangedMeanwhile):
    """The draft is not what was looked at: what it is now stands beside what was typed, and one chooses."""

    def __init__(self, clash: Clash) -> None:
        super().__init__(f"{clash.who} changed the rules while you were looking")
        self.clash = clash


def sealed(policy: Policy) -> str:
    """All of it that an admin tunes as one line, for a form to carry along."""
    return json.dumps(policies.body_of(policy), separators=(",", ":"))


def unsealed(text: str) -> Policy:
    """Raises BadInput for anything that `sealed` has not made."""
    try:
        return policies.from_body(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise BadInput.of("", "the page was not sent whole; go back and reload it") from problem


def scopes(memory: Memory) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of all departments and groups, each sorted."""
    departments = {each.department for each in people.everyone(memory) if each.department}
    return tuple(sorted(departments)), tuple(groups.all(memory))


def save(parts: Parts, who: Who, shown: Shown, fields: Mapping[str, str]) -> Draft:
    """What was typed becomes the draft. Raises BadInput with each field that is wrong, Torn where somebody else has
    changed it meanwhile."""
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.admin(memory, who)
        mine = rules_form.policy_of(shown.policy, fields, *scopes(memory))
        _people_there(memory, mine)
        return _kept(memory, shown, mine, shown.policy, person.name, parts.clock(), ())


def _people_there(memory: Memory, policy: Policy) -> None:
    known = directory.names(memory)
    if any(each not in known for pair in policy.forbidden_pairs for each in pair):
        raise BadInput.of("pair_one", "choose two people of the list")


def settle(parts: Parts, who: Who, typed: TypedClash, chosen: Mapping[str, str]) -> Draft:
    """After a clash: both people's changes together. chosen: "mine" or "theirs" for the key of each part that both
    changed. Raises BadInput for one that is not decided, and as `save`."""
    now, mine = parts.clock(), typed.mine
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.admin(memory, who)
        theirs, _ = _now(memory, now)
        torn = merge(typed.seen, mine, theirs.policy).torn
        if any(chosen.get(each.part.key) not in {"mine", "theirs"} for each in torn):
            raise BadInput.of("", "choose one of the two for each")
        given_up = {each.part.key for each in torn if chosen[each.part.key] == "theirs"}
        mine = _only(theirs.policy, mine, torn, given_up)
        decided = {each.part.key for each in torn} - given_up
        return _kept(memory, typed.shown, mine, typed.seen, person.name, now, decided)


def _only(theirs: Policy, mine: Policy, torn: Iterable[Change], keys: Collection[str]) -> Policy:
    """My policy with theirs in those parts."""
    parts, their = parts_of(mine), parts_of(theirs)
    for each in torn:
        if each.part.key in keys:
            parts.pop(each.part, None)
            if each.part in their:
                parts[each.part] = their[each.part]
    return with_parts(mine, parts)


def _kept(
    memory: Memory, shown: Shown, mine: Policy, seen: Policy, author: str, now: datetime, decided: Collection[str]
) -> Draft:
    """decided: keys of parts that both changed and that are to be as in mine."""
    kept, published = _now(memory, now)
    same = kept.revision == shown.revision and not changes(shown.policy, kept.policy)
    merged = merge(seen, mine, kept.policy, decided)
    if not same or merged.torn:
        raise Torn(_clash(memory, kept, published, mine, seen, merged))
    return drafts.save(memory, merged.policy, kept.base_version, kept.revision, author, now)


def _now(memory: Memory, now: datetime) -> tuple[Draft, bool]:
    """The draft, or the policy in force as the one that a draft would begin from; and whether it is that."""
    draft, in_force = drafts.current(memory), policies.current(memory)
    if draft is not None:
        return draft, False
    return Draft(in_force, in_force.version, 0, in_force.author, in_force.at or now), True


def _clash(memory: Memory, kept: Draft, published: bool, mine: Policy, seen: Policy, merged: Merged) -> Clash:
    names = directory.names(memory)
    torn = tuple(in_words(each, names) for each in merged.torn)
    keys = {each.key for each in torn}

    def lines(of: Policy) -> tuple[ChangeLine, ...]:
        return tuple(line for line in (in_words(each, names) for each in changes(seen, of)) if line.key not in keys)

    return Clash(
        shown=Shown(kept.revision, kept.base_version, kept.policy),
        mine=mine,
        seen=seen,
        who=kept.author,
        at=kept.at,
        theirs=lines(kept.policy),
        my_own=lines(mine),
        torn=torn,
        published=published,
    )


def meanwhile(memory: Memory, draft: Draft) -> tuple[Change, ...]:
    """What was published since the draft was begun, as far as it concerns the rules."""
    in_force = policies.current(memory)
    if in_force.version == draft.base_version:
        return ()
    base = next(each for each in policies.history(memory) if each.version == draft.base_version)
    return changes(base, in_force)


def carry_on(parts: Parts, who: Who, revision: int, chosen: Mapping[str, str]) -> Draft:
    """The draft on top of what was published since it was begun. chosen: as in `settle`, where both changed the same.

    Raises Torn where that is not decided, ChangedMeanwhile for another revision.
    """
    now = parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        draft, in_force = drafts.current(memory), policies.current(memory)
        if draft is None or draft.revision != revision:
            raise ChangedMeanwhile("the draft was changed")
        base = next(each for each in policies.history(memory) if each.version == draft.base_version)
        merged = merge(base, draft.policy, in_force)
        undecided = [each for each in merged.torn if chosen.get(each.part.key) not in {"mine", "theirs"}]
        if undecided:
            as_published = Draft(in_force, in_force.version, draft.revision, in_force.author, in_force.at or now)
            raise Torn(_clash(memory, as_published, True, draft.policy, base, merged))
        theirs = {each.part.key for each in merged.torn if chosen[each.part.key] == "theirs"}
        policy = _only(in_force, merged.policy, merged.torn, theirs)
        return drafts.save(memory, policy, in_force.version, revision, person.name, now)


def discard(parts: Parts, who: Who, revision: int) -> None:
    """Raises ChangedMeanwhile for another revision than the latest."""
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.admin(memory, who)
        drafts.drop(memory, revision)
        audit.note(memory, person.name, "discarded the draft of the rules", "rules", parts.clock())


def publish(parts: Parts, who: Who, revision: int, reason: str) -> Policy:
    """The draft as the next version, in force at once. Raises BadInput without a reason, ChangedMeanwhile for another
    revision than the latest or where a version was published since it was begun."""
    reason, now = _reason(reason), parts.clock()
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        draft, in_force = drafts.current(memory), policies.current(memory)
        if draft is None or draft.revision != revision or meanwhile(memory, draft):
            raise ChangedMeanwhile("the draft or the rules were changed")
        if not changes(in_force, draft.policy):
            raise BadInput.of("reason", "the draft changes nothing")
        drafts.drop(memory, revision)
        return _published(memory, draft.policy, in_force, person.name, now, reason)


def restore(parts: Parts, who: Who, version: int, expected: int, reason: str) -> Policy:
    """An earlier version once more, as the next. expected: the version that was in force when it was looked at.

    Raises KeyError for a version there is not, and as `publish`.
    """
    with parts.database.writing(who.organisation_id) as memory:
        person = steering.alone(memory, who)
        if policies.current(memory).version != expected:
            raise ChangedMeanwhile("another version was published")
        return _restored(memory, person.name, version, _reason(reason), parts.clock())


def restore_by(parts: Parts, organisation_id: int, author: str, version: int, reason: str) -> Policy:
    """The same by whoever runs the installation, whatever is in force. Raises BadInput, for no such version too."""
    with parts.database.writing(organisation_id) as memory:
        try:
            return _restored(memory, author, version, _reason(reason), parts.clock())
        except Missing as problem:
            raise BadInput.of("VERSION", f"there is no version {version}") from problem


def _restored(memory: Memory, author: str, version: int, reason: str, now: datetime) -> Policy:
    found, in_force = of_version(memory, version), policies.current(memory)
    if not changes(in_force, found):
        raise BadInput.of("reason", "these are the rules in force")
    return _published(memory, found, in_force, author, now, f"Version {version} again: {reason}")


def of_version(memory: Memory, version: int) -> Policy:
    """Raises KeyError."""
    found = next((each for each in policies.history(memory) if each.version == version), None)
    if found is None:
        raise Missing(version)
    return found


def _published(memory: Memory, policy: Policy, in_force: Policy, author: str, now: datetime, reason: str) -> Policy:
    """Whether anything is sent stays as it is: that is switched elsewhere."""
    signed = replace(policy, sending=in_force.sending, author=author, at=now, reason=reason)
    made = policies.publish(memory, signed)
    audit.note(memory, author, f"published version {made.version} of the rules", reason, now)
    return made


def _reason(text: str) -> str:
    written = " ".join(text.split())
    if not written:
        raise BadInput.of("reason", "say why, for other admins and for yourself in half a year")
    if len(written) > MOST_REASON:
        raise BadInput.of("reason", f"write {MOST_REASON} characters at most")
    if not written.isprintable():
        raise BadInput.of("reason", "it holds a character that is not text")
    return written
