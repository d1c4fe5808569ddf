"""What is left of an image file without its metadata."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bare:
    """A file whose metadata can hurt nobody any more; the stored picture is unchanged."""

    data: bytes
    """The file; where its structure is damaged, as it was given."""
    orientation: int = 1
    """How the picture is to be turned, 1 to 8 as in Exif; 1 for not at all."""
    bits: int = 8
    """Of each value, as the file says."""
    signed: bool = False
    """Whether its values are whole numbers with a sign."""
    inverted: bool = False
    """Whether the largest value is black, in a file of more than 8 bits."""
    radiometric: bool = False
    """Whether a camera's temperatures lie beside the picture, in a part that is not read."""
