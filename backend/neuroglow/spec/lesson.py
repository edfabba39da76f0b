"""What a lesson link may hide: names of the page's controls and sections, `#e=…&hide=noise,batch`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class LessonControl(BaseModel):
    """`name` is what a link carries, `label` what the page calls it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str


def _control(name: str, label: str) -> LessonControl:
    return LessonControl(name=name, label=label)


LESSON_CONTROLS: tuple[LessonControl, ...] = (
    _control("play", "Play and pause"),
    _control("step", "One update"),
    _control("reset", "Reset"),
    _control("speed", "Speed"),
    _control("data", "Choice of data"),
    _control("noise", "Noise"),
    _control("samples", "Samples"),
    _control("classes", "Classes"),
    _control("train_share", "Train share"),
    _control("batch", "Batch"),
    _control("draws", "New draw and new weights"),
    _control("features", "Features"),
    _control("own_input", "Input of one's own"),
    _control("ideas", "Ideas"),
    _control("layers", "Number of layers and neurons"),
    _control("layer_settings", "Layer settings, activation"),
    _control("optimizer", "Optimizer"),
    _control("learning_rate", "Learning rate"),
    _control("regularization", "Regularisation"),
    _control("loss", "Loss"),
    _control("training", "Other training settings"),
    _control("test_samples", "Test samples on the map"),
    _control("hard_edges", "Hard edges on the map"),
    _control("metrics", "Loss and accuracy"),
    _control("timeline", "Timeline"),
    _control("file", "File menu"),
)
CONTROL_NAMES: frozenset[str] = frozenset(control.name for control in LESSON_CONTROLS)
