"""The verb `reproduce` on drawn data in each layout: planned, killed, gone on with, finished."""

import csv
import json
import logging
import statistics

import pytest

import vireid
from vireid.errors import CheckpointError, ConfigError, DegenerateClusters
from vireid.runs.checkpoint import load_checkpoint
from vireid.studies.reproduction import scorer
from vireid.studies.reproduction.score_rows import NAMES, read_rows
from vireid.studies.reproduction.settings import settings_of

FINISHED = "seed-0: finished before"


@pytest.fixture(scope="module")
def whole(reproduce, tmp_path_factory):
    """Return a reproduction on LLCM's layout with two seeds, never disturbed."""
    return reproduce("llcm", tmp_path_factory.mktemp("whole") / "out", seeds=[0, 1])


def epochs(found, name="seed-0"):
    return read_rows(found.epochs_file(name))


def test_every_setting_is_scored_with_and_without_flips_last_and_oracle(whole):
    expected = {
        (seed, kind, setting.name, flips)
        for seed in (0, 1)
        for kind in ("last", "oracle")
        for setting in settings_of("llcm")
        for flips in (False, True)
    }
    rows = whole.rows()
    assert {(row.seed, row.kind, row.setting, row.flips) for row in rows} == expected
    assert len(rows) == len(expected)
    assert {(row.stage, row.epoch) for row in rows if row.kind == "last"} == {("last", 2)}


def test_the_epochs_of_the_last_stage_are_scored_as_an_evaluation_does(whole):
    watched = epochs(whole)
    assert [row.place for row in watched] == [("last", 1)] * 4 + [("last", 2)] * 4
    last = {(r.setting, r.flips): r for r in whole.rows() if (r.seed, r.kind) == (0, "last")}
    for row in watched[4:]:
        other = last[row.setting, row.flips]
        assert [getattr(row, name) for name in NAMES] == [getattr(other, name) for name in NAMES]


def test_the_oracle_is_the_epoch_with_the_best_precision_of_the_first_setting(whole):
    for seed in (0, 1):
        watched = epochs(whole, f"seed-{seed}")
        first = [row for row in watched if row.setting == "visible-to-infrared" and not row.flips]
        best = sorted(first, key=lambda row: -row.mAP)[0].place
        chosen = [row for row in whole.rows() if (row.seed, row.kind) == (seed, "oracle")]
        assert {row.place for row in chosen} == {best}


def test_the_table_sets_means_and_spreads_beside_the_paper(whole):
    with whole.table_file.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2 * 2 * 2 * 3
    for line in lines:
        values = [
            getattr(row, line["score"])
            for row in whole.rows()
            if (row.setting, row.kind) == (line["setting"], line["epoch"])
            and row.flips == (line["flips"] == "on")
        ]
        mean, deviation = statistics.mean(values), statistics.stdev(values)
        assert float(line["ours"]) == pytest.approx(mean, abs=1e-4)
        assert float(line["spread"]) == pytest.approx(deviation, abs=1e-4)
    line = next(one for one in lines if one["score"] == "mAP")
    assert (line["setting"], line["flips"], line["epoch"]) == ("visible-to-infrared", "off", "last")
    assert line["paper"] == "55.1000"
    gap = float(line["ours"]) - 55.1
    assert float(line["difference"]) == pytest.approx(gap, abs=1e-3)
    assert float(line["in_spreads"]) == pytest.approx(gap / float(line["spread"]), rel=1e-2)
    assert {line["paper"] for line in lines if line["score"] == "mINP"} == {""}


def test_the_page_says_what_it_shows(whole):
    page = whole.page()
    assert page.startswith("# mmm-llcm on llcm (LLCM layout)\n\n    the same call\n")
    assert "train identities 8 (published 713)" in page
    assert "the paper's numbers are no measure of these" in page
    assert "2 trainings finished, seeds 0, 1." in page
    assert "| infrared-to-visible | on | oracle | " in page
    assert "- about " in page
    assert "Paper: Shi et al." in page


def test_scores_change_no_weight(whole, drawn, tiny, tmp_path):
    plain = vireid.train(drawn["llcm"], tmp_path / "run", "mmm-llcm", settings=tiny, device="cpu")
    run = whole.run("seed-0")
    assert run.stages() == plain.stages() == ["before", "first", "last"]
    assert run.recipe_text() == plain.recipe_text()
    for stage in plain.stages():
        mine, theirs = (load_checkpoint(r.checkpoint_file(stage))[0] for r in (run, plain))
        assert all(mine[name].equal(value) for name, value in theirs.items())


def test_what_is_finished_is_skipped_and_others_refused(whole, reproduce, tiny, people, caplog):
    before = whole.rows()
    with caplog.at_level(logging.INFO, "vireid"):
        again = reproduce("llcm", whole.folder, seeds=[0])
    assert FINISHED in caplog.messages
    assert again.rows() == before
    with pytest.raises(ConfigError, match="holds another study: data is people"):
        reproduce("sysu", whole.folder, recipe="mmm-llcm", data=people)
    with pytest.raises(ConfigError, match=r"holds another study: weight_decay is 0\.1"):
        reproduce("llcm", whole.folder, settings=(*tiny, "weight_decay=0.1"))


