"""Numbers of the page that know where they are from: each is written as it is, and what is worked out comes to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Locator

_NUMBERS = """(region) => [...region.querySelectorAll('[data-value]')].map(({ dataset, textContent }) => ({
  value: Number(dataset.value), source: dataset.from ?? null,
  derived: dataset.derived === undefined ? null : Number(dataset.derived), text: textContent,
}))"""


@dataclass(frozen=True)
class Written:
    value: float
    """In full."""
    source: str | None
    """`TENSOR:INDEX` where the engine sent it; None for what the page works out."""
    derived: float | None
    """What the terms beside it come to."""
    text: str

    def check(self) -> None:
        """It is written rounded, and the arithmetic beside it holds."""
        assert np.isfinite(self.value), self
        digits = len(self.text.partition(".")[2])
        written = float(self.text.replace("−", "-").replace("+", ""))
        assert abs(written - self.value) <= 0.5001 * 10.0**-digits, self
        if self.derived is not None:
            assert self.derived == pytest.approx(self.value, rel=1e-5, abs=1e-5), self


def numbers_in(region: Locator) -> list[Written]:
    return [Written(**found) for found in region.evaluate(_NUMBERS)]
