"""What one file may unfold into, as the server says, and the refusals that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from neuroglow.errors import UploadRejectedError


@dataclass(frozen=True)
class Bounds:
    rows: int
    columns: int
    cells: int
    """Rows times columns of a table, or values of all images together."""
    unpacked_bytes: int
    """Of everything that is compressed in the file."""
    image_side: int
    """Images are made to fit into a square of this many pixels."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Bounds:
        return cls(**document)

    def require_table(self, rows: int, columns: int) -> None:
        """Before a table is made."""
        if columns > self.columns:
            raise UploadRejectedError(
                f"The table has {columns:,} columns, at most {self.columns:,} can be used; leave some out"
            )
        if rows > self.rows:
            raise UploadRejectedError(
                f"The data have {rows:,} rows, at most {self.rows:,} can be used; take a part of them"
            )
        if rows * columns > self.cells:
            raise UploadRejectedError(
                f"{rows:,} rows of {columns:,} values are more than the {self.cells:,} that can be used; "
                "take fewer rows or columns"
            )

    def require_unpacked(self, size_bytes: int) -> None:
        """Before, and again while, something is unpacked."""
        if size_bytes > self.unpacked_bytes:
            raise UploadRejectedError(
                f"Unpacked, the file would be larger than {self.unpacked_bytes >> 20:,} MiB; upload a part of it"
            )
