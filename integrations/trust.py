"""Which certificates are believed, for mail servers: those that the machine believes, or those of a file."""

from __future__ import annotations

import ssl
from functools import lru_cache


@lru_cache(maxsize=8)
def trusting(ca_bundle: str = "") -> ssl.SSLContext:
    """Made once: reading all that a machine believes takes longer than sending a mail. ca_bundle: a file of its own."""
    return ssl.create_default_context(cafile=ca_bundle or None)
