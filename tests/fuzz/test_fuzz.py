"""The short form of `python benchmarks/fuzz.py`: some hundred damaged files, and planted faults."""

import subprocess
import sys
import warnings
from collections import Counter
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vireid.data.pixels import opening

pytest.importorskip("pyarrow")
FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def fuzzing(monkeypatch):
    """Return an importer of the campaign's modules."""
    monkeypatch.syspath_prepend(FOLDER)
    yield lambda name: import_module(name)
    for name in [name for name in sys.modules if name.split(".")[0] in ("fuzz", "fuzzing")]:
        sys.modules.pop(name)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let both refuse what damaged heads claim to be large; the campaign bounds memory."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500_000)  # twice as many are an error
    monkeypatch.setattr(opening, "LARGEST", 1_000_000)


def outcomes(fuzzing, folder, kind, numbers, plant=None):
    """Return the number, name and outcome of files."""
    one = fuzzing("fuzzing.worker").trial(kind, folder, plant)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(number, *one(number)) for number in numbers]


@pytest.mark.parametrize("kind", ["images", "listings"])
def test_damaged_files_are_read_as_others_read_them_or_refused(fuzzing, tmp_path, kind):
    found = outcomes(fuzzing, tmp_path, kind, range(4000, 4400))
    assert [one for one in found if one[2].kind == "fault"] == []
    kinds = Counter(outcome.kind for *_, outcome in found)
    assert min(kinds["equal"], kinds["refused"]) > 80, "both happen, so both are looked at"


PLANTED = {"channels": "images", "turned": "images", "row": "listings", "identity": "listings"}


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_fault_is_found(fuzzing, tmp_path, plant):
    found = outcomes(fuzzing, tmp_path, PLANTED[plant], range(4000, 4200), plant)
    faults = [(name, outcome.what) for _, name, outcome in found if outcome.kind == "fault"]
    assert len(faults) >= 3
    if plant in ("channels", "turned"):
        assert {name.split()[0] for name, _ in faults} == {"BMP" if plant == "channels" else "JPEG"}


def test_every_planted_fault_is_tried(fuzzing):
    assert set(fuzzing("fuzzing.readers").PLANTS) == set(PLANTED)


def test_sound_files_of_every_format_are_read(fuzzing, tmp_path):
    images, made = fuzzing("fuzzing.images"), fuzzing("fuzzing.pictures").pictures(3)
    formats = fuzzing("fuzzing.image_oracle").FORMATS
    assert {name.split()[0] for name in made} == set(formats)
    read = fuzzing("fuzzing.readers").read_image
    found = {name: images.try_image(read, data, tmp_path / "x") for name, data in made.items()}
    refused = {name for name, outcome in found.items() if outcome.kind != "equal"}
    assert refused <= {"TIFF float", "TIFF signed"}
    assert all(outcome.kind == "refused" for name, outcome in found.items() if name in refused)


def test_a_number_always_gives_the_same_file(fuzzing):
    for module, name in (("images", "damaged_image"), ("tables", "damaged_listing")):
        make = getattr(fuzzing(f"fuzzing.{module}"), name)
        assert make(17) == make(17)
        assert make(17) != make(57 + 17)


def test_every_damage_changes_most_files(fuzzing):
    damage, rng = fuzzing("fuzzing.damage"), np.random.default_rng(0)
    for one in damage.DAMAGES:
        for data in fuzzing("fuzzing.pictures").pictures(1).values():
            changed = sum(one(data, b"another file" * 9, rng) != data for _ in range(8))
            assert changed >= 1, one.__name__


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\nb", "fault"), ("\x1b[1mdo\x1b[0m", "fault"), ("x" * 5000, "fault"), ("a b", "refused")],
)
def test_a_refusal_is_one_line_that_can_be_printed(fuzzing, text, expected):
    from vireid.errors import DataError

    refusal = fuzzing("fuzzing.outcome").refusal
    assert refusal(DataError(text), False).kind == expected
    assert refusal(ValueError(text), False).kind == "fault"


def test_a_process_that_is_ended_is_a_fault_of_its_file(fuzzing, monkeypatch):
    fuzz, begun = fuzzing("fuzz"), []

    def run(words, **_options):
        begun.append(words[4:6])
        line = '["PNG", "equal", "", false, 0.1, 90]\n'
        ended = len(begun) == 1
        return subprocess.CompletedProcess(words, -24 * ended, line * (2 if ended else 1), "")

    monkeypatch.setattr(fuzz.subprocess, "run", run)
    found = list(fuzz.read_part("images", 10, 4, None))
    assert [one.kind for one in found] == ["equal", "equal", "fault", "equal"]
    assert "process ended with -24" in found[2].what
    assert begun == [["10", "4"], ["13", "1"]]
    assert fuzz.table(found)[-1] == "| all | 4 | 3 | 0 | 0 | 1 | 0.10 |"


def test_the_campaign_ends_with_1_where_a_fault_is_found(fuzzing, monkeypatch, capsys):
    fuzz = fuzzing("fuzz")
    words = ["fuzz.py", "--only", "images", "--count", "60", "--plant", "channels"]
    monkeypatch.setattr(sys, "argv", words)
    assert fuzz.main() == 1
    assert "pixels differ from Pillow's" in capsys.readouterr().out
