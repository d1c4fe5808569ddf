"""Flips off and on in two passes: the scores of three."""

import numpy as np

from vireid.data import load_pixels, open_data
from vireid.models import build_network
from vireid.models.extract import extract, extract_with_mirror
from vireid.scoring import choose_protocol, score
from vireid.scoring.flips import score_both


def test_two_passes_score_as_embeddings_made_one_by_one(people):
    data = open_data(people)
    pixels = load_pixels(data.test, (32, 16))
    network = build_network("test_efficientnet", weights="none").eval()
    protocol = choose_protocol(data)
    found = list(score_both(network, pixels, data, [protocol, protocol]))
    assert [flips for flips, _ in found] == [False, True, False, True]
    sides = data.test.modality
    for (_, mine), embed in zip(found, (extract, extract_with_mirror) * 2, strict=True):
        theirs = score(embed(network, pixels, sides), data.test_truth, protocol)
        assert mine.table() == theirs.table()
        assert all(map(np.array_equal, mine.best, theirs.best))
