"""How an experiment trains. Every number here is a traced value: it changes live and never compiles.

What stops a run by itself is in `spec.stopping`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.base import Spec
from neuroglow.spec.source import Seed
from neuroglow.spec.stopping import Stop

Loss = Literal[
    "auto", "cross_entropy", "focal", "hinge", "squared_error", "absolute_error", "huber", "log_cosh"
]
LOSSES: tuple[str, ...] = get_args(Loss)
CLASS_LOSSES: tuple[str, ...] = ("cross_entropy", "focal", "hinge")
"""Losses that need classes; the others take numbers too."""
ClassWeights = Literal["none", "balanced"]
CLASS_WEIGHTS: tuple[str, ...] = get_args(ClassWeights)
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


class LossParameters(Spec):
    """Numbers of the losses that have one; the others leave them alone."""

    gamma: Annotated[float, Field(ge=0.0, le=limits.MAX_FOCUS)] = 2.0
    """Of `focal`: how much less a row counts that is right already; 0 is cross-entropy."""
    delta: Annotated[float, Field(gt=0.0, le=limits.MAX_WEIGHT)] = 1.0
    """Of `huber`: the residual at which the parabola becomes a line."""


Counted = Annotated[int, Field(ge=1, le=limits.MAX_COUNTED)]
DecayFactor = Annotated[float, Field(gt=0.0, le=1.0)]


class _Schedule(Spec):
    warmup: Annotated[int, Field(ge=0, le=limits.MAX_COUNTED)] = 0
    """Updates over which the rate rises in a straight line to its full height; the schedule begins after them."""


class ConstantSchedule(_Schedule):
    """1"""

    type: Literal["constant"] = "constant"


class StepSchedule(_Schedule):
    """factor^⌊t / every⌋"""

    type: Literal["step"] = "step"
    every: Counted = 1_000
    factor: DecayFactor = 0.5


class ExponentialSchedule(_Schedule):
    """factor^(t / every)"""

    type: Literal["exponential"] = "exponential"
    every: Counted = 1_000
    factor: DecayFactor = 0.5


class CosineSchedule(_Schedule):
    """floor + (1 − floor)·½(1 + cos(π·min(t, updates) / updates))  (Loshchilov & Hutter 2017, without restarts)"""

    type: Literal["cosine"] = "cosine"
    updates: Counted = 10_000
    floor: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0
    """The share of the rate that is left in the end."""


Schedule = Annotated[
    ConstantSchedule | StepSchedule | ExponentialSchedule | CosineSchedule, Field(discriminator="type")
]
"""What the learning rate is multiplied with, counted in updates since the start of the run.

With u updates done: (u + 1) / warmup while u < warmup, then the formula of the type with t = u − warmup.
"""
SCHEDULES: tuple[str, ...] = ("constant", "step", "exponential", "cosine")


class Clipping(Spec):
    """Bounds the gradient of a batch before the optimizer and before L2 see it.

    `value`: every number to −limit..limit. `norm`: the whole gradient is scaled down so that its Euclidean norm over
    all parameters that train is at most the limit (Pascanu et al. 2013).
    """

    type: Literal["none", "value", "norm"] = "none"
    limit: Annotated[float, Field(gt=0.0, le=limits.MAX_WEIGHT)] = 1.0


CLIPPINGS: tuple[str, ...] = ("none", "value", "norm")


class Training(Spec):
    """`loss` "auto" is cross-entropy for classes and squared error for regression and reconstruction.

    With one logit z for two classes (t = ±1), K logits for K, numbers y with residual r = z − y. Losses of numbers are
    means over the outputs, of classes as written:
    - `cross_entropy`  −log p of the true class, p = sigmoid(z) or softmax(z)
    - `focal`          −(1 − p)^gamma·log p  (Lin et al. 2017)
    - `hinge`          max(0, 1 − t·z); K classes: max(0, 1 + max z of the others − z of the true one) (Crammer & Singer
                       2001)
    - `squared_error`  ½r²; classes: ½Σ(tanh(z) − t)², as TensorFlow Playground does
    - `absolute_error` |r|; `huber` ½r² up to delta, then delta·(|r| − ½delta); `log_cosh` log cosh r; classes: the sum
                       over outputs with r = tanh(z) − t

    `class_weights` "balanced": every row's loss is multiplied with n / (K·n_k), n_k the rows of its class among the n
    training rows, as scikit-learn does; the mean still divides by the number of rows. Numbers have no classes and are
    left alone. A batch larger than the training set is the whole set.
    """

    loss: Loss = "auto"
    loss_parameters: LossParameters = LossParameters()
    class_weights: ClassWeights = "none"
    batch_size: Annotated[int, Field(ge=1, le=limits.MAX_BATCH_SIZE)] = 10
    optimizer: Optimizer = Sgd()
    schedule: Schedule = ConstantSchedule()
    clipping: Clipping = Clipping()
    regularization: Regularization = Regularization()
    stop: Stop = Stop()
    seed: Seed = 0
