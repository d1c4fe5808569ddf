"""Protocols of a user's own images: which gallery images a query ignores, and what is said."""

import numpy as np
import pytest

from vireid.errors import ConfigError, DataError
from vireid.scoring import Draw, Protocol, leave_one_out, plain, score
from vireid.scoring.tally import tally
from vireid.types import Images, Truth

ROLES = ("query", "gallery", "both")
RULES = ("own-camera", "own-modality", "nothing")


def crowd(seed, count=60, cameras=3):
    """Return random images, some of unknown cameras, with their people and roles."""
    generator = np.random.default_rng(seed)
    images = Images.of(generator.integers(0, 2, count), generator.integers(0, cameras, count))
    return images, Truth(generator.integers(0, 6, count)), tuple(generator.choice(ROLES, count))


def ignores(images, truth, rule, query, other):
    """Tell by the definition whether a query ignores another image."""
    same = [
        values[query] == values[other]
        for values in (truth.identities, images.modality, images.camera)
    ]
    ruled = {
        "own-camera": all(same) and images.camera[query] != 0,
        "own-modality": same[1],
        "nothing": False,
    }
    return query == other or ruled[rule]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(3))
def test_a_query_ignores_itself_and_what_the_rule_says(rule, seed):
    images, truth, roles = crowd(seed)
    for protocol, wanted in (
        (plain(images, truth, roles, ignore=rule), roles),
        (leave_one_out(images, truth, ignore=rule), ("both",) * len(images)),
    ):
        (draw,) = protocol.draws
        assert draw.query.tolist() == [i for i, role in enumerate(wanted) if role != "gallery"]
        assert draw.gallery.tolist() == [i for i, role in enumerate(wanted) if role != "query"]
        expected = np.array(
            [[ignores(images, truth, rule, q, g) for g in draw.gallery] for q in draw.query]
        )
        np.testing.assert_array_equal(draw.ignored(), expected)
        np.testing.assert_array_equal(draw.ignored(slice(3, 9)), expected[3:9])
        columns = np.array([4, 0, 7])
        np.testing.assert_array_equal(draw.ignored(slice(0, 5), columns), expected[:5, columns])
        assert draw.left().tolist() == (~expected).sum(axis=1).tolist()


def test_cameras_counted_anew_in_each_modality_are_no_own_camera():
    images = Images.of([1, 0, 0, 1, 1], camera=[1, 1, 2, 1, 1])
    people = [7, 7, 7, 7, 8]
    roles = ("query", *["gallery"] * 4)
    (draw,) = plain(images, people, roles).draws
    assert draw.ignored().tolist() == [[False, False, True, False]], "other people of it stay"


@pytest.mark.parametrize(
    ("rule", "camera", "name"),
    [
        ("own-camera", [1, 2, 1, 2], "own camera ignored"),
        ("own-camera", [0, 0, 0, 0], "no camera known, nothing ignored"),
        ("own-modality", [0, 0, 0, 0], "other modality only"),
        ("nothing", [1, 2, 1, 2], "nothing ignored"),
    ],
)
def test_the_name_says_what_is_ignored(rule, camera, name):
    images = Images.of([0, 1, 0, 1], camera)
    for protocol, first in (
        (plain(images, [1, 1, 1, 1], ("query", "query", "both", "both"), ignore=rule), "query aga"),
        (leave_one_out(images, [1, 1, 1, 1], ignore=rule), "leave-one-out"),
    ):
        assert protocol.name.startswith(first)
        assert protocol.name.endswith(f", {name}")
    if "no camera" in name:
        assert "no camera is known, nothing is excluded" in protocol.stated.rule


def test_unknown_cameras_among_known_ones_are_counted():
    images = Images.of([0, 0, 0, 0], camera=[1, 0, 1, 2])
    protocol = leave_one_out(images, [5, 5, 5, 5])
    assert "the camera of 1 image of 4 is unknown" in protocol.stated.rule
    found = tally(protocol, Truth([5, 5, 5, 5]), images)
    assert found.unknown_cameras == 1
    assert (found.pairs, found.own_modality, found.own_camera) == (10, 10, 0)
    assert found.unknown_pairs == 6, "with the second, either way"


