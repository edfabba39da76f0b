"""What is kept of a session besides its snapshot: `session.json`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from neuroglow.spec.experiment import Experiment, parse_experiment


class SessionRecord(BaseModel):
    """Replaced as a whole at each change. Tokens are SHA-256 digests, hexadecimal; times are seconds since 1970."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    id: str
    experiment: dict[str, Any]
    revision: int = 1
    owner_digest: str
    viewer_digest: str
    run: str
    seq: int = 0
    """At least the last frame number used."""
    used_names: tuple[str, ...] = ()
    """Every layer name the session ever had."""
    failure: str | None = None
    """Why it cannot be hosted, a sentence for people."""
    update: int = 0
    epoch: int = 0
    play: bool = False
    """Whether the owner wants it to run."""
    updates_per_second: float | None = None
    saved: bool = True
    """Whether the session stands exactly where its snapshot is (where it started, if there is none)."""
    created: float
    touched: float

    def read_experiment(self) -> Experiment:
        """The experiment, validated again: a record may come from an older version."""
        return parse_experiment(self.experiment, used_names=self.used_names)
