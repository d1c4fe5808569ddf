"""The verb `evaluate`: what Python gets of a run, a folder or weights."""

import json
import logging
import shutil
from contextlib import contextmanager
from dataclasses import replace
from statistics import mean, stdev

import numpy as np
import pytest

import vireid
from tests.written import entries, only
from vireid.data import load_pixels
from vireid.errors import CheckpointError, ConfigError, DataError
from vireid.models.extract import extract
from vireid.recipes import dump_recipe
from vireid.runs import BEFORE, Run, new_network, save_network
from vireid.scoring import (
    Average,
    EvaluationOptions,
    ProtocolOptions,
    combinations,
    evaluate_each,
    sysu,
)
from vireid.scoring.means import averages

pytestmark = pytest.mark.filterwarnings("ignore:.*not trained to its end")

PLAIN = "SYSU-MM01 all-search, single-shot, infrared-to-visible"


def untrained(folder, recipe, origin=None):
    """Write the run of a network that was not trained, by the name of its only stage."""
    run = Run(folder)
    folder.mkdir(parents=True)
    if origin is not None:
        run.data_file.write_text(json.dumps(origin))
    save_network(run, BEFORE, new_network(recipe), recipe)
    run.recipe_file.write_text(dump_recipe(recipe))
    return run


@pytest.fixture
def run(tiny, tmp_path):
    """Return the run of a network that was not trained, with a second stage like the first."""
    made = untrained(tmp_path / "run", tiny)
    shutil.copy(made.checkpoint_file(BEFORE), made.checkpoint_file("joint"))
    return made


def test_run_folder_and_weights_give_the_same_scores(run, people):
    data = vireid.open_data(people)
    pixels = load_pixels(data.test, (32, 16))
    embeddings = extract(vireid.load_network(run, BEFORE), pixels, data.test.modality)
    expected = vireid.score(embeddings, data.test_truth, sysu(data.test, data.test_truth))
    weights = run.checkpoint_file(BEFORE)
    for model, where, stages in (
        (run, data, BEFORE), (str(run.folder), people, [BEFORE]), (weights, str(people), None),
    ):  # fmt: skip
        found = vireid.evaluate(model, where, stages=stages, device="cpu")
        assert found.table() == {BEFORE: expected.table()}
        assert (found.protocol, found.data, found.fold) == (PLAIN, data.name, None)
        np.testing.assert_array_equal(found.embeddings.vectors, embeddings.vectors)
        assert all(file.is_file() for file in found.files)
    assert found.model == weights
    assert found.files[0].name == "evaluation.json"


def test_what_is_printed_is_the_table_by_stage(run, people):
    found = vireid.evaluate(run, people, stages="every", protocol=ProtocolOptions(draws=2))
    title, header, *rows = str(found).splitlines()
    assert title == f"{PLAIN}, mean ± standard deviation of 2 draws, %"
    assert header.split() == ["Rank-1", "Rank-5", "Rank-10", "Rank-20", "mAP", "mINP", "queries"]
    assert [row.split()[0] for row in rows] == [BEFORE, "joint"]
    assert all(row.endswith("  32") for row in rows)
    table = found.table()["joint"]
    assert f"{table['mAP']:.1f} ± {found.last.spread()['mAP']:.1f}" in rows[1]
    assert repr(found) == str(found)
    assert "mAP" in repr(found.last)
    once = vireid.evaluate(run, people, protocol=ProtocolOptions(draws=1))
    assert str(once).splitlines()[0] == f"{PLAIN}, 1 draw, %"
    assert "±" not in str(once)


def test_ways_and_protocol_are_named(run, people, tmp_path):
    found = vireid.evaluate(
        run, people, protocol="regdb", flip=True, rerank=True, out=tmp_path / "out"
    )
    assert found.protocol == "RegDB, visible-to-infrared, flip-averaged, re-ranked"
    slug = "regdb-visible-to-infrared-flip-averaged-re-ranked-1-draw"
    names = ["metrics.json", "evaluation.json"]
    names += [f"queries-{slug}.parquet", f"ranked-list-{slug}.png"]
    places = [run.folder, *[tmp_path / "out"] * 3]
    assert list(found.files) == [place / name for place, name in zip(places, names, strict=True)]


