"""What every source of data has in common: the split, further inputs, what is switched off, the goal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from neuroglow.spec import limits
from neuroglow.spec.base import Spec

Seed = Annotated[int, Field(ge=0, le=limits.MAX_SEED)]
TrainFraction = Annotated[float, Field(ge=limits.MIN_TRAIN_FRACTION, le=limits.MAX_TRAIN_FRACTION)]
InputName = Annotated[str, Field(min_length=1, max_length=limits.MAX_INPUT_NAME_LENGTH)]
Goal = Literal["predict", "reconstruct"]


class Formula(Spec):
    """A further input, computed from the raw columns (`spec.formula`). Its text is its name."""

    expression: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=limits.MAX_FORMULA_LENGTH)
    ]


class Augmentation(Spec):
    """Further training pictures, made from those of the training split: every picture comes `copies` times more, each
    time moved by up to `shift` pixels, turned by up to `rotate` degrees, in `flip` every other one mirrored left to
    right, and with Gaussian `noise` of that share of white."""

    copies: Annotated[int, Field(ge=1, le=limits.MAX_COPIES)] = 1
    shift: Annotated[int, Field(ge=0, le=limits.MAX_SHIFT)] = 1
    rotate: Annotated[float, Field(ge=0.0, le=limits.MAX_ROTATION)] = 10.0
    flip: bool = False
    noise: Annotated[float, Field(ge=0.0, le=limits.MAX_NOISE)] = 0.0


class Source(Spec):
    """`noise_columns` are inputs that carry nothing, `switched_off` names inputs that are not fed now.

    `label_noise` is the share of training labels replaced by another class; with numbers to predict, Gaussian noise of
    that many deviations of the target. The test split stays clean. The goal "reconstruct" hides the labels: the network
    answers with its own inputs. Only pictures take an `augmentation`.
    """

    train_fraction: TrainFraction = 0.5
    seed: Seed = 0
    formulas: Annotated[tuple[Formula, ...], Field(max_length=limits.MAX_FORMULAS)] = ()
    noise_columns: Annotated[int, Field(ge=0, le=limits.MAX_NOISE_COLUMNS)] = 0
    switched_off: Annotated[tuple[InputName, ...], Field(max_length=limits.MAX_INPUTS)] = ()
    label_noise: Annotated[float, Field(ge=0.0, le=limits.MAX_LABEL_NOISE)] = 0.0
    goal: Goal = "predict"
    augmentation: Augmentation | None = None
