"""The table for a paper."""

import json
from dataclasses import replace

import pytest

import vireid
from vireid.cli.main import main
from vireid.errors import ConfigError, DataError
from vireid.recipes import dump_recipe
from vireid.runs import Run
from vireid.runs.checkpoint import save_checkpoint
from vireid.studies import Identities, Result, write_results
from vireid.studies.comparison import Row, write_table
from vireid.studies.comparison.as_results import as_results
from vireid.studies.folder import StudyFolder
from vireid.studies.paper import make_paper_table
from vireid.studies.upper_bound import TrueLabels

PROTOCOLS = tuple(
    f"SYSU-MM01 {mode}-search, single-shot, infrared-to-visible{flip}, 10 draws"
    for flip in ("", ", flip-averaged")
    for mode in ("all", "indoor")
)


def result(row, seed, rank1, precision, protocol=PROTOCOLS[0]):
    return Result("a", seed, row, rank1, precision, 30.0, None, None, 1.0, 2.0, protocol=protocol)


RESULTS = [
    result("50% & n_1", 0, 50.0, 40.0), result("50% & n_1", 1, 60.0, 50.0),
    result("more", 0, 54.96, 44.0), result("more", 1, 55.06, 48.0),
    result("50% & n_1", 0, 70.0, 60.0, PROTOCOLS[1]),
    result("50% & n_1", 1, 72.0, 62.0, PROTOCOLS[1]),
]  # fmt: skip


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "results.csv"
    file.write_text(write_results(RESULTS))
    return file


def test_the_table_for_latex(table):
    assert vireid.paper_table([table], latex=True).splitlines() == [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering",
        "\\caption{Mean $\\pm$ standard deviation over 2 runs, in \\%. Data: a; training seeds 0, "
        "1. SYSU-MM01, single-shot, infrared-to-visible, 10 draws.}",
        "\\begin{tabular}{lcccc}",
        "\\toprule",
        "& \\multicolumn{2}{c}{all-search} & \\multicolumn{2}{c}{indoor-search} \\\\",
        "\\cmidrule(lr){2-3} \\cmidrule(lr){4-5}",
        "& Rank-1 & mAP & Rank-1 & mAP \\\\",
        "\\midrule",
        "50\\% \\& n\\_1 & \\textbf{55.0} $\\pm$ 7.1 & 45.0 $\\pm$ 7.1 & 71.0 $\\pm$ 1.4 & "
        "61.0 $\\pm$ 1.4 \\\\",
        "more & \\textbf{55.0} $\\pm$ 0.1 & \\textbf{46.0} $\\pm$ 2.8 & -- & -- \\\\",
        "\\bottomrule",
        "\\end{tabular}",
        "\\end{table}",
    ]


def test_the_table_as_markdown_of_one_protocol(table):
    text = vireid.paper_table([table], scores=["mINP"], protocols=["all-search"])
    assert text == (
        "Mean ± standard deviation over 2 runs, in %. Data: a; training seeds 0, 1. SYSU-MM01 "
        "all-search, single-shot, infrared-to-visible, 10 draws.\n\n"
        "|  | mINP |\n|---|---|\n"
        "| 50% & n_1 | **30.0** ± 0.0 |\n| more | **30.0** ± 0.0 |\n"
    )


def test_names_of_protocols_are_as_short_as_they_can_be():
    results = [result("one", 0, 1.0, 2.0, protocol) for protocol in PROTOCOLS]
    made = make_paper_table(results, scores=["mAP"])
    assert made.protocols == (
        "all-search, no flip", "indoor-search, no flip", "all-search, flip-averaged",
        "indoor-search, flip-averaged",
    )  # fmt: skip
    assert made.caption.startswith("One run of each row, in %.")
    assert not made.rows["one"][0].best, "there is no other"


def test_a_bound_is_never_the_best(tmp_path, tiny):
    made = make_paper_table(RESULTS, scores=["mAP"], bounds=["more"])
    assert [cells[0].best for cells in made.rows.values()] == [False, False], "there is no other"
    assert made.caption.endswith(" Trained with true identities, and not among the best: more.")
    third = [*RESULTS, result("third", 0, 1.0, 2.0)]
    made = make_paper_table(third, scores=["mAP"], bounds=["more"])
    assert [cells[0].best for cells in made.rows.values()] == [True, False, False]
    study = StudyFolder(tmp_path / "study")
    bound = replace(tiny, labelling=Identities())
    study.enter({"50% & n_1": tiny, "more": bound}, {"a": "x"})
    study.add(*third)
    for source in (study.folder, study.results_file):
        assert "best: more.\n" in vireid.paper_table([source])


ROW = Row("one", "r1", "a", "c1", PROTOCOLS[0], 0, 50.0, 40.0, 30.0, minutes=1.0)


def test_rows_of_a_comparison_are_a_table_too(tmp_path):
    file = tmp_path / "table.csv"
    oracle = replace(ROW, method="bound of one", recipe="r2", mAP=90.0, oracle=True)
    lost = replace(ROW, seed=1, rank1=None, mAP=None, mINP=None, failed="no clusters")
    two = replace(ROW, method="two", recipe="r3", mAP=39.0)
    file.write_text(write_table([ROW, oracle, lost, two]))
    lines = vireid.paper_table([file], scores=["mAP"]).splitlines()
    assert lines[0].endswith("Trained with true identities, and not among the best: bound of one.")
    assert lines[4:] == ["| bound of one | 90.0 |", "| one | **40.0** |", "| two | 39.0 |"]
    assert "\\textbf{40.0}" in vireid.paper_table([file], latex=True)


