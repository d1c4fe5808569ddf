"""An image has one modality and is for one part: lists that say otherwise are faults."""

import csv
import shutil

import pytest

from vireid.data import open_data
from vireid.data.check.inspection import check
from vireid.errors import DataError

WORDS = {"regdb": ("visible", "thermal", "_1"), "llcm": ("vis", "nir", "")}
BOTH = "is listed for both modalities; take it out of the list that is not its own"


def lists(layout, part="train"):
    """Return the names of a part's lists, visible and infrared."""
    visible, infrared, end = WORDS[layout]
    return [f"idx/{part}_{word}{end}.txt" for word in (visible, infrared)]


def refused(root, message):
    """Demand that opening fails with one line, and that the check stops both uses."""
    with pytest.raises(DataError) as caught:
        open_data(root)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    found = check(root, fold=1 if (root / "Visible").is_dir() else None)
    assert not found.usable
    assert [fault.stops for fault in found.reasons] == [("training", "evaluation")]
    assert message in found.faults[0]
    return found


@pytest.mark.parametrize(
    ("layout", "part"), [("regdb", "train"), ("regdb", "test"), ("llcm", "train")]
)
def test_a_list_copied_over_that_of_the_other_modality_is_a_fault(copied, layout, part):
    root = copied(layout)
    visible, infrared = lists(layout, part)
    paths = [line.split()[0] for line in (root / infrared).read_text().splitlines()]
    shutil.copy(root / infrared, root / visible)
    found = refused(root, f"{visible} and {infrared}: '{paths[0]}' {BOTH}")
    assert found.findings["repeated list entries"] == len(paths)


@pytest.mark.parametrize("layout", WORDS)
def test_a_single_image_in_both_lists_is_a_fault(copied, layout):
    root = copied(layout)
    visible, infrared = lists(layout)
    line = (root / visible).read_text().splitlines()[-1]
    with (root / infrared).open("a") as file:
        file.write(f"./{line}\n")
    found = refused(root, f"'{line.split()[0]}' {BOTH}")
    assert found.findings["repeated list entries"] == 1


def test_one_fault_for_an_image_in_both_lists_of_several_folds(copied):
    root = copied("regdb")
    for fold in range(1, 11):
        place = root / "idx" / f"train_thermal_{fold}.txt"
        shutil.copy(place, root / "idx" / f"train_visible_{fold}.txt")
    found = check(root)
    images = {path for t in range(1, 11) for path in thermal(root, t)}
    assert found.findings["repeated list entries"] == len(images)
    assert len(found.faults) == 1


def thermal(root, fold):
    """Return the training images of a fold's thermal list."""
    lines = (root / "idx" / f"train_thermal_{fold}.txt").read_text().splitlines()
    return [line.split()[0] for line in lines]


@pytest.mark.parametrize("modality", [0, 1])
@pytest.mark.parametrize("layout", WORDS)
def test_a_test_image_that_is_trained_on_is_a_fault(copied, layout, modality):
    root = copied(layout)
    path = open_data(root).test.paths[-1]
    if layout == "llcm":
        named = path.replace(".jpg", "_c01_.jpg")
        (root / path).rename(root / named)
        path = named
    with (root / lists(layout)[modality]).open("a") as file:
        file.write(f"{path} 0\n")
    found = refused(root, f"'{path}' is a training image too; an image is for training or for")
    assert found.findings["repeated list entries"] == 1


@pytest.mark.parametrize("same_split", [True, False])
def test_a_row_of_a_manifest_again_in_the_other_modality_is_a_fault(copied, same_split):
    root = copied("manifest")
    with (root / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    other = {"visible": "infrared", "infrared": "visible"}
    again = rows[0] | {"modality": other[rows[0]["modality"]]}
    rows.append(again if same_split else again | {"split": "query"})
    with (root / "manifest.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    refused(root, f"path '{rows[0]['path']}' is on line 2 already")
