"""Image files as small pictures of a page."""

from io import BytesIO

from PIL import Image

from vireid.data.pixels.images import decode_image
from vireid.errors import DataError
from vireid.pages import Shot
from vireid.types import Images, Modality

SIZE = (112, 128)
"""The greatest width and height of a picture in pixels."""
QUALITY = 76
"""Of its JPEG."""


def shot(images: Images, index: int, kind: str = "", *, what: str = "") -> list[Shot]:
    """Return one of several images as a small picture.

    Args:
        images: N images.
        index: which of them.
        kind: the frame; that of its modality where not given.
        what: what it is beside an image of its camera, for those who hear the page.

    Returns:
        The picture alone; nothing where the file cannot be read any more.
    """
    try:
        image = Image.fromarray(decode_image(images, index))
    except DataError:
        return []
    image.thumbnail(SIZE)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    side = Modality(images.modality[index]).name.lower()
    camera = int(images.camera[index])
    place = f"camera {images.camera_name(camera)}" if camera else "unknown camera"
    told = f"{what + ': ' if what else ''}{side}, {place}, {images.paths[index]}"
    name = images.camera_name(camera)
    below = (f"cam {name}" if name.isdigit() else name) if camera else side
    return [Shot(out.getvalue(), told, kind or side, below)]
