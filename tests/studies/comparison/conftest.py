"""Short recipes to compare, and a way to see what is trained."""

import pytest

from vireid.studies.comparison import work

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
def trained(monkeypatch):
    """Return a list of what is trained: method, data and seed."""
    found, run = [], work.run_study

    def noted(rows, data, *given, seeds, **named):
        found.append((*rows, data[0].name, *seeds))
        return run(rows, data, *given, seeds=seeds, **named)

    monkeypatch.setattr(work, "run_study", noted)
    return found
