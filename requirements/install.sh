#!/bin/sh
# Makes .venv and installs what the lock files name. Called by the Makefile, which knows when it is needed.
#
#   install.sh venv    the newest Python that really works, and the pinned uv
#   install.sh run     what serving needs, with CUDA where there is an NVIDIA GPU, and Neuroglow itself (editable)
#   install.sh dev     what tests and checks need, on top of `run`
#
# PYTHON=/path/to/python names the interpreter, GPU=no keeps to the CPU. Where packages come from is left to the
# configuration of uv and pip on this machine.
set -eu
cd "$(dirname "$0")/.."

OLDEST=3.11
VENV=.venv

stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Whether this interpreter runs (a shim may exist and fail), is new enough and can make a virtual environment.
is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] < tuple(map(int, sys.argv[1].split("."))))' "$OLDEST" 2>/dev/null
}
makes_environments() {
    "$1" -c 'import ensurepip, ssl, venv' 2>/dev/null
}

find_python() {
    without_venv=
    for candidate in ${PYTHON:-python3.14 python3.13 python3.12 python3.11 python3 python}; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        is_new_enough "$candidate" || continue
        if makes_environments "$candidate"; then
            python=$candidate
            return
        fi
        without_venv=${without_venv:-$candidate}
    done
    if [ -n "$without_venv" ]; then
        stop "$without_venv has no working venv module; install it (on Debian and Ubuntu: apt install python3-venv)."
    fi
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "none")
    stop "Neuroglow needs Python $OLDEST or newer (found: $found); install one, or name it: make PYTHON=/path/to/python"
}

# uv is fast; pip is there for an index that only pip is configured for.
install_locked() {
    for lock in "$@"; do
        set -- "$@" -r "requirements/$lock.lock"
        shift
    done
    "$VENV/bin/uv" pip install --python "$VENV/bin/python" --require-hashes "$@" && return
    echo "uv could not install the packages; trying pip." >&2
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes "$@" ||
        stop "The packages could not be installed; the lines above say why (is a package index reachable?)."
}

has_gpu() {
    [ "${GPU:-}" != no ] && nvidia-smi --list-gpus 2>/dev/null | grep -q GPU
}

case ${1:-} in
venv)
    if ! { is_new_enough "$VENV/bin/python" && makes_environments "$VENV/bin/python"; }; then
        find_python
        rm -rf "$VENV"
        echo "Making $VENV with $("$python" --version)"
        "$python" -m venv "$VENV" || stop "$python could not make $VENV; the lines above say why."
    fi
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock ||
        stop "uv could not be installed with pip; the lines above say why (is a package index reachable?)."
    ;;
run)
    if has_gpu; then run=cuda; else run=run; fi
    install_locked "$run" build
    # The Makefile builds the page, and builds it again when its sources change.
    NEUROGLOW_SKIP_PAGE=1 "$VENV/bin/uv" pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation -e .
    ;;
dev)
    install_locked dev
    ;;
*)
    stop "install.sh takes venv, run or dev"
    ;;
esac
