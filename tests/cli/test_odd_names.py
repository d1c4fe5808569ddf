"""File names that are no UTF-8 are printed escaped, also where the output is strict."""

import os
import shutil

import pytest

from tests.forked import Command

BAD = b"\xff.jpg"


@pytest.fixture
def vireid(tmp_path):
    """Return a function that runs a command whose output refuses what is no UTF-8."""

    def run(*words):
        done = Command([str(word) for word in words], tmp_path / "said")
        code = done.wait()
        assert "Traceback" not in done.err
        return code, done.out, done.err

    return run


def rename(path, name=BAD):
    """Rename a file or folder to a name in bytes."""
    target = os.path.join(os.fsencode(path.parent), name)  # noqa: PTH118 - bytes
    try:
        os.rename(os.fsencode(path), target)  # noqa: PTH104 - bytes
    except OSError:
        pytest.skip("this file system demands UTF-8")
    return os.fsdecode(target)


@pytest.fixture
def data(people, tmp_path):
    """Return a copy of the fake people, to be damaged."""
    return shutil.copytree(people, tmp_path / "people")


def test_an_unlisted_file_is_a_warning(data, vireid):
    shutil.copytree(data / "cam1" / "0001", data / "cam1" / "0099")
    for file in sorted((data / "cam1" / "0099").iterdir())[2:]:
        file.unlink()
    first, second = sorted((data / "cam1" / "0099").iterdir())
    rename(first)
    rename(second, b"two\nlines.jpg")
    code, out, err = vireid("check", data, "--quick")
    assert (code, err) == (0, "")
    names = r"cam1/0099/two\nlines.jpg, cam1/0099/\udcff.jpg"
    assert f"warning: 2 image files in no list and not used: {names}\n" in out


@pytest.mark.parametrize("folders", [True, False])
def test_a_listed_file_is_a_fault_and_not_in_no_list_as_well(data, vireid, folders):
    place = "cam1/0001"
    if folders:
        for name, camera in (("visible", "cam1"), ("infrared", "cam3")):
            (data / camera).rename(data / name)
        shutil.rmtree(data / "exp")
        place = "visible/0001"
    rename(next((data / place).iterdir()))
    code, out, err = vireid("check", data, "--quick")
    assert (code, err.count("\n")) == (2, 1)
    assert f"name of '{place}/\\udcff.jpg' is no UTF-8; rename the file" in out
    assert "in no list and not used" not in out
    assert ["image", "files", "in", "no", "list", "0"] in [
        line.split() for line in out.splitlines()
    ]


def test_a_folder_of_data_may_have_such_a_name(data, vireid):
    code, out, err = vireid("check", rename(data, b"people-\xff"), "--quick")
    assert (code, err) == (0, "")
    assert r"people-\udcff (SYSU-MM01 layout)" in out
