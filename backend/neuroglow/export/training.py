"""What both scripts say about training in the same words: the constants, the batches, the learning rate's schedule."""

from __future__ import annotations

import re

from neuroglow.spec.datasets import split_counts
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.training import CosineSchedule, ExponentialSchedule, StepSchedule

BATCHES = '''def batches():
    """The rows of every batch, for ever: each epoch shuffles anew."""
    epoch = 0
    while True:
        order = np.random.Generator(np.random.Philox(key=[SEED ^ 0x6261746368, epoch])).permutation(len(X))
        for position in range(0, len(X), BATCH):
            yield order[position : position + BATCH]
        epoch += 1'''
NEEDS = "pip install {} numpy scikit-learn; the number of updates may follow the script's name."
REPORT = "max(1, UPDATES // 20)"


def constants(experiment: Experiment, updates: int) -> list[str]:
    batch = min(experiment.training.batch_size, split_counts(experiment.data)[0])
    return [
        f"UPDATES = int(sys.argv[1]) if len(sys.argv) > 1 else {updates}",
        f"BATCH, LEARNING_RATE = {batch}, {experiment.training.optimizer.learning_rate!r}",
    ]


def is_scheduled(experiment: Experiment) -> bool:
    schedule = experiment.training.schedule
    return schedule.type != "constant" or schedule.warmup > 0


def schedule_section(experiment: Experiment, numpy: str, cast: str) -> list[str]:
    """`factor(done)`: what the learning rate is multiplied with after so many updates. `cast` makes them floats."""
    schedule = experiment.training.schedule
    lines = ["def factor(done):", '    """Of the learning rate, after so many updates."""']
    warmup = schedule.warmup
    if warmup:
        lines.append(f"    since = {numpy}.maximum(done - {warmup}, 0)")
    else:
        lines.append("    since = done")
    since = cast.format("since")
    match schedule:
        case StepSchedule():
            text = f"{schedule.factor!r} ** {cast.format(f'(since // {schedule.every})')}"
        case ExponentialSchedule():
            text = f"{schedule.factor!r} ** ({since} / {schedule.every})"
        case CosineSchedule():
            share = f"{numpy}.minimum({since} / {schedule.updates}, 1.0)"
            fallen = f"0.5 * (1.0 + {numpy}.cos(np.pi * {share}))"
            text = f"{schedule.floor!r} + {1.0 - schedule.floor!r} * {fallen}"
        case _:
            text = "1.0"
    if warmup:
        rising = f"({cast.format('done')} + 1.0) / {warmup}"
        return [*lines, f"    return {numpy}.where(done < {warmup}, {rising}, {text})"]
    return [*lines, f"    return {text}"]


def title(name: str) -> str:
    """The first lines of a script, whose docstring `name` cannot end: it may come from somebody else's file."""
    name = " ".join(re.sub(r"[^\w .,()+-]", " ", name).split())
    return f'"""{name}, as Neuroglow trained it: the same data, first weights, batches and updates.'
