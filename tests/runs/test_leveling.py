"""Levels of a training: kept by the run, used again, refused where they are others."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.people import two_folders
from vireid.data import open_data
from vireid.errors import ConfigError, DataError
from vireid.runs import Run
from vireid.runs.leveling import levels_of, training_levels, with_levels
from vireid.runs.reading import Reading, read_all, read_training
from vireid.types import ANY, Levels, Modality, Span

INFRARED = (Modality.INFRARED, ANY)


@pytest.fixture
def counts(tmp_path):
    """Return two folders whose infrared images hold counts of 14 bits."""
    root = two_folders(tmp_path / "counts", people=4, shots=2)
    for file in root.glob("infrared/*/*.png"):
        grey = np.asarray(Image.open(file).convert("L")) / 255
        Image.fromarray((7800 + 500 * grey).astype("u2")).save(file)
    return open_data(root)


def run_with(folder, levels):
    folder.mkdir()
    run = Run(folder)
    run.levels_file.write_text(levels.to_json())
    return run


def test_levels_of_a_run_are_used_for_what_it_was_trained_on(counts, tmp_path):
    kept = Levels({INFRARED: Span(7000, 9000, "kept")})
    run = run_with(tmp_path / "run", kept)
    assert with_levels(counts.train, None, levels_of(run)).levels == kept
    assert with_levels(counts.train, "auto", levels_of(run)).levels != kept


def test_what_a_run_was_not_trained_on_is_found(counts, tmp_path):
    run = run_with(tmp_path / "run", Levels())
    found = with_levels(counts.train, None, levels_of(run)).levels
    assert 7700 < found.of(1, "0").low < 8000


def test_a_resumed_run_keeps_its_levels_and_refuses_others(counts, tmp_path):
    kept = Levels({INFRARED: Span(7000, 9000, "kept")})
    run = run_with(tmp_path / "run", kept)
    assert training_levels(counts.train, None, run, resume=True).levels == kept
    with pytest.raises(ConfigError, match="trained with other levels"):
        training_levels(counts.train, ["full"], run, resume=True)


def test_nobody_trains_on_flat_images(counts):
    flat = replace(counts, train=with_levels(counts.train, "full"))
    with pytest.raises(DataError, match="100% of the infrared images are nearly of one grey"):
        read_training(flat, (32, 16), Reading())


def test_flat_images_are_told_of(counts):
    images = with_levels(counts.train, ["infrared=0:65535"])
    with pytest.warns(UserWarning, match="100% of the infrared images"):
        read_all(images, (32, 16))


def test_levels_that_were_found_show_the_images(counts):
    data = replace(counts, train=with_levels(counts.train, None))
    _, pixels = read_training(data, (32, 16), Reading())
    assert pixels[data.train.modality == 1].std() > 40
