"""The loss of every row as source, for `jax.numpy` and for `keras.ops`, whose functions have the same names."""

from __future__ import annotations

from neuroglow.spec.datasets import facts, output_count
from neuroglow.spec.experiment import Experiment


def loss_section(experiment: Experiment, numpy: str, one_hot: str, logsumexp: str) -> list[str]:
    """`losses(z, y)`: z (rows, outputs) before the output's activation, y (rows,) or (rows, outputs) -> (rows,).

    `one_hot` is a template of the labels and the number of classes.
    """
    about = facts(experiment.data)
    training = experiment.training
    has_classes = about.task == "classification"
    classes = len(about.classes)
    loss = training.loss if training.loss != "auto" else "cross_entropy" if has_classes else "squared_error"
    hot = one_hot.format(classes=classes)
    is_class_loss = loss in ("cross_entropy", "focal", "hinge")
    if is_class_loss and classes > 2:
        lines = [f"    hot = {hot}", *_of_many(loss, numpy, logsumexp, training.loss_parameters.gamma)]
    elif is_class_loss:
        lines = _of_two(loss, numpy, training.loss_parameters.gamma)
    else:
        lines = [
            *_residuals(experiment, numpy, hot, has_classes=has_classes),
            f"    each = {_of_residuals(loss, numpy, training.loss_parameters.delta)}",
            f"    rows = {numpy}.{'sum' if has_classes else 'mean'}(each, axis=1)",
        ]
    weighted = training.class_weights == "balanced" and has_classes
    result = f"rows * {numpy}.take(CLASS_WEIGHTS, {_integers(one_hot)})" if weighted else "rows"
    before = _class_weights(classes) if weighted else []
    return [*before, "def losses(z, y):", '    """Of every row."""', *lines, f"    return {result}"]


def _integers(one_hot: str) -> str:
    """The labels as integers, as `one_hot` writes them."""
    return one_hot.partition("(")[2].rpartition(",")[0]


def _class_weights(classes: int) -> list[str]:
    return [
        f"counts = np.bincount(Y.astype(int), minlength={classes})",
        "CLASS_WEIGHTS = (counts.sum() / (len(counts) * np.maximum(counts, 1))).astype(np.float32)",
        "",
        "",
    ]


def _of_two(loss: str, numpy: str, gamma: float) -> list[str]:
    if loss == "cross_entropy":
        return [f"    rows = {numpy}.logaddexp(0.0, z[:, 0]) - y * z[:, 0]"]
    side = "    side = z[:, 0] * (2.0 * y - 1.0)"
    if loss == "hinge":
        return [side, f"    rows = {numpy}.maximum(0.0, 1.0 - side)"]
    right, wrong = f"{numpy}.logaddexp(0.0, -side)", f"{numpy}.logaddexp(0.0, side)"
    return [side, f"    rows = {numpy}.exp(-{gamma!r} * {wrong}) * {right}"]


def _of_many(loss: str, numpy: str, logsumexp: str, gamma: float) -> list[str]:
    true = f"{numpy}.sum(z * hot, axis=1)"
    others = f"{numpy}.where(hot > 0, -1e30, z)"
    if loss == "cross_entropy":
        return [f"    rows = {logsumexp}(z, axis=1) - {true}"]
    if loss == "hinge":
        return [f"    rows = {numpy}.maximum(0.0, 1.0 + {numpy}.max({others}, axis=1) - {true})"]
    return [
        f"    everything = {logsumexp}(z, axis=1)",
        f"    wrong = {logsumexp}({others}, axis=1) - everything",
        f"    rows = {numpy}.exp({gamma!r} * wrong) * (everything - {true})",
    ]


def _residuals(experiment: Experiment, numpy: str, hot: str, *, has_classes: bool) -> list[str]:
    if not has_classes:
        target = "y" if experiment.data.goal == "reconstruct" else "y[:, None]"
        return [f"    error = z - {target}"]
    if output_count(experiment.data) == 1:
        return [f"    error = {numpy}.tanh(z) - (2.0 * y - 1.0)[:, None]"]
    return [f"    error = {numpy}.tanh(z) - (2.0 * {hot} - 1.0)"]


def _of_residuals(loss: str, numpy: str, delta: float) -> str:
    size = f"{numpy}.abs(error)"
    return {
        "squared_error": "0.5 * error**2",
        "absolute_error": size,
        "huber": f"{numpy}.where({size} <= {delta!r}, 0.5 * error**2, {delta!r} * ({size} - 0.5 * {delta!r}))",
        "log_cosh": f"{numpy}.logaddexp(error, -error) - {numpy}.log(2.0)",
    }[loss]
