"""The rows of the ablation."""

from dataclasses import replace

import pytest

from vireid.errors import ConfigError
from vireid.recipes import load_recipe, names, recipe_differences
from vireid.studies import GAINS, ablation_rows
from vireid.terms import ClusterNCE

ROWS = ["clustering only", "+ MMLM", "+ MMLM + Intra", "+ MMLM + Inter", "all"]


def terms(recipe):
    """Return loss, label space and trust of each term of the last stage."""
    return [(t.loss, t.labels, t.confidence) for t in recipe.stages[-1].terms.values()]


def test_the_rows_of_the_tiny_recipe(tiny):
    rows = ablation_rows(tiny)
    assert list(rows) == ROWS
    matched = [("cluster_nce", "matched", True), ("triplet", "matched", False)]
    intra, inter = ("intra", "matched", False), ("inter", "matched", False)
    assert terms(rows["clustering only"]) == [
        ("cluster_nce", space, False) for space in ("visible", "infrared", "mixed")
    ]
    assert terms(rows["+ MMLM"]) == [("cluster_nce", "matched", False), matched[1]]
    assert terms(rows["+ MMLM + Intra"]) == [*matched, intra]
    assert terms(rows["+ MMLM + Inter"]) == [*matched, inter]
    assert rows["all"] == tiny


def test_batches_are_drawn_as_the_terms_need_them(tiny):
    drawn = [row.stages[-1].sample_by for row in ablation_rows(tiny).values()]
    assert drawn == ["own", "matched", "matched", "matched", "matched"]


def trains_alignment(name):
    last = load_recipe(name).stages[-1]
    return {"intra", "inter"} <= last.terms.keys()


SHIPPED = [name for name in names() if trains_alignment(name)]


@pytest.mark.parametrize("name", SHIPPED)
def test_rows_of_shipped_recipes_differ_in_terms_and_batches_only(name):
    recipe = load_recipe(name)
    last = recipe.stages[-1].name
    allowed = (f"stages.{last}.terms", f"stages.{last}.sample_by", f"stages.{last}.recentre_every")
    for row in ablation_rows(recipe).values():
        for difference in recipe_differences(recipe, row):
            assert difference.startswith(allowed)
        assert row.stages[-1].epochs == recipe.stages[-1].epochs


def test_the_small_recipe_is_among_them():
    assert "synthetic" in SHIPPED


def test_what_only_trust_or_intra_has_goes_with_them(tiny):
    last = replace(
        tiny.stages[-1],
        relabel_every=0,
        recentre_every=1,
        terms={
            name: replace(term, divide_by="count") if term.confidence else term
            for name, term in tiny.stages[-1].terms.items()
        },
    )
    rows = ablation_rows(replace(tiny, stages=(tiny.stages[0], last)))
    assert [row.stages[-1].recentre_every for row in rows.values()] == [0, 0, 1, 0, 1]
    assert [next(iter(row.stages[-1].terms.values())).divide_by for row in rows.values()] == [
        "weights", "weights", "count", "count", "count",
    ]  # fmt: skip


def without(stage, name, **others):
    """Return a stage without a term, and with others replaced."""
    terms = {**stage.terms, **others}
    del terms[name]
    return replace(stage, terms=terms)


def test_gains_name_a_row_and_one_with_a_module_less():
    modules = dict(zip(ROWS, [set(), {"M"}, {"M", "A"}, {"M", "E"}, {"M", "A", "E"}], strict=True))
    for row, base in GAINS:
        assert len(modules[row] - modules[base]) == 1
        assert modules[base] < modules[row]
    assert {row for row, _ in GAINS} == set(ROWS) - {"clustering only"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda *stages: stages[1:], "the recipe has one stage; an ablation needs"),
        (lambda first, last: (last, first), "stage joint has no intra and no inter term"),
        (
            lambda first, last: (first, without(last, "inter")),
            "stage aligned has no inter term",
        ),
        (
            lambda first, last: (
                first,
                without(last, "triplet", matched=ClusterNCE("mixed")),
            ),
            "no term on matched labels besides intra and inter",
        ),
    ],
)
def test_recipes_with_nothing_to_leave_out(tiny, change, message):
    with pytest.raises(ConfigError, match=message):
        ablation_rows(replace(tiny, stages=change(*tiny.stages)))
