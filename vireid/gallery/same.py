"""Whether embedded images may come into a store: same network, statistics and levels."""

from dataclasses import replace

from vireid.errors import DataError
from vireid.gallery.facts import Facts
from vireid.gallery.head import Made
from vireid.ranking import Gallery
from vireid.ranking.same_levels import check_same_levels
from vireid.ranking.same_statistics import check_same_statistics
from vireid.types import Images, Levels


def check_same(made: Made, cameras: Images, gallery: Gallery) -> None:
    """Refuse embeddings that cannot be compared with those of a store.

    Args:
        made: what made the store's.
        cameras: of the store, as ``cameras_of`` returns them.
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
    check_same_levels(gallery.images, cameras)


def check_going_on(made: Made, gallery: Gallery) -> None:
    """Refuse embeddings that cannot go on with those of a re-embedding under way.

    Args:
        made: what made those.
        gallery: embedded images.

    Raises:
        DataError: another network or size, or a camera is scaled otherwise.
    """
    check_same(made, cameras_of(Facts.none(), made.levels_value()), gallery)
    kept, new = made.levels_value() or Levels(), gallery.levels or Levels()
    for kind, camera in kept.spans.keys() & new.spans.keys():
        one, other = kept.spans[kind, camera], new.spans[kind, camera]
        if one != other and (one is None or other is None or not one.like(other)):
            which = f" of camera {camera}" if camera else ""
            raise DataError(
                f"{kind.name.lower()} images{which} are scaled otherwise than those embedded "
                "before; leave --levels out, which goes on with the levels of before"
            )


def cameras_of(facts: Facts, levels: Levels | None) -> Images:
    """Return one image for each camera and modality of a store: enough to compare levels.

    Args:
        facts: of the store's rows.
        levels: of the store.

    Returns:
        Images without files.
    """
    kinds, codes = facts.pairs
    names = {code + 1: name for code, name in enumerate(facts.cameras) if name}
    known = [code + 1 if facts.cameras[code] else 0 for code in codes.tolist()]
    one = Images.of(kinds, known)
    return Images(one.root, one.paths, one.modality, one.camera, cameras=names, levels=levels)


def made_by(gallery: Gallery, table: str) -> Made:
    """Return what a store says of rows.

    Args:
        gallery: some of them.
        table: where they lie.

    Returns:
        What made their embeddings.
    """
    return Made(
        table,
        gallery.network,
        gallery.source,
        gallery.embeddings.vectors.shape[1],
        None if gallery.levels is None else gallery.levels.to_json(),
        None if gallery.statistics is None else gallery.statistics.to_json(),
    )


def with_levels_of(made: Made, gallery: Gallery) -> Made:
    """Return what made the embeddings of a store, with the levels of new images.

    Args:
        made: what is known so far.
        gallery: new images.

    Returns:
        Also the levels of cameras that are new.
    """
    new = gallery.levels
    if new is None:
        return made
    kept = made.levels_value() or Levels()
    joined = Levels({**new.spans, **kept.spans})
    return made if joined == kept else replace(made, levels=joined.to_json())
