"""Short recipes to compare, and studies that only pretend to train."""

import json

import pytest

from vireid.errors import VireidError
from vireid.studies import Result
from vireid.studies.comparison import work
from vireid.studies.results import protocols_of

SHORT = """
height: 32
width: 16
network: {backbone: test_efficientnet, weights: none}
labelling:
  single: {k1: 8, k2: 3, eps: 0.6, min_samples: 3}
augmentation: {padding: 1}
batch_labels: 4
batch_images: 2
stages:
- name: intra
  epochs: 1
  iterations: 1
  terms:
    visible: {loss: cluster_nce, labels: visible}
    infrared: {loss: cluster_nce, labels: infrared, weight: WEIGHT}
"""


@pytest.fixture
def short(tmp_path):
    """Return a function that writes a recipe of one step."""

    def write(name, weight=0.5, text=SHORT):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text.replace("WEIGHT", str(weight)))
        return path

    return write


@pytest.fixture
def pretended(monkeypatch):
    """Let studies pretend to train; return a list of what they trained.

    mAP is 40, with mirror images 41, and more by seed and weight; training mAP follows eps, and
    clarity falls with it. Nothing can be trained where clusters need a hundred images.
    """
    found = []

    def run_rows(study):
        ((name, recipe),), (seed,), (data,) = study.rows.items(), study.seeds, study.data
        folder, key = study.folder, (data, seed, name)
        had = protocols_of(one for one in folder.results() if one.key == key)
        if set(study.scored_by(data)) <= set(had):
            return folder
        if not had:
            found.append((name, data, seed))
        if recipe.labelling.single.min_samples == 100:
            raise VireidError(
                f"could not be trained: {name} ({data}, seed {seed}): no clusters; "
                "all others are finished"
            )
        eps, weight = recipe.labelling.single.eps, recipe.stages[-1].terms["infrared"].weight
        folder.run(*key).folder.mkdir(parents=True, exist_ok=True)
        folder.run(*key).log_file.write_text(
            json.dumps({"clarity": 1 - eps, "matching_margin": eps, "neighbour_overlap": 0.2})
            + "\n"
        )
        for by in study.scored_by(data):
            score = 40 + ("flip" in by) + seed + weight
            result = Result(*key, 50, score, 30, 0.5, 0.5, 1, 2, 100 * eps, memory=900, protocol=by)
            folder.add(*[result] * (by not in had))
        return folder

    monkeypatch.setattr(work, "run_rows", run_rows)
    return found
