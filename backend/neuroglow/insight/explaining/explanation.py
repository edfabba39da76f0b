"""The `explanation` stream: one sample, one answer, five ways to ask what speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, ShapeDtypeStruct
from numpy.typing import NDArray

from neuroglow.engine.hyper import Hyper
from neuroglow.engine.programs import scalar
from neuroglow.engine.train import State
from neuroglow.errors import InvalidInputError
from neuroglow.insight.explaining.attribution import (
    Question,
    Scores,
    along_path,
    by_gradient,
    corners,
    covered,
    path_places,
    place_axes,
    spread,
    weighed_maps,
)
from neuroglow.insight.explaining.passes import BACKWARD, chunks, per_call, require_affordable
from neuroglow.insight.explaining.scores import asked_output, asked_step
from neuroglow.insight.probe import Outputs, Probe, Subject, Tensors, sample_inputs
from neuroglow.nets.model import abstract_model
from neuroglow.spec.layers.wiring import INPUT
from neuroglow.spec.limits import Limits
from neuroglow.wire.subscriptions import SubscribeExplanation


def explanation(ask: SubscribeExplanation, subject: Subject) -> Probe:
    """The bound subscription; raises `InvalidInputError` for what the network does not have, or what takes too long."""
    match ask.method:
        case "saliency" | "gradient_x_input":
            return _Gradient(ask, subject)
        case "integrated_gradients":
            return _Path(ask, subject)
        case "occlusion":
            return _Covered(ask, subject)
        case "grad_cam":
            return _Maps(ask, subject)


class _Explanation:
    """What all methods share. A program takes (model, question, *what differs from call to call)."""

    def __init__(self, ask: SubscribeExplanation, subject: Subject) -> None:
        self._ask, self._subject = ask, subject
        self._entrance = subject.shape.entrance
        self._question = Question(
            jax.device_put(sample_inputs(subject, ask.sample)),
            np.float32(ask.baseline),  # type: ignore[arg-type]  # host numbers until a program takes them
            np.int32(asked_output(subject, ask.output)),  # type: ignore[arg-type]
            np.int32(asked_step(subject, ask.step)),  # type: ignore[arg-type]
        )

    @property
    def key(self) -> Hashable:
        return ("explanation", self._subject.shape, self._subject.head, *self._static)

    @property
    def _static(self) -> tuple[Hashable, ...]:
        """What the program depends on besides the network."""
        return (self._ask.method,)

    @property
    def facts(self) -> dict[str, Any]:
        return {"method": self._ask.method}

    @property
    def frame_bytes(self) -> int:
        return 4 * (self._entrance.size + 4)

    def _lowered(self, function: Callable[..., Any], *further: ShapeDtypeStruct) -> Callable[..., Outputs]:
        whole, number = scalar(jnp.int32), scalar(jnp.float32)
        x = ShapeDtypeStruct((self._subject.shape.inputs,), jnp.float32)
        question: Any = Question(x, number, whole, whole)  # type: ignore[arg-type]
        program = jax.jit(partial(function, self._subject.head))
        return program.lower(abstract_model(self._subject.shape), question, *further).compile()

    def _told(self, shares: NDArray[np.float32], scores: Scores) -> Tensors:
        return {
            INPUT: shares.reshape(self._entrance.shape),
            "output": np.array([scores.output], np.uint32),
            "score": np.array([scores.at_sample, scores.at_baseline], np.float32),
        }


class _Gradient(_Explanation):
    def __init__(self, ask: SubscribeExplanation, subject: Subject) -> None:
        super().__init__(ask, subject)
        require_affordable(subject, BACKWARD, field="/method")

    def compile(self) -> Callable[..., Outputs]:
        times_input = self._ask.method == "gradient_x_input"
        return self._lowered(lambda head, *rest: by_gradient(head, times_input, *rest))

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._question)

    def tensors(self, outputs: Outputs) -> Tensors:
        shares, scores = outputs
        return self._told(np.asarray(shares), scores)


class _Path(_Explanation):
    """Integrated gradients (Sundararajan et al. 2017)."""

    def __init__(self, ask: SubscribeExplanation, subject: Subject) -> None:
        super().__init__(ask, subject)
        require_affordable(subject, BACKWARD * ask.steps, field="/steps")
        self._size = per_call(subject, BACKWARD * ask.steps)
        places = path_places(ask.steps)
        # Each call begins where the one before ended; what fills up the last one has no length.
        padded = np.append(places, np.ones(-ask.steps % self._size, np.float32))
        self._calls = [padded[at : at + self._size + 1] for at in range(0, ask.steps, self._size)]

    @property
    def _static(self) -> tuple[Hashable, ...]:
        return (self._ask.method, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"steps": self._ask.steps}

    def compile(self) -> Callable[..., Outputs]:
        return self._lowered(along_path, ShapeDtypeStruct((self._size + 1,), jnp.float32))

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return [program(state.model, self._question, places) for places in self._calls]

    def tensors(self, outputs: Outputs) -> Tensors:
        shares = np.sum([np.asarray(part, np.float64) for part, _ in outputs], axis=0)
        told = self._told(shares.astype(np.float32), outputs[0][1])
        sample, baseline = told["score"]
        return told | {"gap": np.array([shares.sum() - (sample - baseline)], np.float32)}


class _Covered(_Explanation):
    def __init__(self, ask: SubscribeExplanation, subject: Subject) -> None:
        super().__init__(ask, subject)
        self._corners = corners(self._entrance, ask.window, ask.stride)
        windows, most = len(self._corners), Limits().occlusions
        if windows > most:
            raise InvalidInputError(
                f"That is {windows:,} windows, the limit is {most:,}; take longer strides", field="/stride"
            )
        require_affordable(subject, windows, field="/stride")
        self._size = per_call(subject, windows)

    @property
    def _static(self) -> tuple[Hashable, ...]:
        return (self._ask.method, self._size)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"windows": len(self._corners)}

    def compile(self) -> Callable[..., Outputs]:
        at = ShapeDtypeStruct((self._size, len(place_axes(self._entrance))), jnp.int32)
        entrance = self._entrance
        return self._lowered(lambda head, *rest: covered(head, entrance, *rest), at, scalar(jnp.int32))

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        window = np.int32(self._ask.window)
        return [program(state.model, self._question, at, window) for at in chunks(self._corners, self._size)]

    def tensors(self, outputs: Outputs) -> Tensors:
        falls = np.concatenate([np.asarray(part) for part, _ in outputs])[: len(self._corners)]
        return self._told(spread(falls, self._corners, self._ask.window, self._entrance), outputs[0][1])


class _Maps(_Explanation):
    """Grad-CAM; `x` is there where the network reads pictures."""

    def __init__(self, ask: SubscribeExplanation, subject: Subject) -> None:
        super().__init__(ask, subject)
        pictures = [name for name in subject.names if subject.flow(name).kind == "picture"]
        if not pictures:
            raise InvalidInputError(
                "Grad-CAM weighs the maps of a layer that makes pictures, and this network has none", field="/method"
            )
        self._layer = pictures[-1] if ask.layer is None else ask.layer
        if self._layer not in pictures:
            message = "makes no pictures" if self._layer in subject.names else "is not there"
            raise InvalidInputError(f"'{self._layer}' {message}; take {', '.join(pictures)}", field="/layer")
        require_affordable(subject, BACKWARD, field="/method")
        self._block, _ = subject.place(self._layer)

    @property
    def _static(self) -> tuple[Hashable, ...]:
        return (self._ask.method, self._block)

    @property
    def facts(self) -> dict[str, Any]:
        return super().facts | {"layer": self._layer}

    @property
    def frame_bytes(self) -> int:
        return super().frame_bytes + 4 * self._subject.flow(self._layer).size

    def compile(self) -> Callable[..., Outputs]:
        number, entrance = self._block, self._entrance

        def program(head: Any, *rest: Any) -> tuple[Array, Array | None, Scores]:
            weighed, scores = weighed_maps(head, number, *rest)
            if entrance.kind != "picture":
                return weighed, None, scores
            drawn = jax.image.resize(weighed, entrance.shape[1:], "linear", antialias=False)
            return weighed, jnp.broadcast_to(drawn[None], entrance.shape), scores

        return self._lowered(program)

    def launch(self, program: Callable[..., Outputs], state: State, hyper: Hyper) -> Outputs:
        return program(state.model, self._question)

    def tensors(self, outputs: Outputs) -> Tensors:
        weighed, drawn, scores = outputs
        told = self._told(np.zeros(self._entrance.shape, np.float32) if drawn is None else np.asarray(drawn), scores)
        if drawn is None:
            del told[INPUT]
        return told | {self._layer: np.asarray(weighed)}
