"""Weights and biases that people set by hand: kept until no chunk is under way, then written into the state."""

from __future__ import annotations

from collections.abc import Iterator

from neuroglow.engine.cells import Places
from neuroglow.engine.snapshot import Snapshot
from neuroglow.errors import InvalidInputError
from neuroglow.session.trainer import Trainer
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.network import Cell

Cells = tuple[Cell, ...]


class ByHand:
    """A queue of commands with their cells."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Cells]] = []

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def add(self, call: int, cells: Cells) -> None:
        self._waiting.append((call, cells))

    def write(self, trainer: Trainer) -> Iterator[tuple[int, Snapshot | InvalidInputError]]:
        """Each command's cells into the state: the moment as it then is, or why not."""
        waiting, self._waiting = self._waiting, []
        for call, cells in waiting:
            try:
                _require_settable(cells, trainer.experiment)
            except InvalidInputError as error:
                yield call, error
            else:
                yield call, trainer.write(cells)

    def drop(self) -> list[int]:
        """Forget all; the calls that now need another answer."""
        calls = [call for call, _ in self._waiting]
        self._waiting = []
        return calls


def _require_settable(cells: Cells, experiment: Experiment) -> None:
    """Raise `InvalidInputError` for a place that does not exist, or that a pin holds."""
    places, pinned = Places(experiment), {pin.place for pin in experiment.network.pins}
    for number, cell in enumerate(cells):
        what = "bias" if cell.source is None else f"weight from {cell.source}"
        if places.find(cell) is None:
            raise InvalidInputError(f"Unit {cell.unit} of '{cell.layer}' has no {what}", field=f"/cells/{number}")
        if cell.place in pinned:
            raise InvalidInputError(
                f"The {what} of unit {cell.unit} in '{cell.layer}' is pinned; change or remove its pin",
                field=f"/cells/{number}",
            )
