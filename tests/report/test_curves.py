"""The picture of a training."""

import matplotlib.colors
import numpy as np
import pytest
from PIL import Image

from vireid.report import draw_training_curve
from vireid.report.curves import COLOURS


def epoch(stage, number, spaces, **extra):
    """Return what metrics.jsonl holds of an epoch."""
    losses = {f"cluster_nce/{space}": 2.0 / number for space in spaces}
    return {
        "stage": stage,
        "epoch": number,
        "losses": losses | {"total": sum(losses.values())},
        "clusters": dict.fromkeys(spaces, 5 + number),
        "noise": dict.fromkeys(spaces, 0.1),
    } | extra


OWN = ("visible", "infrared")
ARI = {"ari": {"visible": 0.5, "infrared": 0.9}}
TWO_STAGES = [epoch("intra", n, OWN, **ARI) for n in (1, 2)] + [
    epoch("aligned", n, (*OWN, "matched"), **ARI) for n in (1, 2)
]


def drawn(path, epochs):
    draw_training_curve(epochs, path)
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def near(pixels, colour):
    """Count the pixels of nearly that colour."""
    wanted = 255 * np.array(matplotlib.colors.to_rgb(colour))
    return int((np.abs(pixels - wanted).max(axis=2) < 12).sum())


def test_each_of_the_three_panels_shows_the_colours_of_its_label_spaces(tmp_path):
    pixels = drawn(tmp_path / "x.png", TWO_STAGES)
    height, width, _ = pixels.shape
    assert width > 3 * height
    for panel in np.array_split(pixels, 3, axis=1):
        for space in OWN:
            assert near(panel, COLOURS[space]) > 20
        assert near(panel, COLOURS["mixed"]) == 0
    matched = [near(panel, COLOURS["matched"]) > 20 for panel in np.array_split(pixels, 3, axis=1)]
    assert matched == [True, True, False], "no agreement is known for matched labels here"


def test_without_identities_noise_takes_the_place_of_agreement(tmp_path):
    with_truth = drawn(tmp_path / "a.png", TWO_STAGES)
    plain = [{k: v for k, v in line.items() if k != "ari"} for line in TWO_STAGES]
    without = drawn(tmp_path / "b.png", plain)
    third = slice(2 * with_truth.shape[1] // 3, None)
    assert (with_truth[:, third] != without[:, third]).any()
    assert near(without[:, third], COLOURS["matched"]) > 20


@pytest.mark.parametrize(
    "epochs",
    [
        TWO_STAGES[:1],
        [epoch("s", 1, ("mixed",))],
        [epoch("s", 1, OWN, losses={"total": 0.0})],
        [epoch("s", n, OWN, ari={}) for n in (1, 2)],
        [epoch("s", n, OWN, losses={"inter/matched": v}) for n, v in ((1, 0.0), (2, -1e-9))],
    ],
    ids=["one epoch", "one space", "no terms", "no agreement", "not positive"],
)
def test_sparse_logs_are_drawn_without_warnings(tmp_path, epochs):
    pixels = drawn(tmp_path / "x.png", epochs)
    assert (pixels < 128).any()


def test_every_loss_and_space_has_a_line(tmp_path):
    line = epoch("s", 1, tuple(COLOURS))
    line["losses"] = {
        f"{loss}/{space}": 1.0 + i
        for i, loss in enumerate(("cluster_nce", "triplet", "intra", "inter"))
        for space in COLOURS
    }
    two = [line, line | {"epoch": 2}]
    pixels = drawn(tmp_path / "x.png", two)
    for colour in COLOURS.values():
        assert near(pixels[:, :440], colour) > 20
