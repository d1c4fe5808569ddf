"""Whether images are held out of a training."""

import json

import numpy as np
import pytest

from vireid.runs import Run
from vireid.runs.fingerprints import files_fingerprint
from vireid.runs.held_out import check_held_out, trained_on
from vireid.types import Images


@pytest.fixture
def images(tmp_path):
    """Return two files."""
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(name.encode())
    return Images(tmp_path, ("a.jpg", "b.jpg"), np.array([0, 1]), np.array([1, 2]))


def test_a_run_knows_its_images(images, tmp_path):
    run = Run(tmp_path)
    assert not trained_on(run, images)
    run.data_file.write_text(json.dumps({"images": files_fingerprint(images)}))
    assert trained_on(run, images)
    assert not trained_on(run, images.subset([0]))


def test_test_images_and_plain_folders_are_not_looked_at(images, tmp_path):
    check_held_out(Run(tmp_path), tmp_path, images, "test")
    check_held_out(Run(tmp_path), tmp_path, images, "all")
