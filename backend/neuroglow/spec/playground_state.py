"""TensorFlow Playground's state: which keys a link may carry, of which type, and how each text is read."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from neuroglow.errors import InvalidInputError

MAX_CHARACTERS = 16_384
"""Of a link. The playground's own, with every key and every control hidden, have about 1,000."""
CHOICES: dict[str, tuple[str, ...]] = {
    "activation": ("tanh", "relu", "sigmoid", "linear"),
    "regularization": ("none", "L1", "L2"),
    "dataset": ("circle", "xor", "gauss", "spiral"),
    "regDataset": ("reg-plane", "reg-gauss"),
    "problem": ("classification", "regression"),
}
"""What each may name, the default first."""
NUMBERS: dict[str, float] = {
    "batchSize": 10,
    "learningRate": 0.03,
    "regularizationRate": 0,
    "noise": 0,
    "percTrainData": 50,
}
FLAGS: dict[str, bool] = {
    "showTestData": False,
    "discretize": False,
    "x": True,
    "y": True,
    "xTimesY": False,
    "xSquared": False,
    "ySquared": False,
    "cosX": False,
    "sinX": False,
    "cosY": False,
    "sinY": False,
    "collectStats": False,
    "initZero": False,
    "hideText": False,
}
TEXTS = ("seed", "tutorial")
SHAPE = "networkShape"
DEFAULT_SHAPE = (4.0, 2.0)
KEYS: frozenset[str] = frozenset({*CHOICES, *NUMBERS, *FLAGS, *TEXTS, SHAPE})
"""All 27."""
HIDE = "_hide"

_SITE = re.compile(r"playground\.tensorflow\.org|tensorflow\.org/playground|tensorflow/playground", re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_PREFIXED = re.compile(r"0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_REPEATED = re.compile(r"\s*([0-9]{1,4})\s*[x×*]\s*([0-9]{1,3})\s*")


@dataclass(frozen=True)
class State:
    """What a link says, defaults for what it does not say; `notes` tell what in it could not be read."""

    given: dict[str, str]
    hidden: frozenset[str]
    shape: tuple[float, ...]
    notes: list[str] = field(default_factory=list)

    def choice(self, key: str) -> str:
        given = self.given.get(key, "")
        return given if given in CHOICES[key] else CHOICES[key][0]

    def number(self, key: str) -> float:
        value = as_number(self.given[key]) if key in self.given else NUMBERS[key]
        return NUMBERS[key] if math.isnan(value) else value

    def flag(self, key: str) -> bool:
        """Any text but `false` is true."""
        return self.given[key] != "false" if key in self.given else FLAGS[key]

    def text(self, key: str) -> str:
        return self.given.get(key, "")


def read_state(text: str) -> State:
    """Total but for one refusal: `InvalidInputError` for what is no link of the playground."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidInputError(f"A playground link has at most {MAX_CHARACTERS} characters", field="/text")
    pairs = dict(_pair(part) for part in _fragment(text).split("&"))
    hidden = {name.removesuffix(HIDE): value for name, value in pairs.items() if name.endswith(HIDE)}
    if not (KEYS & pairs.keys() or hidden or _SITE.search(text)):
        raise InvalidInputError(
            "This is no TensorFlow Playground link: nothing after its # is one of the playground's settings; "
            "copy the whole address",
            field="/text",
        )
    given = {name: value for name, value in pairs.items() if name in KEYS and value is not None and value.strip()}
    notes = [*_strangers(pairs), *_unread(given)]
    shown = frozenset(name for name, value in hidden.items() if value == "true")
    return State(given, shown, _shape(pairs, notes), notes)


def as_number(text: str) -> float:
    """What JavaScript's `Number` makes of it; what is no number is NaN, nothing is 0."""
    text = text.strip()
    if not text:
        return 0.0
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _PREFIXED.fullmatch(text):
        return float(min(int(text, 0), 10**300))
    return {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}.get(text, math.nan)


def plain(value: float) -> str:
    """As people write it: 4, 0.03, not 4.0 or 3e-02."""
    return f"{value:.10g}"


def _fragment(text: str) -> str:
    text = text.strip(" \t\r\n<>\"'`").replace("&amp;", "&")
    # A link that was encoded as a whole, as some messengers do.
    if "=" not in text and "%3d" in text.lower():
        text = unquote(text, errors="replace")
    if "#" not in text:
        text = re.sub("%23", "#", text, count=1)
    if "#" in text:
        return text.partition("#")[2]
    return "" if "://" in text else text


def _pair(part: str) -> tuple[str, str | None]:
    """What stands after a second `=` is lost, as in the playground."""
    name, *rest = part.split("=")
    return unquote(name, errors="replace").strip(), unquote(rest[0], errors="replace") if rest else None


def _strangers(pairs: dict[str, str | None]) -> list[str]:
    names = [name for name in pairs if name and name not in KEYS and not name.endswith(HIDE)]
    if not names:
        return []
    shown = ", ".join(f"'{name[:40]}'" for name in names[:5])
    return [f"The playground has no setting {shown}; left out"]


def _unread(given: dict[str, str]) -> list[str]:
    """Sentences for values that the playground ignores or breaks on."""
    notes = [
        f"{key} '{value[:40]}' is nothing the playground knows; it is {CHOICES[key][0]}"
        for key, value in given.items()
        if key in CHOICES and value not in CHOICES[key]
    ]
    notes += [
        f"{key} '{value[:40]}' is no number; it is {plain(NUMBERS[key])}"
        for key, value in given.items()
        if key in NUMBERS and math.isnan(as_number(value))
    ]
    return notes


def _shape(pairs: dict[str, str | None], notes: list[str]) -> tuple[float, ...]:
    if SHAPE not in pairs:
        return DEFAULT_SHAPE
    text = pairs[SHAPE]
    if text is None:
        notes.append("networkShape has no value; it is 4,2")
        return DEFAULT_SHAPE
    repeated = _REPEATED.fullmatch(text)
    if repeated:
        units, layers = int(repeated[1]), int(repeated[2])
        notes.append(f"networkShape '{text.strip()[:40]}' is read as {layers} layers of {units} neurons")
        return (float(units),) * layers
    return tuple(as_number(part) for part in text.split(",")) if text.strip() else ()
