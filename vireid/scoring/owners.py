"""The owners' galleries of SYSU-MM01, read from the user's copy of their file of permutations."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vireid.errors import ConfigError, DataError
from vireid.types import Int

FILE = "exp/rand_perm_cam.mat"
"""Where the file lies in the owners' layout."""
VARIABLE = "rand_perm_cam"
EXPECTED = f"expected the owners' {FILE}, version 5 of MATLAB's files"


@dataclass(frozen=True)
class Permutations:
    """Orders of the images of each identity in each camera, for each of several trials."""

    source: str
    """The file's name with a digest of what it holds."""
    cells: Any
    """[C] object arrays by camera from 1, each of arrays [T, n] by identity from 1."""

    def order(self, camera: int, identity: int, images: int, trial: int) -> Int:
        """Return the order in which a trial takes the images of an identity in a camera.

        Args:
            camera: its number, from 1.
            identity: its number, from 1.
            images: n, how many images there are.
            trial: from 0.

        Returns:
            [n] places in the order of the file names, from 0.

        Raises:
            DataError: the file has another number of images, no such trial, or no permutation.
        """
        where = f"{self.source}: camera {camera}, identity {identity}"
        table = self._table(camera, identity)
        count = table.shape[1] if table.ndim == 2 else 0
        if count != images:
            raise DataError(
                f"{where} has {count} images, the data {images}; expected the owners' file and all "
                "images of the test people"
            )
        if trial >= len(table):
            raise ConfigError(
                f"{where} has {len(table)} trials; expected --draws up to as many, not {trial + 1}"
            )
        row = np.asarray(table[trial])
        if not np.array_equal(np.sort(row), np.arange(1, images + 1)):
            raise DataError(
                f"{where}, trial {trial + 1} is no permutation of 1 to {images}: it is damaged"
            )
        return row.astype(np.int64) - 1

    def _table(self, camera: int, identity: int) -> Any:
        """Return the permutations [T, n] of an identity in a camera; none where there are none."""
        nothing = np.empty((0, 0))
        if not 1 <= camera <= len(self.cells) or identity < 1:
            return nothing
        people = np.atleast_1d(np.squeeze(self.cells[camera - 1]))
        return np.asarray(people[identity - 1]) if identity <= len(people) else nothing


def read_permutations(file: Path | str) -> Permutations:
    """Read the owners' file of permutations, which nobody may hand on.

    Args:
        file: ``rand_perm_cam.mat`` of the user's copy of SYSU-MM01.

    Returns:
        The permutations.

    Raises:
        DataError: the file is missing or damaged, or holds something else.
    """
    from scipy.io import loadmat

    path = Path(file).expanduser()
    if not path.is_file():
        raise DataError(
            f"{path} is missing: it comes with SYSU-MM01 from its owners; say where it lies by "
            "--gallery-file, or take --gallery literature"
        )
    try:
        found = loadmat(path).get(VARIABLE)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except Exception as error:  # scipy raises what it likes on damaged files
        reason = " ".join(str(error).split())[:100] or type(error).__name__
        raise DataError(f"{path} cannot be read ({reason}); {EXPECTED}") from error
    if found is None:
        raise DataError(f"{path} holds no {VARIABLE}; {EXPECTED}")
    cells = np.ravel(found)
    if found.dtype != object or not all(_holds_tables(cell) for cell in cells):
        raise DataError(
            f"{path}: {VARIABLE} is {found.dtype} of shape {found.shape}; expected a cell for each "
            "camera, with a cell for each identity, with whole numbers [trials, images]"
        )
    return Permutations(f"{path.name} ({digest})", cells)


def _holds_tables(cell: Any) -> bool:
    """Tell whether the cell of a camera holds an array of whole numbers for each identity."""
    if not isinstance(cell, np.ndarray) or cell.dtype != object:
        return False
    return all(_is_table(one) for one in np.ravel(cell))


def _is_table(one: Any) -> bool:
    """Tell whether an entry holds whole numbers, or nothing."""
    if not isinstance(one, np.ndarray) or one.dtype.kind not in "iuf":
        return False
    return one.size == 0 or (one.ndim == 2 and bool(np.all(one == np.floor(one))))
