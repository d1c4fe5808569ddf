"""`vireid train` and `vireid upper-bound`."""

import fcntl
import json
import shutil

import pytest
from PIL import Image

from vireid.cli.main import main
from vireid.recipes import parse_recipe
from vireid.runs import Run

PAIRS = {"pair_precision", "pair_recall", "matching_margin", "unmatched"}
"""What the log knows of epochs with matched clusters."""


def test_a_run_folder_holds_everything(trained, tiny):
    files = {file.relative_to(trained).as_posix() for file in trained.rglob("*") if file.is_file()}
    assert files == {
        ".lock", "recipe.yaml", "data.json", "levels.json", "metrics.jsonl", "timing.json",
        "training-curve.png", "weights.json",
        "checkpoints/before.safetensors", "checkpoints/joint.safetensors",
        "checkpoints/aligned.safetensors", "checkpoints/clearest.safetensors",
    }  # fmt: skip
    assert Run(trained).recipe() == tiny
    with Image.open(trained / "training-curve.png") as image:
        assert image.getextrema() != ((255, 255),) * 4


def test_the_log_has_one_line_an_epoch(trained):
    lines = [json.loads(line) for line in Run(trained).log_file.read_text().splitlines()]
    assert [(line["stage"], line["epoch"]) for line in lines] == [
        ("joint", 1), ("aligned", 1), ("aligned", 2),
    ]  # fmt: skip
    for line in lines:
        assert line.keys() - PAIRS == {
            "stage", "epoch", "epochs", "learning_rate", "losses", "clusters", "noise", "images",
            "troubles", "skipped", "seconds", "ari", "ari_noise_as_singletons", "coverage",
            "margin", "stability", "clarity", "neighbour_overlap", "step",
        }  # fmt: skip
        assert line["clusters"]["visible"] == line["clusters"]["infrared"] == 8
        assert line["ari"]["visible"] == line["ari"]["infrared"] == 1.0
    assert [line["step"] for line in lines] == [2, 4, 6]
    assert [line.keys() >= PAIRS for line in lines] == [False, True, True]


def test_times_are_kept_by_part(trained):
    seconds = json.loads(Run(trained).timing_file.read_text())
    assert seconds.keys() == {"reading", "training", "labelling", "steps"}
    assert seconds["training"] >= seconds["labelling"] + seconds["steps"] > 0


def test_all_settings_of_a_command_line_count(people, tiny_file, tmp_path, capsys):
    out = tmp_path / "[odd] name"
    words = ["train", str(people), "--recipe", str(tiny_file), "--out", str(out), "--threads", "1"]
    words += ["--set", "stages.aligned.epochs=1", "labelling.temperature=0.1", "--seed", "3"]
    words += ["--set", "stages.joint.iterations=1", "stages.aligned.iterations=1"]
    assert main(words) == 0
    recipe = parse_recipe((out / "recipe.yaml").read_text())
    assert (recipe.seed, recipe.labelling.temperature) == (3, 0.1)
    assert [stage.iterations for stage in recipe.stages] == [1, 1]
    assert recipe.stages[1].epochs == 1
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith(" 1/1 ")]) == 2, "one line an epoch"
    heads = [line for line in lines if line.startswith(("joint ", "aligned "))]
    assert [line.split()[-1] for line in heads] == ["mixed", "matched"]
    assert f"next: vireid evaluate {out} {people}" in lines


def two_folders(people, root):
    for kind, camera in (("visible", "cam1"), ("infrared", "cam3")):
        for identity in range(1, 9):
            shutil.copytree(people / camera / f"{identity:04d}", root / kind / str(identity))
    return root


def test_images_without_identities_are_enough(people, tiny_file, tmp_path):
    data = two_folders(people, tmp_path / "data")
    words = ["train", data, "--recipe", tiny_file, "--out", tmp_path / "run", "--set"]
    words += [f"labelling.{name}.min_samples=2" for name in ("single", "mixed")]
    words += [f"labelling.{name}.{k}={v}" for name, k, v in (
        ("single", "k1", 4), ("single", "k2", 2), ("mixed", "k1", 8), ("mixed", "k2", 3),
    )]  # fmt: skip
    assert main([str(word) for word in words]) == 0
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert len(lines) == 3
    assert not {"ari", "pair_precision"} & json.loads(lines[-1]).keys()


def test_data_that_cannot_be_trained_on(people, tmp_path, mistake):
    out = ("--out", tmp_path / "run")
    assert "does not exist" in mistake("train", tmp_path / "nowhere", *out)
    (tmp_path / "empty").mkdir()
    assert "has no known layout: it is empty" in mistake("train", tmp_path / "empty", *out)
    for kind, camera in (("visible", "cam1"), ("infrared", "cam3")):
        half = tmp_path / f"only {kind}"
        for side in ("visible", "infrared"):
            (half / side).mkdir(parents=True)
        shutil.copy(people / camera / "0001" / "0000.jpg", half / kind)
        assert "holds no image" in mistake("train", half, *out)
    manifest = tmp_path / "one-sided.csv"
    manifest.write_text("path,modality,camera\nonly visible/visible/0000.jpg,visible,1\n")
    assert "1 visible and 0 infrared training images" in mistake("train", manifest, *out)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 no more", b"text"])
