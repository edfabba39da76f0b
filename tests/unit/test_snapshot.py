"""Snapshots: to bytes and back to the bit, to the device and back, and what a damaged file does."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from neuroglow.engine.order import Cursor
from neuroglow.engine.snapshot import (
    Snapshot,
    decode_snapshot,
    encode_snapshot,
    from_state,
    initial_snapshot,
    to_state,
)
from neuroglow.session import keeper
from neuroglow.session.keeper import Keeper
from neuroglow.spec.catalog import OPTIMIZERS
from unit.rig import as_bytes, dense, experiment, trained, trainer_of


@cache
def half_trained() -> Snapshot:
    return trained(trainer_of(experiment()), 9)


@cache
def encoded() -> bytes:
    return encode_snapshot(half_trained())


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("network", [dense(3), dense(*[2] * 14), {"layers": []}], ids=["one", "stack", "none"])
def test_device_and_file_keep_every_bit(kind: str, network: dict[str, Any]) -> None:
    spec = experiment(network=network, training={"optimizer": {"type": kind}})
    fresh = initial_snapshot(spec)
    there = from_state(to_state(fresh), spec, Cursor(update=5, epoch=1, position=2))
    again = decode_snapshot(encode_snapshot(there))
    assert again.experiment == spec
    assert as_bytes(again) == as_bytes(there)
    assert as_bytes(from_state(to_state(again), spec, fresh.cursor)) == as_bytes(fresh)


def test_a_trained_snapshot_survives_the_file() -> None:
    again = decode_snapshot(encoded())
    assert as_bytes(again) == as_bytes(half_trained())
    assert again.cursor == Cursor(update=9, epoch=1, position=4)
    assert [int(value) for value in again.scalars] == [9]


def test_any_reader_of_safetensors_can_open_it() -> None:
    arrays = load(encoded())
    layer = half_trained().layers["dense_1"]
    assert arrays["parameters/dense_1/weight"].tobytes() == layer["weight"].tobytes()
    assert {"moments/0/output/bias", "moments/1/dense_2/weight", "scalars/0"} <= set(arrays)
    header = json.loads(encoded()[8 : 8 + int.from_bytes(encoded()[:8], "little")])
    assert all(isinstance(value, str) for value in header["__metadata__"].values())


def test_a_snapshot_is_a_copy_that_training_cannot_change() -> None:
    trainer = trainer_of(experiment())
    before = trainer.snapshot()
    bits = as_bytes(before)
    trained(trainer, 10)
    assert as_bytes(before) == bits


def test_a_number_that_is_not_finite_is_seen_wherever_it_is() -> None:
    assert initial_snapshot(experiment()).is_finite()
    for value in (np.nan, np.inf):
        snapshot = initial_snapshot(experiment())
        snapshot.layers["dense_2"]["bias"][0] = value
        assert not snapshot.is_finite()
        snapshot = initial_snapshot(experiment())
        snapshot.moments[1]["output"]["weight"][0, 0] = value
        assert not snapshot.is_finite()


def test_saved_and_read_back_by_the_keeper(tmp_path: Path) -> None:
    writer = Keeper()
    for durable in (False, True):
        writer.save(tmp_path / "session", half_trained(), durable=durable).result(timeout=30)
        found = keeper.read(tmp_path / "session")
        assert found is not None
        assert as_bytes(found) == as_bytes(half_trained())
    writer.close()
    assert [path.name for path in (tmp_path / "session").iterdir()] == [keeper.FILE_NAME]


def test_no_snapshot_is_none(tmp_path: Path) -> None:
    assert keeper.read(tmp_path / "nowhere") is None


@settings(max_examples=150)
@given(data=st.data())
def test_a_damaged_file_is_no_snapshot_and_never_an_accident(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cut short, with bytes changed, or with something else in it: read back whole, or not at all."""
    good = encoded()
    header = int.from_bytes(good[:8], "little") + 8
    kind = data.draw(st.sampled_from(["cut", "flip", "garbage"]))
    if kind == "cut":
        damaged = good[: data.draw(st.integers(0, len(good) - 1))]
    elif kind == "flip":
        at = data.draw(st.integers(0, header - 1))
        damaged = good[:at] + bytes([data.draw(st.integers(0, 255))]) + good[at + 1 :]
    else:
        damaged = data.draw(st.binary(max_size=200))
    directory = tmp_path_factory.mktemp("damaged")
    (directory / keeper.FILE_NAME).write_bytes(damaged)
    found = keeper.read(directory)
    if found is not None:
        to_state(found)


@pytest.mark.parametrize("text", [b"[]", b"null", b'{"__metadata__":[]}', b'{"__metadata__":{"experiment":"[1]"}}'])
def test_a_header_of_another_kind_is_no_snapshot(text: bytes, tmp_path: Path) -> None:
    (tmp_path / keeper.FILE_NAME).write_bytes(len(text).to_bytes(8, "little") + text)
    assert keeper.read(tmp_path) is None
