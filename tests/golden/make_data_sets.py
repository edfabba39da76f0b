"""Write `data_sets.json`: the facts of data whose shape is chosen in the experiment, as the server knows them.

`tests/unit/test_data_sets_golden.py` compares it with the server, `frontend/src/lib/state/data.test.ts` with the page,
which draws a network before the server has answered. Run this when the meaning of `spec/datasets.py` changes on
purpose.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import AnyData, DataSpec
from neuroglow.spec.datasets import facts, input_shape, offered_inputs, output_count, split_counts
from neuroglow.spec.sequences import SEQUENCES

PATH = Path(__file__).with_name("data_sets.json")
DOCUMENTS: tuple[dict[str, Any], ...] = (
    {"source": "bundled", "name": "digits"},
    {"source": "bundled", "name": "digits", "size": 8},
    {"source": "bundled", "name": "digits", "size": 16, "noise_columns": 1},
    {"source": "bundled", "name": "digits", "train_fraction": 0.37, "augmentation": {"copies": 3}},
    {"source": "pictures"},
    {"source": "pictures", "objects": "shapes", "samples": 55},
    *({"source": "sequences", "name": name} for name in SEQUENCES),
    *({"source": "sequences", "name": name, "length": 7, "samples": 33} for name in SEQUENCES),
    {"source": "text"},
    {"source": "text", "length": 7, "stride": 3, "train_fraction": 0.37},
    {"source": "text", "text": "Ein Männlein 𝛼 steht\nim Walde ganz still 𝛽.", "length": 5, "stride": 1},
    {"source": "text", "text": "".join(map(chr, range(0x1F600, 0x1F600 + 150))) * 2, "length": 5, "stride": 9},
)


def cases() -> list[dict[str, Any]]:
    return [_case(document) for document in DOCUMENTS]


def _case(document: dict[str, Any]) -> dict[str, Any]:
    data: AnyData = checked_data(parse(TypeAdapter(DataSpec), document), at="/data")
    return {
        "data": data.to_document(),
        "facts": facts(data).model_dump(mode="json", exclude_none=True),
        "inputs": list(offered_inputs(data)),
        "input_shape": list(input_shape(data)),
        "outputs": output_count(data),
        "rows": list(split_counts(data)),
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(cases(), ensure_ascii=False) + "\n")
