"""What an evaluation on one's own lists would count without anyone noticing."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from vireid.data.check.parts import Part
from vireid.data.folder import DataFolder
from vireid.errors import number_of, some
from vireid.types import Images, Modality


def trap_warnings(data: DataFolder, train: Part, test: Part) -> Iterator[str]:
    """Yield what makes scores of one's own queries and gallery other than they seem.

    Nothing is said of a part whose lists are faulty, as it may follow from the faults, nor of the
    public layouts, whose protocols say all of it.

    Args:
        data: all of it.
        train: the training images.
        test: the test images.

    Yields:
        One line each.
    """
    if data.protocol != "plain" or test.roles is None or not test.complete:
        return
    yield from _numbers_in_both(train, test)
    yield from _unknown_cameras(test)
    if test.truth is not None:
        yield from _own_matches(test)
        yield from _single(test)


def _side(test: Part, role: str) -> NDArray[np.bool_]:
    return np.array([one in (role, "both") for one in test.roles or ()], dtype=bool)


def _own_matches(test: Part) -> Iterator[str]:
    """Count the queries' own camera, and matches of their own modality, in the gallery."""
    assert test.truth is not None
    images, query, gallery = test.images, _side(test, "query"), _side(test, "gallery")
    own = np.stack([test.truth.identities, images.modality, images.camera], 1)
    both = (query & gallery)[query].astype(np.int64)
    of_camera = _matches(own, query, gallery) - both
    of_modality = _matches(own[:, :2], query, gallery) - both
    of_person = _matches(own[:, :1], query, gallery) - both
    of_camera[images.camera[query] == 0] = 0
    met = int(np.count_nonzero(of_camera))
    if met:
        yield (
            f"{met} of {number_of(int(query.sum()), 'query', 'queries')} have gallery images of "
            "their own person, modality and camera, which look nearly alike; an evaluation leaves "
            "them out unless --ignore nothing is given"
        )
    same, counted = int((of_modality - of_camera).sum()), int((of_person - of_camera).sum())
    if same and same < counted:
        yield (
            f"{same} of {counted} matches are of the query's own modality; a score is that of a "
            "search across modalities with --ignore own-modality only"
        )


def _matches(own: NDArray[np.int64], query: NDArray[np.bool_], gallery: NDArray[np.bool_]) -> (
    NDArray[np.int64]
):  # fmt: skip
    """Count, for each query, the gallery images that are equal in all columns."""
    _, number = np.unique(own, axis=0, return_inverse=True)
    number = number.reshape(-1)
    counts = np.bincount(number[gallery], minlength=int(number.max(initial=0)) + 1)
    result: NDArray[np.int64] = counts[number[query]]
    return result


def _unknown_cameras(test: Part) -> Iterator[str]:
    unknown = int(np.sum(test.images.camera == 0))
    if unknown == len(test.images) and unknown:
        yield (
            "no camera of the test images is known: nothing of the query's own camera can be left "
            "out, and its neighbours in time count as matches; name the cameras"
        )
    elif unknown:
        yield (
            f"{unknown} of {number_of(len(test.images), 'test image')} have no known camera: "
            "nothing of their own camera can be left out for them"
        )


def _numbers_in_both(train: Part, test: Part) -> Iterator[str]:
    """Name cameras that occur in both modalities, where they may be counted anew in each."""
    images: Images = train.images.plus(test.images)
    sides = [set(images.camera[images.modality == kind].tolist()) - {0} for kind in Modality]
    shared = sorted(sides[0] & sides[1])
    if shared:
        names = some([images.camera_name(camera) for camera in shared])
        word = "camera" if len(shared) == 1 else "cameras"
        yield (
            f"{word} {names} in both modalities; an evaluation takes the two for different cameras"
        )


def _single(test: Part) -> Iterator[str]:
    """Name people whose only test image is query and gallery at once."""
    assert test.truth is not None
    assert test.roles is not None
    people = test.truth.identities.tolist()
    counts = Counter(people)
    alone = sorted(
        person
        for person, role in zip(people, test.roles, strict=True)
        if role == "both" and counts[person] == 1
    )
    if alone:
        word = number_of(len(alone), "test person has", "test people have")
        names = some([test.truth.name(person) for person in alone])
        yield f"{word} a single image, which no query can match: {names}"
