"""Links, closed folders and what systems add: one walk for all readers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.people import two_folders
from vireid.data import open_data
from vireid.data.check.inspection import check
from vireid.data.content import looks_decodable
from vireid.data.find_images import find_images
from vireid.data.walking import SYSTEM, walk
from vireid.errors import ConfigError, DataError

ORDINARY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search",
            "--inh-caps=-dac_override,-dac_read_search")  # fmt: skip
"""Takes from root what ordinary users do not have: the right to read everything."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return two folders of three people, two pictures each."""
    return two_folders(tmp_path / "pictures", people=3, shots=2)


def as_user(code: str, *words: object) -> str:
    """Run Python as somebody who may not read everything, and return what it prints."""
    before = ORDINARY if os.geteuid() == 0 else ()
    if before and shutil.which(before[0]) is None:
        pytest.skip("root reads everything, and setpriv is not there to take that away")
    command = (*before, sys.executable, "-W", "ignore", "-c", code, *map(str, words))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("what", ["visible", "visible/0001", "visible/0001/0.png"])
def test_links_count_as_what_they_lead_to(pictures, tmp_path, what):
    before = open_data(pictures).train
    (pictures / what).rename(tmp_path / "store")
    (pictures / what).symlink_to(tmp_path / "store")
    assert open_data(pictures).train.paths == before.paths
    assert len(find_images(pictures / "visible", "visible")) == 6


def test_links_in_camera_folders_and_to_camera_folders(copied, tmp_path):
    root = copied("sysu")
    before = open_data(root)
    for what in ("cam1", "cam2/0001", "cam3/0001"):
        (root / what).rename(tmp_path / what.replace("/", "-"))
        (root / what).symlink_to(tmp_path / what.replace("/", "-"))
    again = open_data(root)
    assert (again.train.paths, again.test.paths) == (before.train.paths, before.test.paths)


@pytest.mark.parametrize("to", [".", "..", "../..", "../../infrared/.."])
def test_a_link_to_a_folder_above_is_named_and_not_followed(pictures, to):
    before = open_data(pictures).train.paths
    (pictures / "visible" / "0001" / "round").symlink_to(to)
    with pytest.warns(UserWarning, match="1 link to a folder above, not followed: 'visible/0001/r"):
        assert open_data(pictures).train.paths == before
    assert any("not followed" in line for line in check(pictures).warnings)


