"""Measures for "pixels, edges, corners, objects": how edge-like filters are, and how much units know of the class.

Plain NumPy on what a network has learned: kernels, and activations of rows.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
_ORIENTATIONS = 16
_OFFSETS = 5
_WIDTH = 0.5
"""Pixels over which a template's edge rises: about what a window of pixels can hold of a sharp one."""
_BINS = 8
RANDOM_FILTERS = 2_000


@lru_cache(maxsize=32)
def edges(height: int, width: int) -> NDArray[np.float64]:
    """f64 (templates, height · width): straight edges in all directions and places within a window of pixels, each with
    mean 0 and length 1."""
    down, right = np.mgrid[:height, :width].astype(np.float64)
    down, right = down - (height - 1) / 2, right - (width - 1) / 2
    reach = min(height, width) / 4
    templates = []
    for angle in np.arange(_ORIENTATIONS) * np.pi / _ORIENTATIONS:
        across = right * np.cos(angle) + down * np.sin(angle)
        for offset in np.linspace(-reach, reach, _OFFSETS):
            template = np.tanh((across - offset) / _WIDTH).ravel()
            template -= template.mean()
            templates.append(template / np.linalg.norm(template))
    return np.array(templates)


def edge_share(kernels: Floats) -> NDArray[np.float64]:
    """Kernels (filters, channels, height, width) -> f64 (filters,), 0..1: the share of each filter's energy that its
    best edge explains. One edge for all channels, each with its own contrast; a filter without energy has 0."""
    filters, channels, height, width = kernels.shape
    wide = kernels.reshape(filters, channels, height * width).astype(np.float64)
    explained = np.square(wide @ edges(height, width).T).sum(axis=1).max(axis=1)
    energy = np.square(wide).sum(axis=(1, 2))
    share: NDArray[np.float64] = np.divide(explained, energy, out=np.zeros(filters), where=energy > 0)
    return share


def random_edge_share(channels: int, height: int, width: int, seed: int = 0) -> NDArray[np.float64]:
    """`edge_share` of filters of independent normal numbers, sorted: what chance alone makes of such windows."""
    drawn = np.random.default_rng(seed).normal(size=(RANDOM_FILTERS, channels, height, width))
    return np.sort(edge_share(drawn))


def class_information(activations: Floats, classes: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Activations (rows, units), classes (rows,) -> f64 (units,): how many bits a unit's activation tells of the class,
    by eighths of its values, less the bias of counting (Miller and Madow); 0 where that leaves nothing."""
    bits = [_information(column, classes) for column in np.asarray(activations, np.float64).T]
    told: NDArray[np.float64] = np.maximum(np.array(bits), 0.0)
    return told


def _information(values: NDArray[np.float64], classes: NDArray[np.integer[Any]]) -> float:
    borders = np.unique(np.quantile(values, np.arange(1, _BINS) / _BINS))
    _, bins = np.unique(np.searchsorted(borders, values, side="left"), return_inverse=True)
    _, labels = np.unique(classes, return_inverse=True)
    table = np.zeros((bins.max() + 1, labels.max() + 1))
    np.add.at(table, (bins, labels), 1.0)
    together = _entropy(table.ravel())
    return _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0)) - together


def _entropy(counts: NDArray[np.float64]) -> float:
    """In bits, with the first correction for having counted so few."""
    present = counts[counts > 0]
    shares = present / present.sum()
    plain = -(shares * np.log2(shares)).sum()
    return float(plain + (len(present) - 1) / (2 * present.sum() * np.log(2)))


def class_selectivity(activations: Floats, classes: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Activations (rows, units), none below 0, classes (rows,) -> f64 (units,): (μ − μ′) / (μ + μ′), μ the largest of
    the classes' mean activations and μ′ the mean of the others (Morcos et al. 2018). 0 for a unit that is silent."""
    means = np.array([activations[classes == one].mean(axis=0) for one in np.unique(classes)], np.float64)
    largest = means.max(axis=0)
    others = (means.sum(axis=0) - largest) / (len(means) - 1)
    total = largest + others
    selectivity: NDArray[np.float64] = np.divide(largest - others, total, out=np.zeros_like(total), where=total > 0)
    return selectivity
