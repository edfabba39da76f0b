"""Commands on data that have to be read first: they wait their turn beside everything else that goes on."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from pydantic import TypeAdapter

from neuroglow.data import Dataset
from neuroglow.session.material import Materials
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import DataSpec
from neuroglow.wire.worker import AnyCommand, GetSamples, Open


class Postponed:
    def __init__(self, materials: Materials) -> None:
        self._materials = materials
        self._waiting: list[tuple[AnyCommand, Future[Dataset]]] = []

    def takes(self, command: AnyCommand) -> bool:
        """Whether the command has to wait; it comes out of `ready` when its data are there."""
        document = _data_of(command)
        if document is None:
            return False
        data = checked_data(parse(TypeAdapter(DataSpec), document, at="/data"), at="/data")
        reading = self._materials.data(data)
        if reading is None:
            return False
        self._waiting.append((command, reading))
        return True

    def ready(self) -> list[tuple[AnyCommand, Future[Dataset]]]:
        """Commands whose data were read, or could not be, each once. The data stay while the future is held."""
        done = [entry for entry in self._waiting if entry[1].done()]
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]
        return done

    def drop(self, session: str) -> AnyCommand | None:
        """Forget the opening of a session that is closed before it began."""
        for entry in self._waiting:
            if isinstance(entry[0], Open) and entry[0].session == session:
                self._waiting.remove(entry)
                return entry[0]
        return None


def _may_take_time(document: dict[str, Any]) -> bool:
    return document.get("source") in ("upload", "pictures", "text") or document.get("augmentation") is not None


def _data_of(command: AnyCommand) -> dict[str, Any] | None:
    """The spec of data that a command is about and that may take time."""
    if isinstance(command, Open):
        document = command.experiment.get("data")
    elif isinstance(command, GetSamples):
        document = command.data
    else:
        return None
    return document if isinstance(document, dict) and _may_take_time(document) else None
