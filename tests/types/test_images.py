"""What is known of images travels with them, also where only a part of them knows it."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from vireid.errors import DataError
from vireid.types import Images, Levels, Modality, Span, Truth

LEVELS = Levels({(Modality.INFRARED, "gate"): Span(7800, 8300, "given")})


def images(count: int, first: int = 0, **known: object) -> Images:
    """Return images of a single camera."""
    paths = tuple(f"{number}.png" for number in range(first, first + count))
    return Images(Path("data"), paths, np.ones(count, int), np.full(count, 7), **known)


def tracked() -> Images:
    return images(
        3,
        track=[4, 4, -1],
        time=[1.0, 2.0, np.nan],
        box=np.arange(12).reshape(3, 4),
        cameras={7: "gate"},
        levels=LEVELS,
    )


def test_a_subset_keeps_what_is_known_of_its_images() -> None:
    chosen = tracked().subset([2, 0])
    assert chosen.paths == ("2.png", "0.png")
    assert chosen.track.tolist() == [-1, 4]
    np.testing.assert_array_equal(chosen.time, [np.nan, 1.0])
    assert chosen.box.tolist() == [[8, 9, 10, 11], [0, 1, 2, 3]]
    assert chosen.camera_name(7) == "gate"
    assert chosen.levels == LEVELS


def test_images_behind_others_are_unknown_where_nothing_is_known_of_them() -> None:
    both = tracked().plus(images(2, first=3))
    assert both.track.tolist() == [4, 4, -1, -1, -1]
    assert np.isnan(both.time[2:]).all()
    assert np.isnan(both.box[3:]).all()
    turned = images(1, first=9).plus(tracked())
    assert turned.track.tolist() == [-1, 4, 4, -1]
    assert turned.camera_name(7) == "gate"
    assert images(1).plus(images(1, first=1)).track is None
    with pytest.raises(DataError, match="below data and other"):
        images(1).plus(Images(Path("other"), ("a",), [0], [1]))


def test_a_labeller_is_told_all_of_it() -> None:
    known = tracked().known()
    assert repr(known) == "Known(0 visible and 3 infrared images, camera, track, time, box)"
    assert Images(Path(), ("a",), [0], [0]).known().camera is None


@pytest.mark.parametrize(
    ("known", "said"), [({"time": [1.0]}, "time has shape"), ({"box": [[1] * 4]}, "box has shape")]
)
def test_as_much_is_known_as_there_are_images(known: dict[str, object], said: str) -> None:
    with pytest.raises(DataError, match=said):
        images(3, **known)


def test_values_with_names_can_be_sent_to_other_processes() -> None:
    sent = pickle.loads(pickle.dumps(tracked()))
    assert sent.cameras == {7: "gate"}
    assert sent.levels == LEVELS
    assert pickle.loads(pickle.dumps(Truth(np.array([3]), {3: "P3"}))).name(3) == "P3"


def test_levels_are_those_of_the_camera_else_of_the_modality() -> None:
    spans = {(Modality.INFRARED, ""): Span(0, 4095), (Modality.INFRARED, "3"): Span(9, 2)}
    levels = Levels.from_json(Levels(spans).to_json())
    assert levels.of(1, "3") == Span(9, 2)
    assert levels.of(1, "4") == Span(0, 4095)
    assert levels.of(0, "3") is None
    for text in ("no JSON", "[1]", '[["violet", "", 0, 1, "given"]]', "7"):
        with pytest.raises(DataError, match="levels cannot be read"):
            Levels.from_json(text)
    with pytest.raises(DataError, match="hold nothing"):
        Span(5, 5)