def test_settings_and_contents_of_one_name_are_told_apart():
    rows = [
        ROW,
        replace(ROW, recipe="r2", setting="eps − 0.1"),
        replace(ROW, method="two", recipe="r3", contents="c2", setting="eps − 0.1"),
        replace(ROW, method="two", recipe="r4", setting="eps − 0.1"),
    ]
    results, bounds = as_results(rows)
    assert [(one.data, one.row) for one in results] == [
        ("a (c1)", "one (as it ships)"), ("a (c1)", "one (eps − 0.1)"),
        ("a (c2)", "two (r3)"), ("a (c1)", "two (r4)"),
    ]  # fmt: skip
    assert bounds == set()


def test_rows_of_different_runs_are_named():
    made = make_paper_table(RESULTS[1:4], scores=["mAP"])
    assert "over 1 or 2 runs" in made.caption
    assert made.caption.endswith("Rows have different runs: compare their means with care.")


def evaluated(folder, recipe, precision, **told):
    """Write the folder of a run that was trained and evaluated."""
    run = Run(folder)
    run.folder.mkdir(parents=True)
    run.recipe_file.write_text(dump_recipe(recipe))
    named = {"name": "people", "fold": None, "recipe": "mine"}
    run.data_file.write_text(json.dumps(named | told))
    scores = {"rank1": 50.0, "mAP": precision, "mINP": 3.0}
    entry = {"protocol": "p", "draws": 2, "stages": {"aligned": scores}}
    run.metrics_file.write_text(json.dumps({"protocols": {"p, 2 draws": entry}}))
    run.timing_file.write_text("{}")
    for stage in ("joint", "aligned"):
        save_checkpoint(run.checkpoint_file(stage), {}, {})
    return run


def test_runs_with_true_identities_are_rows_of_their_own(tmp_path, tiny):
    evaluated(tmp_path / "runs" / "method", tiny, 40.0)
    labeller = f"{TrueLabels.__module__}.{TrueLabels.__qualname__}"
    evaluated(tmp_path / "runs" / "bound", tiny, 90.0, labeller=labeller)
    named = replace(tiny, labelling=Identities(), seed=1)
    evaluated(tmp_path / "runs" / "of-a-study", named, 91.0)
    former = evaluated(tmp_path / "runs" / "former", replace(tiny, seed=2), 92.0)
    line = {"stage": "aligned", "epoch": 1, "epochs": 1, "seconds": {}}
    log = [line | {"ari": {"visible": share, "mixed": 1.0}} for share in (1.0, 0.5)]
    former.log_file.write_text("".join(f"{json.dumps(one)}\n" for one in log))
    lines = vireid.paper_table([tmp_path / "runs"], scores=["mAP"]).splitlines()
    assert "Trained with true identities, and not among the best: bound of mine." in lines[0]
    assert sorted(lines[4:]) == ["| bound of mine | 91.0 ± 1.0 |", "| mine | 40.0 |"]
    former.log_file.write_text("".join(f"{json.dumps(one)}\n" for one in log[::-1]))
    (row,) = [one for one in vireid.paper_table([former.folder]).splitlines() if "92" in one]
    assert row.startswith("| mine |"), "an unsupervised run may find all identities in the end"


def test_a_run_that_says_its_labeller_is_no_bound_however_good_its_labels_are(tmp_path, tiny):
    run = evaluated(tmp_path / "run", tiny, 92.0, labeller=None)
    line = {"stage": "aligned", "epoch": 1, "epochs": 1, "seconds": {}, "ari": {"visible": 1.0}}
    run.log_file.write_text(f"{json.dumps(line)}\n")
    (row,) = [one for one in vireid.paper_table([run.folder]).splitlines() if "92" in one]
    assert row.startswith("| mine |")


def test_evaluated_runs_of_one_recipe_are_a_row(tmp_path, tiny, capsys):
    for seed, precision in ((0, 40.0), (1, 44.0)):
        evaluated(tmp_path / "runs" / f"seed-{seed}", replace(tiny, seed=seed), precision)
    assert main(["table", str(tmp_path / "runs"), "--scores", "mAP"]) == 0
    assert "| mine | 42.0 ± 2.8 |\n" in capsys.readouterr().out
    with pytest.raises(ConfigError, match=r"mine, seed 0, people .* is there twice"):
        vireid.paper_table([tmp_path / "runs", tmp_path / "runs" / "seed-0"])


def test_rows_of_a_study_stand_in_its_order(tmp_path, tiny):
    study = StudyFolder(tmp_path / "study")
    study.enter({"more": tiny, "50% & n_1": tiny}, {"a": "x"})
    study.add(*RESULTS)
    lines = vireid.paper_table([study.folder]).splitlines()
    assert [line.split(" | ")[0] for line in lines[4:]] == ["| more", "| 50% & n_1"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"scores": ["rank5"]}, "rank5 given; expected some of rank1, mAP, mINP"),
        ({"scores": []}, "nothing given"),
        ({"protocols": ["outdoor"]}, "no protocol holds outdoor; there are: SYSU-MM01 all"),
    ],
)
def test_options_that_cannot_be_used(table, words, message):
    with pytest.raises(ConfigError, match=message):
        vireid.paper_table([table], **words)


def test_sources_without_scores(tmp_path):
    with pytest.raises(ConfigError, match="no scores; expected studies"):
        vireid.paper_table([tmp_path])
    with pytest.raises(DataError, match="gone does not exist"):
        vireid.paper_table([tmp_path / "gone"])
