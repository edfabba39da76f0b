"""What presets are there to show: ideas of deep learning in plain words, and the stories that group presets."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

StoryName = Literal["lines", "tasks", "features", "amount", "choices", "depth", "shapes", "inside"]


class Story(BaseModel):
    """`sentence` says the idea in plain words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: StoryName
    title: str
    sentence: str


def _story(name: StoryName, title: str, sentence: str) -> Story:
    return Story(name=name, title=title, sentence=sentence)


STORIES: tuple[Story, ...] = (
    _story("lines", "From lines to networks", "A line is fixed; a network bends as far as its neurons let it"),
    _story("tasks", "What it is asked", "Classes, numbers or the data themselves: each has its loss and its measure"),
    _story("features", "Features", "Good features make any model strong; a network finds its own and lets noise go"),
    _story("amount", "How much data", "A few rows are learned by heart, many teach the rule"),
    _story("choices", "The designer's choices", "Rates, penalties and the start decide whether it learns at all"),
    _story("depth", "Depth", "Hundreds of layers train if signals neither fade nor explode on the way"),
    _story("shapes", "Famous shapes", "What is wired how decides what is easy to learn: windows, skips, memories"),
    _story("inside", "Looking inside", "Every neuron receives signals, transforms them and sends one on; click one"),
)
