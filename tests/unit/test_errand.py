"""Errands: what a job may use, how its end is told, and that none outlives whoever wanted it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from starlette.requests import Request

from neuroglow.errors import (
    AtCapacityError,
    ErrandLimitError,
    InternalError,
    InvalidInputError,
    UploadRejectedError,
)
from neuroglow.gateway.errand import Errand, Errands, while_connected
from serving import until

pytestmark = pytest.mark.anyio

JOB = Errand("errand_job", memory_bytes=1 << 29, cpu_secs=20, wall_secs=60.0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def errands(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Errands]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    running = Errands(at_once=2, waiting=1)
    yield running
    running.close()


async def test_the_result_is_what_the_job_returned_and_not_what_it_printed(errands: Errands) -> None:
    request = {"do": "echo", "text": "½ π", "numbers": [1, 2.5, None]}
    assert await errands.run(JOB, request) == request


async def test_a_job_runs_within_its_limits_behind_everybody_else(errands: Errands) -> None:
    found = await errands.run(JOB, {"do": "limits"})
    limits = {"RLIMIT_AS": 1 << 29, "RLIMIT_CPU": 20, "RLIMIT_NOFILE": 64}
    assert found == {"niceness": 10, "oom_score_adj": "1000", **limits}


async def test_a_job_runs_where_it_cannot_offer_itself_to_go_first(
    errands: Errands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OOM_SCORE", str(tmp_path / "no proc" / "here"))
    assert await errands.run(JOB, {"do": "echo"}) == {"do": "echo"}


async def test_a_job_that_the_system_kills_names_no_limit_of_its_own(errands: Errands) -> None:
    with pytest.raises(AtCapacityError, match="ran short of memory; try again later"):
        await errands.run(JOB, {"do": "be killed"})


async def test_a_typed_error_arrives_as_it_was_raised(errands: Errands) -> None:
    with pytest.raises(UploadRejectedError, match="Not like that") as refusal:
        await errands.run(JOB, {"do": "refuse"})
    assert refusal.value.field == "/file"


async def test_a_crash_tells_nobody_what_the_job_knew(errands: Errands) -> None:
    with pytest.raises(InternalError) as crash:
        await errands.run(JOB, {"do": "crash"})
    assert "secret" not in crash.value.message


@pytest.mark.parametrize(
    ("job", "do", "limit"),
    [
        (JOB, "fill memory", "memory"),
        (replace(JOB, cpu_secs=1), "turn", "time"),
        (replace(JOB, wall_secs=0.3), "turn", "time"),
        (replace(JOB, answer_bytes=1000), "talk", "answer"),
    ],
)
async def test_a_job_that_takes_too_much_is_told_what(errands: Errands, job: Errand, do: str, limit: str) -> None:
    with pytest.raises(ErrandLimitError) as refusal:
        await errands.run(job, {"do": do})
    assert refusal.value.facts == {"limit": limit}


async def test_a_job_can_neither_connect_nor_run_programs_nor_unpickle(errands: Errands) -> None:
    found = await errands.run(JOB, {"do": "forbidden"})
    assert found["refused"] == ["connect", "run", "shell", "unpickle"]


async def test_only_so_many_run_and_only_so_many_wait(errands: Errands, tmp_path: Path) -> None:
    marks = [tmp_path / name for name in "abc"]
    calls = [asyncio.create_task(errands.run(JOB, {"do": "wait", "mark": str(mark)})) for mark in marks]
    running = [await _pid(mark) for mark in marks[:2]]
    with pytest.raises(AtCapacityError):
        await errands.run(JOB, {"do": "echo"})
    assert not marks[2].exists()
    calls[0].cancel()
    running.append(await _pid(marks[2]))
    errands.close()
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(ends[0], asyncio.CancelledError)
    assert all(isinstance(end, AtCapacityError) and "stopping" in end.message for end in ends[1:])
    assert not any(psutil.pid_exists(pid) for pid in running)


async def test_a_client_that_leaves_takes_its_job_along(errands: Errands, tmp_path: Path) -> None:
    gone, mark = asyncio.Event(), tmp_path / "mark"

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    client = Request({"type": "http"}, receive)
    call = asyncio.create_task(while_connected(client, errands.run(JOB, {"do": "wait", "mark": str(mark)})))
    pid = await _pid(mark)
    gone.set()
    with pytest.raises(InvalidInputError):
        await call
    assert not psutil.pid_exists(pid)


async def test_a_job_dies_with_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import asyncio\n"
        "from neuroglow.gateway.errand import *\n"
        "job = Errand('errand_job', memory_bytes=1 << 29, cpu_secs=20, wall_secs=60.0)\n"
        f"asyncio.run(Errands(1, 1).run(job, {{'do': 'wait', 'mark': {str(tmp_path / 'mark')!r}}}))\n"
    )
    search = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=search)
    job = psutil.Process(await _pid(tmp_path / "mark"))
    parent.kill()
    await parent.wait()
    with contextlib.suppress(psutil.NoSuchProcess):
        await asyncio.to_thread(job.wait, 10.0)
    assert not job.is_running() or job.status() == psutil.STATUS_ZOMBIE


async def _pid(mark: Path) -> int:
    """Of the job that left this mark."""

    def wait() -> int:
        until(lambda: mark.exists() and mark.read_text(), secs=20.0, why="the job did not start")
        return int(mark.read_text())

    return await asyncio.to_thread(wait)
