"""Files of more than 8 bits: which values become black and white, and where 8 bits are mixed in."""

from collections.abc import Iterator, Sequence

from vireid.data.check.cameras import CameraLook
from vireid.errors import number_of


def level_lines(looks: Sequence[CameraLook]) -> Iterator[str]:
    """Yield how the values of deep files are scaled.

    Args:
        looks: of all cameras.

    Yields:
        One line for each camera that has some.
    """
    for look in looks:
        if look.span is not None:
            yield (
                f"{look.words}: {look.span.low:g} becomes black and {look.span.high:g} white in "
                f"{number_of(int(look.deep.sum()), 'file')} of more than 8 bits "
                f"({look.span.source})"
            )


def depth_warnings(looks: Sequence[CameraLook]) -> Iterator[str]:
    """Yield where a camera's files are of more than 8 bits in part.

    Args:
        looks: of all cameras.

    Yields:
        One line for each such camera.
    """
    for look in looks:
        deep = int(look.deep.sum())
        if 0 < deep < len(look):
            yield (
                f"{look.words} mixes files: {deep} of {number_of(len(look), 'image')} have more "
                "than 8 bits, the others 8; they can only be compared if both were scaled alike"
            )
