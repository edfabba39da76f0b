"""Presets by name. They are listed in `spec.gallery` and `spec.architectures`."""

from __future__ import annotations

from neuroglow.errors import NotFoundError
from neuroglow.spec.architectures import ARCHITECTURES
from neuroglow.spec.gallery import GALLERY
from neuroglow.spec.preset import Preset

PRESETS: tuple[Preset, ...] = GALLERY + ARCHITECTURES
FIRST_PRESET = "spiral"
"""What a first visit opens."""

_BY_NAME = {preset.name: preset for preset in PRESETS}


def preset(name: str) -> Preset:
    """The preset of that name, or `NotFoundError`."""
    if name not in _BY_NAME:
        raise NotFoundError(f"No preset '{name[:64]}'; there are {', '.join(_BY_NAME)}", field="/preset")
    return _BY_NAME[name]
