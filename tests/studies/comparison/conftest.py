"""Short recipes to compare, and studies that only pretend to train."""

import json

import pytest

from vireid.data import open_data
from vireid.errors import VireidError
from vireid.scoring import choose_protocol
from vireid.studies import Result, StudyFolder
from vireid.studies.comparison import work
from vireid.studies.study import whole_name

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

    def run_study(rows, data, out, *, seeds, test, **_):
        ((name, recipe),), (seed,) = rows.items(), seeds
        folder, key = StudyFolder(out), (data[0].name, seed, name)
        if any(result.key == key for result in folder.results()):
            return folder
        found.append((name, data[0].name, seed))
        if recipe.labelling.single.min_samples == 100:
            raise VireidError(
                f"could not be trained: {name} ({data[0].name}, seed {seed}): no clusters; "
                "all others are finished"
            )
        eps, weight = recipe.labelling.single.eps, recipe.stages[-1].terms["infrared"].weight
        protocol = choose_protocol(open_data(test[0]))
        folder.run(*key).folder.mkdir(parents=True)
        folder.run(*key).log_file.write_text(
            json.dumps({"clarity": 1 - eps, "matching_margin": eps, "neighbour_overlap": 0.2})
            + "\n"
        )
        for flip in (False, True):
            score, by = 40 + flip + seed + weight, whole_name(protocol, flip=flip)
            folder.add(
                Result(*key, 50, score, 30, 0.5, 0.5, 1, 2, 100 * eps, memory=900, protocol=by)
            )
        return folder

    monkeypatch.setattr(work, "run_study", run_study)
    return found
