"""Times of frames: counted, from names, tables and videos; clocks that are off, or drift."""

import pytest

from tests.cropping.drawn import frames, listed, text
from vireid.cropping import CropSettings
from vireid.cropping.crop import crop
from vireid.errors import ConfigError, DataError

START = "2026-03-01T08:00:00+01:00"


@pytest.fixture
def taken(tmp_path):
    """Return a function that crops one box of each frame and gives the times of the manifest."""
    count = iter(range(100))

    def run(times=None, names=None, **settings):
        number = next(count)
        root = frames(tmp_path / f"f{number}", 4)
        for file, name in zip(sorted(root.iterdir()), names or [], strict=False):
            file.rename(root / name)
        rows = [
            f"{file.name},1,10,10,20,30" + (f",{times[k]}" if times else "")
            for k, file in enumerate(sorted(root.iterdir()))
        ]
        header = "frame,track,left,top,width,height" + (",timestamp" if times else "")
        boxes = text(tmp_path / f"b{number}.csv", "\n".join([header, *rows]))
        how = CropSettings(modality={"": "visible"}, camera="a", **settings)
        done = crop(root, boxes, tmp_path / f"o{number}", how)
        return [row["timestamp"][11:] for row in listed(tmp_path / f"o{number}")], done

    return run


def test_frames_are_counted_from_the_first(taken):
    found, _ = taken(start={"": START}, fps={"a": "30000/1001"}, clock={"a": -0.5})
    assert found == [
        "07:59:59.500+01:00", "07:59:59.533+01:00", "07:59:59.567+01:00", "07:59:59.600+01:00"
    ]  # fmt: skip


def test_frames_that_are_not_there_take_their_time(taken):
    names = ["f5.png", "f6.png", "f9.png", "f10.png"]
    found, _ = taken(names=names, start={"": START}, fps={"": "1"})
    assert sorted(time[6:8] for time in found) == ["00", "01", "04", "05"]


def test_names_tell_times(taken):
    names = [f"gate_20260301_2359{second}_5.png" for second in (57, 58, 59)]
    pattern = "gate_%Y%m%d_%H%M%S_%f"
    found, _ = taken(names=[*names, "gate_20260302_000000_5.png"], name_times=pattern, zone="Z")
    assert found[2:] == ["23:59:59.500+00:00", "00:00:00.500+00:00"]
    with pytest.raises(ConfigError, match="tells no zone"):
        taken(names=[*names, "gate_20260302_000000_5.png"], name_times=pattern)
    with pytest.raises(DataError, match=r"the name of 000001\.png is not as --name-times"):
        taken(name_times=pattern, zone="Z")


def test_times_of_a_table(taken):
    times = [f"2026-03-01T08:00:0{second}+01:00" for second in (0, 1, 2, 3)]
    assert taken(times)[0][3] == "08:00:03.000+01:00"
    assert taken([str(1772348400 + k) for k in range(4)])[0][3] == "07:00:03.000+00:00"
    bare = [time.removesuffix("+01:00") for time in times]
    assert taken(bare, zone="+02:00")[0][0] == "08:00:00.000+02:00"
    with pytest.raises(DataError, match="expected ISO 8601 with a zone"):
        taken(bare)
    assert taken()[0] == [""] * 4


def test_drift_is_evened_out_and_more_is_refused(taken):
    times = [f"2026-03-01T08:00:0{second}+01:00" for second in (0, 2, "1.4", 3)]
    found, done = taken(times)
    assert [time[6:12] for time in found] == ["00.000", "02.000", "02.000", "03.000"]
    assert "times of 1 frame ran backwards by up to 1 s: evened out" in done.notes
    with pytest.raises(DataError, match=r"000003\.png of camera a was taken 0\.6 s before"):
        taken(times, clock_tolerance=0.5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"start": {"": START}}, "--start is given without --fps"),
        ({"start": {"": "file"}, "fps": {"": "1"}}, "the file tells no time"),
        ({"start": {"b": START}, "fps": {"": "1"}}, "--start names camera b; there are a"),
        ({"clock": {"cam1": 3.0}}, "--clock names camera cam1"),
        ({"start": {"": "2026-03-01T08:00:00"}}, "with its zone"),
        ({"start": {"": "tomorrow"}}, "expected a time like"),
        ({"fps": {"": "0"}}, "expected a number above 0"),
        ({"fps": {"": "1e999999999"}}, "expected a number above 0"),
        ({"zone": "Paris"}, "expected an offset"),
        ({"clock": {"a": float("inf")}}, "expected seconds"),
        ({"margin": 1.0}, "margin is 1.0"),
        ({"min_inside": float("nan")}, "min_inside is nan"),
        ({"format": "voc"}, "format is 'voc'; expected mot"),
    ],
)
def test_settings_that_do_not_fit_are_one_line(taken, settings, said):
    with pytest.raises(ConfigError, match=said):
        taken(**settings)


def test_a_time_beyond_the_calendar_is_one_line(taken):
    with pytest.raises(DataError, match="beyond the year 9999"):
        taken(start={"": "9999-12-31T23:59:59+00:00"}, fps={"": "1"})
