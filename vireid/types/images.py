"""Images as files with what cameras know of them, and who is on them, apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from vireid.types.arrays import Int, check_modality, sides, vector


@dataclass(frozen=True, repr=False)
class Images:
    """N image files with what a camera knows of them; no identities."""

    root: Path
    """The folder that the paths are relative to."""
    paths: tuple[str, ...]
    """N paths relative to the root."""
    modality: Int
    """[N] 0 visible, 1 infrared."""
    camera: Int
    """[N] camera numbers; 0 where unknown."""

    def __post_init__(self) -> None:
        """Freeze the arrays and check their lengths and values."""
        object.__setattr__(self, "root", Path(self.root))
        object.__setattr__(self, "paths", tuple(self.paths))
        for name in ("modality", "camera"):
            object.__setattr__(self, name, vector(name, getattr(self, name), len(self.paths)))
        check_modality(self.modality)

    @classmethod
    def of(cls, modality: ArrayLike, camera: ArrayLike | None = None) -> "Images":
        """Describe N images that need no files, such as those of which only features are known.

        Args:
            modality: [N] 0 visible, 1 infrared.
            camera: [N] camera numbers; unknown where not given.

        Returns:
            The images; their number in the order given stands for the path.

        Raises:
            DataError: lengths differ, or values are no modalities or whole numbers.

        >>> Images.of([0, 0, 1], camera=[1, 2, 3])
        Images(2 visible and 1 infrared images, cameras 1, 2, 3)
        """
        kind = vector("modality", modality)
        paths = tuple(f"{number:09d}" for number in range(len(kind)))
        known = np.zeros_like(kind) if camera is None else vector("camera", camera)
        return cls(Path(), paths, kind, known)

    def __len__(self) -> int:
        return len(self.paths)

    def __repr__(self) -> str:
        cameras = ", ".join(str(number) for number in np.unique(self.camera) if number)
        place = f", below {self.root}" if self.root != Path() else ""
        return f"Images({sides(self.modality)}, cameras {cameras or 'unknown'}{place})"

    def subset(self, indices: Sequence[int] | Int) -> "Images":
        """Return the images at the indices [M], in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        paths = tuple(self.paths[i] for i in chosen)
        return Images(self.root, paths, self.modality[chosen], self.camera[chosen])


@dataclass(frozen=True, repr=False)
class Truth:
    """The true identities of N images. Sealed: no room that trains may name it."""

    identities: Int
    """[N] identity numbers."""

    def __post_init__(self) -> None:
        """Freeze the identities."""
        object.__setattr__(self, "identities", vector("identities", self.identities))

    def __len__(self) -> int:
        return len(self.identities)

    def __repr__(self) -> str:
        return f"Truth({len(self):,} images of {len(np.unique(self.identities)):,} identities)"

    def subset(self, indices: Sequence[int] | Int) -> "Truth":
        """Return the identities at the indices [M], in that order."""
        return Truth(self.identities[np.asarray(indices, dtype=np.int64)])
