"""Cameras, tracks, pictures and materials."""

import math

import numpy as np
import pytest

from vireid.errors import ConfigError
from vireid.synthetic.camera import camera_of, shot_of, track_of, view_of, wrap
from vireid.synthetic.materials import (
    PATTERN_PAIRS,
    Material,
    infrared_reflectances,
    visible_colours,
)
from vireid.synthetic.picture import render_identity
from vireid.synthetic.settings import CAMERAS, SyntheticSettings
from vireid.synthetic.wardrobe import draw_person

SETTINGS = SyntheticSettings(identities=2, test_identities=1)


@pytest.mark.parametrize(
    ("yaw", "view"),
    [(0.0, "front"), (0.78, "front"), (-0.8, "side"), (2.3, "side"), (-2.4, "back"),
     (math.pi, "back"), (2 * math.pi, "front")],
)  # fmt: skip
def test_the_view_agrees_with_the_yaw(yaw: float, view: str) -> None:
    assert view_of(yaw) == view


def test_a_track_keeps_near_its_yaw_and_a_camera_near_its_base() -> None:
    settings = SyntheticSettings(reversed_share=0.0)
    for number in CAMERAS:
        camera = camera_of(settings, number)
        for identity in range(1, 20):
            track = track_of(settings, camera, identity)
            assert abs(wrap(track.yaw - camera.base_yaw)) <= settings.yaw_spread + 1e-9
            for image in range(1, 5):
                shot = shot_of(settings, camera, track, (identity, image))
                assert abs(wrap(shot.yaw - track.yaw)) <= settings.track_jitter + 1e-9


def test_front_side_and_back_all_occur() -> None:
    settings = SyntheticSettings()
    views = {
        view_of(track_of(settings, camera_of(settings, c), k).yaw)
        for c in CAMERAS
        for k in range(1, 30)
    }
    assert views == {"front", "side", "back"}


def test_reversed_share_turns_everybody() -> None:
    plain, turned = SyntheticSettings(reversed_share=0.0), SyntheticSettings(reversed_share=1.0)
    camera = camera_of(plain, 1)
    yaws = [track_of(settings, camera, 5).yaw for settings in (plain, turned)]
    assert abs(wrap(yaws[0] - yaws[1])) == pytest.approx(math.pi)


@pytest.mark.parametrize("camera", CAMERAS)
def test_pictures_have_the_promised_form(camera: int) -> None:
    pixels = render_identity(SETTINGS, 1, camera, 2)
    assert pixels.shape == (128, 64, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 10
    grey = np.array_equal(pixels[..., 0], pixels[..., 1]) and np.array_equal(
        pixels[..., 1], pixels[..., 2]
    )
    assert grey == (camera in (3, 6))


def test_other_sizes_are_possible() -> None:
    settings = SyntheticSettings(height=288, width=144)
    assert render_identity(settings, 1, 6, 1).shape == (288, 144, 3)


def test_an_identity_does_not_depend_on_the_counts() -> None:
    more = SyntheticSettings(identities=50, test_identities=9, visible_images=7)
    assert np.array_equal(render_identity(SETTINGS, 2, 4, 3), render_identity(more, 2, 4, 3))
    assert not np.array_equal(render_identity(SETTINGS, 1, 4, 3), render_identity(more, 2, 4, 3))


def test_a_garment_reflects_the_same_in_both_infrared_cameras() -> None:
    first, second = (draw_person(SETTINGS, 1).infrared for _ in range(2))
    assert np.array_equal(first, second)


def reflectances(visible: np.ndarray, correlation: float, vanishing: float) -> np.ndarray:
    return np.stack(
        [
            infrared_reflectances(np.random.default_rng(k), visible, correlation, vanishing)
            for k in range(300)
        ]
    )


def test_dyes_follow_red_as_often_as_asked() -> None:
    dark, bright = np.full((len(Material), 3), 0.1), np.full((len(Material), 3), 0.9)
    for share in (0.0, 0.9, 1.0):
        moved = reflectances(bright, share, 0.0) - reflectances(dark, share, 0.0)
        assert np.mean(moved[:, Material.TOP] > 0.3) == pytest.approx(share, abs=0.06)


def test_patterns_vanish_as_often_as_asked() -> None:
    visible = np.full((len(Material), 3), 0.1)
    visible[[second for _, second in PATTERN_PAIRS]] = 0.95
    for share in (0.0, 0.15, 1.0):
        infrared = reflectances(visible, 1.0, share)
        gone = np.abs(infrared[:, Material.TOP] - infrared[:, Material.TOP_SECOND]) < 0.15
        assert gone.mean() == pytest.approx(share, abs=0.07)


def test_colours_are_shares() -> None:
    for seed in range(50):
        colours = visible_colours(np.random.default_rng(seed))
        assert colours.min() > 0
        assert colours.max() < 1


@pytest.mark.parametrize(
    ("wrong", "word"),
    [({"identities": 1}, "identities"), ({"height": 8}, "height"), ({"seed": -1}, "seed"),
     ({"occluder_share": 1.2}, "occluder_share"), ({"yaw_spread": float("nan")}, "yaw_spread"),
     ({"base_yaws": (0.0, 1.0)}, "base_yaws"), ({"visible_images": 2.5}, "visible_images")],
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong: dict, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        SyntheticSettings(**wrong)
