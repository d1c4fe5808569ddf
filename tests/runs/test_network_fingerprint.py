"""Another network, image size or scaling is another embedding."""

import torch

from vireid.runs.fingerprints import network_fingerprint
from vireid.types import Levels, Modality, Span


def test_whatever_changes_an_embedding_changes_the_fingerprint() -> None:
    weights = {"b": torch.zeros(2, 3), "a": torch.tensor(7)}
    first = network_fingerprint(weights, (96, 48))
    assert first == network_fingerprint(dict(reversed(weights.items())), (96, 48))
    levels = Levels({(Modality.INFRARED, ""): Span(0, 4095)})
    others = [
        network_fingerprint(weights | {"b": torch.full((2, 3), 1e-7)}, (96, 48)),
        network_fingerprint(weights | {"b": torch.zeros(3, 2)}, (96, 48)),
        network_fingerprint(weights | {"b": torch.zeros(2, 3, dtype=torch.int32)}, (96, 48)),
        network_fingerprint(weights | {"c": torch.zeros(0)}, (96, 48)),
        network_fingerprint(weights, (48, 96)),
        network_fingerprint(weights, (96, 48), levels),
    ]
    assert len({first, *others}) == 1 + len(others)
