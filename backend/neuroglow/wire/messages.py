"""The live socket's messages, both directions. `docs/wire.md` specifies them; TypeScript types are generated from them.

Must-deliver and in order: everything here. Frames (binary) are latest-wins and live in `wire.frames`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, field_validator

from neuroglow.spec.base import Spec, parse
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.limits import MIN_RATE_TEST_STEPS, Limits
from neuroglow.spec.network import Cell
from neuroglow.spec.training import LearningRate
from neuroglow.wire.subscriptions import AnySubscribe, RequestId, Subscribe

PROTOCOL = 1

SessionState = Literal["compiling", "running", "paused", "diverged", "failed", "closed"]
Role = Literal["owner", "viewer"]


# --- client to server -------------------------------------------------------------------------------------------------


class Hello(Spec):
    """The first message of a socket. A token of the session decides the role."""

    type: Literal["hello"]
    protocol: int
    token: Annotated[str, Field(max_length=256)]


class Control(Spec):
    """Owner only. `play` and `pause` are idempotent; `step` is done when its updates are; `rewind` goes back to the
    last finite moment before a divergence."""

    type: Literal["control"]
    request: RequestId
    action: Literal["play", "pause", "step", "reset", "rewind"]
    updates: Annotated[int, Field(ge=1, le=Limits().step_updates)] = 1
    updates_per_second: Annotated[float, Field(gt=0.0, le=Limits().max_updates_per_second)] | None = None
    """For `play`: the speed dial; null is full speed."""


class Edit(Spec):
    """Owner only. An RFC 6902 patch over the experiment of revision `base`."""

    type: Literal["edit"]
    request: RequestId
    base: RequestId
    patch: Annotated[list[dict[str, Any]], Field(max_length=Limits().patch_operations)]


class SetWeights(Spec):
    """Owner only. Weights and biases set by hand; training goes on from there, the experiment stays what it is."""

    type: Literal["set_weights"]
    request: RequestId
    cells: Annotated[tuple[Cell, ...], Field(min_length=1, max_length=Limits().set_cells)]


class RateTest(Spec):
    """Owner only. Learning rates from `low` to `high` in equal factors, an update each, on a copy of the state: nothing
    of the run changes. `done` carries `rates`, `losses`, `smoothed` and `suggestion` (`docs/wire.md`)."""

    type: Literal["rate_test"]
    request: RequestId
    low: LearningRate = 1e-5
    high: LearningRate = 10.0
    steps: Annotated[int, Field(ge=MIN_RATE_TEST_STEPS, le=Limits().rate_test_steps)] = 100

    @field_validator("high")
    @classmethod
    def _rises(cls, high: float, info: ValidationInfo) -> float:
        if high <= info.data.get("low", 0.0):
            raise ValueError("The highest rate must be above the lowest")
        return high


class Unsubscribe(Spec):
    type: Literal["unsubscribe"]
    request: RequestId
    channel: Annotated[str, Field(max_length=16)]


class Ack(Spec):
    """The frame with this `seq` (and all before it) was painted. Not rate-counted, not answered."""

    type: Literal["ack"]
    seq: RequestId


ClientMessage = Annotated[
    Hello | Control | Edit | SetWeights | RateTest | Subscribe | Unsubscribe | Ack,
    Field(discriminator="type"),
]
_CLIENT: TypeAdapter[Any] = TypeAdapter(ClientMessage)

AnyClientMessage = Hello | Control | Edit | SetWeights | RateTest | AnySubscribe | Unsubscribe | Ack


def parse_client_message(document: Any) -> AnyClientMessage:
    """A decoded client message, or `InvalidInputError`."""
    message: AnyClientMessage = parse(_CLIENT, document)
    return message


def parse_subscribe(document: Any) -> AnySubscribe:
    """A subscription in its document form, as the worker protocol carries it."""
    message: AnySubscribe = parse(TypeAdapter(Subscribe), document)
    return message


# --- server to client -------------------------------------------------------------------------------------------------


class ServerMessage(BaseModel):
    """Clients ignore fields they do not know. `text()` is what goes onto the socket; null means missing."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def text(self) -> str:
        return self.model_dump_json(exclude_unset=True)


