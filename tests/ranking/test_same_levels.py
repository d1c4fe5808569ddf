"""Queries and galleries of other levels are refused, and nothing else is."""

import warnings
from contextlib import nullcontext

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.ranking import Gallery, search
from vireid.types import ANY, Embeddings, Images, Levels, Modality, Span

IR = Modality.INFRARED
FINE, WARNS, REFUSED = "", "warns", "is refused"
COUNTS, KELVIN, BYTES = Span(7800, 8444, "found"), Span(29185, 31262), None
NEAR = Span(7800.2, 8443.7, "given")
"""The same counts as a user writes them."""
FLIPPED = Span(255, 0)


def gallery(spans, camera=(1, 2), kinds=(1, 1)):
    """Return two images of cameras a and b, or others, with levels."""
    images = Images("r", "xy", kinds, camera, cameras={1: "a", 2: "b", 3: "c"})
    levels = None if spans is None else Levels({(IR, name): span for name, span in spans.items()})
    images = Images(
        "r", images.paths, images.modality, images.camera, cameras=images.cameras, levels=levels
    )
    return Gallery(images, Embeddings(np.eye(2), images.modality))


def unknown(spans):
    """Return two queries of an unknown camera."""
    return gallery(spans, (0, 0))


BY_CAMERA = {"a": COUNTS, "b": KELVIN}


@pytest.mark.parametrize(
    ("one", "other", "what"),
    [
        (unknown({}), gallery({}), FINE),
        (unknown({ANY: COUNTS}), gallery({ANY: COUNTS}), FINE),
        (unknown({ANY: NEAR}), gallery({ANY: COUNTS}), FINE),
        (unknown({ANY: Span(0, 65535)}), gallery({ANY: COUNTS}), REFUSED),
        (unknown({ANY: Span(8444, 7800)}), gallery({ANY: COUNTS}), REFUSED),
        (unknown({ANY: None}), gallery({ANY: None}), FINE),
        (unknown({ANY: None}), gallery({ANY: COUNTS}), REFUSED),
        (unknown({ANY: COUNTS}), gallery({ANY: None}), REFUSED),
        (gallery(BY_CAMERA), gallery(BY_CAMERA), FINE),
        (gallery({"a": KELVIN}, (1, 1)), gallery(BY_CAMERA), REFUSED),
        (gallery({"a": COUNTS}, (1, 1)), gallery(BY_CAMERA), FINE),
        (unknown({ANY: KELVIN}), gallery(BY_CAMERA), FINE),
        (unknown({ANY: Span(7794, 8403)}), gallery(BY_CAMERA), REFUSED),
        (gallery({"c": Span(1, 99)}, (3, 3)), gallery(BY_CAMERA), "no infrared camera c"),
        (gallery({"c": Span(1, 99)}, (3, 3)), gallery({ANY: COUNTS}), REFUSED),
        (gallery({"c": COUNTS}, (3, 3)), gallery({ANY: COUNTS}), FINE),
        (unknown({}), gallery({ANY: COUNTS}), "8 bits and of more compare only if"),
        (unknown({ANY: COUNTS}), gallery({}), "8 bits and of more compare only if"),
        (unknown({ANY: FLIPPED}), gallery({ANY: FLIPPED}), FINE),
        (unknown({}), gallery({ANY: FLIPPED}), REFUSED),
        (unknown({ANY: FLIPPED}), gallery({}), REFUSED),
        (unknown({ANY: Span(0, 255, "8 bits")}), gallery({}), FINE),
        (unknown({ANY: COUNTS}), gallery({}, kinds=(0, 0)), FINE),
        (unknown(None), gallery(None), FINE),
        (unknown({}), gallery(None), FINE),
        (unknown({ANY: COUNTS}), gallery(None), "gallery does not say how"),
        (unknown(None), gallery({ANY: COUNTS}), "file of the queries does not say how"),
    ],
)
def test_levels_of_both_sides(one, other, what):
    if what == REFUSED:
        words = "infrared images of the queries are scaled by .*leave --levels out.*gallery.levels"
        with pytest.raises(DataError, match=words) as caught:
            search(one, other)
        assert "\n" not in str(caught.value)
        return
    with pytest.warns(UserWarning, match=what) if what else nullcontext():
        assert search(one, other).order.tolist() == [[0, 1], [1, 0]]


def test_vectors_without_images_say_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search(gallery({ANY: COUNTS}).embeddings, gallery({ANY: KELVIN}))
