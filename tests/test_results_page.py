"""docs/results.md and docs/choices.md show what the runs gave."""

import csv
import re
from collections import Counter
from pathlib import Path
from statistics import mean, stdev

import pytest
import yaml

from vireid.recipes import load_recipe
from vireid.studies import (
    GAINS,
    data_table,
    gain_table,
    named_rows,
    read_results,
    row_table,
)
from vireid.studies.comparison import Shown, read_table
from vireid.studies.comparison.lines import Line
from vireid.studies.comparison.page import score_table

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "docs" / "results"
PAGE = "".join(
    (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("results.md", "choices.md")
)
TABLES = {
    "ablation": row_table, "choices": row_table, "choices-unpaired": row_table, "eps": row_table,
    "lambda_inter": row_table, "lambda_intra": row_table, "n": row_table, "unpaired": data_table,
    "recipes": row_table, "unpaired-inter-3": data_table,
}  # fmt: skip
"""How each study is shown; every file has its table."""
CHOICES = ("defaults", "defaults-unpaired")
"""Studies that are shown as gains over their first row."""

COMPARISONS = {"default": "small", "half-unpaired": "small", "overlap": "small"}
"""Comparisons and their base; each has a page beside its rows."""


def runs(name: str):
    """Return the results of a study, and its rows in the order of the page."""
    results = read_results((RESULTS / f"{name}.csv").read_text(encoding="utf-8"), name)
    rows = dict.fromkeys(result.row for result in results)
    if all("=" in row for row in rows):
        rows = dict.fromkeys(sorted(rows, key=lambda row: float(row.partition("=")[2])))
    return sorted(results, key=lambda result: result.data), list(rows)


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_those_of_the_runs(name: str) -> None:
    assert f"{TABLES[name](*runs(name))}\n\n" in PAGE
    assert f"results/{name}.csv" in PAGE


@pytest.mark.parametrize("name", COMPARISONS)
def test_pages_of_comparisons_are_those_of_their_rows(name: str) -> None:
    page = (RESULTS / f"{name}.md").read_text(encoding="utf-8")
    found = read_table((RESULTS / f"{name}.csv").read_text(encoding="utf-8"))
    order = dict.fromkeys(re.findall(r"^\| `(.*?)`", page, flags=re.MULTILINE))
    rows = {method: [row for row in found if row.method == method] for method in order}
    assert sum(map(len, rows.values())) == len(found)
    lines = {
        method: Line(
            one.setting or "as it ships", oracle=one.oracle,
            cameras="yes" if one.cameras else "no", tracks="yes" if one.tracks else "no",
        )
        for method, (one, *_) in rows.items()
    }  # fmt: skip
    wanted = Counter(row.protocol for row in next(iter(rows.values())))
    shown = Shown(rows, COMPARISONS[name], wanted, lines)
    for protocol in wanted:
        assert f"**{protocol}**\n\n{score_table(shown, protocol)}\n" in page
    assert f"results/{name}.csv" in PAGE


@pytest.mark.parametrize("name", CHOICES)
def test_gains_of_other_choices_are_those_of_the_runs(name: str) -> None:
    results, rows = runs(name)
    assert gain_table(results, [(row, rows[0]) for row in rows[1:]]) in PAGE
    assert f"results/{name}.csv" in PAGE


def test_every_study_is_shown() -> None:
    assert {file.stem for file in RESULTS.glob("*.csv")} == {
        *TABLES,
        *CHOICES,
        *COMPARISONS,
        "synthetic",
        "methods",
        "levers",
    }


def test_levers_are_shown_and_are_those_of_their_text(monkeypatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import levers

    with (RESULTS / "levers.csv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert all(table in PAGE for table in levers.page(found).split("\n\n"))
    wanted = (RESULTS / "levers.txt").read_text(encoding="utf-8").splitlines()
    texts = [[cell.strip() for cell in line.split("|")] for line in wanted]
    known = [[row[name] for name in levers.KEY] for row in found]
    assert all([*text, ""][:5] in known for text in texts)
    for row in found:
        load_recipe("synthetic", row["settings"].split())


@pytest.mark.parametrize("name", ["choices", "choices-unpaired", *CHOICES, "unpaired"])
def test_rows_of_a_study_are_those_of_its_file(name: str) -> None:
    rows = yaml.safe_load((RESULTS / f"{name}.yaml").read_text(encoding="utf-8"))
    recipe = load_recipe(str(RESULTS / "inter-3.yaml"))
    assert set(named_rows(recipe, rows)) == set(runs(name)[1])


def test_the_inter_term_s_weight_is_the_one_found_best() -> None:
    rows = yaml.safe_load((RESULTS / "defaults.yaml").read_text(encoding="utf-8"))
    recipe = named_rows(load_recipe(str(RESULTS / "inter-3.yaml")), rows)["inter 10"]
    assert recipe == load_recipe("synthetic")


def test_gains_are_those_of_the_ablation() -> None:
    results, _ = runs("ablation")
    assert gain_table(results, GAINS) in PAGE


def test_the_small_recipe_s_table_is_that_of_the_benchmark() -> None:
    assert (RESULTS / "synthetic.md").read_text(encoding="utf-8").strip() in PAGE


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("training_mAP", "their mAP rises by {:.1f} ± {:.1f}, in six trainings of six"),
        ("mAP", "On other people cameras gain {:.1f} ± {:.1f} of mAP, in four of six"),
    ],
)
def test_what_is_said_of_cameras_that_see_different_people_is_in_the_rows(name, words) -> None:
    rows = read_table((RESULTS / "overlap.csv").read_text(encoding="utf-8"))
    known, unknown = (
        {
            (row.data, row.seed): getattr(row, name)
            for row in rows
            if row.method == method and "flip" not in row.protocol
        }
        for method in ("small", "small-without-cameras")
    )
    gains = [known[run] - unknown[run] for run in known]
    counts = {6: "in six", 5: "in five", 4: "in four"}
    told = words.format(mean(gains), stdev(gains) / len(gains) ** 0.5)
    assert told in " ".join(PAGE.split())
    assert counts[sum(gain > 0 for gain in gains)] in told


def test_what_is_left_with_half_of_the_people_unpaired_is_in_the_rows() -> None:
    whole, half = (
        {
            (row.data.removesuffix("-unpaired"), row.seed): row.mAP
            for row in read_table((RESULTS / f"{name}.csv").read_text(encoding="utf-8"))
            if row.method == "small" and "flip" not in row.protocol
        }
        for name in ("default", "half-unpaired")
    )
    shares = [100 * half[run] / whole[run] for run in half]
    told = f"{mean(shares):.1f} ± {stdev(shares) / len(shares) ** 0.5:.1f}% of the mAP"
    assert f"Run by run that is {told}" in PAGE
