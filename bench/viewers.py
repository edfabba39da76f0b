"""Viewers that do not paint, in a process of their own: they subscribe to a view, acknowledge at once, and take notes.

Lines they are sent: `connect` (with the view), `disconnect`, `control`, `window`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

import uvloop

from bench.child import Child, answer
from bench.ratios import percentile
from bench.view import Ask
from bench.websocket import Socket, connect

METADATA_START = 8 + len('{"__metadata__":')
WARM_SECS = 0.7


@dataclass(frozen=True)
class Window:
    """What was seen during a window. `frames_per_second` is the slowest viewer's, the median's and the fastest's."""

    updates_per_second: float
    frames_per_second: tuple[float, float, float]
    age_p50_ms: float
    age_p99_ms: float
    frame_bytes_median: float
    frame_bytes_mean: float
    frame_bytes_most: int


class Viewers:
    """The parent's side of `count` viewers of one session."""

    def __init__(self, port: int, session: str, token: str, *, count: int = 1, niceness: int = 0) -> None:
        config = {"port": port, "session": session, "token": token, "count": count}
        self._child = Child("bench.viewers", config, niceness=niceness)

    def connect(self, asks: list[Ask]) -> None:
        """Returns once every channel has brought a frame to every viewer."""
        self._child.ask({"do": "connect", "asks": asks})

    def disconnect(self) -> None:
        self._child.ask({"do": "disconnect"})

    def control(self, action: str) -> None:
        """`play`, `pause` and so on, answered."""
        self._child.ask({"do": "control", "action": action})

    def window(self, secs: float) -> Window:
        """Warm up, then watch for that long."""
        seen = self._child.ask({"do": "window", "secs": secs})
        return Window(**seen | {"frames_per_second": tuple(seen["frames_per_second"])})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._child.close()


@dataclass(frozen=True)
class _Seen:
    update: int
    sent_ms: float
    received_ms: float
    size: int


class _Viewer:
    def __init__(self) -> None:
        self.seen: list[_Seen] = []
        self._socket: Socket | None = None
        self._requests = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._channels: set[str] = set()
        self._missing: set[str] | None = set()
        self._changed = asyncio.Event()
        self._is_welcome = False

    async def open(self, config: dict[str, Any], asks: list[Ask]) -> None:
        path = f"/api/sessions/{config['session']}/live"
        self._socket = await connect(config["port"], path, self._heard, self._got)
        self._socket.send({"type": "hello", "protocol": 1, "token": config["token"]})
        await self._until(lambda: self._is_welcome)
        answers = [await self.request({"type": "subscribe", **ask}) for ask in asks]
        self._missing = {done["channel"] for done in answers} - self._channels
        await self._until(lambda: not self._missing)
        self._missing = None

    async def request(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._socket is not None
        self._requests += 1
        number = self._requests
        self._socket.send(message | {"request": number})
        await self._until(lambda: number in self._answers)
        found = self._answers.pop(number)
        if found["type"] == "error":
            raise RuntimeError(f"The server refused {message}: {found['message']}")
        return found

    async def close(self) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def _until(self, condition: Any) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    def _heard(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind in ("done", "error") and message["request"] is not None:
            self._answers[message["request"]] = message
        self._is_welcome = self._is_welcome or kind == "welcome"
        self._changed.set()

    def _got(self, frame: bytes) -> None:
        now = time.time() * 1000.0
        end = frame.index(b"}", METADATA_START) + 1
        facts = json.loads(frame[METADATA_START:end])
        assert self._socket is not None
        self._socket.send_text(b'{"type":"ack","seq":%s}' % facts["seq"].encode())
        self.seen.append(_Seen(int(facts["update"]), float(facts["time"]), now, len(frame)))
        if self._missing is not None:
            self._note_channels(frame)

    def _note_channels(self, frame: bytes) -> None:
        header = json.loads(frame[8 : 8 + int.from_bytes(frame[:8], "little")])
        carried = {name.partition("/")[0] for name in header if name != "__metadata__"}
        self._channels |= carried
        self._missing = (self._missing or set()) - carried
        self._changed.set()


def _summary(viewers: list[_Viewer], secs: float) -> dict[str, Any]:
    if len(viewers[0].seen) < 2:
        raise RuntimeError("The first viewer got fewer than two frames in its window; is the session running?")
    watched = [seen for viewer in viewers for seen in viewer.seen]
    rates = sorted(len(viewer.seen) / secs for viewer in viewers)
    ages = [seen.received_ms - seen.sent_ms for seen in watched]
    sizes = [seen.size for seen in watched]
    first, last = viewers[0].seen[0], viewers[0].seen[-1]
    return {
        "updates_per_second": (last.update - first.update) / (last.sent_ms - first.sent_ms) * 1000.0,
        "frames_per_second": [rates[0], statistics.median(rates), rates[-1]],
        "age_p50_ms": percentile(ages, 0.5),
        "age_p99_ms": percentile(ages, 0.99),
        "frame_bytes_median": statistics.median(sizes),
        "frame_bytes_mean": statistics.fmean(sizes),
        "frame_bytes_most": max(sizes),
    }


async def _serve() -> None:
    """Answer the parent's lines. Reading them must not block: frames come meanwhile."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    config = json.loads(await lines.readline())
    viewers: list[_Viewer] = []
    answer({"ready": True})
    while line := await lines.readline():
        command = json.loads(line)
        result: dict[str, Any] = {}
        match command["do"]:
            case "connect":
                viewers = [_Viewer() for _ in range(config["count"])]
                await asyncio.gather(*(viewer.open(config, command["asks"]) for viewer in viewers))
            case "disconnect":
                await asyncio.gather(*(viewer.close() for viewer in viewers))
                viewers = []
            case "control":
                result = await viewers[0].request({"type": "control", "action": command["action"]})
            case "window":
                await asyncio.sleep(WARM_SECS)
                for viewer in viewers:
                    viewer.seen.clear()
                await asyncio.sleep(command["secs"])
                result = _summary(viewers, command["secs"])
        answer(result)


if __name__ == "__main__":
    uvloop.run(_serve())
