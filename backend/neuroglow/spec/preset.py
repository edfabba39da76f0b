"""What a preset is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from neuroglow.spec.experiment import Experiment
from neuroglow.spec.stories import StoryName


class Preset(BaseModel):
    """An experiment that opens in one click, and the sentence it makes visible."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    sentence: str
    story: StoryName
    experiment: Experiment
