"""Images -> a text that changes when they do: whether data are still those of before."""

import hashlib
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vireid.data.digests import digest_files
from vireid.types import Images, Int, Levels, NamedStatistics
from vireid.types.images import NO_TRACK

if TYPE_CHECKING:
    from torch import Tensor

NOTHING = "none"
"""What is said where a fact is not known of any image."""
FACTS = {
    "images": "their number",
    "files": "paths, sizes, modalities or cameras",
    "tracks": "tracks",
    "times": "times",
    "contents": "what the files hold",
    "pixels": "what the files hold",
}
"""What each part of a fingerprint tells."""


def fingerprint(images: Images, pixels: np.ndarray | None = None) -> str:
    """Return a text that changes when images do.

    Args:
        images: N images, all of which are there.
        pixels: [N, H, W, 3] uint8 of them, where they were read.

    Returns:
        Their number, a hash of their paths, sizes in bytes, modalities and cameras, one of tracks
        and one of times, and a check sum of the pixels where given.
    """
    digest = hashlib.sha256()
    for path, modality, camera in zip(images.paths, images.modality, images.camera, strict=True):
        size = (images.root / path).stat().st_size
        digest.update(f"{path}\0{size}\0{modality}\0{camera}\n".encode("utf-8", "surrogateescape"))
    text = f"images {len(images)}, files {digest.hexdigest()[:16]}{_tracks_and_times(images)}"
    if pixels is None:
        return text
    check = 0
    for start in range(0, len(pixels), 256):
        check = zlib.crc32(pixels[start : start + 256].tobytes(), check)
    return f"{text}, pixels {check:08x}"


def files_fingerprint(images: Images) -> str:
    """Return a text that changes with images, by what their files hold; nothing is decoded.

    Args:
        images: as they were opened; files that are not there do not count.

    Returns:
        What ``fingerprint`` tells, and a hash of all bytes.

    Raises:
        DataError: a file cannot be read.
    """
    there = [i for i, path in enumerate(images.paths) if (images.root / path).is_file()]
    found = images.subset(there)
    whole = hashlib.blake2b(b"".join(digest_files(found)), digest_size=8).hexdigest()
    return f"{fingerprint(found)}, contents {whole}"


def _tracks_and_times(images: Images) -> str:
    """Return what is known beside the files, as further facts."""
    tracks = times = NOTHING
    if images.track is not None and (images.track != NO_TRACK).any():
        tracks = groups_digest(images.track, NO_TRACK)
    if images.time is not None and not np.isnan(images.time).all():
        times = _short(images.time.astype("<f8").tobytes())
    return f", tracks {tracks}, times {times}"


def groups_digest(numbers: Int, none: int | None = None) -> str:
    """Return a text that changes with who belongs together, not with the numbers that say so.

    Args:
        numbers: [N] of the groups that images belong to, such as their tracks.
        none: the number of an image that belongs to no group.

    Returns:
        16 hexadecimal digits, the same on every machine.

    >>> groups_digest(np.array([7, 7, 2])) == groups_digest(np.array([1, 1, 3]))
    True
    """
    _, first, places = np.unique(numbers, return_index=True, return_inverse=True)
    by_appearance = np.argsort(np.argsort(first))[places]
    plain = by_appearance if none is None else np.where(numbers == none, -1, by_appearance)
    return _short(plain.astype("<i8").tobytes())


def _short(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]


def changed(one: str, other: str) -> bool:
    """Tell whether two fingerprints are of different images.

    Args:
        one: a fingerprint, or several with ``"; "`` between them.
        other: the same number of them; a fact that one of the two lacks does not count.

    Returns:
        True where a fact that both state differs.

    >>> changed("images 3, files ab", "images 3, files ab, contents cd")
    False
    >>> changed("images 3, files ab, contents ef", "images 3, files ab, contents cd")
    True
    """
    pairs = zip(one.split("; "), other.split("; "), strict=False)
    return one.count("; ") != other.count("; ") or any(map(_differs, *zip(*pairs, strict=True)))


def _differs(one: str, other: str) -> bool:
    before, after = _facts(one), _facts(other)
    shared = before.keys() & after.keys()
    return any(before[name] != after[name] for name in shared) if shared else one != other


def _facts(text: str) -> dict[str, str]:
    """Return the facts of a fingerprint by name, also where a word stands before its number."""
    return dict(part.rsplit(" ", 1) for part in text.split(", ") if " " in part)


def network_fingerprint(
    weights: "Mapping[str, Tensor]", size: tuple[int, int], levels: Levels | None = None
) -> str:
    """Return a text that is another one for another embedding of the same images.

    Args:
        weights: of the network, by name.
        size: height and width of its images, in pixels.
        levels: how grey levels of more than 8 bits were scaled; None where they were not.

    Returns:
        16 hexadecimal digits.
    """
    from torch import uint8

    digest = hashlib.sha256(f"{size} {levels.to_json() if levels else ''}".encode())
    for name, values in sorted(weights.items()):
        plain = values.detach().cpu().contiguous()
        digest.update(f"\0{name} {plain.dtype} {list(plain.shape)}\0".encode())
        digest.update(plain.flatten().view(uint8).numpy().tobytes() if plain.numel() else b"")
    return digest.hexdigest()[:16]


def centred_fingerprint(network: str, statistics: NamedStatistics | None) -> str:
    """Return a text that is another one where other statistics were taken off embeddings.

    Args:
        network: what ``network_fingerprint`` returned.
        statistics: what was taken off; None for nothing.

    Returns:
        The network's where nothing was; else 16 other hexadecimal digits.
    """
    if statistics is None:
        return network
    return hashlib.sha256(f"{network} {statistics.fingerprint}".encode()).hexdigest()[:16]


def describe_change(one: str, other: str) -> str:
    """Say in which of their facts two fingerprints differ.

    Args:
        one: a fingerprint.
        other: another one, of the same kind.

    Returns:
        The facts that changed.

    >>> describe_change("images 3, files ab, pixels 12", "images 3, files ab, pixels 34")
    'what the files hold changed'
    """
    before, after = _facts(one), _facts(other)
    shared = before.keys() & after.keys()
    told = [
        words for name, words in FACTS.items() if name in shared and before[name] != after[name]
    ]
    return f"{', '.join(told)} changed"
