# %% [markdown]
# # Own images, from two folders to ranked lists
#
# Crops of people in `visible/` and `infrared/`, by camera in folders of their own where cameras are
# known, and no names. As a script: `python examples/notebooks/own_images.py FOLDER OUT
# [NAME=VALUE ...]`; settings such as `stages.*.epochs=2` shorten a first try.

# %%
import sys
from pathlib import Path

import numpy as np

import vireid
from vireid.pages import draw_ranked_list
from vireid.types import Modality

given = len(sys.argv) > 2 and "ipykernel" not in sys.argv[0]
folder, out, *settings = sys.argv[1:] if given else ("crops", "pictures")
folder, out = Path(folder), Path(out)
out.mkdir(parents=True, exist_ok=True)

# %% [markdown]
# Look at the data first. `check` opens every image, and its page says what it found.

# %%
found = vireid.check(folder)
vireid.write_data_card(found, out / "data.html")
print(f"training: {found.training or 'possible'}")

# %% [markdown]
# Train without identities. The run folder holds `training-curve.png`; nobody knows who is who, so
# the curve shows clusters and how clearly they are apart, and no score.

# %%
run = vireid.train(folder, out / "run", settings=settings)

# %% [markdown]
# Search: eight infrared images, evenly spread, against all visible ones.

# %%
visible = vireid.embed(run, folder / "visible", modality="visible", cache="none")
infrared = vireid.embed(run, folder / "infrared", modality="infrared", cache="none")
queries = infrared.subset(np.linspace(0, len(infrared) - 1, 8).astype(int))
ranking = vireid.search(queries, visible, top=8, only=Modality.VISIBLE)

# %% [markdown]
# Draw a row for each query. Frames are grey, as nobody has said what is right; `vireid serve` shows
# such rows in a browser, where somebody can.

# %%
asked = vireid.load_pixels(queries.images, (128, 64))
answers = vireid.load_pixels(visible.images, (128, 64))
rows = [[asked[i], *answers[ranking.order[i]]] for i in range(len(queries))]
marks = [[None] * len(row) for row in rows]
notes = [[("query",), *((f"{one:.2f}",) for one in line)] for line in ranking.similarity]
draw_ranked_list(rows, marks, out / "ranked.png", notes=notes)
print(f"written: {out / 'ranked.png'}, {out / 'data.html'}, {run.folder / 'training-curve.png'}")
