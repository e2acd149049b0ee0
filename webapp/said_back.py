"""Telling somebody what their own change has undone."""

from __future__ import annotations


def taken_back(number: int) -> str:
    """A sentence of how many open suggestions were taken back; empty for none."""
    if not number:
        return ""
    return "One open suggestion was taken back." if number == 1 else f"{number} open suggestions were taken back."
