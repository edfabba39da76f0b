"""Finds a Chromium or Chrome for the browser tests, or installs one, and prints its path.

In this order: the one that CHROMIUM_PATH names, one on the path or in its usual place, one that Playwright installed
before; then the system's package where this is root on a machine with apt, then Playwright's own download.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ADVICE = (
    "The browser tests need Chromium or Chrome and none could be installed; "
    "install one (on Debian: apt install chromium) or name it: CHROMIUM_PATH=/path/to/chromium make test"
)


class NoBrowserError(Exception):
    """No browser was found, with a sentence that says what to do."""


def find_browser() -> Path:
    """The first browser that really starts; raises `NoBrowserError`."""
    named = os.environ.get("CHROMIUM_PATH")
    if named:
        if not _works(Path(named)):
            raise NoBrowserError(f"CHROMIUM_PATH names {named}, which does not start; name another or unset it")
        return Path(named)
    for candidate in _candidates():
        if _works(candidate):
            return candidate
    raise NoBrowserError(ADVICE)


def install_browser() -> None:
    """Try the ways that are open on this machine, one after the other, until there is a browser."""
    for command in _ways_to_install():
        print(f"No browser found; running: {' '.join(command)}", file=sys.stderr)
        subprocess.run(command, check=False, stdout=sys.stderr)
        if any(_works(candidate) for candidate in _candidates()):
            return


def _candidates() -> Iterator[Path]:
    for name in NAMES:
        found = shutil.which(name)
        if found:
            yield Path(found)
    yield from map(Path, USUAL_PLACES)
    yield _playwrights_own()


def _playwrights_own() -> Path:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _works(browser: Path) -> bool:
    """Whether it starts: distributions ship stubs of that name which only say how to install the real one."""
    if not browser.is_file():
        return False
    try:
        return subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _ways_to_install() -> Iterator[list[str]]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    has_apt = shutil.which("apt-get") is not None
    if is_root and has_apt:
        yield ["apt-get", "update", "--quiet"]
        yield ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
    yield [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if is_root and has_apt else []), "chromium"]


def main() -> None:
    try:
        if "CHROMIUM_PATH" not in os.environ and not any(_works(candidate) for candidate in _candidates()):
            install_browser()
        print(find_browser())
    except NoBrowserError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
