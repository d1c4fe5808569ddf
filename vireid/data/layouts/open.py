"""From a path to its images, whichever of the known layouts it has."""

import os
from collections.abc import Callable
from pathlib import Path

from vireid.data.folder import DataFolder
from vireid.data.layouts.llcm import scan_llcm
from vireid.data.layouts.manifest import scan_manifest
from vireid.data.layouts.modalities import modality_of
from vireid.data.layouts.paths import shown
from vireid.data.layouts.problems import Scan
from vireid.data.layouts.regdb import FOLDS, scan_regdb
from vireid.data.layouts.sysu import scan_sysu
from vireid.data.layouts.two_folders import scan_two_folders
from vireid.data.walking import listing
from vireid.errors import ConfigError, DataError, some
from vireid.types import Modality

MANIFESTS = ("manifest.csv", "manifest.parquet")

EXPECTED = (
    "a manifest (manifest.csv, manifest.parquet or another .csv or .parquet file), idx/ with "
    "Visible/ and Thermal/ (RegDB), idx/ with vis/, nir/, test_vis/ and test_nir/ (LLCM), "
    "exp/ with cam1/ .. cam6/ (SYSU-MM01), or visible/ and infrared/"
)

LOOKED_AT = 100
"""How many entries of a folder are looked at for data below it."""

_REGDB = ("Visible", "Thermal")
_REGDB_LIST = "idx/t*_thermal_*.txt"
_LLCM = ("vis", "nir", "test_vis", "test_nir", "idx/train_vis.txt", "idx/train_nir.txt")


def open_data(path: Path | str, *, fold: int | None = None) -> DataFolder:
    """Open images in any known layout; a manifest goes before the others.

    Known are a manifest (see `read_manifest`), SYSU-MM01 (see `read_sysu`), RegDB (see
    `read_regdb`), LLCM (see `read_llcm`) and two folders `visible` and `infrared` (see
    `read_two_folders`).

    Args:
        path: a manifest file, or a folder.
        fold: which of the ten folds of RegDB, 1 to 10; the first if not given. For RegDB's
            layout only.

    Returns:
        Training and test images, with identities where the layout has them.

    Raises:
        DataError: where the path is missing or has no known layout, or what it holds is
            faulty.
        ConfigError: where a fold is given and does not apply or exist, or a Parquet manifest is
            given and pyarrow is not installed.
    """
    return scan_data(path, fold=fold).accepted()


def scan_data(path: Path | str, *, fold: int | None = None) -> Scan:
    """Read what can be read of images in any known layout, and note what is wrong.

    Args:
        path: as for ``open_data``.
        fold: as for ``open_data``.

    Returns:
        The images that are there, and the problems.

    Raises:
        DataError: where the path is missing or has no known layout, or a manifest is no table.
        ConfigError: as for ``open_data``.
    """
    path = Path(path)
    reader = _reader_of(path)
    if reader is scan_regdb:
        return scan_regdb(path, 1 if fold is None else fold)
    if fold is not None:
        raise ConfigError(
            f"fold {fold} is given; only RegDB's layout has folds, {path} has not: leave --fold out"
        )
    return reader(path)


def scan_folds(path: Path | str) -> tuple[Scan, ...]:
    """Read what can be read of all folds of a data set, and note what is wrong.

    Args:
        path: as for ``open_data``.

    Returns:
        Ten for RegDB's layout, one for the others.

    Raises:
        DataError: as for ``scan_data``.
        ConfigError: where a Parquet manifest is given and pyarrow is not installed.
    """
    path = Path(path)
    reader = _reader_of(path)
    if reader is scan_regdb:
        return tuple(scan_regdb(path, fold) for fold in range(1, FOLDS + 1))
    return (reader(path),)


def has_layout(path: Path) -> bool:
    """Tell whether a folder is a data set in one of the known layouts.

    Args:
        path: a folder.

    Returns:
        True where ``open_data`` would read it, faults apart.
    """
    return _reader(path) is not None


def _reader_of(path: Path) -> Callable[[Path], Scan]:
    """Return what reads a file or folder, which must be there and have a known layout."""
    if not path.exists():
        raise DataError(f"{path} does not exist; expected {EXPECTED}")
    if path.is_file() and path.suffix.lower() not in (".csv", ".parquet"):
        raise DataError(f"{path} is no manifest; expected a folder, or a .csv or .parquet file")
    reader = _reader(path)
    if reader is None:
        raise DataError(
            f"{path} has no known layout: {_contents(path)}{_elsewhere(path) or _renaming(path)}; "
            f"expected {EXPECTED}"
        )
    return reader


def _reader(path: Path) -> Callable[[Path], Scan] | None:
    """Return what reads a file or folder, by the names in it."""
    if path.is_file():
        return scan_manifest
    for name in MANIFESTS:
        if (path / name).is_file():
            return lambda folder: scan_manifest(folder / name)
    if (path / "exp").is_dir() and any(path.glob("cam[1-6]")):
        return scan_sysu
    if (path / "idx").is_dir():
        if any((path / name).exists() for name in _REGDB) or any(path.glob(_REGDB_LIST)):
            return scan_regdb
        if any((path / name).exists() for name in _LLCM):
            return scan_llcm
    if all((path / kind.name.lower()).is_dir() for kind in Modality):
        return scan_two_folders
    return None


def _contents(folder: Path) -> str:
    """Name the first few things in a folder."""
    names = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    if not names:
        return "it is empty"
    return f"it holds {', '.join(names[:5])}" + (" and more" if len(names) > 5 else "")


def _renaming(folder: Path) -> str:
    """Say what two folders of a user's own images are to be called, or which link is broken."""
    found = listing(folder)
    broken = [f"{shown(name)} {why}" for name, why in found.faults if name]
    if broken:
        return f"; {some(broken)}"
    if len(found.folders) != 2:
        return ""
    names = sorted(found.folders)
    meant = {name: modality_of(name) for name in names}
    if {*meant.values()} == {*Modality}:
        kinds = {name: Modality(kind or 0).name.lower() for name, kind in meant.items()}
        new = [f"{shown(name)} to {kind}" for name, kind in kinds.items()]
        return f"; rename {' and '.join(new)}"
    return f"; rename the two, {' and '.join(map(shown, names))}, to visible and infrared"


def _elsewhere(folder: Path) -> str:
    """Point to the data in a folder below, up to two levels deep, or in the one above."""
    below = [path for path in _folders(folder) if has_layout(path)]
    if not below:
        below = [deep for path in _folders(folder) for deep in _folders(path) if has_layout(deep)]
    if len(below) > 1:
        return f"; {some([str(path) for path in below])} look like data sets, give one of them"
    if below:
        return f"; {below[0]} looks like a data set, give that"
    above = folder.resolve().parent
    return f"; {above} looks like a data set, give that" if has_layout(above) else ""


def _folders(path: Path) -> list[Path]:
    """Return the first folders in a folder, by name; none where it may not be read."""
    try:
        found = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        return [
            entry for entry in found[:LOOKED_AT] if entry.is_dir() and os.access(entry, os.R_OK)
        ]
    except OSError:
        return []
