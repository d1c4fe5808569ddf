"""What lifts `synthetic`, and its supervised bound: one training for each set of settings.

    vireid synth dev100 --seed 100 && vireid synth dev101 --seed 101
    python benchmarks/levers.py dev100 dev101 --out runs/levers

Trains `synthetic` with each line of docs/results/levers.txt that is not in docs/results/levers.csv
yet, and adds a row as soon as it is scored. A line is

    NAME | DATA | SEED | true, or nothing | settings

With `true`, training identities stand in place of clusters. Choices are made by two numbers that
no test people enter: *training mAP*, in which every infrared training image is searched for among
all visible ones, and *other mAP*, the same search among the training people of another data set,
whom the network has never seen: it sees what is only learned by heart. Test scores stand beside.
"""

import argparse
import csv
import hashlib
import json
from functools import cache
from pathlib import Path

import vireid
from vireid.cluster import camera_statistics, centred
from vireid.models.extract import extract
from vireid.runs.reading import Reading, read_all, read_training
from vireid.scoring import choose_protocol, score
from vireid.scoring.protocols import regdb
from vireid.studies import TrueLabels
from vireid.types import Embeddings

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
FIELDS = (
    "row", "data", "seed", "identities", "settings", "training_mAP", "other_mAP", "rank1", "mAP",
    "mAP_centred", "shared_ari", "matching_margin", "minutes",
)  # fmt: skip
KEY = FIELDS[:5]
"""What a line of the text says."""
TITLES = {
    "training_mAP": "training mAP", "other_mAP": "other mAP", "rank1": "Rank-1", "mAP": "mAP",
    "matching_margin": "pairs",
}  # fmt: skip


@cache
def read_part(folder: Path, size: tuple[int, int]):  # type: ignore[no-untyped-def]
    """Return the training part of a data set and its pixels, read once."""
    return read_training(vireid.open_data(folder), size, Reading())


def trained(line: dict[str, str], data: Path, out: Path) -> vireid.Run:
    """Train, or go on with, the run of a line."""

    def true_labels(data, recipe):  # type: ignore[no-untyped-def]
        return TrueLabels(data.train_truth, recipe.labelling.spaces())

    labeller = true_labels if line["identities"] else None
    settings = [f"seed={line['seed']}", *line["settings"].split()]
    return vireid.train(data, out, "synthetic", settings=settings, labeller=labeller, resume=True)


def scores(run: vireid.Run, data: Path, other: Path) -> dict[str, float | str]:
    """Return what a trained network makes of training people, of others', and of test people."""
    recipe, network, found = run.recipe(), vireid.load_network(run), {}
    size = (recipe.height, recipe.width)
    statistics = None
    for name, folder in (("training_mAP", data), ("other_mAP", other)):
        part, pixels = read_part(folder, size)
        embeddings = extract(network, pixels, part.train.modality)
        if statistics is None:
            camera = part.train.camera
            statistics = camera_statistics(embeddings.vectors, part.train.modality, camera)
        protocol = regdb(part.train, part.train_truth, direction="infrared-to-visible")
        found[name] = score(embeddings, part.train_truth, protocol).table()["mAP"]
    test = vireid.open_data(data)
    embeddings = extract(network, read_all(test.test, size), test.test.modality)
    plain = score(embeddings, test.test_truth, choose_protocol(test)).table()
    rows = centred(embeddings.vectors, test.test.modality, test.test.camera, statistics)
    moved = Embeddings(rows, test.test.modality)
    found |= {"rank1": plain["rank1"], "mAP": plain["mAP"]}
    found["mAP_centred"] = score(moved, test.test_truth, choose_protocol(test)).table()["mAP"]
    last = json.loads(run.log_file.read_text().splitlines()[-1])
    found = {name: f"{value:.2f}" for name, value in found.items()}
    found["shared_ari"] = f"{last['ari']['matched']:.4f}"
    margin = last.get("matching_margin")
    found["matching_margin"] = "" if margin is None else f"{margin:.4f}"
    return found | {"minutes": f"{run.seconds()['training'] / 60:.2f}"}


def page(found: list[dict[str, str]]) -> str:
    """Return the tables of results, Markdown: clusters first, then true identities."""
    parts = []
    for identities, title in (("", "labels are clusters"), ("true", "labels are true identities")):
        lines = [f"| {title} | data | {' | '.join(TITLES.values())} |", "|---" * 7 + "|"]
        for row in found:
            if row["identities"] == identities:
                cells = [f"{float(row[name]):.1f}" for name in list(TITLES)[:4]]
                margin = row["matching_margin"]
                cells.append(f"{float(margin):.3f}" if margin and not identities else "-")
                data = row["data"] + ("" if row["seed"] == "0" else f", seed {row['seed']}")
                lines.append(f"| {row['row']} | {data} | {' | '.join(cells)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def main() -> None:
    """Train and score what is not in the table yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs=2, help="two data sets, each the other's other")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs")
    given = parser.parse_args()
    folders = {path.name: path for path in given.data}
    table = RESULTS / "levers.csv"
    for text in (RESULTS / "levers.txt").read_text().splitlines():
        cells = [cell.strip() for cell in text.split("|")]
        line = dict(zip(KEY, [*cells, ""] if len(cells) < len(KEY) else cells, strict=True))
        known = list(csv.DictReader(table.open())) if table.exists() else []
        if line["data"] not in folders or any(
            all(row[key] == line[key] for key in KEY) for row in known
        ):
            continue
        data = folders[line["data"]]
        (other,) = (path for path in given.data if path != data)
        name = hashlib.sha256("|".join(cells[1:]).encode()).hexdigest()[:12]
        run = trained(line, data, given.out / name)
        known.append({**line, **scores(run, data, other)})
        with table.open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(known)
        print(known[-1], flush=True)
    print(page(list(csv.DictReader(table.open()))))


if __name__ == "__main__":
    main()