Complete = AfterValidator(lambda value: type(value).model_validate_json(value.model_dump_json(exclude_none=True)))
"""Marks what is sent with every default written out, though messages leave out what nobody set."""


class SessionInfo(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: SessionState
    run: str
    revision: int
    update: int
    epoch: int
    experiment: Annotated[Experiment, Complete]


class Welcome(ServerMessage):
    type: Literal["welcome"]
    protocol: int
    role: Role
    limits: Annotated[Limits, Complete]
    session: SessionInfo
    viewer_token: str | None = None
    """For the owner only: what a watch link carries."""


class Done(ServerMessage):
    """Answers one request. A subscription's carries `channel` and the stream's facts (`docs/wire.md`)."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    type: Literal["done"]
    request: int
    revision: int | None = None
    update: int | None = None
    channel: str | None = None


class Progress(BaseModel):
    """What a waiting person is told: the step under way, and how far it is of what is expected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: Literal["engine", "trace", "compile", "probe", "restore", "locate", "rate_test"]
    elapsed_secs: float
    expected_secs: float | None = None


class Divergence(BaseModel):
    """Where the loss stopped being finite, and the update one click goes back to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    update: int
    layer: str | None = None
    what: Literal["weights", "activations", "gradients", "loss"] | None = None
    good_update: int
    located: bool
    """False while the replay that finds layer and update is still under way."""


class State(ServerMessage):
    """The session's state, to everyone, whenever it changes."""

    type: Literal["state"]
    state: SessionState
    run: str
    update: int
    epoch: int
    from_update: int | None = None
    """With a new `run` after lost updates or a rewind: history after this update is void."""
    progress: Progress | None = None
    reason: str | None = None
    """A sentence for people: why it diverged, failed, paused itself or slowed its frames."""
    divergence: Divergence | None = None
    updates_per_second: float | None = None
    """The speed dial's setting; null is full speed."""
    frame_scale: float | None = None
    """Below 1: probes are over budget and frames come at this fraction of the rate asked for."""


class ExperimentMessage(ServerMessage):
    """The experiment after an edit, to everyone, with the update at which it took effect."""

    type: Literal["experiment"]
    revision: int
    update: int
    experiment: Annotated[Experiment, Complete]


class Point(BaseModel):
    """Losses are means (nats, or ½ squared error); accuracy is a fraction 0..1; regression has R² instead."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    update: int
    epoch: int
    train_loss: float | None = None
    test_loss: float | None = None
    train_accuracy: float | None = None
    test_accuracy: float | None = None
    train_r2: float | None = None
    test_r2: float | None = None


class Metrics(ServerMessage):
    type: Literal["metrics"]
    run: str
    points: list[Point]


class ErrorMessage(ServerMessage):
    """Answers one request, or, with `request` null, what could not be read."""

    model_config = ConfigDict(frozen=True, extra="allow", allow_inf_nan=False)

    type: Literal["error"]
    request: int | None
    code: str
    message: str
    field: str | None = None


AnyServerMessage = Annotated[
    Welcome | Done | State | ExperimentMessage | Metrics | ErrorMessage, Field(discriminator="type")
]


class CloseCode:
    """Why a socket was closed. 4000 and above are ours."""

    PROTOCOL = 1002
    BINARY = 1003
    NOT_UTF8 = 1007
    TOO_MANY_MESSAGES = 1008
    TOO_BIG = 1009
    RESTARTING = 1012
    TRY_LATER = 1013
    NO_HELLO = 4400
    BAD_TOKEN = 4401
    REVOKED = 4403
    NO_SUCH_SESSION = 4404
    TOO_SLOW = 4408
    PROTOCOL_VERSION = 4422