def test_links_that_lead_to_each_other_end(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.png").touch()
        (tmp_path / name / "other").symlink_to(f"../{other}")
    assert walk(tmp_path).files == ("a/a.png", "a/other/b.png", "b/b.png", "b/other/a.png")
    assert len(walk(tmp_path).loops) == 2


@pytest.mark.parametrize("name", ["visible/0009", "visible/0001/9.png"])
def test_a_link_that_leads_nowhere_is_a_fault(pictures, name):
    (pictures / name).symlink_to("/nowhere/at/all")
    found = check(pictures)
    assert found.faults == (
        f"'{name}' is a link that leads nowhere, to '/nowhere/at/all'; mount or copy what it leads "
        "to, or remove it",
    )
    for read in (open_data, lambda path: find_images(path / "visible", "visible")):
        with pytest.raises(DataError, match="leads nowhere"):
            read(pictures)


def test_a_modality_that_is_a_link_to_nowhere_is_named(pictures):
    shutil.rmtree(pictures / "visible")
    (pictures / "visible").symlink_to("/nowhere")
    with pytest.raises(DataError, match="visible is a link that leads nowhere, to '/nowhere'"):
        open_data(pictures)


CLOSED = """
import sys
from vireid.data import open_data
from vireid.data.check.inspection import check
from vireid.data.find_images import find_images
from vireid.errors import DataError
path, plain = sys.argv[1:]
try:
    find_images(plain, "visible") if plain != "no" else open_data(path)
except (DataError, OSError) as error:
    print("refused:", error)
if plain == "no":
    found = check(path, quick=True)
    print(found.usable, *found.faults)
"""


@pytest.mark.parametrize(
    ("layout", "closed"),
    [("sysu", "cam4"), ("sysu", "cam4/0001"), ("llcm", "test_vis/cam2"), ("regdb", "Visible"),
     ("manifest", "images/0001"), ("folders", "visible"), ("folders", "infrared/0001")],
)  # fmt: skip
def test_a_folder_that_may_not_be_read_is_a_fault(copied, layout, closed):
    root = copied(layout)
    (root / closed).chmod(0)
    try:
        said = as_user(CLOSED, root, "no").splitlines()
    finally:
        (root / closed).chmod(0o755)
    assert said[0].startswith("refused: ")
    assert "Permission denied" in said[0]
    assert said[1].startswith("False ")
    assert "Permission denied" in said[1]


def test_a_plain_folder_with_a_closed_one_is_refused(pictures):
    (pictures / "visible" / "0001").chmod(0)
    try:
        said = as_user(CLOSED, pictures, pictures / "visible")
    finally:
        (pictures / "visible" / "0001").chmod(0o755)
    assert "'0001' cannot be read: Permission denied" in said


@pytest.mark.parametrize("name", ["@eaDir", "__MACOSX", "$RECYCLE.BIN", "Thumbs", "lost+found",
                                  ".ipynb_checkpoints", "@EADIR"])  # fmt: skip
def test_folders_that_systems_add_are_left_out_and_counted(pictures, name):
    for folder in ("visible/0000", "visible/0001", "infrared"):
        shutil.copytree(pictures / "visible" / "0002", pictures / folder / name)
    (pictures / "visible" / "Thumbs.db").touch()
    assert len(open_data(pictures).train) == 12
    assert len(find_images(pictures / "visible", "visible")) == 6
    (line,) = check(pictures).warnings
    assert line.startswith("left out, as systems and disks add them: ")
    assert f"3 {name}" in line
    assert "1 Thumbs.db" in line


def test_names_of_systems_are_in_lower_case_as_they_are_compared():
    assert {name.lower() for name in SYSTEM} == SYSTEM


def test_images_at_several_depths_are_counted(pictures):
    shutil.copytree(pictures / "visible" / "0002", pictures / "visible" / "0000" / "small")
    (line,) = [line for line in check(pictures).warnings if "depths" in line]
    assert line.startswith(
        "images of visible lie at several depths: 6 such as 'visible/0000/0.png'"
    )
    assert "2 such as 'visible/0000/small/0.png'" in line
    with pytest.warns(UserWarning, match="6 such as '0000/0.png', 2 such as '0000/small/0.png'"):
        find_images(pictures / "visible", "visible")


def test_every_file_that_is_not_taken_is_named_by_its_ending(pictures):
    folder = pictures / "visible" / "0000"
    for name in ("a.avif", "b.AVIF", "c.npy", "d", "e.heic", ".hidden"):
        (folder / name).write_bytes(b"x")
    for name in ("f.jpe", "g", "h.txt"):
        shutil.copy(folder / "0.png", folder / name)
    images, others = check(pictures).warnings
    assert images.startswith("3 image files not used")
    assert "(1 .jpe, 1 without ending, 1 .txt)" in images
    assert "visible/0000/f.jpe, visible/0000/g, visible/0000/h.txt" in images
    assert others.startswith(
        "5 files of other kinds not used: 2 .avif, 1 .npy, 1 without ending, 1 .heic"
    )


@pytest.mark.parametrize(
    ("begin", "image"),
    [(b"\xff\xd8\xff\xe0", True), (b"GIF89a", True), (b"RIFF0000WEBP", True), (b"P5\n2 2\n", True),
     (b"II*\0", True), (b"BM" + 12 * b"\0" + b"\x28\0\0\0", True), (b"BMW is a car", False),
     (b"P1 of the plan", False), (b"", False), (b"RIFF0000WAVE", False), (b"\0" * 32, False)],
)  # fmt: skip
def test_images_are_known_by_their_first_bytes(tmp_path, begin, image):
    (tmp_path / "x").write_bytes(begin)
    assert looks_decodable(tmp_path / "x") == image
    (tmp_path / "x").rename(tmp_path / "x.dng")
    assert not looks_decodable(tmp_path / "x.dng"), "a camera original"


def test_other_files_in_other_folders_of_the_same_modality_are_named(pictures):
    shutil.copytree(pictures / "infrared", pictures / "thermal")
    with pytest.warns(UserWarning, match=r"folders not used: thermal \(6 images\)"):
        open_data(pictures)


@pytest.mark.parametrize(("part", "number"), [("all", 6), ("train", 6)])
def test_a_modality_filters_a_data_set(pictures, part, number):
    found = find_images(pictures, "infrared", part)
    assert (len(found), set(found.modality.tolist())) == (number, {1})


def test_the_option_that_lacks_is_the_one_that_is_named(pictures):
    for path in (pictures / "visible", pictures / "visible" / "0000" / "0.png"):
        with pytest.raises(ConfigError, match="say --gallery-modality visible or infrared"):
            find_images(path, option="--gallery-modality")


@pytest.mark.parametrize(
    ("names", "hint"),
    [(("day", "night"), "; rename the two, day and night, to visible and infrared; expected"),
     (("RGB", "thermal"), "; rename RGB to visible and thermal to infrared; expected"),
     (("Visible", "Infrared"), "; rename Infrared to infrared and Visible to visible; expected")],
)  # fmt: skip
def test_two_folders_of_other_names_are_to_be_renamed(pictures, names, hint):
    for old, new in zip(("visible", "infrared"), names, strict=True):
        (pictures / old).rename(pictures / new)
    with pytest.raises(DataError) as caught:
        open_data(pictures)
    assert hint in str(caught.value)


def test_a_walk_finds_what_looking_at_every_file_finds(original):
    for layout in ("sysu", "llcm", "regdb"):
        root = original(layout)
        slowly = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
        assert list(walk(root).files) == sorted(slowly)
