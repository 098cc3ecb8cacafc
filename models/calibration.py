"""Chances that mean what they say: a straight line on the log-odds, read on later time than the model was."""

import numpy as np

LEAST_FOR_A_SLOPE = 100  # outcomes; with fewer, only the level is corrected and the slope stays 1


def platt(margin: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept (Platt, 1999) that turn raw scores into chances, by maximum likelihood.

    The slope is never negative: calibration may not turn the ranking round. With one class only, nothing changes.
    """
    if y.min() == y.max():
        return 1.0, 0.0
    slope, intercept = 1.0, 0.0
    free = min(y.sum(), len(y) - y.sum()) >= LEAST_FOR_A_SLOPE
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(slope * margin + intercept)))
        weight = np.maximum(p * (1 - p), 1e-12)
        step = _newton_step(margin if free else np.zeros_like(margin), weight, y - p)
        slope, intercept = slope + step[0], intercept + step[1]
        if np.abs(step).max() < 1e-10:
            break
    return float(max(slope, 0.05)), float(intercept)


def _newton_step(x: np.ndarray, weight: np.ndarray, residual: np.ndarray) -> np.ndarray:
    hessian = np.array(
        [[(weight * x * x).sum() + 1e-9, (weight * x).sum()], [(weight * x).sum(), weight.sum()]]
    )
    gradient = np.array([(residual * x).sum(), residual.sum()])
    return np.asarray(np.linalg.solve(hessian, gradient))
