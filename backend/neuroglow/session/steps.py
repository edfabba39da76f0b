"""Single steps: each `step` command is answered when the last of its updates is done."""

from __future__ import annotations


class Steps:
    """A queue of calls and the updates each still waits for."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int]] = []

    def add(self, call: int, updates: int) -> None:
        self._waiting.append((call, updates))

    def launched_one(self) -> int | None:
        """Count one update of the first command; its call if that was the last."""
        call, left = self._waiting[0]
        if left > 1:
            self._waiting[0] = (call, left - 1)
            return None
        self._waiting.pop(0)
        return call

    def drop(self) -> list[int]:
        """Forget all; the calls that now need another answer."""
        calls = [call for call, _ in self._waiting]
        self._waiting.clear()
        return calls
