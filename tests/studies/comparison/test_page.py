"""The page of a comparison."""

import math
import statistics
from dataclasses import replace

from vireid.studies.comparison import Row, Shown, comparison_page
from vireid.studies.comparison.lines import Line
from vireid.studies.comparison.page import gain, score_table, share

PLAIN, FLIP = "all-search", "all-search, flip-averaged"


def row(method, seed, precision, contents="c1", protocol=PLAIN, **more):
    return Row(
        method, method * 2, f"data-{contents}", contents, protocol, seed, 60.0, precision, 30.0,
        ari=0.5, minutes=2.0, memory=900.0, images=100, network="net, 96 x 48", commit="c0ffee",
        **more,
    )  # fmt: skip


BASE = [row("base", seed, 40.0 + 10 * seed) for seed in range(3)]
MORE = [row("more", seed, value) for seed, value in enumerate((43.0, 54.0, 62.0))]


def shown(rows, wanted, remarks=(), **lines):
    return Shown(rows, "base", wanted, {name: lines.get(name, Line()) for name in rows}, remarks)


def cells(table):
    lines = [[cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()]
    return {line[0]: dict(zip(lines[0], line, strict=True)) for line in lines[2:]}


def test_gains_are_paired_and_their_error_is_that_of_the_mean():
    found = gain(MORE, BASE)
    differences = [3.0, 4.0, 2.0]
    assert found.mean == statistics.mean(differences)
    assert math.isclose(found.deviation, statistics.stdev(differences))
    assert gain(MORE, [replace(one, seed=one.seed + 5) for one in BASE]) is None
    table = cells(score_table(shown({"base": BASE, "more": MORE}, {PLAIN: 3}), PLAIN))
    assert table["`more`"]["mAP over `base`"] == "+3.0 ± 0.6", "1 / sqrt(3), not 1"
    assert table["`base`"]["mAP over `base`"] == "–"
    assert table["`base`"]["mAP"] == "50.0 ± 10.0"


def test_a_share_of_the_bound_is_taken_run_by_run():
    rows = {"base": BASE, "more": MORE}
    found = cells(score_table(shown(rows, {PLAIN: 3}, more=Line(oracle=True)), PLAIN))
    shares = [100 * one.mAP / other.mAP for one, other in zip(BASE, MORE, strict=True)]
    error = statistics.stdev(shares) / math.sqrt(3)
    assert found["`base`"]["mAP, % of `more`"] == f"{statistics.mean(shares):.1f} ± {error:.1f}"
    assert found["`more` (*oracle*)"]["mAP, % of `more`"] == "–"
    assert share(BASE, [replace(one, seed=9) for one in MORE]) is None


def test_a_line_says_what_the_method_knows_and_how_it_was_set():
    rows = {"base": BASE, "bound": [replace(one, setting="of its row") for one in MORE]}
    line = Line("eps − 0.1", oracle=True, cameras="idle")
    found = cells(score_table(shown(rows, {PLAIN: 3}, bound=line), PLAIN))
    line = found["`bound` (*oracle*)"]
    assert (line["cameras"], line["tracks"], line["settings"]) == ("idle", "no", "eps − 0.1")
    assert (line["shared ARI"], line["minutes"], line["memory (MB)"]) == (
        "0.500 ± 0.000", "2.0 ± 0.0", "900 ± 0",
    )  # fmt: skip
    assert (line["runs"], found["`base`"]["settings"]) == ("3", "as it ships")


def test_what_failed_or_is_missing_is_counted_and_told():
    lost = Row("once", "moremore", "data-c1", "c1", PLAIN, 3, failed="no clusters were left",
               images=100, network="net, 96 x 48", commit="c0ffee")  # fmt: skip
    rows = {"base": BASE, "more": [*MORE, lost], "none": []}
    page = comparison_page(shown(rows, {PLAIN: 4}, ["`more` is not fair."]))
    table = cells(score_table(shown(rows, {PLAIN: 4}), PLAIN))
    assert table["`base`"]["runs"] == "3 of 4"
    assert table["`more`"]["runs"] == "4, 1 failed"
    assert table["`more`"]["mAP"] == "53.0 ± 9.5", "of those that were trained"
    assert "`none`" not in table
    assert page.endswith(
        "- `more` is not fair.\n"
        "- `more` on data-c1, seed 3, could not be trained: no clusters were left\n"
    )


def test_each_protocol_has_a_table_and_the_caption_says_what_all_have_in_common():
    flipped = [replace(one, protocol=FLIP, mAP=one.mAP + 1) for one in BASE]
    other = [row("more", 0, 70.0, contents="c2", protocol="other")]
    page = comparison_page(
        shown({"base": [*BASE, *flipped], "more": other}, {PLAIN: 3, FLIP: 3, "other": 3})
    )
    assert [part for part in page.split("\n\n") if part.startswith("**")] == [
        f"**{PLAIN}**", f"**{FLIP}**", "**other**",
    ]  # fmt: skip
    assert page.startswith(
        "Data: data-c1 (c1), data-c2 (c2); training seeds 0, 1, 2; network net, 96 x 48; 100 "
        "images seen in a training, of which the last epoch is scored; code of commit c0ffee. "
    )
    assert "51.0 ± 10.0" in page


def test_rows_that_other_code_scored_than_trained_are_told():
    later = [replace(one, protocol=FLIP, scored_by="n3w") for one in (*BASE, *MORE)]
    rows = {"base": [*BASE, *later[:3]], "more": [*MORE, *later[3:]]}
    page = comparison_page(shown(rows, {PLAIN: 3, FLIP: 3}))
    assert page.endswith(
        f"- {FLIP}: `base`, `more` scored by the code of commit n3w, which is not the code that "
        "trained.\n"
    )
    assert page.count("n3w") == 1


def test_a_page_of_nothing():
    assert comparison_page(shown({"base": []}, {PLAIN: 3})) == "No row is there yet.\n"
