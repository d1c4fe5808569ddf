"""`vireid synth`: options -> settings of the data set."""

import csv
import json

import pytest

from vireid.cli.main import main


def yaws(folder):
    """Return the yaw of each image, by identity and camera."""
    with (folder / "factors.csv").open(newline="", encoding="utf-8") as file:
        found = {}
        for row in csv.DictReader(file):
            found.setdefault((row["identity"], row["camera"]), []).append(float(row["yaw"]))
    return found


def test_images_of_a_track_may_be_kept_from_turning(tmp_path):
    out = tmp_path / "still"
    words = ["--identities", "3", "--test-identities", "1", "--processes", "1"]
    assert main(["synth", str(out), *words, "--track-jitter", "0", "--yaw-spread", "0"]) == 0
    turned = yaws(out)
    assert turned
    assert all(max(track) - min(track) < 1e-6 for track in turned.values())


@pytest.mark.parametrize("option", ["--track-jitter", "--yaw-spread"])
def test_a_turn_of_more_than_half_a_circle_is_refused(option, tmp_path, mistake):
    assert "expected" in mistake("synth", tmp_path / "x", option, "4")


SMALL = ["--identities", "2", "--test-identities", "1", "--visible-images", "1",
         "--infrared-images", "1", "--processes", "1"]  # fmt: skip


def test_who_passes_which_camera_is_an_option(tmp_path, mistake):
    out = tmp_path / "some"
    words = ["--layout", "manifest", "--cameras", "5", "3", "--overlap", "0.2", "--replace", "0.5"]
    assert main(["synth", str(out), *SMALL, *words]) == 0
    settings = json.loads((out / "synthetic.json").read_text())["settings"]
    assert [settings[name] for name in ("overlap", "replace", "cameras")] == [0.2, 0.5, [5, 3]]
    for wrong, message in (
        (["--cameras", "5", "3"], "the layout sysu has cameras of its own"),
        (["--layout", "regdb", "--overlap", "0.5"], "overlap does not apply to RegDB's layout"),
        (["--unpaired", "0.5", "--replace", "0.5"], "two forms of one experiment"),
        (["--frames", "--overlap", "0.5"], "--overlap: not for recordings"),
    ):
        assert message in mistake("synth", tmp_path / "x", *wrong)


def test_the_size_is_an_option_and_what_a_data_set_decides_is_refused(tmp_path, mistake):
    assert main(["synth", str(tmp_path / "small"), *SMALL, "--size", "32x16"]) == 0
    settings = json.loads((tmp_path / "small" / "synthetic.json").read_text())["settings"]
    assert (settings["height"], settings["width"]) == (32, 16)
    for wrong, message in (
        (["--size", "32"], "expected HxW, such as 128x64"),
        (["--size", "8x16"], "height is 8; expected 32 to 1024"),
        (["--like", "sysu", "--identities", "9"], "--identities: --like sysu decides this"),
        (["--like", "regdb", "--layout", "llcm"], "--layout: --like regdb decides this"),
        (["--frames", "--like", "sysu"], "--like: not for recordings"),
    ):
        assert message in mistake("synth", tmp_path / "x", *wrong)
