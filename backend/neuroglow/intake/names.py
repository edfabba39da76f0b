"""Names of columns that are safe to show, to put into a link and to use as a key: trimmed, short, each one once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from neuroglow.intake.column import MAX_WORD

_BLANKS = re.compile(r"\s+")


def tidy(text: str, most: int = MAX_WORD) -> str:
    """Without control characters, formatting characters and surrogates, blanks made single, cut to `most`."""
    kept = (" " if character.isspace() else character for character in text)
    shown = "".join(character for character in kept if unicodedata.category(character)[0] != "C")
    return _BLANKS.sub(" ", shown).strip()[:most].strip()


def column_names(headers: Iterable[str | None]) -> list[str]:
    """One name per header. Empty ones are numbered, repeated ones get a number behind them."""
    names: list[str] = []
    seen: set[str] = set()
    for place, header in enumerate(headers):
        # A name such as __proto__ means something to programs that read the document.
        wanted = tidy(header or "").strip("_") or f"column {place + 1}"
        name, number = wanted, 1
        while name in seen:
            number += 1
            ending = f" ({number})"
            name = wanted[: MAX_WORD - len(ending)] + ending
        seen.add(name)
        names.append(name)
    return names
