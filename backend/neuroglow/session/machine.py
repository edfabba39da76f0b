"""The states of a session and the moves between them; anything else raises and says what was expected."""

from __future__ import annotations

from typing import get_args

from neuroglow.errors import IllegalStateError
from neuroglow.wire.messages import SessionState

TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    "compiling": frozenset({"running", "paused", "failed", "closed"}),
    "running": frozenset({"paused", "diverged", "failed", "compiling", "closed"}),
    "paused": frozenset({"running", "diverged", "failed", "compiling", "closed"}),
    "diverged": frozenset({"paused", "running", "failed", "compiling", "closed"}),
    "failed": frozenset({"compiling", "paused", "running", "closed"}),
    "closed": frozenset(),
}
STATES: tuple[SessionState, ...] = get_args(SessionState)


class Machine:
    """Holds the state. A move to the state it is in already is no move."""

    def __init__(self) -> None:
        self.state: SessionState = "compiling"

    def move(self, to: SessionState) -> bool:
        """True if the state changed; `IllegalStateError` if there is no such move."""
        if to == self.state:
            return False
        if to not in TRANSITIONS[self.state]:
            expected = ", ".join(sorted(TRANSITIONS[self.state])) or "nothing"
            raise IllegalStateError(f"A session that is {self.state} cannot become {to}; it can become {expected}")
        self.state = to
        return True

    def require(self, *states: SessionState, action: str) -> None:
        """Raise `IllegalStateError` unless in one of `states`."""
        if self.state not in states:
            raise IllegalStateError(f"Cannot {action} a session that is {self.state}; it must be {' or '.join(states)}")
