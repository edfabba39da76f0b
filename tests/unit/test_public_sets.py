"""Public sets: fetched from where they are published by scikit-learn's own means, read like files, and told when not.

OpenML is played by a server of this test; what its files hold is in `openml.py`.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from neuroglow.data import load
from neuroglow.errors import FetchFailedError, NoNetworkError
from neuroglow.intake.fetch import fetch
from neuroglow.spec.public import PUBLIC_SETS, PublicSet, public_set
from neuroglow.spec.sheet import DataSheet
from openml import HOUSING, ROWS, keep_downloaded, published, values_of
from unit.uploading import Shelf, bounds


class OpenMl(HTTPServer):
    """Serves files; `refuses` every request with a status, `cuts` the next data file off in the middle."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.refuses: int | None = None
        self.cuts = 0


class Answer(BaseHTTPRequestHandler):
    server: OpenMl

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.server.asked.append(path)
        content = self.server.files.get(path)
        if self.server.refuses is not None or content is None:
            self.send_error(self.server.refuses or 412)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if path.endswith(".arff") and self.server.cuts > 0:
            self.server.cuts -= 1
            content = content[: len(content) // 2]
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Requests are in `asked`."""


@pytest.fixture
def openml(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenMl]:
    """Whatever goes to openml.org goes there."""
    server = OpenMl()

    class Diverted(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> Any:
            published_at, here = "https://www.openml.org", f"http://127.0.0.1:{server.server_port}"
            assert request.full_url.startswith(published_at)
            return self.parent.open(request.full_url.replace(published_at, here, 1))

    monkeypatch.setattr(urllib.request, "_opener", urllib.request.build_opener(Diverted))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def fetched(shelf: Shelf, name: str) -> DataSheet:
    public = public_set(name)
    folder = shelf.store.begin(public.dataset)
    home = shelf.store.downloads(name)
    try:
        fetch({"name": name, "home": str(home), "folder": str(folder), "bounds": bounds()})
        return shelf.store.publish(public.dataset, public.dataset)
    finally:
        shelf.store.abandon(public.dataset)


@pytest.mark.parametrize("public", PUBLIC_SETS, ids=lambda public: public.name)
def test_what_was_downloaded_before_becomes_the_set_without_a_network(shelf: Shelf, public: PublicSet) -> None:
    keep_downloaded(shelf.folder, public.name)
    sheet = fetched(shelf, public.name)
    assert (sheet.id, sheet.title, sheet.rows, sheet.target) == (public.dataset, public.title, ROWS, public.target)
    dataset = load(shelf.spec(sheet, train_fraction=0.5))
    values, targets = values_of(public)
    if public.image_shape is None:
        assert (sheet.task, sheet.inputs) == ("regression", HOUSING)
        rows = dict(zip(map(float, targets), values, strict=True))
        for split in (dataset.train, dataset.test):
            expected = [rows[float(target)] for target in split.targets]
            assert np.allclose(split.raw, expected, rtol=1e-6)
    else:
        assert (sheet.task, sheet.inputs) == ("classification", ("image",))
        assert sheet.columns[0].image_shape == public.image_shape
        # OpenML has its colours one after another too.
        labels = {row.tobytes(): public.classes[int(label)] for row, label in zip(values, targets, strict=True)}
        classes = sorted(public.classes)
        for split in (dataset.train, dataset.test):
            told = [classes[int(target)] for target in split.targets]
            assert told == [labels[row.astype(np.float64).tobytes()] for row in split.raw]


def test_a_set_is_downloaded_once(shelf: Shelf, openml: OpenMl) -> None:
    openml.files = published("fashion_mnist")
    assert fetched(shelf, "fashion_mnist").rows == ROWS
    assert openml.asked.count("data/v1/download/40996/fashion_mnist.arff") == 1
    del openml.asked[:]
    shelf.store.delete(public_set("fashion_mnist").dataset)
    assert fetched(shelf, "fashion_mnist").rows == ROWS
    assert not openml.asked


@pytest.mark.parametrize("sheet", [None, b"{"], ids=["no sheet", "half a sheet"])
def test_a_copy_that_broke_off_is_replaced_by_what_is_fetched(shelf: Shelf, sheet: bytes | None) -> None:
    public = public_set("california_housing")
    unfinished = shelf.store.root / public.dataset
    unfinished.mkdir()
    (unfinished / "c0.npy").write_bytes(b"half")
    if sheet is not None:
        (unfinished / "sheet.json").write_bytes(sheet)
    keep_downloaded(shelf.folder, public.name)
    sheet_made = fetched(shelf, public.name)
    assert load(shelf.spec(sheet_made, train_fraction=0.5)).train.raw.shape == (ROWS // 2, public.columns)


def test_a_copy_that_lacks_a_column_is_replaced_by_what_is_fetched(shelf: Shelf) -> None:
    keep_downloaded(shelf.folder, "california_housing")
    sheet = fetched(shelf, "california_housing")
    (shelf.store.root / sheet.id / "c3.npy").unlink()
    assert fetched(shelf, "california_housing") == sheet
    assert load(shelf.spec(sheet, train_fraction=0.5)).train.raw.shape == (ROWS // 2, 8)


def test_what_broke_off_once_is_downloaded_again(shelf: Shelf, openml: OpenMl) -> None:
    openml.files, openml.cuts = published("california_housing"), 1
    with pytest.warns(RuntimeWarning, match="redownloading"):
        assert fetched(shelf, "california_housing").rows == ROWS


def test_what_arrives_damaged_again_and_again_is_refused(shelf: Shelf, openml: OpenMl) -> None:
    openml.files = published("california_housing", md5="0" * 32)
    with pytest.warns(RuntimeWarning, match="redownloading"), pytest.raises(FetchFailedError, match="arrived damaged"):
        fetched(shelf, "california_housing")


@pytest.mark.filterwarnings("ignore:Invalid cache")
@pytest.mark.parametrize("wrong", [b"<html>", b"{}", b"[]"])
def test_an_answer_of_another_kind_is_refused(shelf: Shelf, openml: OpenMl, wrong: bytes) -> None:
    openml.files = published("mnist") | {"api/v1/json/data/554": wrong}
    with pytest.raises(FetchFailedError, match=r"arrived damaged.*mnist\.npz"):
        fetched(shelf, "mnist")


@pytest.mark.parametrize("status", [404, 412, 503])
def test_a_publisher_that_refuses_is_quoted(shelf: Shelf, openml: OpenMl, status: int) -> None:
    openml.refuses = status
    with pytest.raises(FetchFailedError, match=f"answered {status}; try again later, or bring it yourself"):
        fetched(shelf, "mnist")


def test_another_set_under_the_same_number_is_refused_until_the_right_one_is_there(
    shelf: Shelf, openml: OpenMl
) -> None:
    files = {path.replace("40996", "554"): content for path, content in published("cifar_10").items()}
    openml.files = {path.replace("40927", "554"): content.replace(b"40927", b"554") for path, content in files.items()}
    with pytest.raises(FetchFailedError, match="arrived damaged"):
        fetched(shelf, "mnist")
    openml.files = published("mnist")
    assert fetched(shelf, "mnist").rows == ROWS


def test_pixels_or_labels_that_cannot_be_are_refused_until_the_right_ones_are_there(
    shelf: Shelf, openml: OpenMl
) -> None:
    for first, wrong in ((b"@DATA\n", b"@DATA\n-"), (b"{0,1,2,3,4,5,6,7,8,9}", b"NUMERIC")):
        openml.files = published("mnist", changed=(first, wrong))
        with pytest.raises(FetchFailedError, match="arrived damaged"):
            fetched(shelf, "mnist")
    openml.files = published("mnist")
    assert fetched(shelf, "mnist").rows == ROWS


def test_without_a_network_it_says_so_and_what_to_do(shelf: Shelf, openml: OpenMl) -> None:
    openml.socket.close()
    with pytest.raises(NoNetworkError, match=r"could not reach openml\.org.* or bring it yourself.*IDX files"):
        fetched(shelf, "fashion_mnist")
