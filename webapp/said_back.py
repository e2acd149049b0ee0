"""Telling somebody what their own change has undone."""

from __future__ import annotations


def taken_back(number: int) -> str:
    """A sentence of how many open suggestions were taken back; empty for none."""
    if not number:
        return ""
    if number == 1:
        return "One open suggestion was taken back; it does not come back by itself."
    return f"{number} open suggestions were taken back; they do not come back by themselves."
