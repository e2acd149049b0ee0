"""What lets nobody in rests: each worker that tried it would only wait for a server that is not there."""

from __future__ import annotations

from datetime import datetime, timedelta

from mentoring.errors import InterludeError, Reconnect, Unreachable

SHORTEST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)


def rest(failing_since: datetime | None, tried_at: datetime, longest: timedelta = LONGEST_REST) -> timedelta:
    """How long nothing is tried after that moment: as long as it has been failing, within bounds."""
    return min(max(tried_at - (failing_since or tried_at), SHORTEST_REST), longest)


def fails_for_all(problem: InterludeError | None) -> bool:
    """Whether it would keep anything else from being done there as well."""
    return isinstance(problem, (Reconnect, Unreachable))
