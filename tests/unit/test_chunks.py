"""The same bits however a run is cut, watched, interrupted, saved or moved to another process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import neuroglow
from neuroglow.engine.order import Cursor
from neuroglow.engine.snapshot import decode_snapshot, encode_snapshot, initial_snapshot
from neuroglow.insight.bind import bind
from neuroglow.insight.record import Record
from neuroglow.insight.statistics import HealthProbe
from neuroglow.session.trainer import Trainer
from neuroglow.spec import Experiment
from neuroglow.wire.messages import parse_subscribe
from unit.rig import as_bytes, dense, experiment, program_of, trained, trainer_of

UPDATES = 100
CHILD = """
import sys
from pathlib import Path
import jax
jax.config.update("jax_platforms", "cpu")
from neuroglow.engine.programs import compile_train, train_key
from neuroglow.engine.snapshot import decode_snapshot, encode_snapshot
from neuroglow.session.trainer import Trainer
snapshot = decode_snapshot(Path(sys.argv[1]).read_bytes())
trainer = Trainer(snapshot, compile_train(train_key(snapshot.experiment)))
for updates in map(int, sys.argv[3:]):
    trainer.finish(trainer.launch(updates, evaluate=True))
Path(sys.argv[2]).write_bytes(encode_snapshot(trainer.snapshot()))
"""


EVERYTHING: dict[str, Any] = {
    "network": {
        "layers": [
            {"units": 4, "dropout": 0.3},
            {"units": 3, "activation": "relu", "regularization": {"type": "l1", "rate": 0.01}},
        ],
        "output_frozen": True,
        "pins": [{"layer": "dense_2", "unit": 1, "source": 2, "value": 0.5}],
    },
    "training": {
        "loss": "focal",
        "class_weights": "balanced",
        "schedule": {"type": "cosine", "updates": 60, "floor": 0.1, "warmup": 20},
        "clipping": {"type": "norm", "limit": 0.2},
    },
}


@pytest.fixture(scope="module", params=[{}, EVERYTHING], ids=["plain", "everything"])
def spec(request: pytest.FixtureRequest) -> Experiment:
    return experiment(**request.param)


@pytest.fixture(scope="module")
def one_chunk(spec: Experiment) -> bytes:
    """The bits of a hundred updates in one go."""
    return as_bytes(trained(trainer_of(spec), UPDATES))


def test_a_hundred_chunks_give_the_bits_of_one(spec: Experiment, one_chunk: bytes) -> None:
    assert as_bytes(trained(trainer_of(spec), UPDATES, cuts=range(1, UPDATES))) == one_chunk


@settings(max_examples=15)
@given(cuts=st.sets(st.integers(1, UPDATES - 1), max_size=12), changes=st.sampled_from([{}, EVERYTHING]))
def test_random_cuts_give_the_bits_of_one_chunk(cuts: set[int], changes: dict[str, Any]) -> None:
    spec = experiment(**changes)
    whole = as_bytes(trained(trainer_of(spec), UPDATES))
    assert as_bytes(trained(trainer_of(spec), UPDATES, cuts=sorted(cuts))) == whole


def test_the_test_sets_evaluation_does_not_touch_training(spec: Experiment, one_chunk: bytes) -> None:
    trainer = trainer_of(spec)
    for _ in range(UPDATES // 10):
        trainer.finish(trainer.launch(10, evaluate=True))
        trainer.evaluate()
    assert as_bytes(trainer.snapshot()) == one_chunk


def test_chunks_launched_ahead_give_the_bits_of_chunks_in_turn(spec: Experiment, one_chunk: bytes) -> None:
    trainer = trainer_of(spec)
    under_way = [trainer.launch(25, evaluate=False) for _ in range(4)]
    for chunk in under_way:
        trainer.finish(chunk)
    assert as_bytes(trainer.snapshot()) == one_chunk


def test_saving_and_restoring_in_between_keeps_the_bits(spec: Experiment, one_chunk: bytes) -> None:
    trainer = trainer_of(spec)
    for updates in (13, 30, 7):
        snapshot = decode_snapshot(encode_snapshot(trained(trainer, updates)))
        trainer = trainer_of(snapshot.experiment, snapshot)
    assert as_bytes(trained(trainer, UPDATES - 50)) == one_chunk


def test_a_new_process_goes_on_with_the_same_bits(spec: Experiment, one_chunk: bytes, tmp_path: Path) -> None:
    saved, result = tmp_path / "half.safetensors", tmp_path / "whole.safetensors"
    saved.write_bytes(encode_snapshot(trained(trainer_of(spec), 37)))
    backend = str(Path(neuroglow.__file__).parents[1])
    subprocess.run(
        [sys.executable, "-c", CHILD, str(saved), str(result), "1", "20", "42"],
        check=True,
        env={"PYTHONPATH": backend, "PATH": "/usr/bin:/bin"},
        timeout=240,
    )
    assert as_bytes(decode_snapshot(result.read_bytes())) == one_chunk


@pytest.mark.parametrize("ask", [
    {"stream": "maps", "resolution": 10}, {"stream": "gradients"}, {"stream": "statistics"}, {"stream": "activations"},
    {"stream": "weights"}, {"stream": "predictions"}, {"stream": "unit", "layer": "dense_1", "unit": 1},
    {"stream": "distributions", "layer": "dense_1"},
])  # fmt: skip
def test_a_watched_run_has_the_bits_of_one_alone(ask: dict[str, Any], spec: Experiment, one_chunk: bytes) -> None:
    trainer = trainer_of(spec)
    probe = bind(parse_subscribe({"type": "subscribe", "request": 1, **ask}), trainer.subject, 1 << 20, Record())
    program = probe.compile()
    for _ in range(UPDATES // 20):
        chunk = trainer.launch(20, evaluate=False)
        # Behind the chunk, fetched while the next one may already have taken the state over.
        outputs = probe.launch(program, trainer.state, trainer.hyper)
        trainer.finish(chunk)
        if isinstance(probe, HealthProbe):
            probe.remember(outputs, trainer.cursor.update)
        assert probe.tensors(outputs)
    assert as_bytes(trainer.snapshot()) == one_chunk


def test_the_same_experiment_gives_the_same_bits_and_another_seed_others(spec: Experiment, one_chunk: bytes) -> None:
    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": 6})})
    assert as_bytes(trained(trainer_of(spec), UPDATES)) == one_chunk
    assert as_bytes(trained(trainer_of(other), UPDATES)) != one_chunk


def test_a_scanned_stack_keeps_its_bits_too() -> None:
    spec = experiment(network=dense(*[3] * 14, dropout=0.2))
    assert program_of(spec).key.shape.blocks[1].is_stack
    whole = as_bytes(trained(trainer_of(spec), 40))
    trainer = trainer_of(spec)
    snapshot = decode_snapshot(encode_snapshot(trained(trainer, 17, cuts=[1, 2, 9])))
    assert as_bytes(trained(trainer_of(spec, snapshot), 23)) == whole


def test_what_pads_rows_and_batches_never_reaches_training() -> None:
    """Poison every padded row: a NaN there would spread at once."""
    spec = experiment(data={"samples": 44}, training={"batch_size": 5})
    whole = as_bytes(trained(trainer_of(spec), 30))
    trainer = trainer_of(spec)
    count = int(trainer.walk.rows.valid)
    inputs, labels = np.array(trainer.walk.rows.inputs), np.array(trainer.walk.rows.labels)
    assert len(labels) > count, "the bucket has room to poison"
    inputs[count:], labels[count:] = np.nan, np.nan
    trainer.walk.rows = trainer.walk.rows._replace(inputs=inputs, labels=labels)
    assert as_bytes(trained(trainer, 30)) == whole


def test_what_pads_the_test_set_never_reaches_its_figures() -> None:
    for data in ({"name": "xor"}, {"name": "plane"}):
        trainer = trainer_of(experiment(data=data))
        clean = trainer.evaluate()
        rows = trainer._material.test
        inputs, labels = np.array(rows.inputs), np.array(rows.labels)
        inputs[int(rows.valid) :], labels[int(rows.valid) :] = np.inf, np.nan
        rows = rows._replace(inputs=inputs, labels=labels)
        poisoned = trainer.program.evaluate(trainer.state.model, trainer.hyper, rows)
        assert [np.asarray(value).tobytes() for value in poisoned] == [np.asarray(value).tobytes() for value in clean]


def test_a_snapshots_document_is_the_experiment(spec: Experiment) -> None:
    data = encode_snapshot(initial_snapshot(spec))
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert json.loads(header["__metadata__"]["experiment"]) == spec.to_document()


def test_a_trainer_is_where_its_snapshot_says(spec: Experiment) -> None:
    trainer = trainer_of(spec)
    cursor = trained(trainer, 12, cuts=[5]).cursor
    # 30 training rows in batches of 7 are 5 batches an epoch.
    assert (cursor.update, cursor.epoch, cursor.position) == (12, 2, 2)
    again = Trainer(trainer.snapshot(), trainer.program)
    assert again.cursor == cursor


def test_a_chunk_counts_epochs_by_the_batch_size_it_was_launched_with() -> None:
    trainer = trainer_of(experiment())
    chunk = trainer.launch(7, evaluate=False)
    trainer.edit_live(experiment(training={"batch_size": 3}))
    # Five batches an epoch then, ten now.
    assert trainer.finish(chunk).cursor == Cursor(update=7, epoch=1, position=2)
    assert trainer.cursor == Cursor(update=7, epoch=1, position=2)
