"""No log holds a token that lets somebody in, answers for them or stops their mail, whoever writes it."""

from __future__ import annotations

import logging
import re

SERVERS_OWN = ("gunicorn.error", "gunicorn.access")
"""They log addresses: of a request that failed outside the application; of all, where an access log is wanted."""

TOKEN = re.compile(r"(/(?:sign-in|stop|answer)/)[^\s\"'?#/]+|(/oauth/\w+\?)[^\s\"']+")
"""A token of ours; or the code and the state that Google or Microsoft sends somebody back with."""


class WithoutTokens(logging.Filter):
    """Takes the token out of each address in what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = TOKEN.sub(r"\1\2…", record.getMessage()), ()
        return True


def keep_tokens_out() -> None:
    """In this process from now on. The application's own log names routes, which hold none."""
    for name in SERVERS_OWN:
        logging.getLogger(name).addFilter(WithoutTokens())
