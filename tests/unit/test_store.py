"""Records on disk: whole or not at all, and one server per folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from neuroglow.errors import InvalidInputError, NotFoundError, StartupError
from neuroglow.gateway import tokens
from neuroglow.spec import Experiment
from neuroglow.spec.experiment import parse_experiment
from neuroglow.store import DataFolderLock, SessionRecord, SessionStore


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    made = SessionStore(tmp_path)
    made.prepare()
    return made


def record(touched: float = 1.0) -> SessionRecord:
    experiment: Experiment = parse_experiment({})
    return SessionRecord(
        id=tokens.new_id(),
        experiment=experiment.to_document(),
        owner_digest="0" * 64,
        viewer_digest="1" * 64,
        run="1",
        created=touched,
        touched=touched,
    )


def test_what_was_saved_is_loaded(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    assert store.load(saved.id) == saved
    assert store.load(saved.id).read_experiment() == parse_experiment({})


def test_saving_again_replaces_and_leaves_nothing_else(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    store.save(saved.model_copy(update={"revision": 2}))
    assert store.load(saved.id).revision == 2
    assert [file.name for file in store.folder(saved.id).iterdir()] == ["session.json"]


def test_a_write_that_was_cut_off_leaves_the_old_record(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    (store.folder(saved.id) / ".session.json.tmp").write_text('{"half')
    assert store.load(saved.id) == saved


def test_nothing_but_its_owner_may_read_the_folders(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    folder = store.folder(saved.id)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "session.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["..", "../../etc", "a/b", "", "x" * 100, "A" * 21 + "\0", "." * 22, "A" * 22 + "/"])
def test_a_name_that_is_no_id_never_becomes_a_path(store: SessionStore, name: str) -> None:
    with pytest.raises(NotFoundError):
        store.folder(name)


def test_broken_records_are_set_aside_and_told(store: SessionStore) -> None:
    good, broken, foreign, newer = record(5.0), record(), record(), record()
    for entry in (good, broken, foreign, newer):
        store.save(entry)
    (store.folder(broken.id) / "session.json").write_text("{")
    (store.folder(foreign.id) / "session.json").write_bytes((store.folder(good.id) / "session.json").read_bytes())
    text = newer.model_copy(update={"experiment": {"version": 99}}).model_dump_json()
    (store.folder(newer.id) / "session.json").write_text(text)
    touched, wrong = store.load_all()
    assert touched == {good.id: 5.0}
    assert set(wrong) == {broken.id, foreign.id, newer.id}
    assert store.folder(broken.id).with_name(f"{broken.id}.broken").is_dir()
    assert store.load_all() == ({good.id: 5.0}, {})


def test_a_deleted_session_is_gone(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    store.delete(saved.id)
    store.delete(saved.id)
    with pytest.raises(NotFoundError):
        store.load(saved.id)


def test_a_record_that_does_not_fit_says_where(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    (store.folder(saved.id) / "session.json").write_text("{}")
    with pytest.raises(InvalidInputError, match="id"):
        store.load(saved.id)


def test_a_history_comes_back_and_a_broken_one_is_none(store: SessionStore) -> None:
    saved = record()
    store.save(saved)
    assert store.load_history(saved.id) == []
    store.save_history(saved.id, [{"update": 1, "epoch": 0}])
    assert store.load_history(saved.id) == [{"update": 1, "epoch": 0}]
    (store.folder(saved.id) / "history.json").write_text("[")
    assert store.load_history(saved.id) == []


def test_a_folder_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    first, second = DataFolderLock(tmp_path / "data"), DataFolderLock(tmp_path / "data")
    first.acquire()
    with pytest.raises(StartupError, match="Another server"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
