"""A gallery of embedded images, in memory and as an npz file."""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np

from vireid.errors import DataError
from vireid.files import whole_file
from vireid.types import Embeddings, Images

FIELDS = ("vectors", "modality", "camera", "paths", "root")


@dataclass(frozen=True)
class Gallery:
    """N embedded images, and where each is from."""

    images: Images
    embeddings: Embeddings

    def __post_init__(self) -> None:
        """Check that there is one embedding for each image."""
        if len(self.images) != len(self.embeddings):
            raise DataError(
                f"{len(self.images)} images with {len(self.embeddings)} embeddings; "
                "expected one for each"
            )


def save_gallery(gallery: Gallery, path: Path) -> None:
    """Write a gallery to an npz file, whole or not at all.

    Args:
        gallery: embeddings [N, D] with their images.
        path: the file; arrays ``vectors`` [N, D] float32, ``modality`` and ``camera`` [N],
            ``paths`` [N] text and ``root``.

    Raises:
        DataError: the file cannot be written.
    """
    with whole_file(path) as whole, whole.open("wb") as file:
        np.savez(
            file,
            vectors=gallery.embeddings.vectors,
            modality=gallery.embeddings.modality,
            camera=gallery.images.camera,
            paths=np.array(gallery.images.paths, dtype=np.str_),
            root=np.array(str(gallery.images.root)),
        )


def load_gallery(path: Path) -> Gallery:
    """Read a gallery that ``save_gallery`` wrote.

    Args:
        path: the npz file.

    Returns:
        The gallery.

    Raises:
        DataError: the file is missing, damaged or lacks an array.
    """
    if not is_zipfile(path):
        raise DataError(f"{path} is missing or no npz file; expected one from `vireid embed`")
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in FIELDS if name not in file]
            if missing:
                raise DataError(
                    f"{path} lacks {', '.join(missing)}; expected a file from `vireid embed`"
                )
            arrays = {name: file[name] for name in FIELDS}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} is no gallery from `vireid embed`: {error}") from error
    if arrays["paths"].ndim != 1:
        raise DataError(f"{path}: paths have shape {arrays['paths'].shape}; expected (N,)")
    paths = tuple(str(name) for name in arrays["paths"])
    root = Path(str(arrays["root"]))
    images = Images(root, paths, arrays["modality"], arrays["camera"])
    return Gallery(images, Embeddings(arrays["vectors"], arrays["modality"]))
