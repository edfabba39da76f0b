"""Session records, histories and the folders of snapshots: `DATA_DIR/sessions/ID/`.

Blocking; the gateway calls it from threads. Paths are made from ids of the right form only.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from neuroglow.errors import InvalidInputError, NotFoundError
from neuroglow.store.files import sync_folder, write_atomically
from neuroglow.store.records import SessionRecord

_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
_RECORD = "session.json"
_HISTORY = "history.json"
_SNAPSHOT = "snapshot.safetensors"
_BROKEN = ".broken"


class SessionStore:
    def __init__(self, data_dir: Path) -> None:
        self._sessions = data_dir / "sessions"

    def prepare(self) -> None:
        self._sessions.mkdir(mode=0o700, parents=True, exist_ok=True)

    def folder(self, session_id: str) -> Path:
        """Where the session's files are; its worker writes `snapshot.safetensors` there."""
        if not _ID.fullmatch(session_id):
            raise NotFoundError("No such session")
        return self._sessions / session_id

    def save(self, record: SessionRecord) -> None:
        """Durable when this returns."""
        folder = self.folder(record.id)
        if not folder.exists():
            folder.mkdir(mode=0o700)
            sync_folder(self._sessions)
        write_atomically(folder / _RECORD, record.model_dump_json().encode())

    def load(self, session_id: str) -> SessionRecord:
        """Raises `NotFoundError` if there is none, `InvalidInputError` if it is broken."""
        try:
            record = SessionRecord.model_validate_json((self.folder(session_id) / _RECORD).read_bytes())
        except FileNotFoundError:
            raise NotFoundError("No such session") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InvalidInputError(f"The record does not fit: {first['msg']} at {first['loc']}") from None
        if record.id != session_id:
            raise InvalidInputError("The record is of another session")
        record.read_experiment()
        return record

    def load_all(self) -> tuple[dict[str, float], dict[str, str]]:
        """(id to last touch, broken id to what is wrong with it). Broken ones are set aside, never deleted."""
        touched: dict[str, float] = {}
        broken: dict[str, str] = {}
        for entry in sorted(self._sessions.iterdir()):
            if not _ID.fullmatch(entry.name):
                continue
            try:
                touched[entry.name] = self.load(entry.name).touched
            except (InvalidInputError, NotFoundError, OSError) as error:
                broken[entry.name] = str(error)
                entry.replace(_free_name(entry))
        return touched, broken

    def has_snapshot(self, session_id: str) -> bool:
        return (self.folder(session_id) / _SNAPSHOT).exists()

    def discard_snapshot(self, session_id: str) -> None:
        (self.folder(session_id) / _SNAPSHOT).unlink(missing_ok=True)

    def save_history(self, session_id: str, points: list[dict[str, Any]]) -> None:
        write_atomically(self.folder(session_id) / _HISTORY, json.dumps(points, separators=(",", ":")).encode())

    def load_history(self, session_id: str) -> list[dict[str, Any]]:
        """The points, oldest first; none if there is no readable history, which loses a curve and nothing else."""
        try:
            points: list[dict[str, Any]] = json.loads((self.folder(session_id) / _HISTORY).read_bytes())
        except (OSError, ValueError):
            return []
        return points

    def delete(self, session_id: str) -> None:
        shutil.rmtree(self.folder(session_id), ignore_errors=True)


def _free_name(folder: Path) -> Path:
    """Where a broken folder is set aside: the first of `ID.broken`, `ID.broken2`, ... that is free."""
    number = 1
    while True:
        candidate = folder.with_name(f"{folder.name}{_BROKEN}{number if number > 1 else ''}")
        if not candidate.exists():
            return candidate
        number += 1
