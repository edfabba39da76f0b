"""How an experiment trains. Every float here is a traced value: it changes live and never compiles."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.data import Seed

Loss = Literal["auto", "cross_entropy", "squared_error"]
LOSSES: tuple[str, ...] = get_args(Loss)
LearningRate = Annotated[float, Field(gt=0.0, le=limits.MAX_LEARNING_RATE)]
Coefficient = Annotated[float, Field(ge=0.0, lt=1.0)]
Epsilon = Annotated[float, Field(gt=0.0, le=1.0)]


class Sgd(Spec):
    """w ← w − lr·g"""

    type: Literal["sgd"] = "sgd"
    learning_rate: LearningRate = 0.03


class Momentum(Spec):
    """v ← μ·v + g,  w ← w − lr·v  (Polyak 1964, in the form of Sutskever et al. 2013)"""

    type: Literal["momentum"] = "momentum"
    learning_rate: LearningRate = 0.03
    momentum: Coefficient = 0.9


class Nesterov(Spec):
    """v ← μ·v + g,  w ← w − lr·(g + μ·v)  (Sutskever et al. 2013)"""

    type: Literal["nesterov"] = "nesterov"
    learning_rate: LearningRate = 0.03
    momentum: Coefficient = 0.9


class Adam(Spec):
    """Kingma & Ba 2015, bias-corrected"""

    type: Literal["adam"] = "adam"
    learning_rate: LearningRate = 0.005
    b1: Coefficient = 0.9
    b2: Coefficient = 0.999
    eps: Epsilon = 1e-8


class AdamW(Spec):
    """Adam with decoupled weight decay on weights, not biases (Loshchilov & Hutter 2019)"""

    type: Literal["adamw"] = "adamw"
    learning_rate: LearningRate = 0.005
    b1: Coefficient = 0.9
    b2: Coefficient = 0.999
    eps: Epsilon = 1e-8
    weight_decay: Annotated[float, Field(ge=0.0, le=limits.MAX_WEIGHT_DECAY)] = 0.01


class RmsProp(Spec):
    """v ← ρ·v + (1−ρ)·g²,  w ← w − lr·g / (√v + ε)  (Tieleman & Hinton 2012)"""

    type: Literal["rmsprop"] = "rmsprop"
    learning_rate: LearningRate = 0.003
    decay: Coefficient = 0.9
    eps: Epsilon = 1e-8


class Adagrad(Spec):
    """s ← s + g²,  w ← w − lr·g / (√s + ε)  (Duchi et al. 2011)"""

    type: Literal["adagrad"] = "adagrad"
    learning_rate: LearningRate = 0.03
    eps: Epsilon = 1e-8


Optimizer = Annotated[Sgd | Momentum | Nesterov | Adam | AdamW | RmsProp | Adagrad, Field(discriminator="type")]


class Regularization(Spec):
    """Acts on weights, never on biases, as TensorFlow Playground does: w ← w − lr·rate·w (l2) or −lr·rate·sign(w)
    (l1)."""

    type: Literal["none", "l1", "l2"] = "none"
    rate: Annotated[float, Field(ge=0.0, le=limits.MAX_REGULARIZATION_RATE)] = 0.0


class Training(Spec):
    """`loss` "auto" is cross-entropy for classes and squared error for regression.

    `squared_error` on classes is ½(tanh(z) − t)² with t = ±1, as TensorFlow Playground does. A batch larger than the
    training set is the whole set.
    """

    loss: Loss = "auto"
    batch_size: Annotated[int, Field(ge=1, le=limits.MAX_BATCH_SIZE)] = 10
    optimizer: Optimizer = Sgd()
    regularization: Regularization = Regularization()
    seed: Seed = 0
