"""`/api/sessions/{id}/weights`: the run as a file, down and up. The bytes go by way of the session's folder, as all
snapshots do; the gateway reads a file's header and nothing else of it."""

from __future__ import annotations

import asyncio
import errno
import secrets
from contextlib import AsyncExitStack
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from neuroglow.errors import EngineUnavailableError, InvalidInputError, StorageFullError
from neuroglow.gateway.bodies import BODY_SECS
from neuroglow.gateway.gateway import gateway_of
from neuroglow.gateway.permits import authorized, count, owned
from neuroglow.gateway.sending import FileAnswer
from neuroglow.spec.datasets import facts, file_stem
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.memory import require_fits
from neuroglow.wire.weights import LENGTH_BYTES, check_header, header_length

KEEPS = ("file", "session")


async def download(request: Request) -> Response:
    """The present moment of the run; the last finite one where it diverged."""
    session, _ = await authorized(request)
    count(gateway_of(request))
    await session.changes.write()
    held = AsyncExitStack()
    try:
        snapshot = Path(session.recorder.folder()) / "snapshot.safetensors"
        file = held.enter_context(await asyncio.to_thread(snapshot.open, "rb"))
    except FileNotFoundError:
        raise EngineUnavailableError("The engine is starting; try again in a moment") from None
    name = f"{file_stem(facts(session.experiment.data))}-{session.line.update}.safetensors"
    return FileAnswer(file, f"neuroglow-{name}", held)


async def upload(request: Request) -> Response:
    """Go on from a weight file: as its own experiment, or with what it has in common with the session's."""
    session = await owned(request, "load weights")
    gateway = gateway_of(request)
    count(gateway)
    keeps = request.query_params.get("experiment", "file")
    if keeps not in KEEPS:
        raise InvalidInputError("`experiment` is `file` or `session`", field="/experiment")
    limits = gateway.settings.limits
    staged = Path(session.recorder.folder()) / f"upload-{secrets.token_hex(8)}.safetensors"
    try:
        await _receive(request, staged)
        experiment = await asyncio.to_thread(_checked, staged)
        require_fits(experiment, limits.memory_bytes)
        update = await session.changes.load(staged, experiment if keeps == "file" else None)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFullError("The server's disk is full; the weights were not loaded") from None
    finally:
        staged.unlink(missing_ok=True)
    info = session.info()
    return JSONResponse({
        "run": info.run,
        "revision": info.revision,
        "update": update,
        "experiment": info.experiment.to_document(),
    })  # fmt: skip


async def _receive(request: Request, staged: Path) -> None:
    """The body into a file, as it comes; `BodyLimit` counts it."""
    with await asyncio.to_thread(staged.open, "wb") as file:
        chunks = request.stream()
        try:
            while True:
                async with asyncio.timeout(BODY_SECS):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                await asyncio.to_thread(file.write, chunk)
        except TimeoutError:
            raise InvalidInputError(f"The body stopped coming for {BODY_SECS:.0f} s") from None
        except ClientDisconnect:
            raise InvalidInputError("The client went away before its body was complete") from None


def _checked(staged: Path) -> Experiment:
    size = staged.stat().st_size
    with staged.open("rb") as file:
        header = file.read(header_length(file.read(LENGTH_BYTES), size))
    return check_header(header, size)
