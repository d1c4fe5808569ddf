"""Two checkouts train all shipped recipes, tiny, and must do so bit for bit alike.

    git worktree add /tmp/before d32cf20
    python benchmarks/equal.py /tmp/before .
    python benchmarks/equal.py /tmp/before . --recipes mmm released --ways alone
    python benchmarks/equal.py /tmp/before . --set stages.aligned.terms.inter=null

The reference is a training by OLD that nothing stops. NEW trains as well (alone); is stopped by
SIGTERM in the first stage and by SIGKILL in the last, and resumed each time (resumed); and is
compared with OLD where two gloo processes train as one (two). Equal are all tensors of all
checkpoints, and the lines of metrics.jsonl apart from seconds. What the values of a loss are
called may differ, their order may not; keys that only NEW logs are listed. Recipes that OLD does
not have, under today's name or the former one, are left out. It takes about a minute a recipe on
two cores, writes into a temporary folder and ends with 1 on any difference.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import product, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from time import perf_counter, sleep
from typing import Any

from few_people import draw_people
from safetensors.numpy import load_file

METHODS = ("adca", "adca-mmm", "bmil", "mmm", "mmm-pclhd", "nulc", "pclhd", "pgm", "rpnr")
SMALL = ("synthetic", "small", "released", *METHODS)
FULL = (
    "released-sysu",
    "mmm-llcm",
    *(f"{method}-{data}" for method in METHODS for data in ("sysu", "regdb")),
)
FORMER = {"mmm": "paper", "mmm-sysu": "sysu", "mmm-regdb": "regdb", "mmm-llcm": "llcm"}
"""What older checkouts call recipes of today."""
WAYS = ("alone", "resumed", "two")
STAGES = {"adca": "joined", "adca-mmm": "joined", "bmil": "mixed"} | dict.fromkeys(
    ("nulc", "pclhd", "pgm", "rpnr"), "cross"
)
"""The last stage of methods that have two."""
UNMIXED = ("adca", "adca-mmm", "nulc", "pgm", "rpnr")
"""Those that never cluster both modalities together."""
FURTHER = ("bmil", "pclhd")
"""Those of which each iteration of the last stage has a further step."""
STOPS = ((1, signal.SIGTERM), (6, signal.SIGKILL))
"""After how many epochs of the whole run a training is stopped, and how."""

Line = dict[str, Any]


def method(recipe: str) -> str:
    """Return the recipe at small scale of the method that a recipe is of."""
    return recipe.removesuffix("-sysu").removesuffix("-regdb").removesuffix("-llcm")


def stages(recipe: str) -> dict[str, int]:
    """Return the epochs of each stage of a recipe, tiny."""
    last = STAGES.get(method(recipe))
    return {"intra": 2, last: 7} if last else {"intra": 2, "joint": 2, "aligned": 5}


def settings(recipe: str) -> list[str]:
    """Return what makes a shipped recipe tiny, in names that all versions know."""
    found = ["height=32", "width=16", "network.weights=none", "augmentation.padding=2"]
    found += ["labelling.single.k1=8", "labelling.single.k2=3"]
    if method(recipe) not in UNMIXED:
        found += ["labelling.mixed.k1=16", "labelling.mixed.k2=8"]
    if method(recipe) not in STAGES or method(recipe) == "adca-mmm":
        found += ["labelling.memories=2"]
    for stage, epochs in stages(recipe).items():
        short = {"epochs": epochs, "iterations": 3, "batch_labels": 4, "batch_images": 2}
        found += [f"stages.{stage}.{name}={value}" for name, value in short.items()]
        if method(recipe) in FURTHER and stage == STAGES[method(recipe)]:
            found += [
                f"stages.{stage}.then.0.{name}=4" for name in ("batch_labels", "batch_images")
            ]
    if recipe in FULL:
        found += ["network.backbone=test_resnet", "network.non_local=[0,1,1,0]"]
        warm = "aligned" in stages(recipe)
        return [*found, *(["stages.aligned.warmup=2"] if warm else [])]
    return [*found, "network.backbone=test_efficientnet"]


class Checkout:
    """A version of the house, and how to start it."""

    def __init__(self, root: Path, python: str, more: list[str]) -> None:
        """Take the folder that holds the package, the interpreter, and more settings."""
        self.root, self.python, self.more = root.resolve(), python, more
        if not (self.root / "vireid" / "__init__.py").is_file():
            raise SystemExit(f"{root} holds no package vireid; expected a checkout")
        words = [python, "-c", "import vireid; print(vireid.__file__)"]
        env, place = self.environment(), gettempdir()
        found = subprocess.run(words, env=env, cwd=place, capture_output=True, text=True)
        if not Path(found.stdout).is_relative_to(self.root):
            raise SystemExit(f"{python} imports {found.stdout or found.stderr}, not {self.root}")

    def environment(self) -> dict[str, str]:
        """Return the variables under which the checkout is imported and repeats itself."""
        more = {"PYTHONPATH": str(self.root), "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
        return os.environ | more

    def name(self, recipe: str) -> str:
        """Return what the checkout calls a recipe; nothing where it has none such."""
        folder = self.root / "vireid" / "recipes"
        names = (recipe, FORMER.get(recipe, recipe))
        return next((name for name in names if (folder / f"{name}.yaml").is_file()), "")

    def start(self, recipe: str, data: Path, out: Path, *, several: bool = False) -> Any:
        """Start a training; what it says goes beside its run folder."""
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
        words = [self.python, *(launch if several else []), "-m", "vireid", "train", str(data)]
        words += ["--recipe", self.name(recipe), "--out", str(out), "--device", "cpu", "--resume"]
        words += ["--set", *settings(recipe), *self.more]
        with said(out).open("a", encoding="utf-8") as file:
            return subprocess.Popen(
                words, stdout=file, stderr=file, env=self.environment(), cwd=out.parent
            )


def said(out: Path) -> Path:
    """Return the file of what a training says."""
    return out.with_suffix(".txt")


class UnlikeError(Exception):
    """A training did not even end, or not be stopped, as it should."""


def finish(process: Any, out: Path) -> None:
    """Wait for a training, which must end well."""
    if process.wait():
        lines = said(out).read_text(encoding="utf-8").strip().splitlines() or [""]
        told = [line for line in lines if "vireid train: " in line or "Error: " in line] or lines
        raise UnlikeError(f"{out.name} ended with {process.returncode}: {told[-1]}")


def log_lines(out: Path) -> list[str]:
    """Return the complete lines of a log."""
    file = out / "metrics.jsonl"
    return file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []


def epochs(out: Path) -> list[Line]:
    """Return what a log says of each epoch."""
    return [json.loads(line) for line in log_lines(out)]


def stop(process: Any, out: Path, after: int, number: int) -> None:
    """Send a signal once so many epochs are logged; the training must not have ended before."""
    while len(log_lines(out)) < after and process.poll() is None:
        sleep(0.005)
    process.send_signal(number)
    process.wait()
    done, states = len(log_lines(out)), list((out / "states").glob("*"))
    if (out / "timing.json").exists() or done < after or not states:
        raise UnlikeError(f"{out.name} was not stopped in its middle: {done} epochs are done")


def log_differences(old: list[Line], new: list[Line]) -> Iterator[str]:
    """Yield where two logs differ, seconds, names of losses and keys of the new one apart."""
    for number, (was, now) in enumerate(zip_longest(old, new, fillvalue={}), 1):
        for key in was:
            pair = [line.get(key) for line in (was, now)]
            if key == "losses":
                pair = [losses and _unnamed(losses) for losses in pair]
            one, other = (json.dumps(value) for value in pair)
            if one != other and key != "seconds":
                yield f"epoch {number}: {key} was {one}, is {other}"
        if not was:
            yield f"epoch {number} is new"


def _unnamed(losses: dict[str, float]) -> list[float]:
    """Return the total, and the values of the terms in their order."""
    return [losses["total"], *(value for name, value in losses.items() if name != "total")]


def weight_differences(old: Path, new: Path) -> Iterator[str]:
    """Yield where the tensors of two folders of checkpoints differ."""
    files = [{file.name for file in folder.glob("*.safetensors")} for folder in (old, new)]
    yield from (f"checkpoint {name} in one only" for name in sorted(files[0] ^ files[1]))
    for name in sorted(files[0] & files[1]):
        was, now = (load_file(folder / name) for folder in (old, new))
        yield from (f"{name}: {key} in one only" for key in sorted(was.keys() ^ now.keys()))
        for key in sorted(was.keys() & now.keys()):
            one, other = was[key], now[key]
            kinds = (one.dtype, one.shape) == (other.dtype, other.shape)
            if not kinds or one.tobytes() != other.tobytes():
                yield f"{name}: {key} differs"


def differences(old: Path, new: Path) -> list[str]:
    """List in what two finished runs differ: weights, then logs."""
    weights = weight_differences(old / "checkpoints", new / "checkpoints")
    return [*log_differences(epochs(old), epochs(new)), *weights]


def too_small(out: Path) -> Iterator[str]:
    """Yield why a run shows nothing: without pairs of clusters half of the code is idle."""
    lines = epochs(out)
    last = [line["clusters"] for line in lines if line["stage"] == lines[-1]["stage"]]
    pairs = [found.get("matched", min(found.values())) for found in last]
    if min(pairs, default=0) < 4:
        yield f"the settings are too small: clusters matched in the last stage are {pairs}"


def keys(out: Path) -> set[str]:
    """Return what a log says of its epochs."""
    return {key for line in epochs(out) for key in line}


def train(
    checkouts: list[Checkout], recipe: str, way: str, data: Path, folder: Path
) -> tuple[Path, Path]:
    """Train by both checkouts in a way, unless the reference is there; return their run folders."""
    several = way == "two"
    outs = [folder / f"{recipe}-old{'-two' * several}", folder / f"{recipe}-new-{way}"]
    begun = [
        (checkout.start(recipe, data, out, several=several), out)
        for checkout, out in zip(checkouts, outs, strict=True)
        if not (out / "timing.json").exists()
    ]
    try:
        if way == "resumed":
            for after, number in STOPS:
                stop(begun[-1][0], outs[1], after, number)
                begun[-1] = (checkouts[1].start(recipe, data, outs[1]), outs[1])
        for process, out in begun:
            finish(process, out)
    finally:
        for process, _ in begun:
            process.terminate()
            process.wait()
    return outs[0], outs[1]


def compare(
    checkouts: list[Checkout], recipe: str, way: str, data: Path, folder: Path
) -> tuple[list[str], set[str]]:
    """Train by both checkouts; return the differences, and the keys that only the new log has."""
    try:
        old, new = train(checkouts, recipe, way, data, folder)
    except UnlikeError as error:
        return [str(error)], set()
    return [*too_small(old), *differences(old, new)], keys(new) - keys(old)


def main() -> None:
    """Parse, train, print a line for each recipe and way, end with 1 on any difference."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, help="a checkout, the reference")
    parser.add_argument("new", type=Path, help="a checkout, held against it")
    parser.add_argument("--recipes", nargs="+", choices=SMALL + FULL, default=SMALL + FULL)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--python", default=sys.executable, help="with vireid's dependencies")
    parser.add_argument("--out", type=Path, help="a new folder that keeps the runs, to look at")
    parser.add_argument("--set", nargs="+", default=[], help="settings that both versions know")
    arguments = parser.parse_args()
    roots = arguments.old, arguments.new
    checkouts = [Checkout(root, arguments.python, arguments.set) for root in roots]
    start, failed, added = perf_counter(), 0, set[str]()
    with TemporaryDirectory() as place:
        folder = arguments.out or Path(place)
        draw_people(folder / "people")
        known = [one for one in arguments.recipes if all(c.name(one) for c in checkouts)]
        for recipe, way in product(known, arguments.ways):
            found, more = compare(checkouts, recipe, way, folder / "people", folder)
            failed, added = failed + bool(found), added | more
            verdict = f"{found[0]} ({len(found)} differences)" if found else "equal"
            print(f"{recipe:15s} {way:8s} {verdict}", flush=True)
    for recipe in sorted(set(arguments.recipes) - set(known)):
        print(f"{recipe:15s} is in one checkout only")
    if added:
        print(f"only the new log has: {', '.join(sorted(added))}")
    print(f"{failed} differ; {perf_counter() - start:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
