"""Whom a proxy asks for."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def believe(app: Flask, proxies: int) -> None:
    """So many proxies, each of which adds to X-Forwarded-For whom it was asked by; what a browser wrote there itself
    lies further left and is passed over. None: the header is anybody's word and is not read.

    X-Forwarded-Host is never read: our links are made from INTERLUDE_BASE_URL, and nothing asks for the host.
    """
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
