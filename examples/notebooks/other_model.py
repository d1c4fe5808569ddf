# %% [markdown]
# # Embeddings of another model
#
# `vireid.label` clusters and `vireid.evaluate` scores features of any origin. As a script:
# `python examples/notebooks/other_model.py DATA OUT`.

# %%
import sys
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

import vireid
from vireid.types import NOISE

words = sys.argv[1:] if len(sys.argv) == 3 else ("demo/data", "pictures")
data, out = vireid.open_data(words[0]), Path(words[1])
out.mkdir(parents=True, exist_ok=True)

# %% [markdown]
# Put your model here: images in, an array [N, D] out, in the order of the images. This one is as
# simple as can be: how grey levels are spread in each of eight stripes, so that colour, which
# infrared cameras do not see, plays no part.


# %%
def features_of(images):
    """Return grey-level histograms of stripes [N, 128], less what is usual for their modality."""
    grey = vireid.load_pixels(images, (128, 64)).mean(axis=3)
    stripes = grey.reshape(len(images), 8, -1)
    spread = [[np.histogram(one, 16, (0, 256))[0] for one in image] for image in stripes]
    rows = np.sqrt(np.array(spread, dtype=float).reshape(len(images), -1))
    for side in np.unique(images.modality):
        rows[images.modality == side] -= rows[images.modality == side].mean(axis=0)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


# %% [markdown]
# Score the test images by the protocol of the data's layout. With `out` it writes the scores of
# every query, and the worst, median and best ranked lists as a picture.

# %%
scores = vireid.evaluate(features_of(data.test), data, out=out / "scores")
print(scores)

# %% [markdown]
# Cluster the training images, each modality by itself and both joined, and see how large clusters
# are and how many images each person's largest cluster holds.

# %%
rows = features_of(data.train)
labels = vireid.label(rows, data.train.known(), match=True)
kept = labels != NOISE
print(f"{labels.max() + 1} clusters of {kept.sum()} images, {(~kept).sum()} noise")
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
sizes = np.bincount(labels[kept]) if kept.any() else np.zeros(1, int)
axes[0].hist(sizes, bins=range(sizes.max() + 2), color="steelblue")
axes[0].set(xlabel="images of a cluster", ylabel="clusters", title=f"{len(sizes)} clusters")
person = data.train_truth.identities
shares = [
    np.bincount(labels[mine & kept], minlength=1).max() / mine.sum()
    for mine in (person == one for one in np.unique(person))
]
axes[1].hist(shares, bins=np.linspace(0, 1, 21), color="seagreen")
axes[1].set(xlabel="share of a person's images in one cluster", ylabel="people",
            title=f"mean {np.mean(shares):.2f}")  # fmt: skip
figure.savefig(out / "other-model.png", dpi=110)
