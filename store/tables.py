"""Every table. Those about people's things carry organisation_id, and their keys include it.

A reference to a row of the same organisation is a key of two columns, (organisation_id, id), so that the database
itself refuses a row of one organisation that points into another. What is about a person cascades from `people`:
forgetting a person deletes one row there.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

from store.columns import Id, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _needed(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _belongs(name: str, parent: str, nullable: bool = False, ondelete: str | None = "CASCADE") -> list[SchemaItem]:
    """A reference to a row of the same organisation, with the index that finds it from there."""
    return [
        Column(name, Id, nullable=nullable),
        ForeignKeyConstraint(
            ["organisation_id", name], [f"{parent}.organisation_id", f"{parent}.id"], ondelete=ondelete
        ),
        Index(None, "organisation_id", name),
    ]


def _scoped(name: str, *items: SchemaItem, referred_to: bool = False) -> Table:
    """A table of one organisation's things. AUTOINCREMENT: the id of a forgotten person is never somebody else's."""
    whole_key = [UniqueConstraint("organisation_id", "id")] if referred_to else []
    organisation = Column("organisation_id", Id, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False)
    return Table(
        name, metadata, Column("id", Id, primary_key=True), organisation, *items, *whole_key, sqlite_autoincrement=True
    )


organisations = Table(
    "organisations",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("name", Text),
    _needed("zone", String(64)),
    _needed("stopped", Boolean),
    # Whose addresses may sign in by Google or Microsoft, a domain a line; empty: any.
    _needed("sign_in_domains", Text),
    sqlite_autoincrement=True,
)

policies = _scoped(
    "policies",
    _needed("version", Integer),
    _needed("author", Text),
    Column("at", Moment),
    _needed("reason", Text),
    _needed("body", JSON),
    UniqueConstraint("organisation_id", "version"),
)

# What an admin is about to publish. One for all admins: whoever saves over another's change is told.
policy_drafts = _scoped(
    "policy_drafts",
    _needed("base_version", Integer),
    _needed("revision", Integer),
    _needed("author", Text),
    _needed("at", Moment),
    _needed("body", JSON),
    UniqueConstraint("organisation_id"),
)

# A draft tried on today (preview) or on recorded rounds (backtest), in the background.
trials = _scoped(
    "trials",
    _needed("kind", String(16)),
    _needed("base_version", Integer),
    _needed("body", JSON),
    _needed("asked_by", Text),
    _needed("asked_at", Moment),
    Column("taken_until", Moment),
    _needed("done", Integer),
    _needed("of", Integer),
    _needed("cancelled", Boolean),
    Column("finished_at", Moment),
    _needed("problem", Text),
    _needed("result", JSON),
)

people = _scoped(
    "people",
    _needed("email", String(320)),
    _needed("name", Text),
    _needed("limits", JSON),
    _needed("roles", JSON),
    _needed("department", Text),
    _needed("title", Text),
    _needed("seniority", String(16)),
    # One column only: SET NULL on a pair of columns would clear organisation_id too.
    Column("manager_id", Id, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    _needed("stopped", Boolean),
    _needed("twelve_hour", Boolean),
    # Languages they speak (ISO 639-1) and ways they like to meet; empty: nothing was said.
    _needed("languages", JSON),
    _needed("ways", JSON),
    Column("invited_at", Moment),
    Column("joined_at", Moment),
    Column("signed_out_at", Moment),
    # They asked to be deleted, and others' calendars still hold invites that name them.
    Column("leaving_at", Moment),
    UniqueConstraint("organisation_id", "email"),
    referred_to=True,
)

expertise = _scoped("expertise", *_belongs("person_id", "people"), _needed("text", Text))

# Fixed groups of people that an admin names: rules may differ for them, and figures are told of them.
groups = _scoped("groups", _needed("name", String(100)), UniqueConstraint("organisation_id", "name"), referred_to=True)

group_members = _scoped(
    "group_members",
    *_belongs("group_id", "groups"),
    *_belongs("person_id", "people"),
    UniqueConstraint("group_id", "person_id"),
)

never_with = _scoped(
    "never_with",
    *_belongs("person_id", "people"),
    *_belongs("other_id", "people"),
    UniqueConstraint("person_id", "other_id"),
)

sign_in_links = _scoped(
    "sign_in_links",
    *_belongs("person_id", "people"),
    Column("token_hash", String(64), nullable=False, unique=True),
    _needed("purpose", String(32)),
    # Of the browser that asked for it; empty where nobody asked, and the first that is shown the button may use it.
    _needed("browser_hash", String(64)),
    _needed("created_at", Moment),
    _needed("expires_at", Moment),
    Column("used_at", Moment),
)

# Somebody typed an address and wants a link. Kept for every address alike, so that the page is as quick for one that is
# nobody's; encrypted, and gone once it has been looked up.
sign_in_requests = Table(
    "sign_in_requests",
    metadata,
    Column("id", Id, primary_key=True),
    _needed("address", Text),
    _needed("browser_hash", String(64)),
    _needed("asked_at", Moment),
    sqlite_autoincrement=True,
)

# The organisation's own identity: who invites, and how its mail leaves.
mailboxes = _scoped(
    "mailboxes",
    _needed("name", Text),
    _needed("address", String(320)),
    _needed("host", Text),
    _needed("port", Integer),
    _needed("security", String(16)),
    _needed("username", Text),
    _needed("secret", Text),
    _needed("saved_at", Moment),
    _needed("problem", Text),
    # While no mail at all can leave by it: since when, and when it was last tried.
    Column("failing_since", Moment),
    Column("tried_at", Moment),
    # Where its replies are read; an empty host: they are piped to us, or nobody reads them.
    _needed("inbox_host", Text),
    _needed("inbox_port", Integer),
    _needed("inbox_security", String(16)),
    _needed("inbox_username", Text),
    _needed("inbox_secret", Text),
    # UIDVALIDITY and the last UID that was read (RFC 9051 section 2.3.1.1).
    _needed("inbox_cursor", Text),
    _needed("inbox_problem", Text),
    Column("inbox_read_at", Moment),
    # Of all the processes that read inboxes, the one that reads this, and until when it does.
    _needed("inbox_reader", String(64)),
    Column("inbox_held_until", Moment),
    UniqueConstraint("organisation_id"),
)

# The organisation's own account at Google or Microsoft, in whose calendar its events are. One that was put aside is
# kept while events of its still lie ahead.
organisers = _scoped(
    "organisers",
    _needed("provider", String(32)),
    _needed("subject", String(255)),
    _needed("address", String(320)),
    _needed("name", Text),
    _needed("secret", Text),
    _needed("saved_at", Moment),
    Column("put_aside_at", Moment),
    _needed("problem", Text),
    Column("failing_since", Moment),
    Column("tried_at", Moment),
    # At most one invites to what is new.
    Index(
        "ix_organisers_in_force",
        "organisation_id",
        unique=True,
        sqlite_where=text("put_aside_at IS NULL"),
        postgresql_where=text("put_aside_at IS NULL"),
    ),
    referred_to=True,
)

# Who somebody is at Google or Microsoft, so that they are known again though their address changes.
identities = _scoped(
    "identities",
    *_belongs("person_id", "people"),
    _needed("provider", String(32)),
    _needed("subject", String(255)),
    _needed("created_at", Moment),
    UniqueConstraint("organisation_id", "provider", "subject"),
)

connections = _scoped(
    "connections",
    *_belongs("person_id", "people"),
    _needed("provider", String(32)),
    # Encrypted, since whoever has a private feed's address can read the feed; found again by its keyed hash.
    _needed("address", Text),
    _needed("address_key", String(64)),
    _needed("username", Text),
    _needed("secret", Text),
    _needed("created_at", Moment),
    _needed("state", String(16)),
    _needed("problem", Text),
    # The account's own name at Google or Microsoft; empty elsewhere.
    _needed("subject", String(255)),
    # When its owner was told that it is broken; NULL once it works again.
    Column("told_at", Moment),
    referred_to=True,
)

calendars = _scoped(
    "calendars",
    *_belongs("connection_id", "connections"),
    *_belongs("person_id", "people"),
    _needed("href", Text),
    _needed("name", Text),
    _needed("zone", String(64)),
    _needed("writable", Boolean),
    _needed("counts_as_busy", Boolean),
    _needed("holds_copies", Boolean),
    _needed("cursor", Text),
    Column("read_at", Moment),
    Column("covers_start", Moment),
    Column("covers_end", Moment),
    _needed("problem", Text),
    Column("problem_since", Moment),
    Column("next_read_at", Moment, index=True),
    # While somebody reads it: until then it is theirs.
    Column("claimed_until", Moment),
    # When its provider last told us of a change.
    Column("heard_at", Moment),
    referred_to=True,
)

# Where Google and Microsoft tell us of changes: to one calendar, or to an organiser's.
watches = _scoped(
    "watches",
    *_belongs("calendar_id", "calendars", nullable=True),
    *_belongs("organiser_id", "organisers", nullable=True),
    Column("channel", String(255), nullable=False, unique=True),
    _needed("resource", Text),
    # Encrypted: what each notification must carry.
    _needed("secret", Text),
    # See store.watches: being asked for, live, lost, or resting after a refusal.
    _needed("state", String(16)),
    _needed("created_at", Moment),
    # When it is to be prolonged or replaced, or, resting, to be asked for again.
    _needed("renew_at", Moment),
    _needed("expires_at", Moment),
    Column("heard_at", Moment),
    # News was found that it had not told of by then: unless it does soon, it is lost.
    Column("doubted_at", Moment),
)

busy_events = _scoped(
    "busy_events",
    *_belongs("calendar_id", "calendars"),
    *_belongs("person_id", "people"),
    _needed("start_at", Moment),
    _needed("end_at", Moment),
    _needed("kind", String(32)),
    _needed("key", String(64)),
)

challenges = _scoped(
    "challenges",
    *_belongs("person_id", "people"),
    _needed("text", Text),
    _needed("at", Moment),
    _needed("source", String(32)),
    # ISO 639-1, or "und" where it could not be told; empty until somebody has looked.
    _needed("language", String(8)),
    # Whether somebody has placed it among the themes, or alone, since it was written.
    _needed("placed", Boolean),
    referred_to=True,
)

# A cache: what the sentence model makes of a text, found by the text's hash.
embeddings = Table(
    "embeddings",
    metadata,
    Column("organisation_id", Id, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("model", String(64), primary_key=True),
    Column("text_hash", String(64), primary_key=True),
    _needed("vector", LargeBinary),
)

# A theme that is no longer found is retired, not deleted, while a proposal speaks of it.
themes = _scoped(
    "themes",
    _needed("label", Text),
    # Of words that enough people used; empty where they share none, and nothing is shown to others.
    _needed("group_label", Text),
    _needed("created_at", Moment),
    Column("retired_at", Moment),
    referred_to=True,
)

theme_challenges = _scoped(
    "theme_challenges",
    *_belongs("theme_id", "themes"),
    *_belongs("challenge_id", "challenges"),
    UniqueConstraint("theme_id", "challenge_id"),
)

# What a theme is called for each who wrote of it: a name of theirs, or words of their own notes.
topics = _scoped(
    "topics",
    *_belongs("person_id", "people"),
    *_belongs("theme_id", "themes"),
    _needed("label", Text),
    UniqueConstraint("person_id", "theme_id"),
)

# How often somebody's notes, or what they say of them, have changed, and how often when they were last sorted into
# themes: where the two differ, somebody has to look.
note_changes = _scoped(
    "note_changes",
    *_belongs("person_id", "people"),
    _needed("changes", Integer),
    _needed("sorted", Integer),
    UniqueConstraint("person_id"),
)

# Of the last look at all notes, what it takes to place one more: where the themes lie, and how near is near. A cache.
looks = _scoped(
    "looks",
    _needed("model", String(64)),
    _needed("at", Moment),
    _needed("notes", Integer),
    _needed("nearness", Float),
    _needed("centre", LargeBinary),
    _needed("theme_ids", JSON),
    _needed("centroids", LargeBinary),
    UniqueConstraint("organisation_id"),
)

# What people say of the grouping of their own notes: these two belong together, or apart, or this is its name. It holds
# for whatever theme the notes are found in next.
theme_wishes = _scoped(
    "theme_wishes",
    *_belongs("person_id", "people"),
    *_belongs("challenge_id", "challenges"),
    *_belongs("with_id", "challenges", nullable=True),
    _needed("kind", String(16)),
    _needed("name", Text),
    _needed("at", Moment),
)

needs = _scoped(
    "needs",
    *_belongs("person_id", "people"),
    *_belongs("theme_id", "themes"),
    _needed("label", Text),
    _needed("days", Integer),
    _needed("last_at", Moment),
    _needed("probability", Float),
    # Days a week on which it comes up now, and how that changes in a week; its season, where it has one.
    _needed("rate", Float),
    _needed("trend", Float),
    Column("season_days", Integer),
    # When it is expected next: most likely, and between which moments with a chance of four in five.
    Column("next_at", Moment),
    Column("next_from", Moment),
    Column("next_until", Moment),
    UniqueConstraint("person_id", "theme_id"),
    referred_to=True,
)

need_evidence = _scoped(
    "need_evidence",
    *_belongs("need_id", "needs"),
    *_belongs("challenge_id", "challenges"),
    _needed("place", Integer),
)

# A person says that a theme is no longer hard for them: what they wrote up to then is no need any more.
settled = _scoped(
    "settled",
    *_belongs("person_id", "people"),
    *_belongs("theme_id", "themes"),
    _needed("at", Moment),
    UniqueConstraint("person_id", "theme_id"),
)

rounds = _scoped(
    "rounds",
    _needed("policy_version", Integer),
    _needed("started_at", Moment),
    Column("finished_at", Moment),
    # Until then it is one worker's; NULL before anybody began.
    Column("taken_until", Moment),
    Column("local_date", Date),
    # Which daily round this is; NULL for a round by hand, of which there may be many.
    Column("claim", String(64)),
    _needed("replayable", Boolean),
    _needed("record", JSON),
    UniqueConstraint("organisation_id", "claim"),
)

proposals = _scoped(
    "proposals",
    Column("uid", String(255), nullable=False, unique=True),
    *_belongs("mentee_id", "people"),
    *_belongs("mentor_id", "people"),
    *_belongs("theme_id", "themes", ondelete=None),
    _needed("topic", Text),
    _needed("start_at", Moment),
    _needed("end_at", Moment),
    _needed("reasons", JSON),
    _needed("state", String(16)),
    _needed("sequence", Integer),
    _needed("mentee_partstat", String(16)),
    Column("mentee_answered_at", Moment),
    Column("mentee_door", String(16)),
    _needed("mentee_answer_sequence", Integer),
    _needed("mentor_partstat", String(16)),
    Column("mentor_answered_at", Moment),
    Column("mentor_door", String(16)),
    _needed("mentor_answer_sequence", Integer),
    Column("created_at", Moment),
    Column("mentee_asked_at", Moment),
    Column("mentor_asked_at", Moment),
    Column("expires_at", Moment),
    # When an admin let it go out, while sending is in review.
    Column("released_at", Moment),
    # Who invites to it, kept from the first invite to the last; no id: a mailbox.
    Column("organiser_id", Id),
    _needed("organiser_name", Text),
    _needed("organiser_address", Text),
    _needed("ended_because", Text),
    Column("round_id", Id, ForeignKey("rounds.id", ondelete="SET NULL"), index=True),
    _needed("version", Integer),
    Index(None, "organisation_id", "state"),
    referred_to=True,
)

# What keeps two of these apart for one person is in the migrations: an exclusion constraint on PostgreSQL, triggers on
# SQLite. SQLAlchemy has no word for the second.
engagements = _scoped(
    "engagements",
    *_belongs("person_id", "people"),
    *_belongs("proposal_id", "proposals"),
    _needed("start_at", Moment),
    _needed("end_at", Moment),
    CheckConstraint("start_at < end_at", name="ends_after_it_starts"),
    UniqueConstraint("proposal_id", "person_id"),
    Index(None, "person_id", "start_at"),
)

answers = _scoped(
    "answers",
    *_belongs("proposal_id", "proposals"),
    _needed("party", String(16)),
    _needed("partstat", String(16)),
    Column("at", Moment),
    Column("door", String(16)),
    _needed("sequence", Integer),
)

# What each of the two says after a meeting: whether it helped, and whether the topic is settled by it.
reviews = _scoped(
    "reviews",
    *_belongs("proposal_id", "proposals"),
    *_belongs("person_id", "people"),
    _needed("party", String(16)),
    _needed("helped", String(16)),
    _needed("settled", Boolean),
    _needed("at", Moment),
    UniqueConstraint("proposal_id", "person_id"),
)

# Each time that Interlude asked for somebody's attention: a suggestion, a reminder, a survey. answered_at: when they
# answered it, in whatever way; NULL while they have not. ignored_at: when it lapsed without an answer.
attention = _scoped(
    "attention",
    *_belongs("person_id", "people"),
    *_belongs("proposal_id", "proposals", nullable=True),
    _needed("kind", String(16)),
    _needed("at", Moment),
    Column("answered_at", Moment),
    Column("ignored_at", Moment),
    Index(None, "person_id", "at"),
)

# Whoever shows it writes notes as that person, and nothing else. Only its hash is kept.
api_keys = _scoped(
    "api_keys",
    *_belongs("person_id", "people"),
    _needed("name", Text),
    Column("token_hash", String(64), nullable=False, unique=True),
    _needed("created_at", Moment),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
)

# A request of a program that gave it a name: the same again is answered alike, and keeps nothing more.
api_requests = _scoped(
    "api_requests",
    *_belongs("person_id", "people"),
    _needed("request_hash", String(64)),
    _needed("body_hash", String(64)),
    _needed("ids", JSON),
    _needed("at", Moment),
    UniqueConstraint("person_id", "request_hash"),
)

feedback = _scoped(
    "feedback",
    *_belongs("proposal_id", "proposals"),
    *_belongs("person_id", "people"),
    _needed("about", String(32)),
    _needed("reason_name", String(64)),
    _needed("at", Moment),
)

copies = _scoped(
    "copies",
    *_belongs("proposal_id", "proposals"),
    *_belongs("person_id", "people"),
    *_belongs("calendar_id", "calendars"),
    _needed("href", Text),
    _needed("etag", Text),
    _needed("sequence", Integer),
    _needed("partstat", String(16)),
    _needed("removed", Boolean),
    UniqueConstraint("proposal_id", "person_id"),
)

# The event in the organiser's own calendar, of which the two are guests.
organiser_events = _scoped(
    "organiser_events",
    *_belongs("proposal_id", "proposals"),
    *_belongs("organiser_id", "organisers"),
    _needed("event_id", Text),
    _needed("version", Text),
    _needed("said", String(64)),
    _needed("sequence", Integer),
    Column("told_at", Moment),
    # What each of the two had answered when it was last looked at; empty for who is no guest of it.
    _needed("mentee_partstat", String(16)),
    Column("mentee_heard_at", Moment),
    _needed("mentor_partstat", String(16)),
    Column("mentor_heard_at", Moment),
    # By which address each of them is on it; keyed hashes of those by which others are.
    _needed("mentee_address", String(320)),
    _needed("mentor_address", String(320)),
    _needed("strangers", Text),
    Column("missed_at", Moment),
    _needed("cancelled", Boolean),
    UniqueConstraint("proposal_id"),
)

# A letter is about no proposal; link_id is the sign-in link that it carries, or the proposal that it asks about.
outbox = _scoped(
    "outbox",
    *_belongs("proposal_id", "proposals", nullable=True),
    *_belongs("person_id", "people"),
    _needed("act", String(16)),
    _needed("carrier", String(8)),
    _needed("letter", String(16)),
    Column("link_id", Id),
    _needed("sequence", Integer),
    _needed("written_at", Moment),
    _needed("not_before", Moment),
    _needed("state", String(16)),
    _needed("attempts", Integer),
    # Right before the call outside: from then on it may have had its effect.
    Column("tried_at", Moment),
    _needed("lease", String(64)),
    Column("leased_until", Moment),
    _needed("last_error", Text),
    Index(None, "state", "not_before"),
)

# What came in by mail, without its content: an answer that waits or was counted, or why it was set aside.
# trace: the same for a repeat.
replies = _scoped(
    "replies",
    *_belongs("proposal_id", "proposals", nullable=True),
    *_belongs("person_id", "people", nullable=True),
    _needed("trace", String(64)),
    _needed("received_at", Moment),
    _needed("state", String(16)),
    _needed("why", String(32)),
    _needed("partstat", String(16)),
    _needed("sequence", Integer),
    Column("stamp", Moment),
    Column("start_at", Moment),
    Column("end_at", Moment),
    Column("try_at", Moment),
    UniqueConstraint("organisation_id", "trace"),
    Index(None, "state", "try_at"),
)

audit = _scoped(
    "audit",
    _needed("who", Text),
    _needed("what", Text),
    _needed("subject", Text),
    _needed("at", Moment),
)