def test_a_plan_stops_after_an_epoch_from_which_the_whole_goes_on(reproduce, tmp_path, caplog):
    caplog.set_level(logging.INFO, "vireid")
    found = reproduce("sysu", tmp_path / "out", plan=True)
    assert found.rows() == []
    assert "no training is finished yet" in found.page()
    assert any("for a training, by its first epoch; 1 of 1 training left" in line
               for line in caplog.messages)  # fmt: skip
    log = found.run("seed-0").log_file.read_text().splitlines()
    assert [json.loads(line)["stage"] for line in log] == ["first"]
    reproduce("sysu", tmp_path / "out", plan=True)
    assert len(found.run("seed-0").log_file.read_text().splitlines()) == 1, "nothing was trained"
    reproduce("sysu", tmp_path / "out", every=2)
    assert "going on at last 1/2" in caplog.messages
    assert {row.place for row in epochs(found)} == {("last", 2)}
    assert len(found.rows()) == 4 * 2 * 2
    assert "| indoor, multi-shot | on | oracle of 1 of 2 epochs | " in found.page()
    assert "| all, single-shot | off | last | 1 | " in found.page()
    assert "| all, single-shot | off | oracle of 1 of 2 epochs | 1 | " in found.page()


def test_a_fold_that_was_killed_goes_on_and_ends_alike(reproduce, tmp_path, monkeypatch):
    once = reproduce("regdb", tmp_path / "once", folds=[2])
    score, calls = scorer.Scorer.__call__, []

    def killed(self, weights):
        calls.append(weights)
        if len(calls) == 3:  # the first epoch, and the first and second of the last stage
            raise KeyboardInterrupt
        return score(self, weights)

    with monkeypatch.context() as patch:
        patch.setattr(scorer.Scorer, "__call__", killed)
        with pytest.raises(KeyboardInterrupt):
            reproduce("regdb", tmp_path / "twice", folds=[2])
    twice = reproduce("regdb", tmp_path / "twice", folds=[2])
    assert epochs(twice, "seed-0-fold-2") == epochs(once, "seed-0-fold-2")
    assert twice.rows() == once.rows()
    assert {row.fold for row in twice.rows()} == {2}
    assert "1 training finished, seeds 0, folds 2." in twice.page()
    line = next(one for one in twice.page().splitlines() if one.startswith("| visible-to-inf"))
    assert "| 89.7 | " in line
    assert "±" not in line, "a single seed, a single fold"
    assert line.split(" | ")[7] == "-"
    more = reproduce("regdb", tmp_path / "twice", folds=[1], every=0)
    assert {row.fold for row in more.rows()} == {1, 2}
    assert "2 trainings finished, seeds 0, folds 1, 2." in more.page()
    assert more.page().startswith("# mmm-regdb on regdb (RegDB layout)\n")


def test_a_first_epoch_at_chance_ends_it_with_one_line(reproduce, tmp_path):
    out = tmp_path / "out"
    for _ in range(2):
        with pytest.raises(DegenerateClusters) as caught:
            reproduce("regdb", out, folds=[1], share=0.01)
        assert "the loss visible is " in str(caught.value)
        assert "no better than chance (" in str(caught.value)
        assert "go on with --anyway" in str(caught.value)
    found = reproduce("regdb", out, folds=[1], share=0.01, anyway=True, every=0)
    assert {row.kind for row in found.rows()} == {"last"}


@pytest.mark.parametrize(
    ("which", "more", "message"),
    [
        ("market", {}, "market is given; expected one of sysu, regdb, llcm"),
        ("sysu", {"folds": [1]}, "--folds applies to regdb; SYSU-MM01 has none"),
        ("sysu", {"every": -1}, "every is -1"),
        ("sysu", {"seeds": []}, "--seeds holds none"),
        ("sysu", {"settings": ["seed=3"]}, "has its seeds from --seeds"),
        ("regdb", {"folds": [11]}, "fold is 11; expected 1 to 10"),
    ],
)
def test_options_that_cannot_be_used(drawn, tmp_path, which, more, message):
    data = drawn.get(which, drawn["sysu"])
    with pytest.raises(ConfigError, match=message):
        vireid.reproduce(which, data, tmp_path / "out", device="cpu", **more)
    assert not (tmp_path / "out").exists()


def test_other_data_and_absent_weights_are_refused_before_anything_is_written(
    drawn, tiny, tmp_path
):
    out = tmp_path / "out"
    with pytest.raises(ConfigError, match=r"layout of RegDB, .* did you mean reproduce llcm\?"):
        vireid.reproduce("regdb", drawn["llcm"], out)
    with pytest.raises(ConfigError, match="is the folder of the data; choose another --out"):
        vireid.reproduce("llcm", drawn["llcm"], drawn["llcm"])
    gone = (*tiny, "network.weights=gone.pth")
    with pytest.raises(
        CheckpointError, match=r"gone\.pth.*nor an existing file; instead use 'pip'.*--weights"
    ):
        vireid.reproduce("llcm", drawn["llcm"], out, settings=gone)
    assert not out.exists()
