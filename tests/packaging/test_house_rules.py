"""Rules of the house that no other tool checks: lock files, commands the documents name, the length of modules."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
MAX_LINES = 400
GENERATED = {"schema.gen.ts"}


def locked_names(lock: str) -> set[str]:
    text = (ROOT / "requirements" / lock).read_text()
    return set(re.findall(r"^([a-z0-9._-]+)==", text, flags=re.MULTILINE))


def declared_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;\s]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_locks_hold_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_locks_hold_what_the_project_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = declared_names(project["project"]["dependencies"])
    groups = project["dependency-groups"]
    tools = declared_names([entry for entry in groups["dev"] if isinstance(entry, str)])
    assert runtime <= locked_names("run.lock") <= locked_names("dev.lock")
    assert runtime <= locked_names("run.lock") <= locked_names("cuda.lock")
    assert tools <= locked_names("dev.lock")
    assert declared_names(groups["build"]) <= locked_names("build.lock") <= locked_names("dev.lock")
    assert declared_names(project["build-system"]["requires"]) <= locked_names("build.lock")


def test_the_page_lock_holds_integrity_and_no_addresses() -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    for path, entry in packages.items():
        assert "resolved" not in entry, path
        assert not path or "integrity" in entry or entry.get("link"), path


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", ".ci/run", "docs/architecture.md"])
def test_every_make_command_that_is_named_exists(document: str) -> None:
    text = (ROOT / document).read_text()
    named = set(re.findall(r"(?:^|`|exec |&& )make ([a-z-]+)", text, flags=re.MULTILINE))
    for target in named:
        asked = subprocess.run(
            ["make", "--dry-run", "--question", target], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert "No rule" not in asked.stderr, target


def test_contributing_fits_on_a_screen() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 40


def test_no_module_is_longer_than_a_newcomer_reads() -> None:
    sources = [
        path
        for folder in ("backend/neuroglow", "frontend/src", "frontend/scripts", "tests", "bench")
        for ending in ("*.py", "*.ts", "*.mjs", "*.svelte")
        for path in (ROOT / folder).rglob(ending)
        if path.name not in GENERATED and "static" not in path.parts
    ]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}
