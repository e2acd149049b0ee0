"""Where to go next, when the browser says so."""

from __future__ import annotations


def own_path(text: str, otherwise: str = "/") -> str:
    """The text if it is a path of ours, else the other one: a link must not lead a person who trusts us somewhere else.

    Browsers read a backslash as a slash and drop tabs and line ends, so that a slash and a tab may lead to another
    host (https://url.spec.whatwg.org/#url-parsing).
    """
    odd = "\\" in text or any(ord(character) < 0x21 for character in text)
    ours = text.startswith("/") and not text.startswith("//") and not odd
    return text if ours else otherwise
