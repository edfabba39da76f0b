"""Where a session stands on its line of history, and which work under way still counts."""

from __future__ import annotations


class Standing:
    """`run` names the line of history. `moment` rises whenever there is something new to see.

    `generation` rises whenever the state changed otherwise than by training: work launched before it does not count.
    `from_update` is told once with a new run: history after it is void.
    """

    def __init__(self, run: int) -> None:
        self.run = run
        self.moment = 0
        self.generation = 0
        self._from_update: int | None = None

    def trained(self) -> None:
        self.moment += 1

    def changed(self) -> None:
        self.generation += 1
        self.moment += 1

    def begin_run(self, from_update: int) -> None:
        self.run += 1
        self._from_update = from_update
        self.changed()

    def resumed(self, from_update: int) -> None:
        """The run was named by the gateway; this is where it goes on."""
        self._from_update = from_update

    def tell_from_update(self) -> int | None:
        told, self._from_update = self._from_update, None
        return told
