# %% [markdown]
# # Matching made visible
#
# What visible and infrared clusters cost each other as partners, and which pairs are right. As a
# script: `python examples/notebooks/matching.py RUN DATA OUT`.

# %%
import sys
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

import vireid
from vireid.labelling.features import find_labels
from vireid.labelling.memory_costs import memory_costs

words = sys.argv[1:] if len(sys.argv) == 4 else ("demo/run", "demo/data", "pictures")
run, data, out = vireid.Run(Path(words[0])), vireid.open_data(words[1]), Path(words[2])
out.mkdir(parents=True, exist_ok=True)

# %% [markdown]
# Label the training images, and keep what the labels were made of: clusters of each modality, and
# the matching that joins them. `small` labels embeddings without what their camera has in common,
# so the costs are taken from such embeddings too.

# %%
gallery = vireid.embed(run, data.train, cache="none")
labelling = find_labels(gallery, match=True).labelling
visible, infrared = labelling.spaces["visible"], labelling.spaces["infrared"]
centred = vireid.embed(run, data.train, cache="none", centre="own").embeddings
cost = memory_costs(
    centred, visible, infrared, memories=4, over="both", generator=np.random.default_rng(0)
)

# %% [markdown]
# The identity of a cluster is that of most of its images (a training never knows it). A pair is
# right where both clusters have the same one.


# %%
def identity_of(space):
    """Return the most frequent identity [C] of each cluster."""
    true = data.train_truth.identities
    return np.array([np.bincount(true[space.labels == c]).argmax() for c in range(space.clusters)])


one, other = labelling.matching.pairs()
who_visible, who_infrared = identity_of(visible), identity_of(infrared)
right = who_visible[one] == who_infrared[other]

# %% [markdown]
# Both axes in the order of the identities: right pairs then lie near the diagonal. Dark is cheap;
# a green dot is a right pair, a red cross a wrong one.

# %%
rows, columns = np.argsort(who_visible, kind="stable"), np.argsort(who_infrared, kind="stable")
place_of_row, place_of_column = np.argsort(rows), np.argsort(columns)
figure, axes = plt.subplots(1, 2, figsize=(13, 6), layout="constrained", width_ratios=(3, 2))
image = axes[0].imshow(cost[rows][:, columns], cmap="gray", aspect="auto")
figure.colorbar(image, ax=axes[0], label="cost of a pair")
for kind, colour, marker in ((right, "limegreen", "o"), (~right, "red", "x")):
    axes[0].scatter(place_of_column[other[kind]], place_of_row[one[kind]], s=18, c=colour,
                    marker=marker)  # fmt: skip
axes[0].set(xlabel="infrared clusters, by identity", ylabel="visible clusters, by identity",
            title=f"{len(one)} pairs, {right.sum()} of them right")  # fmt: skip
prices = cost[one, other]
bins = np.linspace(cost.min(), cost.max(), 30)
axes[1].hist(cost.ravel(), bins, density=True, color="lightgrey", label="all pairs of clusters")
for kind, colour, name in (
    (right, "seagreen", "right pairs"),
    (~right, "firebrick", "wrong pairs"),
):
    if kind.any():
        axes[1].hist(prices[kind], bins, density=True, alpha=0.6, color=colour, label=name)
axes[1].set(xlabel="cost of a pair", ylabel="density", title="what wrong pairs cost")
axes[1].legend()
figure.savefig(out / "matching.png", dpi=110)

# %% [markdown]
# The pairs themselves: the dearest right ones and the wrong ones, each as four visible and four
# infrared images.

# %%
pixels = vireid.load_pixels(data.train, (96, 48))
dear = np.flatnonzero(right)[np.argsort(-prices[right])][:4]
shown = [*dear, *np.flatnonzero(~right)[:4]]
sheet = np.full((len(shown) * 104, 8 * 52 + 16, 3), 255, np.uint8)
for line, pair in enumerate(shown):
    colour = (46, 139, 87) if right[pair] else (200, 45, 45)
    sides = ((visible, one[pair], 0), (infrared, other[pair], 4 * 52 + 16))
    for space, cluster, start in sides:
        for column, member in enumerate(np.flatnonzero(space.labels == cluster)[:4]):
            top, left = line * 104, start + column * 52
            sheet[top : top + 102, left : left + 51] = colour
            sheet[top + 2 : top + 98, left + 2 : left + 50] = pixels[member]
plt.imsave(out / "pairs.png", sheet)
print(f"{len(one)} pairs, {right.sum()} right; {visible} and {infrared}")
