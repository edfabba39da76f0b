"""Small stand-ins for the public sets, in the files that OpenML publishes: put where scikit-learn keeps what it has
downloaded, or served to it."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuroglow.spec.public import PublicSet, public_set

ROWS = 60
HOUSING = (
    "longitude", "latitude", "housingMedianAge", "totalRooms", "totalBedrooms", "population", "households",
    "medianIncome",
)  # fmt: skip
Published = dict[str, bytes]
"""Files by their path on the server."""


def values_of(public: PublicSet) -> tuple[NDArray[np.float64], list[str]]:
    """What is in the file: rows of numbers, and targets as they are written there."""
    rng = np.random.default_rng(public.openml_id)
    if public.image_shape is None:
        return rng.uniform(-120.0, 40_000.0, (ROWS, public.columns)).round(3), [f"{1000.5 * n}" for n in range(ROWS)]
    labels = [str(row % len(public.classes)) for row in range(ROWS)]
    return rng.integers(0, 256, (ROWS, public.columns)).astype(np.float64), labels


def published(name: str, *, md5: str | None = None, changed: tuple[bytes, bytes] = (b"", b"")) -> Published:
    """Everything scikit-learn asks OpenML for of that set; the first of `changed` in its file is the second."""
    public = public_set(name)
    values, targets = values_of(public)
    columns = HOUSING if public.image_shape is None else tuple(f"a{n}" for n in range(public.columns))
    target, kinds = ("medianHouseValue", "NUMERIC") if not public.classes else ("class", "{0,1,2,3,4,5,6,7,8,9}")
    lines = [f"@RELATION {name}", *(f"@ATTRIBUTE {column} NUMERIC" for column in columns)]
    lines += [f"@ATTRIBUTE {target} {kinds}", "@DATA"]
    lines += [",".join([*(f"{v:.9g}" for v in row), label]) for row, label in zip(values, targets, strict=True)]
    content = ("\n".join(lines).encode() + b"\n").replace(*changed, 1)
    features = [
        {
            "index": str(place),
            "name": column,
            "data_type": "nominal" if column == "class" else "numeric",
            "is_target": str(column == target).lower(),
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        for place, column in enumerate((*columns, target))
    ]
    description = {
        "id": str(public.openml_id), "name": name, "version": "1", "status": "active", "format": "ARFF",
        "description": "A stand-in", "url": f"https://www.openml.org/data/v1/download/{public.openml_id}/{name}.arff",
        "md5_checksum": md5 or hashlib.md5(content).hexdigest(),
    }  # fmt: skip
    told: dict[str, Any] = {
        f"api/v1/json/data/{public.openml_id}": {"data_set_description": description},
        f"api/v1/json/data/features/{public.openml_id}": {"data_features": {"feature": features}},
        f"api/v1/json/data/qualities/{public.openml_id}": {
            "data_qualities": {"quality": [{"name": "NumberOfInstances", "value": f"{ROWS}.0"}]}
        },
    }
    files = {path: json.dumps(document).encode() for path, document in told.items()}
    return files | {f"data/v1/download/{public.openml_id}/{name}.arff": content}


def keep_downloaded(data_dir: Path, name: str) -> None:
    """As if a server with this data folder had downloaded the set."""
    for path, content in published(name).items():
        file = data_dir / "public" / name / "openml" / "openml.org" / f"{path}.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content))


NO_NETWORK = {"https_proxy": "http://127.0.0.1:9", "no_proxy": ""}
"""Environment of a server that reaches nothing: on the way out there is only a port where nobody listens."""
