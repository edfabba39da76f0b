#!/bin/sh
# Writes the lock files anew from pyproject.toml: newest versions, hashes, no addresses. Needs .venv (`make setup`).
# They all agree on versions: each later one is resolved under the ones before it.
set -eu
cd "$(dirname "$0")/.."

lock() {
    output=$1
    shift
    .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make locks" \
        --output-file "requirements/$output" "$@"
}

lock dev.lock pyproject.toml --group dev
lock run.lock pyproject.toml --constraints requirements/dev.lock
lock cuda.lock pyproject.toml --extra cuda --constraints requirements/dev.lock
lock build.lock --group build --constraints requirements/dev.lock
echo uv | lock uv.lock -
