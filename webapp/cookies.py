"""How the session cookie is signed."""

from __future__ import annotations

import hashlib

from flask.sessions import SecureCookieSessionInterface


class Sessions(SecureCookieSessionInterface):
    """With SHA-256: Flask takes SHA-1 of itself, which OWASP ASVS 5.0 no longer allows for this (appendix C)."""

    digest_method = staticmethod(hashlib.sha256)
