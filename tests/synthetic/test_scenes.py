"""Drawn recordings: equal for equal seeds, boxes round people, clocks that are off."""

import numpy as np
import pytest
from PIL import Image

from vireid.cli.main import main
from vireid.errors import ConfigError, DataError
from vireid.synthetic import SceneSettings, film

TINY = SceneSettings(
    identities=2, test_identities=1, width=240, height=135, frames_a_walk=6, seed=7
)


def held(folder):
    """Return all files of a folder."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Return a folder of recordings, to be read only."""
    return film(tmp_path_factory.mktemp("scenes") / "one", TINY, processes=1)


def test_equal_settings_give_equal_files_whatever_the_processes(scenes, tmp_path):
    assert held(film(tmp_path / "two", TINY, processes=2)) == held(scenes)


def test_what_a_killed_call_left_is_written_anew(scenes, tmp_path):
    (tmp_path / "half" / "day1" / "frames" / "cam1").mkdir(parents=True)
    (tmp_path / "half" / "scenes.unfinished").write_text("")
    (tmp_path / "half" / "day1" / "frames" / "cam1" / "000999.jpg").write_bytes(b"x")
    assert held(film(tmp_path / "half", TINY, processes=1)) == held(scenes)


def test_other_settings_and_other_files_are_refused(scenes, tmp_path):
    with pytest.raises(DataError, match="recordings with other settings"):
        film(scenes, SceneSettings(seed=8))
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(DataError, match="holds other files"):
        film(tmp_path, TINY)


def test_frames_show_more_where_people_are(scenes):
    lines = (scenes / "day1" / "boxes" / "cam1.txt").read_text().splitlines()
    inner, outer = [], []
    for line in lines:
        frame, _, *numbers = line.split(",")
        left, top, width, height = (round(float(cell)) for cell in numbers[:4])
        if float(numbers[4]) < 0.5:
            continue
        path = scenes / "day1" / "frames" / "cam1" / f"{int(frame):06d}.jpg"
        levels = np.asarray(Image.open(path).convert("L"), dtype=float)
        inner.append(levels[top : top + height, left : left + width].std())
        outer.append(levels[:, :].std())
    assert len(inner) > 5
    assert np.mean(inner) > 1.5 * np.mean(outer)


def test_one_format_may_be_written_alone(tmp_path):
    settings = SceneSettings(
        identities=1, test_identities=1, width=160, height=90, frames_a_walk=4, boxes_format="coco"
    )
    found = {
        name for name in held(film(tmp_path / "s", settings, processes=1)) if "frames" not in name
    }
    assert found == {"scenes.json"} | {
        f"{day}/{name}" for day in ("day1", "day2")
        for name in ("boxes.json", "clocks.csv", "truth.csv")
    }  # fmt: skip


@pytest.mark.parametrize("field", ["identities", "seed", "width", "fps"])
def test_settings_out_of_range_are_one_line(field):
    with pytest.raises(ConfigError, match=f"{field} is -1; expected a whole number"):
        SceneSettings(**{field: -1})


def test_options_of_crops_are_refused(tmp_path, capsys):
    for words in (["--layout", "regdb"], ["--visible-images", "3"], ["--unpaired", "0.5"]):
        assert main(["synth", str(tmp_path / "x"), "--frames", *words]) == 2
        assert "not for recordings" in capsys.readouterr().err
    assert main(["synth", str(tmp_path / "x"), "--boxes-format", "mot"]) == 2
    assert "--boxes-format applies to --frames" in capsys.readouterr().err
