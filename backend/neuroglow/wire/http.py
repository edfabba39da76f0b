"""Bodies of the HTTP routes, both directions. `docs/wire.md` lists the routes; TypeScript types come from here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from neuroglow.spec.base import Spec
from neuroglow.spec.data import DataSpec
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.facts import Task
from neuroglow.spec.limits import MAX_INPUTS, MAX_SEED, MAX_STEPS, MAX_TEMPERATURE, Limits
from neuroglow.spec.looking import Axes, Row, SampleValue, Split
from neuroglow.spec.public import PublicName
from neuroglow.wire.messages import SessionState

WorkerState = Literal["starting", "ready", "failed"]


class CreateSession(Spec):
    """`POST /api/sessions`: an experiment, a preset's name, or neither for the default experiment."""

    experiment: dict[str, Any] | None = None
    preset: Annotated[str, Field(max_length=64)] | None = None
    play: bool = False
    updates_per_second: Annotated[float, Field(gt=0.0, le=Limits().max_updates_per_second)] | None = None
    """The speed dial to begin with; null is full speed."""


class SamplesRequest(Spec):
    """`POST /api/samples`: rows of a data set, a pure function of its spec."""

    data: DataSpec
    split: Split = "train"
    from_: Annotated[Row, Field(alias="from")] = 0
    count: Annotated[int, Field(ge=1, le=Limits().sample_rows)] = 500
    axes: Axes | None = None
    """With it the answer also says where on that plane of a map the rows lie."""


Cell = SampleValue | bool | Annotated[str, Field(max_length=256)] | None
"""A raw column's value as people write it; null where it is missing."""


class PredictRequest(Spec):
    """`POST /api/predict/{id}`: rows of raw columns, each a list in their order or an object by their names."""

    rows: Annotated[
        tuple[
            Annotated[tuple[Cell, ...], Field(max_length=MAX_INPUTS)]
            | Annotated[dict[Annotated[str, Field(max_length=256)], Cell], Field(max_length=MAX_INPUTS)],
            ...,
        ],
        Field(min_length=1, max_length=Limits().predict_rows),
    ]


class Prediction(BaseModel):
    """For one row. Classes: `class` and, by class, `probabilities`, or `scores` where the loss trains none; a number:
    `value`; the inputs rebuilt: `values`. In real units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    class_: Annotated[str | None, Field(alias="class")] = None
    probabilities: tuple[float, ...] | None = None
    scores: tuple[float, ...] | None = None
    value: float | None = None
    values: tuple[float, ...] | None = None


class PredictionsMade(BaseModel):
    """Answer to it. `columns` are those that a row has, `outputs` what is predicted: the classes, the target, or the
    inputs that are rebuilt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    update: int
    task: Task
    columns: tuple[str, ...]
    target: str
    outputs: tuple[str, ...]
    predictions: tuple[Prediction, ...]


class GenerateRequest(Spec):
    """`POST /api/sessions/{id}/generate`: a text to go on with. The same seed draws the same lots; at temperature 0
    every character is the likeliest."""

    prompt: Annotated[str, Field(max_length=4 * MAX_STEPS)] = ""
    characters: Annotated[int, Field(ge=1, le=Limits().generated_characters)] = 80
    temperature: Annotated[float, Field(ge=0.0, le=MAX_TEMPERATURE)] = 1.0
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0


class TextWritten(BaseModel):
    """Answer to it. `text` is what follows the prompt, `probabilities` the network's of each of its characters;
    written from `from_update` to `update` of the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    from_update: int
    update: int
    text: str
    probabilities: tuple[float, ...]


class ImportExperiment(Spec):
    """`POST /api/experiments/import`: a link of TensorFlow Playground, or an experiment file or link of ours."""

    format: Literal["tensorflow-playground", "neuroglow"]
    text: Annotated[str, Field(min_length=1, max_length=Limits().body_bytes)]


class CheckExperiment(Spec):
    """`POST /api/experiments/check`: what is wrong with it is no error of the request, `Checked` lists it."""

    experiment: dict[str, Any]


class PageView(BaseModel):
    """What a link says about how the page shows the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    test_samples: bool = False
    hard_edges: bool = False


class ImportedExperiment(BaseModel):
    """Answer to it. `notes` are sentences about what is not the same here, `hidden` names of `lesson_controls`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    experiment: Experiment
    notes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    view: PageView = PageView()


class PastedTable(Spec):
    """`POST /api/datasets` as JSON: a table as text, the way a spreadsheet copies it (separated by tabs) or as CSV."""

    text: Annotated[str, Field(min_length=1, max_length=Limits().paste_bytes)]
    title: Annotated[str, Field(max_length=128)] = "Pasted table"


class FetchPublicSet(Spec):
    """`POST /api/datasets/public`: one of the catalog's `public_sets`."""

    name: PublicName


class SessionCreated(BaseModel):
    """Answer to `POST /api/sessions`. The tokens are shown here once; keep the owner's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    run: str
    revision: int
    state: SessionState
    owner_token: str
    viewer_token: str
    experiment: Experiment


class WorkerHealth(BaseModel):
    """`compiles` counts every XLA compile of that worker's process, `compiling` the programs it still has to make."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    state: WorkerState
    device: str | None = None
    compiles: int = 0
    compiling: int = 0
    resident_bytes: int = 0


class GatewayHealth(BaseModel):
    """What the web process counts. A frame is received once per audience and sent once per viewer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resident_bytes: int
    sessions: int
    sockets: int
    frames_received: int
    frames_sent: int
    frames_superseded: int
    messages_sent: int


class Health(BaseModel):
    """Answer to `GET /api/health`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["ok"] = "ok"
    version: str
    workers: tuple[WorkerHealth, ...]
    gateway: GatewayHealth
