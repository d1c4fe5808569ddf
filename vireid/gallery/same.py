"""Whether embedded images may come into a store: same network, statistics and levels."""

from dataclasses import replace

import numpy as np

from vireid.errors import DataError
from vireid.gallery.facts import Facts
from vireid.gallery.head import Head, Made
from vireid.ranking import Gallery
from vireid.ranking.same_levels import check_same_levels
from vireid.ranking.same_statistics import check_same_statistics
from vireid.types import Images, Levels


def check_same(made: Made, facts: Facts, gallery: Gallery) -> None:
    """Refuse embeddings that cannot be compared with those of a store.

    Args:
        made: what made the store's.
        facts: of the store's rows.
        gallery: embedded images that come in or are searched by.

    Raises:
        DataError: another network, other statistics taken off, other levels, another size, or no
            network is said.
    """
    if gallery.network is None:
        raise DataError(
            "the embeddings do not say which network made them; embed the images again, or state "
            "it (--network; Python: network=)"
        )
    if made.network is None:
        return
    if gallery.network != made.network:
        check_same_statistics(gallery.statistics, made.statistics_value())
        raise DataError(
            f"the embeddings are of {gallery.made_by()} and the store's of {made.words()}, whose "
            "similarities mean nothing; embed by the same run and stage, or renew the store: "
            "vireid gallery reembed"
        )
    size = gallery.embeddings.vectors.shape[1]
    if size != made.size:
        raise DataError(f"the embeddings have {size} dimensions and the store's {made.size}")
    check_same_levels(gallery.images, cameras_of(facts, made.levels_value()))


def cameras_of(facts: Facts, levels: Levels | None) -> Images:
    """Return one image for each camera and modality of a store: enough to compare levels.

    Args:
        facts: of the store's rows.
        levels: of the store.

    Returns:
        Images without files.
    """
    pairs = np.unique(np.stack([facts.modality, facts.camera]), axis=1)
    names = {code + 1: name for code, name in enumerate(facts.cameras) if name}
    known = [code + 1 if facts.cameras[code] else 0 for code in pairs[1].tolist()]
    one = Images.of(pairs[0], known)
    return Images(one.root, one.paths, one.modality, one.camera, cameras=names, levels=levels)


def with_levels_of(head: Head, gallery: Gallery) -> Head:
    """Return the head of a store after the levels of new images are known too."""
    new = gallery.levels
    if new is None:
        return head
    kept = head.made.levels_value() or Levels()
    joined = Levels({**new.spans, **kept.spans})
    if joined == kept:
        return head
    return replace(head, made=replace(head.made, levels=joined.to_json()))
