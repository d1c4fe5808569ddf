"""From a path to its images, whichever of the known layouts it has."""

from pathlib import Path

import numpy as np

from vireid.data.folder import DataFolder, list_images, no_images
from vireid.data.manifest import read_manifest
from vireid.data.sysu import read_sysu
from vireid.errors import DataError
from vireid.types import Images, Modality

MANIFESTS = ("manifest.csv", "manifest.parquet")

EXPECTED = (
    "a manifest (manifest.csv, manifest.parquet or another .csv or .parquet file), "
    "exp/ with cam1/ .. cam6/ (SYSU-MM01), or visible/ and infrared/"
)


def open_data(path: Path | str) -> DataFolder:
    """Open images in any known layout; a manifest goes before the others.

    Known are a manifest (see `read_manifest`), SYSU-MM01 (see `read_sysu`) and two folders
    `visible` and `infrared` (see `read_two_folders`).

    Args:
        path: a manifest file, or a folder.

    Returns:
        Training and test images, with identities where the layout has them.

    Raises:
        DataError: where the path is missing or has no known layout, or what it holds is
            faulty.
        ConfigError: where a Parquet manifest is given and pyarrow is not installed.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path} does not exist; expected {EXPECTED}")
    if path.is_file():
        if path.suffix.lower() in (".csv", ".parquet"):
            return read_manifest(path)
        raise DataError(f"{path} is no manifest; expected a folder, or a .csv or .parquet file")
    for name in MANIFESTS:
        if (path / name).is_file():
            return read_manifest(path / name)
    if _is_sysu(path):
        return read_sysu(path)
    if _is_two_folders(path):
        return read_two_folders(path)
    raise DataError(f"{path} has no known layout: {_contents(path)}; expected {EXPECTED}")


def has_layout(path: Path) -> bool:
    """Tell whether a folder is a data set in one of the known layouts.

    Args:
        path: a folder.

    Returns:
        True where ``open_data`` would read it, faults apart.
    """
    manifest = any((path / name).is_file() for name in MANIFESTS)
    return manifest or _is_sysu(path) or _is_two_folders(path)


def _is_sysu(path: Path) -> bool:
    return (path / "exp").is_dir() and any(path.glob("cam[1-6]"))


def _is_two_folders(path: Path) -> bool:
    return all((path / kind.name.lower()).is_dir() for kind in Modality)


def read_two_folders(root: Path | str) -> DataFolder:
    """Read all images below `visible` and `infrared` as training images without identities.

    Cameras are unknown (0). Images are ordered by path, visible ones first; hidden files and
    folders are skipped. No image is opened.

    Args:
        root: the folder that holds the two.

    Returns:
        The training images; no test images.

    Raises:
        DataError: where one of the two folders holds no image.
    """
    root = Path(root)
    paths: list[str] = []
    modality: list[int] = []
    for kind in Modality:
        folder = kind.name.lower()
        found = [f"{folder}/{path}" for path in list_images(root / folder)]
        paths.extend(found)
        modality.extend([kind] * len(found))
    kinds = np.array(modality, dtype=np.int64)
    train = Images(root, tuple(paths), kinds, np.zeros_like(kinds))
    return DataFolder(root.resolve().name, train, no_images(root))


def _contents(folder: Path) -> str:
    """Name the first few things in a folder."""
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return "it is empty"
    return f"it holds {', '.join(names[:5])}" + (" and more" if len(names) > 5 else "")
