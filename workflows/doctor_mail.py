"""How each organisation invites, and is answered: its mailbox, its inbox, its account at Google or Microsoft."""

from __future__ import annotations

from collections.abc import Iterator

from integrations import imap
from mentoring.errors import InterludeError
from store import inboxes, mailboxes, organisers
from store.organisations import Organisation
from workflows.bootstrap import Parts
from workflows.checks import Check

CALLED = {"google": "Google", "outlook": "Microsoft"}
ON_THE_PAGE = "look at the page Admin, Mail"


def looks(parts: Parts, of: Organisation) -> Iterator[Check]:
    with parts.database.reading(of.id) as memory:
        mailbox, inbox, account = mailboxes.kept(memory), inboxes.kept(memory), organisers.kept(memory)
    if account is not None:
        yield _organiser(parts, of.name, account)
    yield _mail(of.name, mailbox, account)
    if inbox is not None:
        yield _answers(parts, of, inbox)
    elif mailbox is not None and account is None:
        found = "are not read by IMAP: the mail server hands them over, or only those on the web page count"
        yield Check(f"{of.name}: answers by mail", True, found)


def _organiser(parts: Parts, organisation: str, account: organisers.Kept) -> Check:
    name, called = f"{organisation}: organiser", CALLED[account.provider]
    found = f"invites come from {account.address} at {called}"
    app = parts.settings.google if account.provider == "google" else parts.settings.microsoft
    if not app.set_up:
        fix = f"set INTERLUDE_{called.upper()}_CLIENT_ID and …_SECRET again, or have an admin put the account aside"
        return Check(name, False, f"{found}, which is not set up any more", fix)
    if account.problem:
        return Check(name, False, f"{found}: {account.problem}", "an admin connects it again, on the pages under Admin")
    return Check(name, True, found)


def _mail(organisation: str, mailbox: mailboxes.Kept | None, account: organisers.Kept | None) -> Check:
    name = f"{organisation}: mail"
    if mailbox is None:
        nobody = "so nobody gets letters" if account else "so nobody gets mail"
        return Check(name, True, f"no mailbox yet, {nobody}; an admin sets one up on the page Mail")
    sent_from = f"leaves as {mailbox.mailbox.address} through {mailbox.mailbox.host}:{mailbox.mailbox.port}"
    if not mailbox.problem:
        return Check(name, True, sent_from)
    return Check(name, False, f"{sent_from}: {mailbox.problem}", ON_THE_PAGE)


def _answers(parts: Parts, of: Organisation, kept: inboxes.Kept) -> Check:
    """Signs in there, and looks whether somebody listens."""
    name = f"{of.name}: answers by mail"
    at = f"are read at {kept.inbox.host}:{kept.inbox.port}"
    try:
        with parts.database.reading(of.id) as memory:
            inbox = inboxes.opened(memory)
        if inbox is None:
            return Check(name, True, "are no longer read by IMAP")
        with imap.opened(inbox, parts.settings.allow_hosts) as session:
            how = "which tells of new mail by itself" if session.idles else "which is asked once a minute"
    except InterludeError as problem:
        return Check(name, False, f"{at}: {problem}", ON_THE_PAGE)
    if not kept.listening(parts.clock()):
        return Check(name, False, f"{at}, which lets us in, and nobody listens there", "run: interlude inbox")
    return Check(name, True, f"{at}, {how}")
