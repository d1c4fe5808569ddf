"""What test images hold: a digest of each, which are copies of each other, and all as a text."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vireid.data import DataFolder
from vireid.data.digests import digest_files
from vireid.data.pixels.decoding import Pixels
from vireid.scoring.choice import known_truth
from vireid.scoring.protocol import Draw
from vireid.types import Images

Digests = Sequence[bytes | None]
"""One for each image; None where nothing can be told by it."""

_PART = 256  # images of which digests are taken at a time


@dataclass(frozen=True)
class Copies:
    """Queries of which an exact copy is in their gallery, under another path."""

    found: int
    """Those that find it."""
    ignored: int
    """Those that ignore it by the protocol's rule."""


def file_digests(images: Images) -> tuple[bytes, ...] | None:
    """Return a digest of the bytes of each file.

    Args:
        images: N images.

    Returns:
        N digests; None where the images have no files, as those of ``Images.of``.

    Raises:
        DataError: a file cannot be read.
    """
    if not any((images.root / path).exists() for path in images.paths[:1]):
        return None
    return tuple(digest_files(images))


def pixel_digests(pixels: Pixels) -> tuple[bytes | None, ...]:
    """Return a digest of the pixels of each image.

    Args:
        pixels: [N, H, W, 3].

    Returns:
        N digests; None for images of a single colour, which are no copies of each other.
    """
    found: list[bytes | None] = []
    for start in range(0, len(pixels), _PART):
        for one in np.ascontiguousarray(pixels[start : start + _PART]):
            flat = bool((one == one[0, 0]).all())
            found.append(None if flat else hashlib.blake2b(one.tobytes()).digest()[:16])
    return tuple(found)


def copies(draws: Sequence[Draw], digests: Digests | None) -> Copies:
    """Count the queries of which a copy is in their gallery.

    Args:
        draws: of a protocol.
        digests: of the N test images; None where they are unknown.

    Returns:
        The counts; a query that finds a copy in one draw at least is one that finds it.
    """
    alike: dict[bytes, list[int]] = defaultdict(list)
    for index, digest in enumerate(digests or ()):
        if digest is not None:
            alike[digest].append(index)
    twice = {image: same for same in alike.values() if len(same) > 1 for image in same}
    found: set[int] = set()
    ignored: set[int] = set()
    for draw in draws if twice else ():
        columns = {int(image): column for column, image in enumerate(draw.gallery)}
        for row, query in enumerate(draw.query.tolist()):
            there = [columns[o] for o in twice.get(query, ()) if o != query and o in columns]
            if there:
                mask = draw.ignored(np.array([row]), np.array(there))
                (ignored if mask is not None and mask.all() else found).add(query)
    return Copies(len(found), len(ignored - found))


def describe_images(data: DataFolder, digests: Digests | None) -> str:
    """Return a text that changes when test images, their identities or their roles do.

    Args:
        data: what was evaluated on.
        digests: of the files of the test images; None where they have none.

    Returns:
        Their number, a hash of paths, contents, modalities and cameras, and one of the people.
    """
    images, truth = data.test, known_truth(data)
    whole = hashlib.sha256()
    facts = zip(images.paths, images.modality.tolist(), images.camera.tolist(), strict=True)
    for index, (path, modality, camera) in enumerate(facts):
        digest = digests[index] if digests is not None else None
        text = f"{path}\0{modality}\0{images.camera_name(camera)}\0"
        whole.update(text.encode("utf-8", "surrogateescape") + (digest or b""))
    people = hashlib.sha256("\0".join(map(truth.name, truth.identities.tolist())).encode())
    people.update(repr(data.roles).encode())
    kind = "contents" if digests is not None else "without files"
    told = f"images {len(images)}, {kind} {whole.hexdigest()[:16]}"
    return f"{told}, people {people.hexdigest()[:8]}"
