"""As many mentees as seats allow, times left aside: slow and obviously right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def most_seated(wanted: Mapping[int, Sequence[int]], seats: Mapping[int, int]) -> int:
    """How many mentees can have one of the mentors they want (H. W. Kuhn's augmenting paths, 1955)."""
    held: dict[int, list[int]] = {mentor_id: [] for mentor_id in seats}

    def seat(mentee_id: int, asked: set[int]) -> bool:
        for mentor_id in wanted[mentee_id]:
            if mentor_id in asked:
                continue
            asked.add(mentor_id)
            if len(held[mentor_id]) < seats[mentor_id]:
                held[mentor_id].append(mentee_id)
                return True
            for place, other in enumerate(held[mentor_id]):
                if seat(other, asked):
                    held[mentor_id][place] = mentee_id
                    return True
        return False

    return sum(seat(mentee_id, set()) for mentee_id in wanted)
