"""What the gateway expects of a weight file is what the engine writes, for every optimizer and shape."""

from __future__ import annotations

import pytest

from neuroglow.engine.snapshot import encode_snapshot, initial_snapshot
from neuroglow.errors import UploadRejectedError
from neuroglow.spec import Experiment
from neuroglow.spec.catalog import OPTIMIZERS
from neuroglow.wire.weights import LENGTH_BYTES, check_header, header_length
from unit.rig import dense, experiment


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("widths", [(), (4,), (5,) * 14])
def test_the_header_of_a_snapshot_passes(optimizer: str, widths: tuple[int, ...]) -> None:
    spec = experiment(training={"optimizer": {"type": optimizer}}, network=dense(*widths))
    file = encode_snapshot(initial_snapshot(spec))
    assert checked(file) == spec


def test_a_file_cut_off_anywhere_is_refused() -> None:
    file = encode_snapshot(initial_snapshot(experiment()))
    for size in range(0, len(file), 97):
        with pytest.raises(UploadRejectedError):
            checked(file[:size])


def checked(file: bytes) -> Experiment:
    length = header_length(file[:LENGTH_BYTES], len(file))
    return check_header(file[LENGTH_BYTES : LENGTH_BYTES + length], len(file))
