"""Any graph of layers trains a step, or is refused in words at a place that there is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import jax
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from neuroglow.engine.programs import TrainKey, TrainProgram, train_key
from neuroglow.engine.snapshot import decode_snapshot, encode_snapshot, initial_snapshot
from neuroglow.engine.train import evaluate, train_chunk
from neuroglow.errors import InvalidInputError
from neuroglow.session.edits import carry_over
from neuroglow.session.trainer import Trainer
from neuroglow.spec import Experiment, parse_experiment
from neuroglow.spec.memory import require_fits
from neuroglow.wire.weights import LENGTH_BYTES, check_header, header_length
from unit.graphs import experiments
from unit.layer_cases import QUICK
from unit.rig import as_bytes, experiment

BUDGET_BYTES = 1 << 30
FEW, MANY = 30, 1_000


def program_of(key: TrainKey) -> TrainProgram:
    """The programs of an experiment, compiled when they are called and with less care: each runs once."""

    def called(function: Any) -> Any:
        return lambda *values: jax.jit(function).lower(*values).compile(compiler_options=QUICK)(*values)

    train = partial(train_chunk, key.rule, key.batch_bucket)
    return TrainProgram(key, called(train), called(partial(evaluate, key.rule.objective)))


def steps_to(pointer: str) -> Iterator[str]:
    return (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def is_there(document: Any, pointer: str) -> bool:
    """Whether a JSON pointer leads somewhere: to a value, or to a member that was left out."""
    place = document
    for step in steps_to(pointer):
        if isinstance(place, list) and step.isdigit() and int(step) < len(place):
            place = place[int(step)]
        elif isinstance(place, dict):
            if step not in place:
                return True
            place = place[step]
        else:
            return False
    return True


def understood(document: dict[str, Any]) -> Experiment | InvalidInputError:
    try:
        spec = parse_experiment(document)
        require_fits(spec, BUDGET_BYTES)
    except InvalidInputError as error:
        return error
    return spec


def trains_or_is_refused(document: dict[str, Any]) -> bool:
    """Whether it trained; a step leaves every array in its shape, and the whole in a file that is what it should be."""
    spec = understood(document)
    if isinstance(spec, InvalidInputError):
        assert spec.message
        assert spec.field is not None
        assert is_there(document, spec.field), f"{spec.field} is nowhere"
        return False
    fresh = initial_snapshot(spec)
    trainer = Trainer(fresh, program_of(train_key(spec)))
    done = trainer.finish(trainer.launch(1, evaluate=True))
    assert done.updates == 1
    after = trainer.snapshot()
    assert {n: {p: a.shape for p, a in layer.items()} for n, layer in after.layers.items()} == {
        n: {p: a.shape for p, a in layer.items()} for n, layer in fresh.layers.items()
    }
    file = encode_snapshot(after)
    length = header_length(file[:LENGTH_BYTES], len(file))
    assert check_header(file[LENGTH_BYTES : LENGTH_BYTES + length], len(file)) == spec
    assert as_bytes(decode_snapshot(file)) == as_bytes(after)
    assert as_bytes(carry_over(after, spec)) == as_bytes(after), "an edit that changes nothing changes nothing"
    return True


def test_random_graphs_train_a_step_or_are_refused(soak: bool) -> None:
    trained: list[bool] = []

    @settings(
        max_examples=MANY if soak else FEW, derandomize=not soak, suppress_health_check=list(HealthCheck), database=None
    )
    @given(document=experiments())
    def holds(document: dict[str, Any]) -> None:
        trained.append(trains_or_is_refused(document))
        if len(trained) % 50 == 0:
            # A thousand programs take more memory than there is.
            jax.clear_caches()

    holds()
    assert sum(trained) > len(trained) / 3, "most should train"


@settings(max_examples=100)
@given(old=experiments(mistakes=False), new=experiments(mistakes=False), same=st.booleans())
def test_any_graph_becomes_any_other_by_an_edit(old: dict[str, Any], new: dict[str, Any], same: bool) -> None:
    """Nothing is lost on the way that has no other place: every array has the shape of its spec and is finite."""
    if same:
        new = {**new, "data": old["data"]}
    before, after = understood(old), understood(new)
    if isinstance(before, InvalidInputError) or isinstance(after, InvalidInputError):
        return
    carried = carry_over(initial_snapshot(before), after)
    fresh = initial_snapshot(after)
    assert carried.is_finite()
    for ours, theirs in zip((carried.layers, *carried.moments), (fresh.layers, *fresh.moments), strict=True):
        assert {name: list(layer) for name, layer in ours.items()} == {name: list(own) for name, own in theirs.items()}
        assert all(ours[name][part].shape == array.shape for name in theirs for part, array in theirs[name].items())


@pytest.mark.parametrize("pointer", ["", "/network", "/network/layers/1", "/network/layers/1/units", "/data/classes"])
def test_a_pointer_that_leads_somewhere_is_known(pointer: str) -> None:
    document = experiment().to_document()
    assert is_there(document, pointer)
    assert not is_there(document, "/network/layers/7/units")
    assert not is_there(document, "/network/layers/1/units/3")
