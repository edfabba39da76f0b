"""What `GET /api/catalog` tells: data sets, layers, activations, losses, optimizers, presets, limits, JSON Schemas."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from neuroglow.spec.data import Feature
from neuroglow.spec.datasets import ALL_SETS, MADE_SETS
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.facts import DataSetFacts
from neuroglow.spec.formula import CONSTANTS, FUNCTIONS
from neuroglow.spec.layers import LAYER_TYPES
from neuroglow.spec.layers.base import ACTIVATIONS, INITIALIZERS
from neuroglow.spec.lesson import LESSON_CONTROLS, LessonControl
from neuroglow.spec.limits import MAP_RESOLUTIONS, Limits
from neuroglow.spec.models import MODELS, ModelFacts, models_schema
from neuroglow.spec.preset import Preset
from neuroglow.spec.presets import FIRST_PRESET, PRESETS
from neuroglow.spec.public import PUBLIC_SETS, PublicSet
from neuroglow.spec.stopping import STOP_METRICS
from neuroglow.spec.stories import STORIES, Story
from neuroglow.spec.text import sample_text
from neuroglow.spec.training import CLASS_LOSSES, CLASS_WEIGHTS, CLIPPINGS, LOSSES, SCHEDULES

OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
REGULARIZATIONS = ("none", "l1", "l2")


class Catalog(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    """Of the server."""
    data_sets: tuple[DataSetFacts, ...] = ALL_SETS + MADE_SETS
    sample_text: str = Field(default_factory=sample_text)
    """What `{"source":"text"}` alone reads."""
    public_sets: tuple[PublicSet, ...] = PUBLIC_SETS
    """What `POST /api/datasets/public` fetches."""
    features: tuple[str, ...] = get_args(Feature)
    formula_functions: tuple[str, ...] = tuple(FUNCTIONS)
    formula_constants: tuple[str, ...] = tuple(CONSTANTS)
    layers: tuple[str, ...] = LAYER_TYPES
    activations: tuple[str, ...] = ACTIVATIONS
    initializers: tuple[str, ...] = INITIALIZERS
    losses: tuple[str, ...] = LOSSES
    class_losses: tuple[str, ...] = CLASS_LOSSES
    """Those of `losses` that need classes."""
    class_weights: tuple[str, ...] = CLASS_WEIGHTS
    schedules: tuple[str, ...] = SCHEDULES
    clippings: tuple[str, ...] = CLIPPINGS
    stop_metrics: tuple[str, ...] = STOP_METRICS
    optimizers: tuple[str, ...] = OPTIMIZERS
    regularizations: tuple[str, ...] = REGULARIZATIONS
    map_resolutions: tuple[int, ...] = MAP_RESOLUTIONS
    stories: tuple[Story, ...] = STORIES
    presets: tuple[Preset, ...] = PRESETS
    first_preset: str = FIRST_PRESET
    lesson_controls: tuple[LessonControl, ...] = LESSON_CONTROLS
    models: tuple[ModelFacts, ...] = MODELS
    limits: Limits = Limits()
    schemas: dict[str, Any] = Field(
        default_factory=lambda: {"experiment": Experiment.model_json_schema(), "model": models_schema()}
    )
