"""Messages that are wrong in every way: each is answered once, with a type, or ends in a clean close."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from faults.nonsense import MESSAGES, TRICKS
from faults.raw_wire import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, RawWire, frame
from faults.rig import Bystander, assert_quiet, crowding
from live_client import Created, create_session, live
from neuroglow.errors import all_error_types
from serving import ServerProcess

pytestmark = pytest.mark.anyio

WAIT_SECS = 60.0
ANSWER_SECS = 0.3
BATCH = 20
OUR_REQUESTS = 5_000_000_000
"""Numbers from here on are the tests' own requests; what hypothesis makes up is smaller, or no legal number."""
CODES = {kind.code for kind in all_error_types()} - {"internal"}
CLEAN = {1002, 1003, 1007, 1008, 1009}


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """The rates are tested elsewhere; here they would only make the tests slow."""
    return {"NEUROGLOW_LIMITS__MESSAGES_PER_SECOND": "1e6", "NEUROGLOW_LIMITS__MESSAGE_BURST": "1000000"}


class Prober:
    """A proper socket that sends improper messages. A closed one is opened again."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.created = create_session(server.url)
        self.sent = 0
        self._stack = contextlib.ExitStack()
        self._socket: ClientConnection | None = None

    def close(self) -> None:
        self._stack.close()

    def _open(self) -> ClientConnection:
        self._stack.close()
        address = f"{self.server.url.replace('http', 'ws', 1)}/api/sessions/{self.created.id}/live"
        socket = self._stack.enter_context(connect(address, max_size=None, compression=None))
        socket.send(json.dumps({"type": "hello", "protocol": 1, "token": self.created.owner_token}))
        assert json.loads(socket.recv(WAIT_SECS))["type"] == "welcome"
        return socket

    def probe(self, payload: bytes) -> None:
        """Send it with a request of our own behind it: that one is answered, and what was sent at most once."""
        socket = self._socket or self._open()
        self._socket = None
        self.sent += 1
        own = OUR_REQUESTS + self.sent
        try:
            socket.send(payload, text=True)
            socket.send(json.dumps({"type": "unsubscribe", "request": own, "channel": "none"}))
            self._answered_once(socket, payload, own)
        except ConnectionClosed:
            code = socket.protocol.close_code
            assert code in CLEAN, f"closed with {code} after {payload[:200]!r}"
            return
        self._socket = socket

    def _answered_once(self, socket: ClientConnection, payload: bytes, own: int) -> None:
        wants = expected_answers(payload)
        answers: list[dict[str, Any]] = []
        ours = False
        while not ours or len(answers) < wants:
            received = socket.recv(WAIT_SECS)
            if isinstance(received, bytes):
                continue
            message = json.loads(received, parse_constant=_refuse)
            if message["type"] not in ("done", "error"):
                continue
            if message["request"] == own:
                assert message["code"] == "not_found"
                assert not ours, "our own request was answered twice"
                ours = True
            else:
                answers.append(message)
        for answer in answers:
            assert answer["type"] == "done" or (answer["code"] in CODES and answer["message"]), (payload[:200], answer)
        assert len(answers) <= 1, (payload[:200], answers)


def expected_answers(payload: bytes) -> int:
    """One for everything, none for a proper acknowledgement."""
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        return 1
    if not isinstance(document, dict) or set(document) != {"type", "seq"} or document["type"] != "ack":
        return 1
    seq = document["seq"]
    is_proper = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq < 2**53
    # Of members that come twice json.loads shows the last.
    return 0 if is_proper and payload.count(b'"seq"') == 1 and payload.count(b'"type"') == 1 else 1


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} was sent")


async def assert_healthy(server: ServerProcess, created: Created | None = None) -> None:
    """Somebody who behaves is served: trains, and sees frames."""
    if created is None:
        created = await asyncio.to_thread(create_session, server.url)
    async with live(server.url, created.id, created.owner_token) as client:
        await client.state("paused", "running")
        await client.control("pause")
        before = (await client.control("step", updates=5))["update"]
        assert (await client.control("step", updates=5))["update"] == before + 5
        await client.subscribe("maps", resolution=10)
        await client.frame()


async def test_thousands_of_malformed_messages(server: ServerProcess, soak: bool) -> None:
    server.wait_workers_ready()
    mark = len(server.log)
    prober = Prober(server)
    count = 100_000 if soak else 300

    @seed(random.SystemRandom().getrandbits(64) if soak else 2)
    @settings(
        max_examples=count // BATCH,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(MESSAGES, min_size=BATCH, max_size=BATCH))
    def probe(payloads: list[bytes]) -> None:
        for payload in payloads:
            prober.probe(payload)

    def everything() -> None:
        for trick in TRICKS:
            prober.probe(trick.encode(errors="surrogatepass"))
        probe()

    with Bystander(server) as bystander:
        await asyncio.to_thread(everything)
    await asyncio.to_thread(prober.close)
    assert prober.sent >= count
    bystander.assert_served(ANSWER_SECS * crowding())
    assert_quiet(server, mark)
    await assert_healthy(server, prober.created)


HELLO_LESS: list[tuple[str, bytes, int]] = [
    ("an unmasked frame", frame(TEXT, b"{}", masked=False), 1002),
    ("a reserved bit", frame(TEXT, b"{}", reserved=4), 1002),
    ("all reserved bits", frame(TEXT, b"{}", reserved=7), 1002),
    ("a reserved opcode", frame(0x3, b"{}"), 1002),
    ("a reserved control opcode", frame(0xB, b""), 1002),
    ("a fragmented control frame", frame(PING, b"x", fin=False), 1002),
    ("a long control frame", frame(PING, b"x" * 126), 1002),
    ("a continuation of nothing", frame(CONTINUATION, b"{}"), 1002),
    ("a message inside a message", frame(TEXT, b"{", fin=False) + frame(TEXT, b"}"), 1002),
    ("text that is not UTF-8", frame(TEXT, b'{"\xff":1}'), 1007),
    ("half a character", frame(TEXT, "é".encode()[:1]), 1007),
    ("a surrogate in UTF-8", frame(TEXT, b"\xed\xa0\x80"), 1007),
    ("bytes where text is due", frame(BINARY, b"{}"), 1003),
    ("no bytes where text is due", frame(BINARY), 1003),
    ("one byte too many", frame(TEXT, b" " * (256 * 1024 + 1)), 1009),
    ("a length of 2^63", frame(TEXT, declared=2**63), 1009),
    ("a length of 2^40", frame(TEXT, declared=2**40), 1009),
    ("too much in pieces", frame(TEXT, b" " * 200_000, fin=False) + frame(CONTINUATION, b" " * 200_000), 1009),
    ("more pieces than a message needs", frame(TEXT, fin=False) + frame(CONTINUATION, fin=False) * 20_000, 1009),
    ("a close of one byte", frame(CLOSE, b"\x03"), 1002),
    ("a close with a code nobody may send", frame(CLOSE, (1005).to_bytes(2, "big")), 1002),
    ("a close whose reason is not UTF-8", frame(CLOSE, (1000).to_bytes(2, "big") + b"\xff"), 1007),
    ("garbage", bytes(range(255, 0, -1)) * 4, 1002),
]


@pytest.mark.parametrize(("data", "code"), [case[1:] for case in HELLO_LESS], ids=[case[0] for case in HELLO_LESS])
@pytest.mark.parametrize("after_hello", [False, True], ids=["first", "after hello"])
def test_what_is_no_websocket_is_closed_with_its_code(
    server: ServerProcess, protocol_session: Created, data: bytes, code: int, after_hello: bool
) -> None:
    mark = len(server.log)
    with RawWire(server) as wire:
        if after_hello:
            wire.open(protocol_session)
        else:
            assert wire.upgrade(f"/api/sessions/{protocol_session.id}/live").status_code == 101
        wire.send(data)
        assert wire.ending() == code
    assert_quiet(server, mark)


@pytest.fixture(scope="module")
def protocol_session(module_server: ServerProcess) -> Created:
    return create_session(module_server.url)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"), 400),
        (("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"), 400),
        (("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 400),
        (
            (
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                "Sec-WebSocket-Version: 8",
            ),
            400,
        ),
        (("Connection: close",), 404),
    ],
    ids=["no key", "a bad key", "no version", "an old version", "no upgrade at all"],
)
def test_a_handshake_that_is_none_is_refused_in_the_one_shape(
    server: ServerProcess, protocol_session: Created, lines: tuple[str, ...], status: int
) -> None:
    with RawWire(server) as wire:
        answer = wire.upgrade(f"/api/sessions/{protocol_session.id}/live", *lines)
    assert answer.status_code == status
    assert answer.json()["type"] == "error"
    assert answer.json()["code"] in CODES


def test_half_a_frame_hurts_nobody(server: ServerProcess, protocol_session: Created) -> None:
    with RawWire(server) as wire, Bystander(server) as bystander:
        wire.open(protocol_session)
        wire.send(frame(TEXT, b'{"type":"control"', declared=200))
        with RawWire(server) as other:
            other.open(protocol_session)
            other.send(frame(PING, b"there?"))
            while (received := other.receive()) is not None and received.opcode != PONG:
                pass
            assert received is not None
            assert received.payload == b"there?"
        wire.cut()
    bystander.assert_served(ANSWER_SECS * crowding())


async def test_afterwards_all_is_well(server: ServerProcess) -> None:
    await assert_healthy(server)
    assert_quiet(server)
