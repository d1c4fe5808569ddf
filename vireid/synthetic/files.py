"""How the images of each layout are called, and which lists go with them."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from vireid.seeds import generator
from vireid.synthetic.camera import Camera, view_of
from vireid.synthetic.picture import Picture
from vireid.synthetic.rig import Layout
from vireid.synthetic.settings import SyntheticSettings
from vireid.types import Modality

FOLDS = 10
"""Splits of RegDB's layout."""
HEADER = ("path", "modality", "camera", "identity", "split", "track")
"""Columns of the manifest."""

Row = Sequence[str]
"""Path, identity, camera, modality and track of an image, and more: a row of factors.csv."""
Files = Iterator[tuple[str, str]]
"""Names of text files and what they hold."""

PATTERNS = {
    "sysu": ("cam[1-6]/[0-9][0-9][0-9][0-9]/[0-9][0-9][0-9][0-9].jpg",),
    "manifest": ("images/[0-9][0-9][0-9][0-9]/camera[1-9]*-[0-9][0-9].jpg",),
    "regdb": tuple(f"{folder}/*/person_*_[vt]_*.bmp" for folder in ("Visible", "Thermal")),
    "llcm": (
        *(f"{word}/[0-9][0-9][0-9][0-9]/*_c0[1-9]_s*_f*_{word}.jpg" for word in ("vis", "nir")),
        *(f"test_{word}/cam[1-9]/*/*_c0[1-9]_s*_f*_{word}.jpg" for word in ("vis", "nir")),
    ),
}
"""What the images that a killed run left look like."""


def image_name(settings: SyntheticSettings, identity: int, picture: Picture, number: int) -> str:
    """Return where an image goes.

    Args:
        settings: the data set's settings.
        identity: number of the identity, 1 or more.
        picture: the image.
        number: its number in its track, from 1.

    Returns:
        The path relative to the data set's folder; its ending tells the format.
    """
    return _NAMES[settings.layout](settings, identity, picture, number)


def _sysu(_: SyntheticSettings, identity: int, picture: Picture, number: int) -> str:
    return f"cam{picture.camera.file_number}/{identity:04d}/{number:04d}.jpg"


def _manifest(_: SyntheticSettings, identity: int, picture: Picture, number: int) -> str:
    return f"images/{identity:04d}/camera{picture.camera.file_number}-{number:02d}.jpg"


def _regdb(_: SyntheticSettings, identity: int, picture: Picture, number: int) -> str:
    folder = "Visible" if picture.camera.modality == Modality.VISIBLE else "Thermal"
    side = "back" if view_of(picture.track.yaw) == "back" else "front"
    frame = f"{100 * identity + number:06d}"
    return f"{folder}/{identity}/person_{side}_{folder[0].lower()}_{frame}_{identity}.bmp"


def _llcm(settings: SyntheticSettings, identity: int, picture: Picture, number: int) -> str:
    camera = picture.camera.file_number
    word = _word(picture.camera)
    folder = f"test_{word}/cam{camera}" if settings.people.is_test(identity) else word
    track = 100 * identity + picture.camera.number
    name = f"{identity:04d}_c{camera:02d}_s{track:06d}_f{10 * number:04d}_{word}.jpg"
    return f"{folder}/{identity:04d}/{name}"


def _word(camera: Camera) -> str:
    return "vis" if camera.modality == Modality.VISIBLE else "nir"


_NAMES: dict[Layout, Callable[[SyntheticSettings, int, Picture, int], str]] = {
    "sysu": _sysu,
    "manifest": _manifest,
    "regdb": _regdb,
    "llcm": _llcm,
}


def lists(settings: SyntheticSettings, rows: Sequence[Row]) -> Files:
    """Yield the lists that the layout demands.

    Args:
        settings: the data set's settings.
        rows: factors of all images, by identity, camera and number.

    Yields:
        Names relative to the data set's folder, and texts.
    """
    return _LISTS[settings.layout](settings, rows)


def _line(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers)) + "\n"


def _parts(settings: SyntheticSettings) -> tuple[list[int], list[int]]:
    """Return the identities to train on, then those to test on."""
    everybody, roles = settings.people.everybody, settings.people.roles or {}
    test = [identity for identity in everybody if settings.people.is_test(identity)]
    unlisted = {identity for identity, role in roles.items() if role == "unused"}
    return sorted({*everybody} - {*test} - unlisted), test


def _sysu_lists(settings: SyntheticSettings, _: Sequence[Row]) -> Files:
    train, test = _parts(settings)
    first = settings.identities - max(1, settings.identities // 8)
    place, roles = settings.people.stand_ins, settings.people.roles
    held_out = {
        k for k in train if (place.get(k, k) > first if roles is None else roles[k] == "val")
    }
    yield "exp/train_id.txt", _line([k for k in train if k not in held_out])
    yield "exp/val_id.txt", _line(sorted(held_out))
    yield "exp/test_id.txt", _line(test)


def _manifest_list(settings: SyntheticSettings, rows: Sequence[Row]) -> Files:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(HEADER)
    for path, identity, camera, modality, track, *_ in rows:
        part = "query" if modality == "infrared" else "gallery"
        split = part if settings.people.is_test(int(identity)) else "train"
        table.writerow((path, modality, camera, identity, split, track))
    yield "manifest.csv", text.getvalue()


def _regdb_lists(settings: SyntheticSettings, rows: Sequence[Row]) -> Files:
    for fold in range(1, FOLDS + 1):
        order = generator(settings.seed, "fold", fold).permutation(settings.people.count) + 1
        cut = settings.identities
        for part, people in (("train", order[:cut]), ("test", order[cut:])):
            label = {str(identity): k for k, identity in enumerate(sorted(people.tolist()))}
            for word, modality in (("visible", "visible"), ("thermal", "infrared")):
                lines = (
                    f"{row[0]} {label[row[1]]}\n"
                    for row in rows
                    if row[1] in label and row[3] == modality
                )
                yield f"idx/{part}_{word}_{fold}.txt", "".join(lines)


def _llcm_lists(settings: SyntheticSettings, rows: Sequence[Row]) -> Files:
    train, test = _parts(settings)
    label = {str(identity): k for k, identity in enumerate(train)}
    for word, modality in (("vis", "visible"), ("nir", "infrared")):
        lines = (
            f"{row[0]} {label[row[1]]}\n" for row in rows if row[1] in label and row[3] == modality
        )
        yield f"idx/train_{word}.txt", "".join(lines)
    yield "idx/test_id.txt", _line(test)


_LISTS: dict[Layout, Callable[[SyntheticSettings, Sequence[Row]], Files]] = {
    "sysu": _sysu_lists,
    "manifest": _manifest_list,
    "regdb": _regdb_lists,
    "llcm": _llcm_lists,
}
