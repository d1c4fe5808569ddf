"""Rows that differ in settings."""

import pytest

from vireid.errors import ConfigError
from vireid.recipes import load_recipe, recipe_differences
from vireid.studies import named_rows, swept_rows, with_settings

SMALL = load_recipe("synthetic")


@pytest.mark.parametrize(
    ("parameter", "value", "settings"),
    [
        ("n", "7", ["labelling.memories is 7"]),
        ("eps", "0.45", ["labelling.single.eps is 0.45", "labelling.mixed.eps is 0.45"]),
        ("matching", "nearest", ["labelling.matching is nearest"]),
        ("labelling.reject", "mutual", ["labelling.reject is mutual"]),
        ("stages.joint.epochs", "3", ["stages.joint.epochs is 3"]),
        ("labelling.temperature", "0.1", ["labelling.temperature is 0.1"]),
        ("stages.joint.terms.mixed.momentum", "0.4", ["stages.joint.terms.mixed.momentum is 0.4"]),
        ("lambda_mixed", "2", None),
    ],
)
def test_a_value_changes_its_setting_and_nothing_else(parameter, value, settings):
    if settings is None:
        with pytest.raises(ConfigError, match="applies to a term mixed, which stage aligned has n"):
            swept_rows(SMALL, parameter, [value])
        return
    ((name, row),) = swept_rows(SMALL, parameter, [value]).items()
    assert name == f"{parameter}={value}"
    found = [line.partition(", was")[0] for line in recipe_differences(SMALL, row)]
    assert found == settings


@pytest.mark.parametrize("loss", ["intra", "inter"])
def test_lambda_is_the_weight_of_the_last_stage(tiny, loss):
    row = with_settings(tiny, [f"lambda_{loss}=0.125"])
    weights = {name: term.weight for name, term in row.stages[-1].terms.items()}
    before = {name: term.weight for name, term in tiny.stages[-1].terms.items()}
    expected = before | {loss: 0.125}
    assert weights == expected
    assert row.stages[:-1] == tiny.stages[:-1]


def test_rows_come_in_the_order_of_the_values(tiny):
    rows = swept_rows(tiny, "n", ["4", "1", "2"])
    assert {name: row.labelling.memories for name, row in rows.items()} == {
        "n=4": 4, "n=1": 1, "n=2": 2,
    }  # fmt: skip
    assert list(rows) == ["n=4", "n=1", "n=2"]


def test_named_rows_take_several_settings(tiny):
    rows = named_rows(tiny, {"plain": [], "both": ["n=3", "matching=hungarian", "lambda_intra=0"]})
    assert rows["plain"] == tiny
    both = rows["both"]
    assert (both.labelling.memories, both.labelling.matching) == (3, "hungarian")
    assert both.stages[-1].terms["intra"].weight == 0


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("n", "0", "labelling.memories is 0; expected at least 1"),
        ("n", "many", "memories"),
        ("eps", "2", "labelling.single.eps is 2.0; expected more than 0 and less than 1"),
        ("matching", "best", "matching"),
        ("lambda_intra", "much", "terms.intra.weight is 'much'; expected a number"),
        ("lambda_inter", "-1", "inter: weight is -1.0; expected at least 0"),
        ("lambda_inter", "nan", "inter: weight is nan; expected at least 0"),
        ("bogus", "1", "no such setting: bogus"),
        ("stages.gone.epochs", "1", "NAME one of joint, aligned"),
        ("seed", "3", "row seed=3 sets the seed; a study has its seeds from --seeds"),
    ],
)
def test_values_that_cannot_be(tiny, parameter, value, message):
    with pytest.raises(ConfigError, match=message) as caught:
        swept_rows(tiny, parameter, [value])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("setting", ["n", "lambda_intra", "labelling.temperature"])
def test_settings_without_a_value(tiny, setting):
    with pytest.raises(ConfigError, match=f"setting {setting}: expected name=value"):
        with_settings(tiny, [setting])


def test_a_lambda_without_its_term(tiny):
    with pytest.raises(
        ConfigError, match="a term intra, which stage joint has not; it has visible, infr"
    ):
        with_settings(tiny.__class__(stages=tiny.stages[:1]), ["lambda_intra=1"])


def test_a_row_that_changes_nothing_is_refused():
    pgm = load_recipe("pgm")
    with pytest.raises(ConfigError, match=r"setting labelling\.subset changes nothing"):
        swept_rows(pgm, "labelling.subset", ["0.5"])
    assert swept_rows(pgm, "eps", ["0.5"])["eps=0.5"].labelling.single.eps == 0.5
    turned = ["labelling.matching=nearest", "labelling.matcher=null"]
    for settings in (turned, turned[::-1]):
        assert named_rows(pgm, {"row": settings})["row"].labelling.matching == "nearest"
