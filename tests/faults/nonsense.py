"""Hypothesis strategies for messages that are wrong in every way there is, and some that are right by chance."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

SAMPLES: list[dict[str, Any]] = [
    {"type": "hello", "protocol": 1, "token": "x"},
    {"type": "control", "request": 1, "action": "play", "updates_per_second": 100.0},
    {"type": "control", "request": 1, "action": "pause"},
    {"type": "control", "request": 1, "action": "step", "updates": 3},
    {"type": "control", "request": 1, "action": "rewind"},
    {"type": "edit", "request": 1, "base": 0, "patch": [{"op": "replace", "path": "/training/seed", "value": 1}]},
    {"type": "edit", "request": 1, "base": 1, "patch": [{"op": "move", "from": "/network", "path": "/network/x"}]},
    {"type": "set_weights", "request": 1, "cells": [{"layer": "output", "unit": 0, "source": 1, "value": 0.5}]},
    {"type": "rate_test", "request": 1, "low": 0.001, "high": 1.0, "steps": 12},
    {"type": "subscribe", "request": 1, "stream": "maps", "layers": ["dense_1"], "units": [0, 2], "resolution": 10},
    {"type": "subscribe", "request": 1, "stream": "activations", "sample": {"values": [0.5, -1.0]}, "max_fps": 5},
    {"type": "subscribe", "request": 1, "stream": "unit", "layer": "dense_1", "unit": 0},
    {"type": "subscribe", "request": 1, "stream": "inside", "layer": "dense_1"},
    {"type": "subscribe", "request": 1, "stream": "backward", "layer": "output"},
    {"type": "subscribe", "request": 1, "stream": "update", "layer": "output"},
    {"type": "subscribe", "request": 1, "stream": "projection", "layer": "x", "count": 20, "components": 3},
    {"type": "subscribe", "request": 1, "stream": "weights", "layers": "all", "max_cells": 16},
    {"type": "subscribe", "request": 1, "stream": "predictions", "split": "train", "from": 0, "count": 5},
    {"type": "subscribe", "request": 1, "stream": "judgement", "split": "train"},
    {"type": "subscribe", "request": 1, "stream": "codes", "layer": "dense_1", "count": 10},
    {"type": "subscribe", "request": 1, "stream": "explanation", "method": "occlusion", "window": 2, "output": 1},
    {"type": "subscribe", "request": 1, "stream": "importance", "layers": ["dense_1"], "count": 20},
    {"type": "subscribe", "request": 1, "stream": "excites", "layer": "dense_1", "unit": 0, "top": 3},
    {"type": "subscribe", "request": 1, "stream": "ideal", "layer": "dense_1", "unit": 0, "steps": 3},
    {"type": "subscribe", "request": 1, "stream": "influence", "layer": "dense_1", "unit": 0, "source": None},
    {"type": "subscribe", "request": 1, "stream": "mislabelled", "count": 20},
    {"type": "subscribe", "request": 1, "stream": "statistics"},
    {"type": "subscribe", "request": 1, "stream": "distributions", "layer": "dense_1"},
    {"type": "unsubscribe", "request": 1, "channel": "c1"},
    {"type": "ack", "seq": 1},
]
"""One of each kind. Edits are built on revisions that soon are old, so few of them make the engine compile."""

TRICKS: list[str] = [
    "",
    " ",
    "\ufeff{}",
    "\0",
    "null",
    "true",
    "1",
    '"text"',
    "[]",
    "[[[[[[[[]]]]]]]]",
    "{}",
    "{" * 50_000,
    "[" * 100_000,
    '{"type":' * 40 + "1" + "}" * 40,
    '\\"' * 100_000,
    '"' + "\\" * 99_999,
    '{"type":"control","request":1,"request":2,"action":"play"}',
    '{"type":"control","type":"ack","seq":1}',
    '{"type":"control","request":NaN,"action":"play"}',
    '{"type":"control","request":Infinity,"action":"play"}',
    '{"type":"control","request":1,"action":"step","updates":1e999}',
    '{"type":"control","request":1,"action":"play","updates_per_second":-0.0}',
    '{"type":"control","request":1,"action":"step","updates":' + "9" * 100_000 + "}",
    '{"type":"control","request":1.0,"action":"pause"}',
    '{"type":"control","request":true,"action":"pause"}',
    '{"type":"control","request":"1","action":"pause"}',
    '{"type":"control","request":-1,"action":"pause"}',
    '{"type":"control","request":9007199254740992,"action":"pause"}',
    '{"type":"control","request":1,"action":"pause",}',
    '{"type":"control","request":1,"action":"pause"} x',
    "{'type':'control','request':1,'action':'pause'}",
    '{"type":"control","request":1,"action":"pause"/* */}',
    '{"type":"unsubscribe","request":1,"channel":"\\ud800"}',
    '{"type":"unsubscribe","request":1,"channel":"\\u0000"}',
    '{"type":"subscribe","request":1,"stream":"unit","layer":"__import__(\'os\')","unit":0}',
    '{"type":"subscribe","request":1,"stream":"unit","layer":"../../x","unit":2147483647}',
    '{"type":"subscribe","request":1,"stream":"activations","sample":{"values":[1e308,-1e308]}}',
    '{"type":"subscribe","request":1,"stream":"maps","units":[5,1]}',
    '{"type":"edit","request":1,"base":1,"patch":[' + ",".join(['{"op":"copy","from":"","path":"/a"}'] * 512) + "]}",
    '{"type":"edit","request":1,"base":1,"patch":[{"op":"replace","path":"","value":null}]}',
    '{"__proto__":{"type":"control"},"request":1}',
    json.dumps({"type": "hello", "protocol": 1, "token": "x" * 250_000}),
]

WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["all", "output", "dense_1", "__import__('os')", "../../x", "c1", "type", "\0", "𝕏", "\u202e"]),
    st.lists(st.integers(-5, 5), max_size=4),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A message with some of its members replaced, removed or added."""
    message = dict(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from([*message, "request", "type", "extra", "stream"]))
        match draw(st.sampled_from(["replace", "remove", "add", "swap"])):
            case "remove":
                message.pop(name, None)
            case "swap":
                other = draw(st.sampled_from(SAMPLES))
                message[name] = other.get(name, draw(WRONG))
            case _:
                message[name] = draw(WRONG)
    return message


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """The bytes of a message with some of them changed, dropped or doubled: often not JSON, sometimes not UTF-8."""
    data = bytearray(json.dumps(draw(st.one_of(st.sampled_from(SAMPLES), mutated()))).encode())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["insert", "delete", "double"])):
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=3))
            case "delete":
                del data[at : at + draw(st.integers(1, 5))]
            case _:
                data[at:at] = data[at : at + 10]
    return bytes(data)


MESSAGES: st.SearchStrategy[bytes] = st.one_of(
    mutated().map(lambda message: json.dumps(message).encode()),
    mangled(),
    st.sampled_from(TRICKS).map(lambda text: text.encode(errors="surrogatepass")),
)
"""Payloads of text frames."""
