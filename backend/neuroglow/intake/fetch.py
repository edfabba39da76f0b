"""The errand that fetches a public data set: `python -m neuroglow.intake.fetch`. The only one that may use the network.

Request: `name` of the set, `home` for what is downloaded (scikit-learn's `data_home`), `folder` (new and empty) for the
data set, `bounds`. Result: the sheet's essentials; the sheet itself is in the folder. Scikit-learn fetches, checks the
checksum, keeps what it downloaded in `home` and finds it there again; nothing of it is ever unpickled. What is not what
it should be goes from there, or every further attempt would find it again.
"""

from __future__ import annotations

import errno
import shutil
import socket
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from neuroglow import errand
from neuroglow.errors import FetchFailedError, NoNetworkError, StorageFullError
from neuroglow.spec.public import PublicSet, public_set

SILENCE_SECS = 20.0
"""Of a connection, after which it counts as lost."""
BLOCK_ROWS = 4096
"""Pixels arrive as float64; only so many rows at once are copied on the way to bytes."""


class _DamagedError(Exception):
    """What arrived is not what it should be."""


def fetch(request: dict[str, Any]) -> dict[str, Any]:
    """Raises `NoNetworkError`, or `FetchFailedError` for what did not arrive as what it should be."""
    public, home, folder = public_set(request["name"]), Path(request["home"]), Path(request["folder"])
    from neuroglow.intake.bounds import Bounds
    from neuroglow.intake.files import write_data_set

    try:
        with _told(public):
            values, targets, names = _download(public, home)
        columns = _columns(public, values, targets, names, Bounds.of(request["bounds"]))
    except _DamagedError:
        shutil.rmtree(home, ignore_errors=True)
        raise FetchFailedError(f"{public.title} arrived damaged from openml.org; try again, {public.way_out}") from None
    note = f"Fetched from OpenML, where it is data set {public.openml_id}"
    return write_data_set(folder, columns, title=public.title, form="openml", notes=[note], data_id=public.dataset)


def _download(public: PublicSet, home: Path) -> tuple[Any, Any, list[str]]:
    """(values f64 (rows, columns), targets (rows,), names of the columns)."""
    if not any(home.rglob("*.gz")):
        # Scikit-learn asks four times before it gives up, and a resolver that hears nothing takes its time for each.
        with closing(urlopen(f"https://www.openml.org/api/v1/json/data/{public.openml_id}")):
            pass
    from sklearn.datasets import fetch_openml

    # The other parser would need pandas.
    bunch = fetch_openml(data_id=public.openml_id, data_home=home, as_frame=False, parser="liac-arff")
    return bunch.data, bunch.target, list(bunch.feature_names)


@contextmanager
def _told(public: PublicSet) -> Iterator[None]:
    """Whatever can go wrong on the way, as an error that says what to do."""
    try:
        yield
    except HTTPError as error:
        raise FetchFailedError(
            f"openml.org, where {public.title} is published, answered {error.code}; try again later, {public.way_out}"
        ) from None
    except (URLError, TimeoutError, ConnectionError, HTTPException):
        raise NoNetworkError(
            f"The server could not reach openml.org, where {public.title} is published; connect it to the internet, "
            f"{public.way_out}"
        ) from None
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StorageFullError("The server's disk is full; nothing can be fetched until there is room") from None
        raise _DamagedError from error


def _columns(public: PublicSet, values: Any, targets: Any, names: list[str], bounds: Any) -> list[Any]:
    """As a file with the same content would have been read, the target last."""
    from neuroglow.intake.column import number_column, number_text, preview_rows, words_column

    if values.ndim != 2 or values.shape[1] != public.columns or len(targets) != len(values):
        raise _DamagedError
    if public.image_shape is not None:
        from neuroglow.intake.images import image_column

        images = image_column("image", _pixels(public, values), bounds)
        return [images, words_column(public.target, _labels(public, targets))]
    shown = preview_rows(public.columns + 1)
    table = [*zip(names, values.T, strict=True), (public.target, targets)]
    return [
        number_column(name, column, [number_text(float(value)) for value in column[:shown]]) for name, column in table
    ]


def _pixels(public: PublicSet, values: Any) -> Any:
    """f64 (rows, channels × height × width) -> u8 (rows, height, width, channels)."""
    import numpy as np

    assert public.image_shape is not None, "of images only"
    height, width, channels = public.image_shape
    pixels = np.empty((len(values), height, width, channels), np.uint8)
    for start in range(0, len(values), BLOCK_ROWS):
        block = values[start : start + BLOCK_ROWS]
        if not (block >= 0.0).all() or not (block <= 255.0).all():
            raise _DamagedError
        pixels[start : start + BLOCK_ROWS] = block.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
    return pixels


def _labels(public: PublicSet, targets: Any) -> list[str]:
    places = {str(place): name for place, name in enumerate(public.classes)}
    try:
        return [places[str(target)] for target in targets]
    except KeyError:
        raise _DamagedError from None


if __name__ == "__main__":
    socket.setdefaulttimeout(SILENCE_SECS)
    errand.carry_out(fetch, network=True)
