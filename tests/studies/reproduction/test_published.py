"""The numbers of papers: of recipes that ship, in settings that are evaluated."""

from importlib.resources import files

import pytest
import yaml

from vireid.recipes import names
from vireid.studies.reproduction import published
from vireid.studies.reproduction.settings import settings_of

METHODS = yaml.safe_load(
    (files("vireid.studies.reproduction") / "published.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("method", METHODS)
def test_each_number_is_of_a_setting_that_is_scored(method):
    data = [which for which in METHODS[method] if which != "source"]
    assert data
    assert METHODS[method]["source"].count(",") > 1
    for which in data:
        settings = {setting.name for setting in settings_of(which)}
        assert set(METHODS[method][which]) <= settings
        for pair in METHODS[method][which].values():
            assert len(pair) == 2
            assert all(value is None or 30 < value < 100 for value in pair)


def test_each_method_has_a_recipe_of_its_paper():
    shipped = {name.rpartition("-")[0] for name in names() if "-" in name}
    assert set(METHODS) <= shipped


def test_the_numbers_of_mmm():
    sysu, regdb, llcm = (published(f"mmm-{which}", which) for which in ("sysu", "regdb", "llcm"))
    assert sysu.scores["indoor, single-shot"] == {"rank1": 64.4, "mAP": 70.4}
    assert sysu.score("all, multi-shot", "rank1") is None
    assert regdb.scores["visible-to-infrared"] == {"rank1": 89.7, "mAP": 80.5}
    assert llcm.scores["infrared-to-visible"] == {"rank1": 44.9, "mAP": 50.3}
    assert "arXiv 2401.06825" in sysu.source
    assert published("released-sysu", "sysu") == sysu == published("sysu", "sysu")


@pytest.mark.parametrize(
    ("recipe", "which"),
    [("mmm", "sysu"), ("mmm-sysu", "regdb"), ("adca-mmm-sysu", "sysu"), ("pgm-llcm", "llcm"),
     ("mine.yaml", "sysu"), ("other-sysu", "sysu")],
)  # fmt: skip
def test_of_other_recipes_nothing_is_known(recipe, which):
    assert published(recipe, which) is None


def test_what_a_paper_is_silent_on_is_absent():
    found = published("mmm-pclhd-sysu", "sysu")
    assert found.scores["indoor, single-shot"] == {"rank1": 70.3}
    assert "infrared-to-visible" not in published("bmil-regdb", "regdb").scores
