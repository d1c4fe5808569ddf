"""The picture of a training."""

import matplotlib.colors
import numpy as np
import pytest
from PIL import Image

from vireid.pages import draw_training_curve
from vireid.pages.curves import COLOURS, OTHERS, PAIRS


def epoch(stage, number, spaces, **extra):
    """Return what metrics.jsonl holds of an epoch."""
    losses = dict.fromkeys(spaces, 2.0 / number)
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


def panels(pixels, columns):
    """Cut a picture into its panels, row by row."""
    return [
        panel
        for row in np.array_split(pixels, 2, axis=0)
        for panel in np.array_split(row, columns, axis=1)
    ]


def test_each_panel_shows_the_colours_of_its_label_spaces(tmp_path):
    pixels = drawn(tmp_path / "x.png", TWO_STAGES)
    found = panels(pixels, 2)  # losses, clusters, noise, agreement
    for panel in found:
        for space in OWN:
            assert near(panel, COLOURS[space]) > 20
        assert near(panel, COLOURS["mixed"]) == 0
    matched = [near(panel, COLOURS["matched"]) > 20 for panel in found]
    assert matched == [True, True, True, False], "no agreement is known for matched labels here"


def test_without_identities_there_is_one_panel_less(tmp_path):
    plain = [{k: v for k, v in line.items() if k != "ari"} for line in TWO_STAGES]
    found = panels(drawn(tmp_path / "b.png", plain), 2)
    assert [near(panel, COLOURS["visible"]) > 20 for panel in found] == [True, True, True, False]
    assert (found[3][:, 12:] == 255).all()  # its neighbour's last number may reach into it


def test_signals_and_pairs_have_panels_of_their_own(tmp_path):
    def signal(number):
        return {
            "margin": {"visible": 0.1 * number},
            "stability": {"infrared": 0.9} if number > 1 else {},
            "unmatched": {"visible": 0.2, "infrared": 0.0},
            "matching_margin": 0.05,
            "pair_precision": 0.5,
            "pair_recall": 0.4,
        }

    lines = [epoch("aligned", n, (*OWN, "matched"), **signal(n), **ARI) for n in (1, 2, 3)]
    found = panels(drawn(tmp_path / "x.png", lines), 4)
    shown = [{space for space in COLOURS if near(panel, COLOURS[space]) > 20} for panel in found]
    every = {"visible", "infrared", "matched"}
    assert shown[:3] == [every] * 3
    assert shown[3:5] == [{"visible"}, {"infrared"}]
    assert shown[5:7] == [set(OWN)] * 2
    for _, colour in PAIRS.values():
        assert near(found[7], colour) > 20
    unknown = [{k: v for k, v in line.items() if not k.startswith("pair")} for line in lines]
    last = panels(drawn(tmp_path / "y.png", unknown), 4)[7]
    assert [near(last, colour) > 20 for _, colour in PAIRS.values()] == [True, False, False]


@pytest.mark.parametrize(
    "epochs",
    [
        TWO_STAGES[:1],
        [epoch("s", 1, ("mixed",))],
        [epoch("s", 1, OWN, losses={"total": 0.0})],
        [epoch("s", n, OWN, ari={}) for n in (1, 2)],
        [epoch("s", n, OWN, matching_margin=None, stability={"visible": -0.2}) for n in (1, 2)],
        [epoch("s", n, OWN, losses={"inter": v}) for n, v in ((1, 0.0), (2, -1e-9))],
    ],
    ids=["one epoch", "one space", "no terms", "no agreement", "no margin", "not positive"],
)
def test_sparse_logs_are_drawn_without_warnings(tmp_path, epochs):
    pixels = drawn(tmp_path / "x.png", epochs)
    assert (pixels < 128).any()


def test_every_term_has_a_line_whatever_its_name(tmp_path):
    line = epoch("s", 1, tuple(COLOURS))
    names = [*COLOURS, "intra", "my_own", "cluster_nce/visible", "x", "y", "z"]
    line["losses"] = {name: 1.0 + i for i, name in enumerate(names)}
    two = [line, line | {"epoch": 2}]
    pixels = drawn(tmp_path / "x.png", two)
    for colour in (*COLOURS.values(), *OTHERS):
        assert near(panels(pixels, 2)[0], colour) > 20


def test_more_terms_than_colours_are_drawn_too(tmp_path):
    line = epoch("s", 1, OWN)
    line["losses"] = {f"term{i}": 1.0 + i for i in range(3 * len(OTHERS))}
    pixels = drawn(tmp_path / "x.png", [line, line | {"epoch": 2}])
    for colour in OTHERS:
        assert near(panels(pixels, 2)[0], colour) > 20


def test_label_spaces_of_other_labellers_have_lines(tmp_path):
    lines = [epoch("s", n, ("cold", "warm", "visible")) for n in (1, 2)]
    found = panels(drawn(tmp_path / "x.png", lines), 2)
    for panel in found[:3]:  # losses, clusters, noise
        for colour in (COLOURS["visible"], *OTHERS[:2]):
            assert near(panel, colour) > 5, "in the legend at least, as lines lie on each other"
        assert near(panel, OTHERS[3]) == 0
