"""What every response tells the browser not to do."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

NEVER = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "sync-xhr",
    "usb",
    "xr-spatial-tracking",
)
"""What of a browser no page of ours asks for."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Says less than frame-ancestors does, to browsers that do not know it.
    "X-Frame-Options": "DENY",
    # Not no-referrer: over https the CSRF check compares the referrer with our own address.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NEVER),
}

TWO_YEARS = 63072000
# Not includeSubDomains: the address may be that of a whole organisation, whose other hosts are not ours to decide on.
ONLY_TLS = f"max-age={TWO_YEARS}"

NONCE_BYTES = 16


def csp_nonce() -> str:
    """The word of this response that its scripts and styles carry; what somebody slips into a page cannot know it.

    128 random bits (https://www.w3.org/TR/CSP3/#security-nonces).
    """
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(NONCE_BYTES)
    return str(g.csp_nonce)


def policy(*more: str) -> str:
    """This response's Content-Security-Policy. more: directives that one page needs besides.

    Nothing may run or style that does not carry the nonce, not even from our own address; where no nonce was asked for,
    nothing at all. There is no 'strict-dynamic': what our scripts would load is not trusted because they are.
    """
    ours = f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'none'"
    rules = (
        "default-src 'none'",
        f"script-src {ours}",
        f"style-src {ours}",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        *more,
    )
    return "; ".join(rules)


def send(app: Flask, secure: bool) -> None:
    """Puts them on every response of the application. secure: people reach it over https only.

    A page that says its own policy keeps it: one in the demo frames a mail, and the mail lets itself be framed.
    """
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def _with_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy())
        if secure:
            response.headers["Strict-Transport-Security"] = ONLY_TLS
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response
