"""A divergence and the search for where it began."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from neuroglow.insight.divergence import Origin, locate
from neuroglow.session.keeper import Keeper
from neuroglow.session.trainer import Trainer
from neuroglow.wire.messages import Divergence


class Trouble:
    """`reason` is a sentence for people, `divergence` the same as data."""

    def __init__(self, keeper: Keeper, wake: Callable[[], None]) -> None:
        self._keeper, self._wake = keeper, wake
        self._search: Future[Origin | None] | None = None
        self.divergence: Divergence | None = None
        self.reason: str | None = None

    @property
    def members(self) -> dict[str, Any]:
        """Of the public `state` message."""
        return {"reason": self.reason, "divergence": self.divergence.model_dump() if self.divergence else None}

    def clear(self) -> None:
        self._search, self.divergence, self.reason = None, None, None

    def begin(self, trainer: Trainer, update: int) -> None:
        """The loss of `update` was not finite: replay from the last good moment, off the dispatch thread."""
        good, walk = trainer.good, trainer.walk.copy()
        rule, hyper = trainer.program.key.rule, trainer.hyper
        self.divergence = Divergence(update=update, good_update=good.cursor.update, located=False)
        self.reason = f"The loss stopped being a finite number at update {update}"
        most = update - good.cursor.update
        self._search = self._keeper.run(lambda: locate(good, walk, rule, hyper, most))
        self._search.add_done_callback(lambda _: self._wake())

    @property
    def is_found(self) -> bool:
        """The search has ended and `settle` was not called yet."""
        return self._search is not None and self._search.done()

    def settle(self) -> None:
        """Take in what the search found."""
        if self._search is None or self.divergence is None:
            return
        origin = self._search.result()
        self._search = None
        found = {"update": origin.update, "layer": origin.layer, "what": origin.what} if origin else {}
        self.divergence = self.divergence.model_copy(update={**found, "located": True})
        if origin is not None:
            self.reason = f"The {origin.what} of '{origin.layer}' stopped being finite at update {origin.update}"
