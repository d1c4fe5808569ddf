"""Small drawn data, settings that make a paper's recipe tiny, and a sound first epoch."""

from vireid.studies.reproduction.probe import Probe

SMALL = {"identities": 8, "test_identities": 4, "height": 32, "width": 16, "seed": 100}
FEW = (
    "batch_labels: 3, batch_images: 2, iterations: 1, learning_rate: 0.000001, "
    "terms: {visible: {loss: cluster_nce, labels: visible}, "
    "infrared: {loss: cluster_nce, labels: infrared}}"
)
TINY = (
    "height=32", "width=16", "network.backbone=test_efficientnet", "network.weights=none",
    "network.non_local=[]", "augmentation.padding=1", "compute.precision=fp32",
    "labelling.single={k1: 8, k2: 3, eps: 0.6, min_samples: 3}",
    f"stages=[{{name: first, epochs: 1, {FEW}}}, {{name: last, epochs: 2, {FEW}}}]",
)  # fmt: skip
"""Changes of any of the three recipes: two stages of one and two epochs, with random weights."""

SOUND = Probe(
    "intra", {"visible": 3.0}, {"visible": 300}, (), labelling=60.0, steps=30.0, scoring=10.0,
    memory=5_000_000_000, weights=100_000_000, pixels=4_000_000_000,
)  # fmt: skip
