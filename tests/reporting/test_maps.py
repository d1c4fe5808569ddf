"""Maps of embeddings: the same points in both colourings, rare cameras together."""

import numpy as np

from vireid.cluster import normalise_rows
from vireid.ranking import Gallery
from vireid.reporting.maps import CAMERAS, FEWEST, flattened, maps
from vireid.types import Embeddings, Images


def gallery(count, cameras):
    """Return images of two modalities and some cameras."""
    modality = np.arange(count) % 2
    rows = normalise_rows(np.random.default_rng(2).normal(size=(count, 6)))
    return Gallery(Images.of(modality, cameras), Embeddings(rows, modality))


def test_each_stage_has_a_map_of_either_colouring():
    cameras = np.arange(40) % 4 + 1
    by_modality, by_camera = maps({"before": gallery(40, cameras), "joint": gallery(40, cameras)})
    assert [one.title for one in by_modality] == [
        "By modality, before training",
        "By modality, after joint",
    ]
    for one, other in zip(by_modality, by_camera, strict=True):
        assert one.points == other.points
        assert one.group == tuple(np.arange(40) % 2)
        assert one.diamond == tuple(bool(side) for side in np.arange(40) % 2)
        assert other.names == ("visible 1", "visible 3", "infrared 2", "infrared 4")


def test_few_images_have_no_map_and_unknown_cameras_no_colours():
    assert maps({"before": gallery(FEWEST - 1, None)}) == ()
    assert len(maps({"before": gallery(FEWEST, None)})) == 1


def test_rare_cameras_share_a_colour():
    cameras = np.arange(60) // 2 + 1
    _, (found,) = maps({"joint": gallery(60, cameras)})
    assert len(found.names) == CAMERAS + 1
    assert found.names[-1] == f"{60 - CAMERAS} others"
    assert found.group.count(CAMERAS) == 60 - CAMERAS


def test_equal_rows_are_laid_out_alike_each_time():
    rows = np.tile([1.0, 0.0, 0.0], (FEWEST, 1)).astype(np.float32)
    found = flattened(rows)
    assert found.shape == (FEWEST, 2)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, flattened(rows))
