"""Uploaded data sets: `DATA_DIR/datasets/ID/` holds a sheet and one file per column, written once and never changed.

Blocking; the gateway calls it from threads. Paths are made from ids of the right form only. What is on its way in lies
in `DATA_DIR/spool/` and in hidden folders; whatever a server that ended badly left there is removed at the next start.
`DATA_DIR/public/NAME/` is scikit-learn's folder of what was downloaded of a public set, until it is a data set here.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from pydantic import ValidationError

from neuroglow.errors import InternalError, NotFoundError
from neuroglow.spec.sheet import DataSheet
from neuroglow.store.files import sync_folder

_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
_SHEET = "sheet.json"


class DatasetStore:
    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "datasets"
        self._spool = data_dir / "spool"
        self._public = data_dir / "public"

    def prepare(self) -> None:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(self._spool, ignore_errors=True)
        self._spool.mkdir(mode=0o700)
        for entry in self.root.iterdir():
            if entry.name.startswith("."):
                shutil.rmtree(entry, ignore_errors=True)

    def spooled(self, data_id: str) -> Path:
        """Where the file of a data set to be is kept until it is read."""
        return self._spool / self._checked(data_id)

    def begin(self, data_id: str) -> Path:
        """A new, empty, hidden folder for a data set to be."""
        folder = self._hidden(data_id)
        folder.mkdir(mode=0o700)
        return folder

    def publish(self, data_id: str, name: str) -> DataSheet:
        """Make what was written into the hidden folder of `data_id` the data set `name`, unless there is one already;
        durable when this returns. A folder without a sheet or a column is none: copying it broke off."""
        try:
            return self.whole_sheet(name)
        except (NotFoundError, InternalError):
            folder = self.folder(name)
            shutil.rmtree(folder, ignore_errors=True)
            self._hidden(data_id).replace(folder)
            sync_folder(self.root)
        return self.sheet(name)

    def downloads(self, name: str) -> Path:
        """Where what was downloaded of a public set is kept until it is a data set; without what broke off."""
        home = self._public / name
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in home.rglob("tmp*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        return home

    def drop_downloads(self, name: str) -> None:
        shutil.rmtree(self._public / name, ignore_errors=True)

    def abandon(self, data_id: str) -> None:
        """Remove whatever there is of a data set that never was."""
        self.spooled(data_id).unlink(missing_ok=True)
        shutil.rmtree(self._hidden(data_id), ignore_errors=True)

    def sheet(self, data_id: str) -> DataSheet:
        """Raises `NotFoundError` if there is no such data set here."""
        try:
            return DataSheet.model_validate_json((self.folder(data_id) / _SHEET).read_bytes())
        except FileNotFoundError:
            raise NotFoundError("This data set is not on this server (any more); upload the file again") from None
        except ValidationError:
            raise InternalError("The sheet of this data set is damaged; upload the file again") from None

    def whole_sheet(self, data_id: str) -> DataSheet:
        """The same, of a set whose columns are all there: a copy that somebody made by hand may have broken off."""
        sheet = self.sheet(data_id)
        if sum(file.stat().st_size for file in self.folder(data_id).glob("c*.npy")) != sheet.stored_bytes:
            raise NotFoundError("Parts of this data set are missing on this server; upload the file again")
        return sheet

    def missing_rows(self, data_id: str, places: list[int]) -> int:
        """Rows in which at least one of these columns has no value."""
        rows = 0
        for place in places:
            path = self.folder(data_id) / f"c{place}.bits"
            if path.exists():
                rows |= int.from_bytes(path.read_bytes(), "little")
        return rows.bit_count()

    def sizes(self) -> dict[str, int]:
        """Bytes on disk of every data set."""
        entries = [entry for entry in self.root.iterdir() if _ID.fullmatch(entry.name)]
        return {entry.name: sum(file.stat().st_size for file in entry.iterdir()) for entry in entries}

    def free_bytes(self) -> int:
        """Left on the disk."""
        return shutil.disk_usage(self.root).free

    def delete(self, data_id: str) -> None:
        hidden = self._hidden(data_id)
        try:
            self.folder(data_id).replace(hidden)
        except FileNotFoundError:
            raise NotFoundError("This data set is not on this server (any more)") from None
        shutil.rmtree(hidden, ignore_errors=True)

    def folder(self, data_id: str) -> Path:
        return self.root / self._checked(data_id)

    def _hidden(self, data_id: str) -> Path:
        return self.root / f".{self._checked(data_id)}"

    def _checked(self, data_id: str) -> str:
        if not _ID.fullmatch(data_id):
            raise NotFoundError("This data set is not on this server; its id has another form")
        return data_id
