"""How far to trust each pseudo-label, from its classification loss."""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from vireid.errors import DataError
from vireid.types import Float


def scale_losses(losses: NDArray[np.floating]) -> Float:
    """Bring losses to [0, 1] by their least and greatest value.

    Args:
        losses: [N] per-sample losses; not modified.

    Returns:
        [N] float32; zeros where all losses are equal.

    Raises:
        DataError: losses that are not one finite vector.

    >>> scale_losses(np.array([2.0, 4.0, 3.0])).tolist()
    [0.0, 1.0, 0.5]
    """
    values = np.asarray(losses, dtype=np.float32)
    if values.ndim != 1:
        raise DataError(f"losses have shape {values.shape}; expected (N,)")
    if not np.isfinite(values).all():
        raise DataError("losses hold NaN or infinite values; expected one finite loss a sample")
    if not values.size:
        return values.copy()
    lowest, span = values.min(), np.ptp(values)
    return (values - lowest) / span if span > 0 else np.zeros_like(values)


def label_confidence(losses: NDArray[np.floating], *, generator: np.random.Generator) -> Float:
    """Tell correctly from wrongly labelled samples by their losses (MMM, soft alignment).

    Scaled losses are modelled by two Gaussians; the confidence is the posterior of the one with
    the lower mean. Where that is impossible (fewer than two samples, or all losses equal) every
    label is trusted and a warning is given.

    Args:
        losses: [N] classification losses of one modality; not modified. Losses of several views
            can be scaled each by itself with ``scale_losses`` and then be joined.
        generator: source of the mixture's start.

    Returns:
        [N] float32 in [0, 1].

    Raises:
        DataError: losses that are not one finite vector.
    """
    scaled = scale_losses(losses)
    if not scaled.any():
        warnings.warn(
            f"{len(scaled)} losses without differences tell nothing of their labels; "
            "all labels are trusted",
            stacklevel=2,
        )
        return np.ones(len(scaled), dtype=np.float32)
    return low_loss_posterior(scaled, seed=int(generator.integers(1 << 32)))


def low_loss_posterior(scaled: NDArray[np.floating], *, seed: int) -> Float:
    """Fit two Gaussians to scaled losses; the posterior of the one with the lower mean.

    Args:
        scaled: [N] losses in [0, 1], not all equal; not modified.
        seed: start of the mixture, in [0, 2**32).

    Returns:
        [N] float32 in [0, 1].
    """
    mixture = GaussianMixture(
        n_components=2, max_iter=100, tol=1e-2, reg_covar=5e-4, random_state=seed
    )
    column = np.asarray(scaled)[:, None]
    posterior = mixture.fit(column).predict_proba(column)
    low = posterior[:, mixture.means_[:, 0].argmin()]
    return np.clip(low, 0, 1).astype(np.float32)
