"""A video file gives the crops of its frames, and their own times."""

import sys
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from tests.cropping.drawn import HEIGHT, WIDTH, Row, frames, held, listed, random_rows, text, write
from vireid.cropping import CropSettings
from vireid.cropping.crop import crop
from vireid.errors import ConfigError, DataError

av = pytest.importorskip("av")
HOW = CropSettings(modality={"": "visible"}, camera="a")


def video(path, pictures, pixel_format, codec="ffv1", stamps=None, began=None):
    """Write pictures as a video without loss."""
    with av.open(str(path), "w") as container:
        if began:
            container.metadata["creation_time"] = began
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixel_format
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, picture in enumerate(pictures):
            form = "gray16le" if picture.dtype == np.uint16 else "rgb24"
            frame = av.VideoFrame.from_ndarray(picture, format=form)
            frame = frame if pixel_format == form else frame.reformat(format=pixel_format)
            frame.pts = stamps[number] if stamps else number * 100
            frame.time_base = Fraction(1, 1000)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def pictures(root):
    """Return the pixels of frames in order."""
    return [np.asarray(Image.open(file)) for file in sorted(root.iterdir())]


@pytest.mark.parametrize("best", [None, 2])
def test_a_video_equals_its_frames(tmp_path, best):
    root, rows = frames(tmp_path / "frames"), random_rows(2)
    boxes = write(rows, "mot", tmp_path / "boxes")
    film = video(tmp_path / "film.mkv", pictures(root), "bgr0")
    how = CropSettings(modality={"": "visible"}, camera="a", best=best)
    for source, out in ((root, "a"), (film, "b"), (film, "b")):
        crop(source, boxes, tmp_path / out, how)
    one, other = held(tmp_path / "a"), held(tmp_path / "b")
    assert one.pop("manifest.csv") != other.pop("manifest.csv")  # frames have other names
    assert one == other
    assert [row["path"] for row in listed(tmp_path / "a")] == [
        row["path"] for row in listed(tmp_path / "b")
    ]


def test_16_bits_of_a_video_stay(tmp_path):
    root = frames(tmp_path / "frames", 3, deep=True)
    film = video(tmp_path / "film.mkv", pictures(root), "gray16le")
    boxes = write([Row(2, 1, 10, 10, 20, 30)], "mot", tmp_path / "boxes")
    crop(film, boxes, tmp_path / "out", HOW)
    piece = np.asarray(Image.open(tmp_path / "out" / "a" / "1" / "000002.png"))
    assert np.array_equal(piece, pictures(root)[1][10:40, 10:30])


def test_times_are_those_of_the_video(tmp_path):
    root = frames(tmp_path / "frames", 4)
    stamps = [0, 40, 1080, 1120]
    began = "2026-03-01T07:00:00.000000Z"
    film = video(tmp_path / "f.mkv", pictures(root), "bgr0", stamps=stamps, began=began)
    boxes = write([Row(k, 1, 10, 10, 20, 30) for k in range(1, 5)], "mot", tmp_path / "boxes")
    start = {"": "file"}
    crop(
        film, boxes, tmp_path / "o", CropSettings(modality={"": "visible"}, camera="a", start=start)
    )
    found = [row["timestamp"][17:23] for row in listed(tmp_path / "o")]
    assert found == ["00.000", "00.040", "01.080", "01.120"]


def test_a_count_that_may_begin_with_0_or_1_is_asked_for(tmp_path):
    film = video(tmp_path / "f.mkv", pictures(frames(tmp_path / "frames", 4)), "bgr0")
    table = "frame,track,left,top,width,height\n1,1,10,10,20,30\n"
    boxes = text(tmp_path / "b.csv", table)
    with pytest.raises(DataError, match="say --first-frame 0 or --first-frame 1"):
        crop(film, boxes, tmp_path / "out", HOW)
    for first in (0, 1):
        how = CropSettings(modality={"": "visible"}, camera="a", first_frame=first)
        crop(film, boxes, tmp_path / str(first), how)
    expected = pictures(tmp_path / "frames")
    for first in (0, 1):
        piece = np.asarray(Image.open(tmp_path / str(first) / "a" / "1" / "000001.png"))
        assert np.array_equal(piece, expected[1 - first][10:40, 10:30])


def test_what_is_no_video_is_one_line(tmp_path):
    boxes = write([Row(1, 1, 10, 10, 20, 30)], "mot", tmp_path / "boxes")
    film = video(tmp_path / "f.mkv", pictures(frames(tmp_path / "frames", 4)), "bgr0")
    (tmp_path / "half.mkv").write_bytes(film.read_bytes()[:200])
    (tmp_path / "text.mp4").write_text("no video")
    for name in ("half.mkv", "text.mp4"):
        with pytest.raises(DataError, match=r"cannot be decoded as a video|holds no"):
            crop(tmp_path / name, boxes, tmp_path / "out", HOW)
    with pytest.raises(DataError, match="is missing"):
        crop(tmp_path / "none.mp4", boxes, tmp_path / "out", HOW)


def test_without_pyav_a_line_says_what_to_install(tmp_path, monkeypatch):
    boxes = write([Row(1, 1, 10, 10, 20, 30)], "mot", tmp_path / "boxes")
    (tmp_path / "f.mp4").write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ConfigError, match=r"needs PyAV.*pip install 'vireid\[video\]'"):
        crop(tmp_path / "f.mp4", boxes, tmp_path / "out", HOW)
