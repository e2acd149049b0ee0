"""Forgetting a person: every row about them, and every trace of them in rows that stay."""

from __future__ import annotations

from store.memory import Memory


def forget(memory: Memory, person_id: int) -> None:
    raise NotImplementedError
