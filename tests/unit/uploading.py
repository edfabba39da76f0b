"""Uploaded data sets for tests that need no server: read in this process, spec completed as the gateway would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from neuroglow.data import use_folder
from neuroglow.gateway.datasets import bounds_document
from neuroglow.gateway.tokens import new_id
from neuroglow.intake.read import read
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.limits import Limits
from neuroglow.spec.sheet import DataSheet
from neuroglow.spec.uploaded import UploadedData, completed
from neuroglow.store import DatasetStore


def bounds() -> dict[str, int]:
    """As the server says them to an errand."""
    return bounds_document(Limits())


class Shelf:
    """A data folder of its own; `neuroglow.data` reads from it."""

    def __init__(self, folder: Path, **bounds: int) -> None:
        self.folder, self._bounds = folder, bounds
        self.store = DatasetStore(folder)
        folder.mkdir(exist_ok=True)
        self.store.prepare()
        use_folder(self.store.root)

    def put(self, content: bytes | str) -> DataSheet:
        """Read a file as the errand does; raises what the errand would answer."""
        data_id = new_id()
        path = self.store.spooled(data_id)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        folder = str(self.store.begin(data_id))
        try:
            bounded = bounds() | self._bounds
            read({"path": str(path), "folder": folder, "id": data_id, "title": "Test", "bounds": bounded})
            return self.store.publish(data_id, data_id)
        finally:
            self.store.abandon(data_id)

    def spec(self, sheet: DataSheet, **members: Any) -> UploadedData:
        """The data spec as the server writes it out."""
        document = {"source": "upload", "dataset": sheet.id} | members
        full = completed(document, sheet, lambda places: self.store.missing_rows(sheet.id, places))
        data = checked_data(parse(UploadedData, full), at="")
        assert isinstance(data, UploadedData)
        return data
