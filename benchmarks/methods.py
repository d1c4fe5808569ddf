"""A first look at the methods: each small recipe on one drawn data set, with one training seed.

    python benchmarks/methods.py --out results/methods

Trains, evaluates after every stage and adds rows to docs/results/methods.csv as they come; what is
finished is kept, so that an interrupted call goes on where it stopped. One run a method says which
trains at all, and not which is better: the spread over seeds is 3.6 mAP on these data.
"""

import argparse
import csv
import json
from dataclasses import replace
from pathlib import Path

import vireid
from vireid.synthetic import SyntheticSettings

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
METHODS = (
    "adca", "pgm", "mmm", "synthetic", "pclhd", "rpnr", "nulc", "bmil", "adca-mmm", "mmm-pclhd",
)  # fmt: skip
FIELDS = ("recipe", "data_seed", "seed", "stage", "rank1", "mAP", "mINP")


def rows(recipe: str, data: Path, out: Path, data_seed: int, seed: int) -> list[dict[str, object]]:
    """Train a recipe, or take the run that is there; return what it scores after each stage."""
    run = vireid.train(data, out / recipe, recipe, settings=[f"seed={seed}"], resume=True)
    vireid.evaluate(run, data, stages="every")
    (scores,) = json.loads(run.metrics_file.read_text())["protocols"].values()
    return [
        {"recipe": recipe, "data_seed": data_seed, "seed": seed, "stage": stage}
        | {name: round(values[name], 2) for name in ("rank1", "mAP", "mINP")}
        for stage, values in scores["stages"].items()
    ]


def page(found: list[dict[str, str]]) -> str:
    """Return the table of the last stages, Markdown."""
    lines = [
        "| recipe | Rank-1 | mAP | mINP | mAP after the first stage |",
        "|---|---|---|---|---|",
    ]
    for recipe in METHODS:
        own = [row for row in found if row["recipe"] == recipe]
        if own:
            first = next(row for row in own if row["stage"] != "before")
            scores = " | ".join(f"{float(own[-1][name]):.1f}" for name in ("rank1", "mAP", "mINP"))
            lines.append(f"| `{recipe}` | {scores} | {float(first['mAP']):.1f} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Train and score what is not in the table yet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for data and runs")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--data-seed", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    data, table = given.out / f"people{given.data_seed}", RESULTS / "methods.csv"
    if not data.exists():
        vireid.synthesise(data, replace(SyntheticSettings(), seed=given.data_seed))
    found = list(csv.DictReader(table.open())) if table.exists() else []
    for recipe in given.methods:
        if any(row["recipe"] == recipe for row in found):
            continue
        new = rows(recipe, data, given.out, given.data_seed, given.seed)
        found += [{key: str(value) for key, value in row.items()} for row in new]
        with table.open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(found)
        (RESULTS / "methods.md").write_text(page(found))
        print(f"{recipe}: {new[-1]}", flush=True)


if __name__ == "__main__":
    main()
