"""One damaged image: as Pillow reads it, refused, or wrong."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from fuzzing.damage import damaged
from fuzzing.image_oracle import expected
from fuzzing.outcome import Outcome, refusal
from fuzzing.pictures import pictures

Decode = Callable[[Path], np.ndarray]


def damaged_image(number: int) -> tuple[str, bytes]:
    """Make the damaged image of a number.

    Args:
        number: any; the same one gives the same image.

    Returns:
        What it was made of, and its bytes.
    """
    rng = np.random.default_rng([14, number])
    made = pictures(number // 40)
    names = list(made)
    name = names[number % len(names)]
    return name, damaged(made[name], made[names[int(rng.integers(len(names)))]], rng)


def try_image(decode: Decode, data: bytes, file: Path) -> Outcome:
    """Decode an image and compare it with Pillow's.

    Args:
        decode: the decoder.
        data: the image's bytes.
        file: where they are put; it does not outlive the call.

    Returns:
        What became of it.
    """
    file.write_bytes(data)
    right = expected(file)
    try:
        found = decode(file)
    except Exception as error:
        return refusal(error, right is not None)
    finally:
        file.unlink()
    if right is None:
        return Outcome("fault", f"read as {found.shape}, which Pillow refuses")
    tried = [_compared(found, one) for one in right.turned()]
    return next((one for one in tried if one.kind == "equal"), tried[0])


def _compared(found: np.ndarray, right: np.ndarray) -> Outcome:
    if found.dtype != np.uint8 or found.shape != (*right.shape[:2], 3):
        return Outcome("fault", f"{found.dtype} {found.shape}, for {right.dtype} {right.shape}")
    if right.ndim == 2:
        return _compared_deep(found, right)
    if not np.array_equal(found, right):
        return Outcome("fault", f"{(found != right).any(2).sum()} pixels differ from Pillow's")
    return Outcome("equal")


def _compared_deep(found: np.ndarray, right: np.ndarray) -> Outcome:
    """Compare levels of more than 8 bits, whose scale is the reader's: their order must stay."""
    if (found != found[..., :1]).any():
        return Outcome("fault", "a grey image has become coloured")
    numbers = ~np.isnan(right)
    if found[~numbers].any():
        return Outcome("fault", "what is no number is not black")
    values, levels = right[numbers], found[..., 0][numbers].astype(int)
    order = np.argsort(values, kind="stable")
    if (np.diff(levels[order]) < 0).any():
        return Outcome("fault", "levels of more than 8 bits are in another order")
    if np.diff(levels[order])[values[order][1:] == values[order][:-1]].any():
        return Outcome("fault", "equal levels of more than 8 bits have become different")
    return Outcome("equal")
