"""Which number that needs no identities orders trainings as mAP on unknown people does?

    vireid synth dev100 --seed 100
    python benchmarks/signals.py epochs dev100 --recipes small mmm pgm bmil --out runs/signals
    python benchmarks/signals.py settings docs/results/table-search.csv

For *epochs*, each recipe is trained, and its network scored on the test people after every epoch;
the next labelling measures the signals of that very network. A row for each labelling goes to
docs/results/signals.csv as soon as a training is finished; what is there is not trained again.

*Settings* reads the rows of a comparison's search (`vireid compare --search`): for each method the
signals of its settings are held against their mAP, and for the methods as they ship those of the
methods.

Told are the rank correlation (Spearman) of a signal and mAP, and its regret: how much mAP is lost
by taking the epoch, setting or method with the largest signal instead of the best one.
"""

import argparse
import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

import vireid
from vireid.data import open_data
from vireid.models.extract import extract
from vireid.runs import Run, new_network
from vireid.runs.reading import read_all
from vireid.runs.session import Session
from vireid.runs.train_run import train_run
from vireid.scoring import choose_protocol, score
from vireid.studies.comparison import read_table
from vireid.studies.markdown import head_lines, table_line

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
SIGNALS = ("neighbour_overlap", "matching_margin", "stability", "clarity", "training_mAP")
"""What may choose; the last one needs identities of training people, and stands for comparison."""
FIELDS = ("recipe", "data", "seed", "stage", "epoch", *SIGNALS[:-1], "mAP")
Row = Mapping[str, str | float | None]


def held(rows: Sequence[Row], signal: str) -> tuple[float, float] | None:
    """Return rank correlation and regret of a signal; None where a row lacks it."""
    known = [(row[signal], row["mAP"]) for row in rows if row[signal] not in (None, "")]
    if len(known) < max(3, len(rows)):
        return None
    found, precision = np.array(known, dtype=float).T
    ranks = 0.0 if np.ptp(found) == 0 else float(spearmanr(found, precision).statistic)
    return ranks, float(precision.max() - precision[found.argmax()])


def table(groups: Mapping[str, Sequence[Row]], signals: Iterable[str]) -> str:
    """Show rank correlation and regret of each signal in each group, and their means."""
    names = list(signals)
    lines = head_lines(["", *(name.replace("_", " ") for name in names), "of"])
    means: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for group, rows in groups.items():
        cells = []
        for name in names:
            found = held(rows, name)
            if found is not None:
                means[name].append(found)
            cells.append("–" if found is None else f"{found[0]:+.2f}, {found[1]:.1f}")
        lines.append(table_line([group, *cells, str(len(rows))]))
    if len(groups) > 1:
        cells = [
            "–" if not means[name] else "{:+.2f}, {:.1f}".format(*np.mean(means[name], axis=0))
            for name in names
        ]
        lines.append(table_line(["mean", *cells, ""]))
    return "\n".join(lines)


def trained(recipe: str, folder: Path, seed: int, out: Path) -> list[dict[str, object]]:
    """Train a recipe; return a row for each labelling, with mAP of the network that it is of."""
    settings, data = vireid.load_recipe(recipe, [f"seed={seed}"]), open_data(folder)
    run = Run(out / f"{recipe}-{folder.name}-{seed}")
    size, protocol = (settings.height, settings.width), choose_protocol(data)
    assert data.test_truth is not None
    truth = data.test_truth
    pixels, network, scored = read_all(data.test, size), new_network(settings), []
    file = run.folder.with_suffix(".json")

    def after_epoch(_, weights):  # type: ignore[no-untyped-def]
        network.load_state_dict(weights)
        found = score(extract(network, pixels, data.test.modality), truth, protocol)
        scored.append(found.table()["mAP"])
        return False

    if not file.is_file():  # scores of its first epochs are not kept: it begins again
        shutil.rmtree(run.folder, ignore_errors=True)
        train_run(Session(data, settings, run, after_epoch=after_epoch, named=recipe))
        file.write_text(json.dumps(scored))
    lines = [json.loads(line) for line in run.log_file.read_text().splitlines()]
    key = {"recipe": recipe, "data": folder.name, "seed": seed}
    return [
        key
        | {name: line[name] for name in ("stage", "epoch", "neighbour_overlap", "clarity")}
        | {"matching_margin": line.get("matching_margin")}
        | {
            "stability": float(np.mean(list(line["stability"].values())))
            if line["stability"]
            else None
        }
        | {"mAP": round(precision, 3)}
        for line, precision in zip(lines[1:], json.loads(file.read_text())[:-1], strict=True)
    ]


def epochs(arguments: argparse.Namespace) -> None:
    """Train what is missing, and show how signals order epochs."""
    file = RESULTS / "signals.csv"
    known = list(csv.DictReader(file.open())) if file.is_file() else []
    for seed in arguments.seeds:
        for data in arguments.data:
            for recipe in arguments.recipes:
                key = (recipe, data.name, str(seed))
                if key in {(row["recipe"], row["data"], row["seed"]) for row in known}:
                    continue
                known += trained(recipe, data, seed, arguments.out)
                with file.open("w", newline="") as text:
                    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(known)
                known = list(csv.DictReader(file.open()))
    print(epochs_table(known))


def epochs_table(rows: Sequence[Row]) -> str:
    """Show how signals order the networks of each training, those of all stages together."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[f"`{row['recipe']}`, {row['data']}, seed {row['seed']}"].append(row)
    return table(groups, SIGNALS[:-1])


def settings(arguments: argparse.Namespace) -> None:
    """Show how signals order settings of each method, and the methods as they ship."""
    rows = [row for file in arguments.rows for row in read_table(file.read_text(), str(file))]
    print(settings_tables([vars(row) for row in rows]))


def settings_tables(rows: Sequence[Row]) -> str:
    """Show both tables of some rows of a search; rows that were flip-averaged do not count."""
    groups: dict[str, list[Row]] = defaultdict(list)
    methods: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["mAP"] is None or row["oracle"] or "flip-averaged" in str(row["protocol"]):
            continue
        groups[f"`{row['method']}`, {row['data']}, seed {row['seed']}"].append(row)
        if row["setting"] in ("", "as it ships"):
            methods[f"methods, {row['data']}, seed {row['seed']}"].append(row)
    signals = [name for name in SIGNALS if name != "stability"]  # rows do not have it
    return f"{table(groups, signals)}\n\n{table(methods, signals)}"


def main() -> None:
    """Do what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("epochs")
    one.add_argument("data", type=Path, nargs="+")
    one.add_argument("--recipes", nargs="+", default=["small", "mmm", "pgm", "bmil"])
    one.add_argument("--seeds", type=int, nargs="+", default=[0])
    one.add_argument("--out", type=Path, default=Path("runs/signals"))
    one.set_defaults(run=epochs)
    one = kinds.add_parser("settings")
    one.add_argument("rows", type=Path, nargs="+")
    one.set_defaults(run=settings)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
