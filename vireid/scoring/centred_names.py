"""What the name of a protocol says of whose statistics were taken off embeddings."""

CENTRED = {
    "none": "",
    "training": ", centred by training cameras",
    "own": ", centred by test cameras",
}
"""By the word for it; ``own`` are statistics of the very images that were embedded."""
