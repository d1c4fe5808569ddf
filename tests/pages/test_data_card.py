"""The page of a data set: whatever names hold is shown, nothing is loaded, it stays small."""

import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image, ImageFont

import vireid
from tests.people import manifest, rows, two_folders
from vireid.errors import DataError
from vireid.pages.charts import LETTERS, NAME, bars, ranges
from vireid.pages.markup import plain, text
from vireid.scoring import data_card
from vireid.scoring.data_card import write_data_card

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "h3", "ul",
    "li", "b", "div", "span", "section", "article", "figure", "img", "figcaption", "svg", "line",
    "rect", "text", "table", "thead", "tbody", "tr", "th", "td", "footer",
}  # fmt: skip
EVIL = [
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)<'script>",
    "a'b\"c&amp;d",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "</style><svg onload=alert(1)>".replace("/", "\\"),
]


class Page(HTMLParser):
    """All elements, attributes and text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.words.append(data)


def page_of(root, path, **options):
    write_data_card(vireid.check(root, workers=1, **options), path, command="vireid check DATA")
    text_ = path.read_text(encoding="utf-8")
    return text_, Page(text_)


@pytest.mark.parametrize("name", EVIL)
def test_names_are_shown_and_never_run(tmp_path, name):
    root = two_folders(tmp_path / "data", people=2)
    (root / "visible" / "0000").rename(root / "visible" / name)
    for number in (1, 2):
        shutil.copy(root / "infrared/0000/0.png", root / "infrared/0001" / f"{name}{number}.png")
    raw, page = page_of(root, tmp_path / "page.html")
    assert set(page.tags) <= ALLOWED
    assert not [one for one in page.attributes if one[1].startswith("on")]
    assert "\u202e" not in raw
    assert "\u200b" not in raw
    shown = "".join(page.words)
    seen = name.replace("\u202e", "U+202E").replace("\u200b", "U+200B")
    assert seen in shown, "both as a caption and among the doubts"


def test_nothing_is_loaded_and_no_place_outside_is_told(tmp_path):
    root = two_folders(tmp_path / "secret" / "data")
    raw, page = page_of(manifest(root / "m.csv", rows(root)), tmp_path / "page.html")
    sources = [value for _, name, value in page.attributes if name in ("src", "href")]
    assert sources
    assert all(value.startswith("data:image/jpeg;base64,") for value in sources)
    assert "url(" not in raw
    assert "@import" not in raw
    assert "secret" not in raw
    assert "default-src 'none'" in raw
    assert vireid.__version__ in raw


def test_the_same_data_gives_the_same_page_and_tells_what_check_tells(tmp_path):
    root = two_folders(tmp_path / "data")
    (root / "visible/0000/0.png").write_bytes(b"")
    (root / "visible/0001/0.png").write_bytes((root / "visible/0001/1.png").read_bytes())
    table = manifest(root / "m.csv", rows(root))
    pages = [page_of(table, tmp_path / f"{n}.html")[0] for n in range(2)]
    assert pages[0] == pages[1]
    shown = "".join(Page(pages[0]).words)
    found = vireid.check(table, workers=1)
    assert found.faults
    assert found.warnings
    for line in (*found.faults, *found.warnings):
        assert line in shown
    assert "not possible: mend the faults first" in shown


def test_a_page_stays_small_however_many_cameras_there_are(tmp_path):
    root = two_folders(tmp_path / "data", people=100, shots=1)
    noise = np.random.default_rng(0)
    for file in root.rglob("*.png"):
        Image.fromarray(noise.integers(0, 256, (300, 150, 3), dtype=np.uint8)).save(file)
    table = [
        (path, kind, str(int(who) + 1 + 100 * (kind == "infrared")), who, split)
        for path, kind, _, who, split in rows(root)
    ]
    raw, page = page_of(manifest(root / "m.csv", table), tmp_path / "page.html")
    assert len(raw) < 5e6
    assert page.tags.count("img") <= data_card.PICTURES
    assert "Not shown: 140 more cameras." in "".join(page.words)


def test_quick_has_examples_and_no_charts_of_brightness(tmp_path):
    _, page = page_of(two_folders(tmp_path / "data"), tmp_path / "page.html", quick=True)
    assert "img" in page.tags
    assert "Brightness by camera" not in "".join(page.words)


def test_deep_files_are_shown_as_they_are_scaled(tmp_path):
    root = two_folders(tmp_path / "data")
    for file in root.glob("infrared/*/*.png"):
        grey = np.asarray(Image.open(file).convert("L")) / 255
        Image.fromarray((7800 + 500 * grey).astype("u2")).save(file)
    _, page = page_of(root, tmp_path / "page.html")
    shown = "".join(page.words)
    assert "infrared 78" in shown
    assert "percentiles" in shown
    assert "32 files of more than 8 bits" in shown
    found = vireid.check(root, workers=1)
    assert float(np.median(found.looks[1].seen.contrast)) > 20
    full = vireid.check(root, workers=1, levels="full")
    assert "nearly flat" in full.warnings[0]
    assert "infrared 0 to 65535 (all of 16 bits)" in full.levels


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    found = vireid.check(two_folders(tmp_path / "data", people=1), workers=1)
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot write"):
        write_data_card(found, tmp_path / "file" / "page.html")


def test_text_of_any_kind_is_escaped():
    assert text("\ud800") == '<span class="sign">U+D800</span>'
    assert plain('"\n<') == "&quot;[U+000A]&lt;"
    drawn = ranges([("<b>", "visible", (0.0, 1.0, 2.0, 3.0, 999.0))], 255, "<i>")
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert 'x2="660.0"' in drawn, "what is beyond the scale ends at its end"
    assert "12,345" in bars([("many", 12345), ("none", 0)], "people")


@pytest.mark.parametrize(
    "name", ["infrared camera Garage", "visible camera WWWWWWWWWWWWWWWWWW", "\u95e8" * 30, "i" * 60]
)
def test_names_beside_a_chart_fit_into_their_room(name):
    drawn = bars([(name, 3)], "x")
    shown = re.search(r'<text class="name"[^>]*>([^<]*)<', drawn)[1]
    font = ImageFont.load_default(LETTERS)
    assert name.startswith(shown.rstrip("\N{HORIZONTAL ELLIPSIS}"))
    if name.isascii():
        assert font.getlength(shown.replace("\N{HORIZONTAL ELLIPSIS}", "...")) <= NAME - 8
    else:
        assert len(shown) * LETTERS <= NAME - 8
    assert ("Garage" in shown) == ("Garage" in name)
