"""What becomes black and white of images that join others of a store."""

from vireid.gallery.options import Embeds
from vireid.runs.leveling import LevelWords, joined
from vireid.types import Images, Levels


def levelled(images: Images, embedder: Embeds, kept: Levels | None, asked: LevelWords) -> Images:
    """Return images that know what becomes black and white: as is kept, then as asked for.

    Args:
        images: N images.
        embedder: knows the levels of its training.
        kept: of the images that they join; None where nothing is known.
        asked: as for ``vireid.embed``.

    Returns:
        The images with their levels.
    """
    if asked is None:
        return embedder.with_levels(images, kept)
    given = embedder.with_levels(images, asked).levels
    return embedder.with_levels(images, joined(kept, given))