def test_an_unreadable_image_is_named_and_the_folder_can_be_used_again(
    draw, tiny_file, tmp_path, mistake, content
):
    data = draw(tmp_path / "data", cameras=(1, 3), images=1)
    broken = data / "cam1" / "0003" / "0000.jpg"
    broken.write_bytes(content)
    words = ("train", data, "--recipe", tiny_file, "--out", tmp_path / "run")
    for _ in range(2):
        assert "cam1/0003/0000.jpg" in mistake(*words)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--recipe", "nothing"], "recipe nothing is neither a YAML file nor one of: "),
        (["--set", "bogus=1"], "no such setting: bogus"),
        (["--set", "tempe=1"], "no such setting: tempe"),
        (["--set", "stages.joint.bogus=1"], "bogus"),
        (["--set", "stages.nope.epochs=1"], "NAME one of joint, aligned"),
        (["--set", "seed"], "expected name=value"),
        (["--set", "temperature=0"], "temperature; it moved to stages.*.terms.*.temperature"),
        (["--set", "labelling.temperature=0"], "temperature is 0.0; expected more than 0"),
        (["--set", "labelling.single.eps=2"], "labelling.single.eps is 2.0"),
        (["--set", "augmentation.padding=-1"], "augmentation.padding is -1"),
        (["--set", "network.backbone=resnet5000"], "timm has no backbone 'resnet5000'"),
        (["--set", "network.depth=99"], "depth is 99; expected 1 to"),
        (["--seed", "x"], "--seed"),
        (["--seed", "-1"], "seed is -1"),
        (["--weights", "gone.pt"], "gone.pt"),
        (["--device", "cuda:77"], "--device cuda:77 cannot be used here; try cpu"),
        (["--device", "meta"], "--device meta cannot be used here"),
        (["--device", "bogus"], "--device bogus cannot be used here"),
        (["--threads", "0"], "--threads 0: expected at least 1"),
        (["--threads", "many"], "--threads"),
        (["--set", "labelling.single.min_samples=100"], "stage joint, visible labels: 0 clusters"),
        (["--set", "stages.joint.learning_rate=1e30"], "lower"),
    ],
)
def test_options_that_cannot_be_used(people, tiny_file, tmp_path, mistake, options, message):
    words = ("train", people, "--out", tmp_path / "run", "--recipe", tiny_file)
    assert message in mistake(*words, *options)


def test_the_graphics_card_that_is_not_there(people, tiny_file, tmp_path, mistake):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is one here")
    words = ("train", people, "--out", tmp_path / "run", "--recipe", tiny_file)
    assert "--device cuda cannot be used here; try cpu" in mistake(*words, "--device", "cuda")


def test_what_is_missing_on_the_command_line(people, mistake):
    assert "required: data, --out" in mistake("train")
    assert "required: --out" in mistake("train", people)


def test_a_run_is_never_written_over(trained, people, tiny_file, tmp_path, mistake):
    before = {file: file.stat().st_mtime_ns for file in trained.rglob("*.safetensors")}
    words = ("train", people, "--recipe", tiny_file, "--out")
    assert "holds a run already; go on with it by --resume" in mistake(*words, trained)
    assert before == {file: file.stat().st_mtime_ns for file in trained.rglob("*.safetensors")}
    (tmp_path / "busy").mkdir()
    with (tmp_path / "busy" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another process is training in" in mistake(*words, tmp_path / "busy")
    (tmp_path / "file").touch()
    for place in ("file", "file/run"):
        assert "lies in a file; choose another --out" in mistake(*words, tmp_path / place)


def test_the_upper_bound_trains_on_identities(people, tiny_file, tmp_path, mistake, capsys):
    words = ["upper-bound", people, "--recipe", tiny_file, "--out", tmp_path / "run"]
    assert main([str(word) for word in words]) == 0
    capsys.readouterr()
    lines = [json.loads(line) for line in (tmp_path / "run/metrics.jsonl").read_text().splitlines()]
    assert all(set(line["ari"].values()) == {1.0} for line in lines)
    told = json.loads((tmp_path / "run/data.json").read_text())
    assert told["labeller"] == "vireid.studies.upper_bound.TrueLabels"
    data = two_folders(people, tmp_path / "data")
    message = mistake("upper-bound", data, "--recipe", tiny_file, "--out", tmp_path / "other")
    assert "has no training identities; the upper bound needs them" in message


def test_without_people_to_test_on_no_scores_are_proposed(people, tmp_path, train, capsys):
    data, out = two_folders(people, tmp_path / "data"), tmp_path / "run"
    train(data, out)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith(
        f"next: vireid embed {out} {data} --out embeddings.npz; then vireid label"
    )
    assert "vireid evaluate" not in said


def test_a_refused_training_leaves_no_folder(people, tiny_file, tmp_path, mistake):
    out = tmp_path / "run"
    mistake("train", people, "--out", out, "--recipe", tiny_file, "--weights", "gone.pt")
    assert not out.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("kept")
    words = ("train", people, "--out", tmp_path / "mine", "--recipe", tiny_file)
    mistake(*words, "--weights", "gone.pt")
    assert (tmp_path / "mine" / "notes.txt").read_text() == "kept"
