"""The gateway's side of models beside the network: one fit for all who ask for the same, ended by the last to leave."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from neuroglow.errors import ErrandLimitError, InvalidInputError
from neuroglow.gateway import models
from neuroglow.gateway.errand import Errand, Errands
from neuroglow.gateway.models import Models
from neuroglow.spec.base import parse
from neuroglow.spec.models import FitRequest

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Fits(Errands):
    """Errands that are done when the test says so."""

    def __init__(self) -> None:
        super().__init__(at_once=2, waiting=2)
        self.asked: list[dict[str, Any]] = []
        self.ended = 0
        self.may_answer = asyncio.Event()
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self.failure: Exception | None = None

    async def run(self, errand: Errand, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        self.begun.put_nowait(None)
        try:
            await self.may_answer.wait()
        finally:
            self.ended += 1
        if self.failure is not None:
            raise self.failure
        return {"fit": len(self.asked), "padding": "x" * 100}


def request(c: float = 1.0) -> FitRequest:
    return parse(FitRequest, {"data": {"source": "bundled", "name": "iris"}, "model": {"type": "ridge", "alpha": c}})


async def test_who_asks_for_the_same_at_once_shares_a_fit() -> None:
    fits = Fits()
    kept = Models(fits, Path("datasets"))
    calls = [asyncio.create_task(kept.get(request())) for _ in range(5)]
    await fits.begun.get()
    fits.may_answer.set()
    assert len(set(await asyncio.gather(*calls))) == 1
    assert len(fits.asked) == 1
    assert await kept.get(request()) == calls[0].result()
    assert len(fits.asked) == 1


async def test_only_the_last_to_leave_ends_the_fit() -> None:
    fits = Fits()
    kept = Models(fits, Path("datasets"))
    first, second = (asyncio.create_task(kept.get(request())) for _ in range(2))
    await fits.begun.get()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert fits.ended == 0
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    await asyncio.sleep(0)
    assert fits.ended == 1


async def test_a_fit_that_was_given_up_begins_anew_when_asked_for_again() -> None:
    fits = Fits()
    kept = Models(fits, Path("datasets"))
    given_up = asyncio.create_task(kept.get(request()))
    await fits.begun.get()
    given_up.cancel()
    again = asyncio.create_task(kept.get(request()))
    await fits.begun.get()
    fits.may_answer.set()
    assert b'"fit":2' in await again


async def test_a_failure_is_not_kept() -> None:
    fits = Fits()
    kept = Models(fits, Path("datasets"))
    fits.may_answer.set()
    fits.failure = ErrandLimitError("It takes too long", limit="time")
    with pytest.raises(ErrandLimitError):
        await kept.get(request())
    fits.failure = InvalidInputError("No")
    with pytest.raises(InvalidInputError):
        await kept.get(request())
    fits.failure = None
    assert await kept.get(request())


async def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    fits = Fits()
    kept = Models(fits, Path("datasets"))
    fits.may_answer.set()
    monkeypatch.setattr(models, "KEPT_BYTES", 300)
    for c in (1.0, 2.0, 3.0):
        await kept.get(request(c))
    await kept.get(request(3.0))
    assert len(fits.asked) == 3
    await kept.get(request(1.0))
    assert len(fits.asked) == 4
