# %% [markdown]
# # What a labelling looks like
#
# The training images as a map, before the training and after each stage, and clusters as sheets of
# pictures. As a script: `python examples/notebooks/labelling.py RUN DATA OUT`. As a notebook:
# `jupytext --to notebook labelling.py`.

# %%
import sys
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from sklearn.manifold import TSNE

import vireid
from vireid.types import NOISE, Modality

words = sys.argv[1:] if len(sys.argv) == 4 else ("demo/run", "demo/data", "pictures")
run, data, out = vireid.Run(Path(words[0])), vireid.open_data(words[1]), Path(words[2])
out.mkdir(parents=True, exist_ok=True)

# %% [markdown]
# Embed the training images with each network that the run keeps, and label them as the training
# did: a gallery carries the run's settings of labelling. `match=True` joins visible and infrared
# clusters.

# %%
stages = run.stages()
galleries = {one: vireid.embed(run, data.train, stage=one, cache="none") for one in stages}
labels = {one: vireid.label(gallery, match=True) for one, gallery in galleries.items()}

# %% [markdown]
# A map shows people, so that one sees what is learned: each colour is a true identity (a training
# never looks at them). Draw at most twelve people, for there are no more colours to tell apart.
# Before the training the two modalities lie apart; at the end a person's images lie together.

# %%
people = np.unique(data.train_truth.identities)[:12]
shown = np.flatnonzero(np.isin(data.train_truth.identities, people))
person = np.searchsorted(people, data.train_truth.identities[shown])
figure, axes = plt.subplots(2, len(stages), figsize=(3.4 * len(stages), 7), layout="constrained")
for (upper, lower), stage in zip(axes.T, stages, strict=True):
    rows = galleries[stage].vectors[shown]
    flat = TSNE(perplexity=min(30, len(rows) // 4), init="random", random_state=0)
    place = flat.fit_transform(rows)
    clusters = labels[stage][shown]
    found = np.where(clusters == NOISE, NOISE, np.unique(clusters, return_inverse=True)[1])
    for axis, colours, title in ((upper, person, stage), (lower, found, "its clusters")):
        for side, marker in ((Modality.VISIBLE, "o"), (Modality.INFRARED, "^")):
            mine = data.train.modality[shown] == side
            inside = mine & (colours != NOISE)
            axis.scatter(*place[mine & ~inside].T, c="lightgrey", marker=marker, s=12)
            axis.scatter(*place[inside].T, c=colours[inside] % 20, cmap="tab20", vmin=0, vmax=19,
                         marker=marker, s=14, label=side.name.lower())  # fmt: skip
        axis.set(title=title, xticks=[], yticks=[])
axes[0, 0].set_ylabel("colour: person")
axes[1, 0].set_ylabel("colour: cluster; grey: noise")
axes[0, -1].legend(loc="best", fontsize=8)
figure.savefig(out / "map.png", dpi=110)

# %% [markdown]
# A cluster is a row: up to six visible images, then up to six infrared ones. A frame of red says
# that the image shows another person than most images of the cluster.

# %%
last = labels[stages[-1]]
sizes = np.bincount(last[last != NOISE])
chosen = np.argsort(-sizes, kind="stable")[:: max(1, len(sizes) // 8)][:8]
pixels = vireid.load_pixels(data.train, (96, 48))
sheet = np.full((len(chosen) * 104, 12 * 56 + 16, 3), 255, np.uint8)
for line, cluster in enumerate(chosen):
    members = np.flatnonzero(last == cluster)
    identities = data.train_truth.identities[members]
    most = np.bincount(identities).argmax()
    for side in Modality:
        of_side = members[data.train.modality[members] == side]
        for column, image in enumerate(of_side[:6]):
            top, left = line * 104, side * (6 * 56 + 16) + column * 56
            right = data.train_truth.identities[image] == most
            sheet[top : top + 102, left : left + 54] = (46, 139, 87) if right else (200, 45, 45)
            sheet[top + 3 : top + 99, left + 3 : left + 51] = pixels[image]
plt.imsave(out / "clusters.png", sheet)
for stage in stages:
    kept = labels[stage] != NOISE
    print(f"{stage}: {labels[stage].max() + 1} clusters, {100 * (1 - kept.mean()):.0f}% noise")
