"""Protocols and ways of comparing that `vireid evaluate` can be asked for."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from vireid.cli.main import main
from vireid.data import open_data
from vireid.errors import ConfigError, DataError
from vireid.models.extract import extract
from vireid.scoring import llcm, regdb, sysu
from vireid.scoring.choice import ProtocolOptions, choose_protocol


@pytest.fixture
def run(trained, tmp_path):
    """Return a copy of the trained run, to be written to."""
    return shutil.copytree(trained, tmp_path / "run")


def go(*words):
    assert main(["evaluate", *(str(word) for word in words)]) == 0


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rerank", [False, True])
def test_mirror_images_and_re_ranking_are_off_unless_named(run, people, capsys, flip, rerank):
    words = [word for word, on in (("--flip", flip), ("--rerank", rerank)) if on]
    go(run, people, "--trials", "2", *words)
    out = capsys.readouterr().out
    assert ("flip-averaged" in out, "re-ranked" in out) == (flip, rerank)
    summary = json.loads((run / "evaluation.json").read_text())
    metrics = json.loads((run / "metrics.json").read_text())
    name = "SYSU-MM01 all-search, single-shot, infrared-to-visible"
    name += ", flip-averaged" * flip + ", re-ranked" * rerank
    assert summary["protocol"] == metrics["protocol"] == name


def test_every_image_is_embedded_once_whatever_the_trials(run, people, monkeypatch):
    from vireid.scoring import networks as scoring

    seen = []

    def counted(network, pixels, modality, *, progress):
        seen.append(len(modality))
        return extract(network, pixels, modality, progress=progress)

    monkeypatch.setattr(scoring, "extract", counted)
    go(run, people, "--trials", "7")
    assert seen == [len(open_data(people).test)]


def test_the_protocol_is_that_of_the_data_or_the_one_asked_for(people):
    data = open_data(people)
    images, truth = data.test, data.test_truth
    for options, expected in (
        (None, sysu(images, truth)),
        (ProtocolOptions(shots=10, trials=3), sysu(images, truth, shots=10, trials=3)),
        (ProtocolOptions("regdb"), regdb(images, truth)),
        (ProtocolOptions("llcm", trials=2), llcm(images, truth, trials=2)),
        (
            ProtocolOptions("llcm", direction="infrared-to-visible"),
            llcm(images, truth, direction="infrared-to-visible"),
        ),
    ):
        found = choose_protocol(data, options)
        assert (found.name, found.count) == (expected.name, expected.count)
        for one, other in zip(found.trials, expected.trials, strict=True):
            np.testing.assert_array_equal(one.query, other.query)
            np.testing.assert_array_equal(one.gallery, other.gallery)
    with pytest.raises(DataError, match="has no query and gallery images; mark them"):
        choose_protocol(data, ProtocolOptions("plain"))


@pytest.mark.parametrize(
    ("protocol", "option", "value"),
    [
        ("regdb", "mode", "all"),
        ("llcm", "mode", "indoor"),
        ("regdb", "shots", 1),
        ("llcm", "shots", 10),
        ("regdb", "trials", 10),
        ("sysu", "exclude_same_camera", True),
        ("plain", "direction", "infrared-to-visible"),
    ],
)
def test_options_of_other_protocols_are_refused(people, protocol, option, value):
    options = replace(ProtocolOptions(protocol), **{option: value})
    message = f"--{option.replace('_', '-')} applies to the protocol .* by {protocol}: leave it out"
    with pytest.raises(ConfigError, match=message):
        choose_protocol(open_data(people), options)


def test_all_options_that_do_not_apply_are_named_at_once(people):
    options = ProtocolOptions("regdb", mode="all", trials=3, direction="infrared-to-visible")
    with pytest.raises(ConfigError) as caught:
        choose_protocol(open_data(people), options)
    assert str(caught.value).startswith(
        "--mode applies to the protocol sysu; --trials applies to the protocol sysu or llcm; "
    )
    assert str(caught.value).endswith("is evaluated by regdb: leave them out")


def test_three_protocols_are_named_as_in_a_sentence(people):
    options = ProtocolOptions("plain", direction="infrared-to-visible")
    with pytest.raises(ConfigError, match="applies to the protocol sysu, regdb or llcm; people"):
        choose_protocol(open_data(people), options)


def test_images_of_the_same_camera_can_be_excluded(run, people, tmp_path, capsys):
    data = shutil.copytree(people, tmp_path / "data")
    lines = ["path,modality,camera,identity,split"]
    for camera, number, split in ((1, 0, "query"), (1, 1, "gallery"), (3, 0, "gallery")):
        kind = "infrared" if camera == 3 else "visible"
        lines += [
            f"cam{camera}/{identity:04d}/{number:04d}.jpg,{kind},{camera},{identity},{split}"
            for identity in range(9, 13)
        ]
    (data / "manifest.csv").write_text("\n".join(lines))
    precision = []
    for words in ([], ["--exclude-same-camera"]):
        go(run, data, *words)
        assert ("other cameras" in capsys.readouterr().out) == bool(words)
        precision.append(json.loads((run / "metrics.json").read_text())["aligned"]["mINP"])
    assert precision[0] != precision[1]
