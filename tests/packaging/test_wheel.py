"""What `pip install .` gives: from a clean copy of the sources to a served page, with Node only while building."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
NOT_SOURCES = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "static", "__pycache__", ".*_cache", ".hypothesis", "dist", "test-results"
)
STOP_SECS = 10


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from that sdist."""
    copy = tmp_path_factory.mktemp("packaging") / "sources"
    shutil.copytree(ROOT, copy, ignore=NOT_SOURCES)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation"], cwd=copy, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return copy / "dist"


@pytest.fixture(scope="module")
def installed(archives: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel in it; dependencies come from this environment."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, symlinks=True)
    python = home / "bin" / "python"
    [wheel] = archives.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(wheel)], check=True)
    [packages] = home.glob("lib/*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


@contextlib.contextmanager
def served(python: Path, data: Path) -> Iterator[str]:
    """The address of `neuroglow serve`, run with nothing else on its path."""
    process = subprocess.Popen(
        [python.with_name("neuroglow"), "serve", "--port", "0", "--no-browser", "--data-dir", data],
        env={"PATH": str(python.parent), "HOME": str(data)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        said = re.fullmatch(r"Neuroglow is running at (http://\S+)\n", line)
        try:
            assert said, line
            yield said[1]
        finally:
            process.terminate()
            assert process.wait(timeout=STOP_SECS) == 0


def test_both_archives_carry_the_built_page(archives: Path) -> None:
    [wheel], [sdist] = archives.glob("*.whl"), archives.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as inside:
        names = set(inside.namelist())
    assert "neuroglow/static/index.html" in names
    assert any(re.fullmatch(r"neuroglow/static/assets/.+\.js", name) for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("node_modules" in name or name.startswith("tests") for name in names)
    with tarfile.open(sdist) as packed:
        assert any(name.endswith("/backend/neuroglow/static/index.html") for name in packed.getnames())


def test_the_wheel_serves_its_page_without_node(installed: Path, tmp_path: Path) -> None:
    where = "import neuroglow; print(neuroglow.__file__)"
    home = subprocess.run([installed, "-c", where], capture_output=True, text=True, check=True).stdout
    assert home.startswith(str(installed.parents[1]))
    with served(installed, tmp_path) as address, httpx.Client(base_url=address) as client:
        page = client.get("/")
        assert page.status_code == 200
        script = re.search(r'src="(/?[^"]+\.js)"', page.text)
        assert script, page.text
        asset = client.get(script[1])
        assert asset.status_code == 200
        assert "javascript" in asset.headers["content-type"]
        assert client.get("/api/health").json()["status"] == "ok"
