"""The README's table: chance, before training, every stage and the supervised upper bound.

    python benchmarks/synthetic.py

Makes a data set for each generator seed, trains on each with every training seed, evaluates on
identities that were never trained on, and writes docs/results/RECIPE.csv (a row for each run and
stage) and docs/results/RECIPE.md (mean and spread). Two processes with one thread each
work side by side; what is finished is kept, so an interrupted call goes on where it stopped.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from vireid import seeds
from vireid.data import open_data
from vireid.recipes import DEFAULT
from vireid.scoring import score, sysu
from vireid.types import Embeddings

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
SCORES = ("rank1", "rank5", "rank10", "rank20", "mAP", "mINP")
ROWS = {
    "chance": "chance (random embeddings)",
    "before": "ImageNet features, no training",
    "intra": "after the intra-modality stage",
    "joint": "after the joint stage",
    "aligned": "after the aligned stage (MMM)",
    "upper bound": "supervised upper bound",
}


def vireid(*words: object) -> None:
    """Run one command in a process with one thread."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "vireid", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")


def train(out: Path, recipe: str, data_seed: int, seed: int, command: str) -> None:
    """Train and evaluate one run, unless that was done before."""
    run = out / f"{recipe}-{command}-data{data_seed}-seed{seed}"
    data = out / f"data{data_seed}"
    if (run / "metrics.json").exists():
        return
    if run.exists():  # interrupted: begin this run again
        run.rename(run.with_name(f"{run.name}-interrupted-{os.getpid()}"))
    vireid(command, data, "--recipe", recipe, "--out", run, "--seed", seed)
    vireid("evaluate", run, data, "--every-stage")
    print(f"finished {run.name}", flush=True)


def chance(data: Path, data_seed: int, seed: int) -> dict[str, float]:
    """Score random embeddings of the test images."""
    folder = open_data(data)
    assert folder.test_truth is not None
    vectors = seeds.generator(seed, "chance", data_seed).normal(size=(len(folder.test), 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embeddings = Embeddings(vectors, folder.test.modality)
    return score(embeddings, folder.test_truth, sysu(folder.test, folder.test_truth)).table()


def rows(
    out: Path, recipe: str, data_seeds: Iterable[int], train_seeds: Iterable[int]
) -> list[dict[str, object]]:
    """Collect the scores of all finished runs."""
    found: list[dict[str, object]] = []

    def add(row: str, data_seed: int, seed: int, scores: dict[str, float], seconds: float) -> None:
        rounded = {name: round(scores[name], 3) for name in SCORES}
        key = {"row": row, "data_seed": data_seed, "seed": seed}
        found.append(key | rounded | {"training_seconds": round(seconds)})

    for data_seed in data_seeds:
        for seed in train_seeds:
            add("chance", data_seed, seed, chance(out / f"data{data_seed}", data_seed, seed), 0)
            for command in ("train", "upper-bound"):
                run = out / f"{recipe}-{command}-data{data_seed}-seed{seed}"
                if command == "upper-bound" and not run.exists():
                    continue
                told = json.loads((run / "metrics.json").read_text())
                seconds = told["seconds"]["training"]
                (entry,) = told["protocols"].values()
                metrics = entry["stages"]
                if command == "upper-bound":
                    add("upper bound", data_seed, seed, metrics["aligned"], seconds)
                    continue
                for stage in ("before", "intra", "joint", "aligned"):
                    add(stage, data_seed, seed, metrics[stage], seconds)
    return found


def write(recipe: str, found: list[dict[str, object]], seeds_told: str) -> None:
    """Write the CSV and the Markdown table."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / f"{recipe}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    lines = [
        f"{seeds_told}: mean ± standard deviation over the runs, in %.",
        "",
        "| | Rank-1 | Rank-10 | mAP | mINP | runs |",
        "|---|---|---|---|---|---|",
    ]
    for row, title in ROWS.items():
        cells = []
        count = sum(r["row"] == row for r in found)
        for name in ("rank1", "rank10", "mAP", "mINP"):
            values = np.array([r[name] for r in found if r["row"] == row], dtype=float)
            cells.append(f"{values.mean():.1f} ± {values.std(ddof=1):.1f}")
        lines.append(f"| {title} | {' | '.join(cells)} | {count} |")
    text = "\n".join(lines) + "\n"
    (RESULTS / f"{recipe}.md").write_text(text)
    print(text)


def main() -> None:
    """Run what is missing and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/bench"))
    parser.add_argument("--data-seeds", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--train-seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--bound-seeds",
        type=int,
        nargs="+",
        default=[0, 1, 2],
        help="training seeds of the upper bound",
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--recipe", default=DEFAULT, help="a name of one that ships")
    arguments = parser.parse_args()
    for seed in arguments.data_seeds:
        vireid("synth", arguments.out / f"data{seed}", "--seed", seed)
    jobs = [
        (arguments.out, arguments.recipe, data_seed, seed, command)
        for command, chosen in (
            ("train", arguments.train_seeds),
            ("upper-bound", arguments.bound_seeds),
        )
        for data_seed in arguments.data_seeds
        for seed in chosen
    ]
    with ThreadPoolExecutor(arguments.processes) as pool:
        list(pool.map(lambda job: train(*job), jobs))
    data_seeds, train_seeds = arguments.data_seeds, arguments.train_seeds
    found = rows(arguments.out, arguments.recipe, data_seeds, train_seeds)
    told = f"Generator seeds {data_seeds}, training seeds {train_seeds}"
    write(arguments.recipe, found, told)


if __name__ == "__main__":
    main()
