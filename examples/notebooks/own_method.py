# %% [markdown]
# # A method of one's own in 40 lines
#
# A term of the loss and a matcher, each a class, and a recipe that names them: that is a method.
# As a script: `python examples/notebooks/own_method.py DATA OUT [NAME=VALUE ...]`. It trains twice,
# with the default recipe and with this method, and draws both.

# %%
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vireid.cluster import centres, normalise_rows
from vireid.terms import ClusterNCE
from vireid.types import NOISE, Matching


@dataclass(frozen=True)
class Margin(ClusterNCE):
    """ClusterNCE in which the image's own cluster is made harder to choose."""

    margin: float = 0.1
    """What is taken off the cosine with the memory of the own cluster (0 to 1)."""

    def values(self, kept, output, plan):
        """Return the loss of each row."""
        cosines = output.embedding[plan["rows"]] @ kept["memory"].T
        cosines[range(len(cosines)), plan["labels"]] -= self.margin
        return -(cosines / self.temperature).log_softmax(1).gather(1, plan["labels"][:, None])[:, 0]


@dataclass(frozen=True)
class Mutual:
    """Pairs of clusters whose centres are each other's nearest."""

    def problems(self):
        """Yield what is wrong with the settings: there are none."""
        return iter(())

    def match(self, embeddings, visible, infrared, *, generator):
        """Return the partner of each visible cluster, and the price of each pair."""
        one, other = (
            normalise_rows(centres(embeddings.vectors, side.labels)) for side in (visible, infrared)
        )
        alike = one @ other.T
        partner = alike.argmax(1)
        mutual = alike.argmax(0)[partner] == np.arange(len(one))
        price = np.where(mutual, 1 - alike.max(1), np.nan)
        return Matching(np.where(mutual, partner, NOISE), len(other), price)


# %% [markdown]
# The recipe is the file beside this one, `own_method.yaml`. Train, evaluate, and set the scores
# side by side: one training of each is an impression, not a result (`vireid compare` takes seeds).

# %%
if __name__ == "__main__":
    from matplotlib import pyplot as plt

    import vireid

    given = len(sys.argv) > 2 and "ipykernel" not in sys.argv[0]
    data, out, *settings = sys.argv[1:] if given else ("demo/data", "pictures")
    here = Path(__file__).parent if "__file__" in globals() else Path()
    scores = {}
    for name, recipe in (("small", "small"), ("own", here / "own_method.yaml")):
        run = vireid.train(data, Path(out) / name, recipe, settings=settings)
        scores[name] = vireid.evaluate(run, data, stages="every").table()
        print(name, {stage: round(found["mAP"], 1) for stage, found in scores[name].items()})
    figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
    for number, (name, found) in enumerate(scores.items()):
        heights = [one["mAP"] for one in found.values()]
        places = np.arange(len(heights)) + 0.4 * number
        axis.bar_label(axis.bar(places, heights, 0.38, label=name), fmt="%.1f")
    axis.set(ylabel="mAP on people never seen, %", ylim=(0, 100))
    axis.set_xticks(np.arange(len(heights)) + 0.2, list(found))
    axis.legend()
    figure.savefig(Path(out) / "own-method.png", dpi=110)
