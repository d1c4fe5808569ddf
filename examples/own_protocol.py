"""A protocol: queries and galleries of your own, as arrays of indices.

    python examples/own_protocol.py RUN DATA

Here each infrared camera is a draw of its own, so that the table shows their mean.
"""

import sys

import numpy as np

import vireid
from vireid.scoring import Draw, Protocol, score
from vireid.types import Images, Modality


def by_infrared_camera(images: Images) -> Protocol:
    """Return a draw for each infrared camera: its images search all visible ones.

    A draw may also say which images a query ignores: those that have its group number.
    """
    infrared = images.modality == Modality.INFRARED
    gallery = np.flatnonzero(~infrared)
    cameras = np.unique(images.camera[infrared])
    draws = [Draw(np.flatnonzero(infrared & (images.camera == one)), gallery) for one in cameras]
    return Protocol("by infrared camera", "images", tuple(draws), len(images))


if __name__ == "__main__":
    run, data = vireid.Run(sys.argv[1]), vireid.open_data(sys.argv[2])
    protocol = by_infrared_camera(data.test)
    embeddings = vireid.embed(run, data.test).embeddings
    scores = score(embeddings, data.test_truth, protocol)
    print(scores)
    for draw, found in zip(protocol.draws, scores.draws, strict=True):
        print(f"camera {data.test.camera[draw.query[0]]}: mAP {100 * found.mAP:.1f}")
