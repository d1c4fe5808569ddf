"""Names of files out of any text."""

import unicodedata

import pytest

from vireid.cropping.names import safe


@pytest.mark.parametrize("name", ["Hof-Süd", "Tor 2, links", "门", "a.b", "[x]", "cam_1"])
def test_what_every_system_takes_stays(name, tmp_path):
    assert safe(name) == name
    (tmp_path / safe(name)).mkdir()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Tür/1: a", "Tür%2F1%3A a"), ("..", "%2E%2E"), (" a ", "%20a%20"), ("a\nb", "a%0Ab"),
     ("50%", "50%25"), ("a@b", "a%40b"), ("\udcff", "%FF"), ("", "%"), ("\u202ea", "%E2%80%AEa"),
     ("u\u0308", "u%CC%88"), ("\u00fc/u\u0308", "%C3%BC%2Fu%CC%88"), (".", "%2E"), (" ", "%20")],
)  # fmt: skip
def test_what_no_file_may_be_called_is_coded(name, expected):
    assert safe(name) == expected


def test_other_names_give_others_that_are_short_enough():
    names = ["门" * 200, "门" * 201, "a" * 300, "a" * 301, "a b", "a%20b", "a  b"]
    assert len({safe(name) for name in names}) == len(names)
    assert all(len(safe(name).encode()) < 130 for name in names)
    assert unicodedata.is_normalized("NFC", safe("é" * 200))
