"""The examples that render: each runs on small data, and draws what its page promises."""

import re
import runpy
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

import vireid

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "notebooks"
SCRIPTS = sorted(FOLDER.glob("*.py"))
TINY = (
    "height=32", "width=16", "batch_labels=4", "batch_images=2", "augmentation.padding=1",
    'network={"backbone": "test_efficientnet", "weights": "none"}',
    "stages.*.epochs=1", "stages.*.iterations=1", "stages.*.learning_rate=0.0001",
    'labelling.single={"k1": 8, "k2": 3, "min_samples": 3}',
    'labelling.mixed={"k1": 16, "k2": 6, "eps": 0.7, "min_samples": 3}',
)  # fmt: skip
"""What keeps a training short, and lets images of flat colours form clusters."""


@pytest.fixture(scope="module")
def run(people, tiny_file, tmp_path_factory):
    """Return a tiny run on the fake people."""
    return vireid.train(people, tmp_path_factory.mktemp("run") / "run", tiny_file).folder


@pytest.fixture
def render(monkeypatch, capsys):
    """Return a function that runs a script and gives back what it printed."""
    plt.switch_backend("Agg")

    def call(name, *words):
        monkeypatch.setattr(sys, "argv", [str(FOLDER / name), *map(str, words)])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=UserWarning)  # doubts of tiny labels
            runpy.run_path(str(FOLDER / name), run_name="__main__")
        return capsys.readouterr().out

    yield call
    plt.close("all")


def shows_something(path):
    """Tell whether a picture is no plain sheet."""
    return np.asarray(Image.open(path).convert("L")).std() > 5


def test_a_labelling_is_drawn(render, run, people, tmp_path):
    printed = render("labelling.py", run, people, tmp_path)
    assert [line.split(":")[0] for line in printed.splitlines()] == ["before", "joint", "aligned"]
    assert all(shows_something(tmp_path / name) for name in ("map.png", "clusters.png"))


def test_a_matching_is_drawn(render, run, people, tmp_path):
    printed = render("matching.py", run, people, tmp_path)
    assert re.match(r"[1-9]\d* pairs, \d+ right", printed)
    assert all(shows_something(tmp_path / name) for name in ("matching.png", "pairs.png"))


def test_a_method_of_ones_own_is_trained(render, people, tmp_path):
    printed = render("own_method.py", people, tmp_path, *TINY)
    assert [line.split()[0] for line in printed.splitlines() if "{" in line] == ["small", "own"]
    assert shows_something(tmp_path / "own-method.png")
    recipe = (tmp_path / "own" / "recipe.yaml").read_text()
    assert "own_method.Margin" in recipe
    assert "own_method.Mutual" in recipe


def test_own_images_go_from_folders_to_ranked_lists(render, people, tmp_path):
    crops = tmp_path / "crops"
    for camera in (1, 2, 3, 6):
        side = "infrared" if camera in (3, 6) else "visible"
        shutil.copytree(people / f"cam{camera}", crops / side / f"cam{camera}")
    printed = render("own_images.py", crops, tmp_path / "out", *TINY)
    assert "training: possible" in printed
    assert shows_something(tmp_path / "out" / "ranked.png")
    assert (tmp_path / "out" / "data.html").stat().st_size > 1000


def test_features_of_another_model_are_scored_and_clustered(render, people, tmp_path):
    printed = render("other_model.py", people, tmp_path)
    assert "Rank-1" in printed
    assert "clusters of" in printed
    assert shows_something(tmp_path / "other-model.png")
    assert list((tmp_path / "scores").glob("ranked-list-*.png"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_notebooks_too(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# %% [markdown]\n# # ")
    for cell in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        head, _, body = cell.partition("\n")
        if head.strip() == "[markdown]":
            assert all(line.startswith("#") for line in body.strip().splitlines()), body
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert f"(notebooks/{path.name})" in readme


def test_the_method_is_one_of_40_lines():
    code = (FOLDER / "own_method.py").read_text(encoding="utf-8")
    method = code[code.index("@dataclass") : code.index("# %% [markdown]\n# The recipe")]
    recipe = (FOLDER / "own_method.yaml").read_text(encoding="utf-8")
    assert len([line for line in (method + recipe).splitlines() if line.strip()]) <= 40


def test_the_margin_is_taken_off_the_own_cluster_alone(monkeypatch):
    import torch

    from vireid.losses import cluster_nce
    from vireid.models import Output
    from vireid.terms import Kept

    monkeypatch.syspath_prepend(FOLDER)
    from own_method import Margin

    unit = torch.nn.functional.normalize(torch.randn(6, 5, generator=torch.manual_seed(0)))
    memory = torch.nn.functional.normalize(torch.randn(3, 5))
    plan = {"rows": torch.arange(6), "labels": torch.tensor([0, 1, 2, 0, 1, 2])}
    kept, output = Kept({"memory": memory}), Output(unit, unit, unit)
    plain = Margin("visible", margin=0.0).values(kept, output, plan)
    assert torch.allclose(plain, cluster_nce(unit, plan["labels"], memory, 0.05))
    scores = unit @ memory.T / 0.05
    scores[torch.arange(6), plan["labels"]] -= 0.2 / 0.05
    found = Margin("visible", margin=0.2, temperature=0.05).values(kept, output, plan)
    expected = torch.nn.functional.cross_entropy(scores, plan["labels"], reduction="none")
    assert torch.allclose(found, expected)


def test_mutual_pairs_are_each_others_nearest(monkeypatch):
    from vireid.types import Embeddings, PseudoLabels

    monkeypatch.syspath_prepend(FOLDER)
    from own_method import Mutual

    rows = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0], [1, 0.02, 0], [0, 0.1, 1]])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    embeddings = Embeddings(rows, np.array([0, 0, 0, 1, 1]))
    visible = PseudoLabels(np.array([0, 1, 2, -1, -1]))
    infrared = PseudoLabels(np.array([-1, -1, -1, 0, 1]))
    found = Mutual().match(embeddings, visible, infrared, generator=np.random.default_rng(0))
    assert found.partner.tolist() == [0, 1, -1]
    assert np.isnan(found.cost).tolist() == [False, False, True]