def test_an_image_in_both_roles_does_not_find_itself():
    vectors = np.eye(4)[[0, 1, 2, 3]] + 0.1
    images, people = Images.of([0, 1, 0, 1], camera=[1, 2, 3, 4]), [1, 1, 2, 2]
    for protocol in (leave_one_out(images, people), plain(images, people, ("both",) * 4)):
        found = score(vectors, people, protocol)
        assert not np.any(found.best[0] == np.arange(4))
        assert found.draws[0].queries.matches.tolist() == [1, 1, 1, 1]
    own = Protocol("mine", "images", (Draw(np.arange(4), np.arange(4)),), 4)
    assert score(vectors, people, own).table() == found.table(), "in whatever protocol"


@pytest.mark.parametrize("make", [plain, leave_one_out])
def test_what_excluded_all_matches_is_named(make):
    images = Images.of([1, 1, 1, 1], camera=[1, 1, 1, 1])
    more = (("both",) * 4,) if make is plain else ()
    vectors = np.random.default_rng(0).normal(size=(4, 3))
    for people, ruled in (([1, 1, 2, 2], "4 have images"), ([1, 1, 2, 3], "2 have images")):
        with pytest.raises(DataError) as caught:
            score(vectors, people, make(images, people, *more))
        text = str(caught.value)
        assert ruled in text
        assert "its rule, images of the query's identity, modality and camera" in text
        assert text.endswith("--ignore nothing keeps them")
    assert "and 2 have no image of their identity there" in text
    with pytest.raises(DataError, match=r"other modality only.*--ignore own-camera or nothing"):
        score(vectors, [1, 1, 1, 1], make(images, [1, 1, 1, 1], *more, ignore="own-modality"))
    with pytest.raises(DataError, match="has an image of its identity in its gallery; check"):
        score(vectors, [1, 2, 3, 4], make(images, [1, 2, 3, 4], *more, ignore="nothing"))


def test_mistakes():
    images = Images.of([0, 1], camera=[1, 2])
    with pytest.raises(
        ConfigError, match="ignore is 'all'; expected own-camera or own-modality or"
    ):
        leave_one_out(images, [1, 1], ignore="all")
    with pytest.raises(DataError, match="1 test image; expected at least two"):
        leave_one_out(images.subset([0]), [1])


@pytest.mark.parametrize("rule", RULES)
def test_matches_are_counted_as_the_definition_says(rule):
    images, truth, roles = crowd(5, cameras=2)
    protocol = plain(images, truth, roles, ignore=rule)
    found, (draw,) = tally(protocol, truth, images), protocol.draws
    pairs = [
        (q, g)
        for q in draw.query
        for g in draw.gallery
        if truth.identities[q] == truth.identities[g] and not ignores(images, truth, rule, q, g)
    ]
    one = [(q, g) for q, g in pairs if images.modality[q] == images.modality[g]]
    camera = [(q, g) for q, g in one if images.camera[q] == images.camera[g] != 0]
    assert (found.pairs, found.own_modality, found.own_camera) == (
        len(pairs), len(one), len(camera),
    )  # fmt: skip
    assert found.valid == (len({q for q, _ in pairs}),)
    assert (len(camera) > 0) == (rule == "nothing")


@pytest.mark.parametrize("rerank", [False, True])
def test_re_ranking_knows_each_image_once(rerank, reranking_oracle):
    generator = np.random.default_rng(3)
    truth = Truth(generator.integers(0, 5, 50))
    vectors = np.eye(8)[truth.identities % 8] + generator.normal(size=(50, 8))
    images = Images.of(np.zeros(50, int), generator.integers(1, 3, 50))
    protocol = leave_one_out(images, truth, ignore="nothing")
    found = score(vectors, truth, protocol, rerank=rerank).draws[0].queries
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for query in range(0, 50, 10):
        others = np.delete(np.arange(50), query)
        likeness = rows[others] @ rows[query]
        if rerank:
            likeness = reranking_oracle(rows[np.append(query, others)], 1)[0]
        order = others[np.argsort(-likeness, kind="stable")]
        hits = 1 + np.flatnonzero(truth.identities[order] == truth.identities[query])
        expected = np.mean(np.arange(1, len(hits) + 1) / hits)
        assert found.average_precision[query] == pytest.approx(expected, abs=1e-9)