def test_progress_is_shown_and_replaced_scores_are_said(run, people, caplog):
    told = []

    @contextmanager
    def note(what):
        yield lambda done, total: told.append((what, done, total))

    options = ProtocolOptions(draws=1)
    vireid.evaluate(run, people, stages="every", protocol=options, progress=note)
    assert (f"embedding, {BEFORE}", 64, 64) in told
    with caplog.at_level(logging.INFO, "vireid"):
        vireid.evaluate(run, people, stages=BEFORE, protocol="regdb")
        assert not [line for line in caplog.messages if "replaced" in line], "another protocol"
        other = replace(vireid.open_data(people), name="other people")
        vireid.evaluate(run, other, stages=BEFORE, protocol=options)
    (said,) = [line for line in caplog.messages if str(run.metrics_file) in line]
    assert said.startswith(f"replaced in {run.metrics_file}: before, joint ({PLAIN}; people")


def test_several_models_are_averaged(tiny, people, tmp_path):
    runs = [untrained(tmp_path / name, replace(tiny, seed=seed)) for seed, name in enumerate("ab")]
    found = tuple(evaluate_each([one.folder for one in runs], people))
    values = [one.table()[BEFORE]["mAP"] for one in found]
    average = Average(found)
    cell = average.means()[BEFORE]["mAP"]
    assert (cell.mean, cell.deviation) == pytest.approx((mean(values), stdev(values)))
    title, header, row = str(average).splitlines()
    assert title == "mean ± standard deviation over runs, %"
    assert header.split()[:3] == ["protocol", "stage", "runs"]
    assert f"{cell.mean:.1f} ± {cell.deviation:.1f}" in row
    average.write(tmp_path / "runs.json")
    written = only(tmp_path / "runs.json")
    assert [one["run"] for one in written["runs"]] == [str(one.folder) for one in runs]


def test_several_models_and_protocols_are_averaged_by_protocol(tiny, people, tmp_path):
    runs = [untrained(tmp_path / name, replace(tiny, seed=seed)) for seed, name in enumerate("ab")]
    four = combinations(ProtocolOptions(draws=2), mode=["all", "indoor"], shots=[1, 10])
    found = list(evaluate_each(runs, people, EvaluationOptions(protocol=four)))
    assert len(found) == 8
    for average in (together := averages(found)):
        one, other = average.evaluations
        assert one.protocol == other.protocol
        assert (one.model, other.model) == tuple(run.folder for run in runs)
        average.write(tmp_path / "runs.json")
    assert list(entries(tmp_path / "runs.json")) == [one.evaluations[0].key for one in together]
    assert len(together) == 4


def test_mistakes_are_found_before_the_first_is_evaluated(run, people, tmp_path):
    for models, options, error, message in (
        ([run, tmp_path / "none"], None, CheckpointError, "holds no recipe.yaml"),
        ([run, run.folder], None, ConfigError, "named twice; name each run once"),
        ([run], EvaluationOptions(stages="aligned"), CheckpointError, "has no stage aligned"),
        ([run.checkpoint_file(BEFORE)], EvaluationOptions(stages="every"), ConfigError, "is a fi"),
    ):
        with pytest.raises(error, match=message):
            evaluate_each(models, people, options)
    with pytest.raises(ConfigError, match="a run, its weights or features, not int"):
        vireid.evaluate(3, people)
    with pytest.raises(ConfigError, match="--shots applies to the protocol sysu"):
        vireid.evaluate(run, people, protocol=ProtocolOptions("regdb", shots=1))
    assert not list(tmp_path.rglob("evaluation.json"))


def test_data_that_is_open_is_on_the_split_that_is_meant(tiny, tmp_path, people):
    data = vireid.open_data(people)
    name = data.name.replace("SYSU-MM01", "RegDB")
    run = untrained(tmp_path / "run", tiny, {"name": f"{name}, fold 1", "fold": 1})
    other, own = (replace(data, name=f"{name}, fold {n}", fold=n) for n in (2, 1))
    with pytest.raises(ConfigError, match="has seen people of the test part of fold 2"):
        vireid.evaluate(run, other)
    with pytest.raises(ConfigError, match=r"fold is 3, but the data given is .*, fold 1"):
        vireid.evaluate(run, own, fold=3)
    assert vireid.evaluate(run, own, fold=1).fold == 1


def test_data_without_identities(run, people):
    data = vireid.open_data(people)
    with pytest.raises(DataError, match="has no test images with identities"):
        vireid.evaluate(run, replace(data, test_truth=None, protocol=None, roles=None))
