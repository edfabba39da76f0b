"""The protocol between the gateway and an engine worker: msgpack structs over ZeroMQ.

Two sockets per worker, both made by the gateway:
- control (DEALER to DEALER): commands down, replies and events up; must-deliver, in order. Every command is answered by
  exactly one `Reply` with the same `call`. Experiments, subscriptions and errors travel as their public JSON documents.
- frames (PUSH to PULL): multipart of a `FrameEnvelope` and the frame's bytes; latest-wins, a full socket drops.
"""

from __future__ import annotations

from typing import Any

import msgspec

# --- gateway to worker ------------------------------------------------------------------------------------------------


class Command(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    call: int


class Open(Command, tag="open", frozen=True, kw_only=True):
    """Host a session. `directory` is where its snapshot lies (`snapshot.safetensors`); `resume` starts from it.

    Replies `{"update", "epoch", "state"}` once the session is known (it may still be compiling). `run` is the run's
    name, `seq` the last frame number used so far.
    """

    session: str
    experiment: dict[str, Any]
    directory: str
    run: str
    seq: int = 0
    play: bool = False
    resume: bool = False
    updates_per_second: float | None = None


class Close(Command, tag="close", frozen=True, kw_only=True):
    """Stop hosting a session; with `save`, its snapshot is on disk before the reply. Replies `{"update"}`."""

    session: str
    save: bool = True


class ControlSession(Command, tag="control", frozen=True, kw_only=True):
    """Actions of the public `control` message. Replies `{"update"}`, for `step` when its updates are done."""

    session: str
    action: str
    updates: int = 1
    updates_per_second: float | None = None


class EditSession(Command, tag="edit", frozen=True, kw_only=True):
    """The whole new experiment. Replies `{"update"}`, the update at which it took effect, maybe after a compile."""

    session: str
    experiment: dict[str, Any]


class SaveSession(Command, tag="save", frozen=True, kw_only=True):
    """Write the session's snapshot now, its last finite moment where it diverged. Replies as `Open`, once it is on
    disk."""

    session: str


class LoadSession(Command, tag="load", frozen=True, kw_only=True):
    """Go on from the snapshot in the file at `path` as a new run of this experiment, which takes over what the file's
    own has in common with it. Replies as `Open`, once it has taken effect."""

    session: str
    experiment: dict[str, Any]
    path: str


class SetWeights(Command, tag="set_weights", frozen=True, kw_only=True):
    """Write these cells (public documents) into the state. Replies as `Open`, once it has taken effect."""

    session: str
    cells: list[dict[str, Any]]


class TryRates(Command, tag="rate_test", frozen=True, kw_only=True):
    """Try learning rates on a copy of the state. Replies `{"update", "rates", "losses", "smoothed", "suggestion"}`."""

    session: str
    low: float
    high: float
    steps: int


class Predict(Command, tag="predict", frozen=True, kw_only=True):
    """Answer rows of raw columns, in order or by name, at the present moment. Replies `PredictionsMade` as a
    document (`wire.http`), once its program is compiled."""

    session: str
    rows: list[Any]


class OpenChannel(Command, tag="open_channel", frozen=True, kw_only=True):
    """Answer a probe under this channel name. `subscription` is the public message. Replies the stream's facts."""

    session: str
    channel: str
    subscription: dict[str, Any]


class CloseChannel(Command, tag="close_channel", frozen=True, kw_only=True):
    session: str
    channel: str


class Audience(msgspec.Struct, frozen=True):
    """Viewers that look at the same channels at the same rates: they share frames. `channels` maps name to max_fps.

    An audience that is not `awake` (nobody acknowledges) gets no frames.
    """

    id: int
    channels: dict[str, float]
    awake: bool = True


class SetAudiences(Command, tag="audiences", frozen=True, kw_only=True):
    """Replaces all audiences of a session. A new audience, and one in `refresh`, gets a full frame at once."""

    session: str
    audiences: list[Audience]
    refresh: list[int] = []


class GetSamples(Command, tag="samples", frozen=True, kw_only=True):
    """Rows of a data set, no session needed. Replies `{"tensors": bytes}`, a safetensors file (`docs/wire.md`)."""

    data: dict[str, Any]
    split: str
    start: int
    count: int
    axes: dict[str, Any] | None = None


class Shutdown(Command, tag="shutdown", frozen=True, kw_only=True):
    """Save every session, reply, exit."""


AnyCommand = (
    Open
    | Close
    | ControlSession
    | EditSession
    | SaveSession
    | LoadSession
    | SetWeights
    | TryRates
    | Predict
    | OpenChannel
    | CloseChannel
    | SetAudiences
    | GetSamples
    | Shutdown
)

# --- worker to gateway ------------------------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    pass


class Reply(Event, tag="reply", frozen=True, kw_only=True):
    """`error` is a `NeuroglowError.payload()`; otherwise `result` is the answer."""

    call: int
    result: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class Ready(Event, tag="ready", frozen=True, kw_only=True):
    """The worker has loaded JAX and takes commands."""

    device: str
    pid: int


class Heartbeat(Event, tag="heartbeat", frozen=True, kw_only=True):
    """From the dispatch thread, at least every half second unless something hangs.

    `compiling_secs` is how long the compile under way has taken so far, `compiling` counts it and those that wait.
    `compiles` counts every XLA compile of the process.
    """

    slices: int
    compiles: int
    compiling: int
    compiling_secs: float
    resident_bytes: int
    sessions: dict[str, int]
    """Session to its update count."""


class SessionChanged(Event, tag="session", frozen=True, kw_only=True):
    """The members of the public `state` message."""

    session: str
    state: dict[str, Any]


class SessionMetrics(Event, tag="metrics", frozen=True, kw_only=True):
    """Points of the public `metrics` message."""

    session: str
    run: str
    points: list[dict[str, Any]]


class SnapshotSaved(Event, tag="snapshot", frozen=True, kw_only=True):
    session: str
    run: str
    update: int


class WorkerFailing(Event, tag="failing", frozen=True, kw_only=True):
    """The worker is about to exit because its device or runtime cannot be trusted any more."""

    reason: str


AnyEvent = Reply | Ready | Heartbeat | SessionChanged | SessionMetrics | SnapshotSaved | WorkerFailing


class FrameEnvelope(msgspec.Struct, frozen=True):
    """Which audience a frame is for and which channels it answers."""

    session: str
    audience: int
    seq: int
    channels: list[str]


_encoder = msgspec.msgpack.Encoder()
_commands: msgspec.msgpack.Decoder[AnyCommand] = msgspec.msgpack.Decoder(AnyCommand)
_events: msgspec.msgpack.Decoder[AnyEvent] = msgspec.msgpack.Decoder(AnyEvent)
_envelopes = msgspec.msgpack.Decoder(FrameEnvelope)


def encode(message: Command | Event | FrameEnvelope) -> bytes:
    return _encoder.encode(message)


def decode_command(data: bytes) -> AnyCommand:
    return _commands.decode(data)


def decode_event(data: bytes) -> AnyEvent:
    return _events.decode(data)


def decode_envelope(data: bytes) -> FrameEnvelope:
    return _envelopes.decode(data)
