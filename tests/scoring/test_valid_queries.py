"""The protocol that `vireid check` tries, beside a slow count."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.data import DataFolder
from vireid.data.folder import no_images
from vireid.scoring import Draw, Protocol, llcm, plain, sysu
from vireid.scoring.valid_queries import count_queries
from vireid.types import Images, Truth


def slow(protocol, identities):
    """Count as the definition says, query by query."""
    return tuple(
        sum(
            any(
                identities[q] == identities[g] and (ignored is None or not ignored[row, column])
                for column, g in enumerate(draw.gallery)
            )
            for row, q in enumerate(draw.query)
        )
        for draw in protocol.draws
        for ignored in [draw.ignored()]
    )


def drawn(layout, generator):
    """Return 40 random test images of 20 people in a layout, and their protocol."""
    camera = generator.integers(1, 7, 40) if layout == "sysu" else generator.integers(0, 3, 40)
    modality = np.isin(camera, (3, 6)) if layout == "sysu" else generator.integers(0, 2, 40)
    test = Images("x", tuple(f"{n}.jpg" for n in range(40)), modality.astype(int), camera)
    truth = Truth(generator.integers(0, 20, 40))
    data = DataFolder("x", no_images("x"), test, test_truth=truth, protocol=layout)
    if layout != "plain":
        return data, {"sysu": sysu, "llcm": llcm}[layout](test, truth)
    roles = tuple(generator.choice(["query", "gallery", "both"], 40).tolist())
    return replace(data, roles=roles), plain(test, truth, roles)


@pytest.mark.parametrize("layout", ["sysu", "llcm", "plain"])
def test_valid_queries_are_those_of_the_definition(layout):
    generator = np.random.default_rng(0)
    queries = valid = unruled = 0
    for _ in range(10):
        data, protocol = drawn(layout, generator)
        found = count_queries(data)
        assert found.protocol == protocol.name
        assert found.valid == slow(protocol, data.test_truth.identities)
        assert found.queries == len(protocol.draws[0].query)
        draw = protocol.draws[0]
        bare = Protocol("", "images", (Draw(draw.query, draw.gallery),))
        unruled += sum(slow(bare, data.test_truth.identities))
        valid, queries = valid + found.valid[0], queries + found.queries
    assert 0 < valid < queries
    assert valid < unruled, "what is ignored matters"
