"""Kill a training at random moments, resume it each time, and compare with one left alone.

    python benchmarks/soak.py                  # 50 kills of a demo run, about half an hour
    python benchmarks/soak.py --kills 4 --data DATA --recipe FILE

One kill in four comes while the program starts, the others within a third of the training. One
more training may write no file as large as its state, as on a full disk, and then goes on without
that limit.
Nothing may be lost: finished epochs stay finished, the log has every epoch once, no half-written
file stays, and the final weights of every stage are bit-equal to the uninterrupted run's.
"""

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from vireid.runs import BEFORE, CLEAREST, Run
from vireid.runs.checkpoint import load_checkpoint


def command(data: Path, recipe: str, out: Path) -> list[str]:
    """Return a training command that goes on where it ended."""
    words = ["train", str(data), "--recipe", recipe, "--out", str(out), "--resume"]
    return [sys.executable, "-m", "vireid", *words, "--threads", "1"]


def epochs(folder: Path) -> list[dict[str, object]]:
    """Return the log without what a clock says."""
    file = folder / "metrics.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    found = [json.loads(line) for line in lines if line.endswith("}")]
    return [{k: v for k, v in line.items() if k != "seconds"} for line in found]


def live_and_die(words: list[str], seconds: float) -> bool:
    """Run a command and kill it after some seconds; tell whether it lived to its end."""
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, text=True
    )
    try:
        _, error = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return False
    if process.returncode:
        raise SystemExit(f"the training ended with {process.returncode}: {error}")
    return True


def starve(words: list[str], limit: int) -> list[str]:
    """Run a command that may write no larger file; return what is wrong with how it ends."""
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    told = done.stderr.splitlines()  # what is to be known of the data comes before
    clear = ["cannot write" in line for line in told].count(True) == 1 and "cannot write" in told[
        -1
    ]
    clear = clear and "Traceback" not in done.stderr
    if done.returncode == 2 and clear:
        return []
    return [f"full disk: the training ended with {done.returncode}: {done.stderr}"]


def differences(one: Path, other: Path) -> list[str]:
    """List in what two finished runs differ."""
    found = [] if epochs(one) == epochs(other) else ["the logs differ"]
    for stage in [*Run(other).stages(), CLEAREST]:
        mine, theirs = (load_checkpoint(Run(run).checkpoint_file(stage)) for run in (one, other))
        found += [
            f"{stage}: {name} differs"
            for name, value in theirs[0].items()
            if mine[0][name].numpy().tobytes() != value.numpy().tobytes()
        ]
    names = [{file.relative_to(run).as_posix() for file in run.rglob("*")} for run in (one, other)]
    return found + [f"only in one: {name}" for name in sorted(names[0] ^ names[1])]


def soak(data: Path, recipe: str, folder: Path, kills: int, seed: int) -> list[str]:
    """Kill trainings at random moments until enough have died; return what was lost."""
    draw, died, runs, found = random.Random(seed), 0, 0, []
    alone, start = folder / "alone", perf_counter()
    subprocess.run(command(data, recipe, alone), check=True, stdout=subprocess.DEVNULL)
    training = json.loads(Run(alone).timing_file.read_text(encoding="utf-8"))["training"]
    begin = perf_counter() - start - training
    print(f"left alone: {begin:.0f} s to start, {training:.0f} s of training", flush=True)

    def life() -> float:
        starting = draw.random() < 0.25
        return draw.uniform(0, begin) if starting else begin + draw.uniform(0, training / 3)

    while died < kills or not runs:
        runs += 1
        out, done, ended = folder / f"killed-{runs}", 0, False
        while not ended:
            ended = live_and_die(command(data, recipe, out), life() if died < kills else 1e6)
            died += not ended
            now = len(epochs(out))
            if now < done - 1:  # the line of the epoch whose state was not yet saved may go
                found.append(f"run {runs}: {now} epochs after a kill, {done} before")
            done = now
            print(f"run {runs}, {died} kills, {done} epochs", flush=True)
        found += [f"run {runs}: {text}" for text in differences(out, alone)]
    full, size = command(data, recipe, folder / "full"), Run(alone).checkpoint_file(BEFORE).stat()
    found += starve(full, size.st_size * 5 // 4)
    live_and_die(full, 1e6)
    return found + [f"full disk: {text}" for text in differences(folder / "full", alone)]


def main() -> None:
    """Parse, soak, and end with 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--data", type=Path, help="default: the data set of the demo")
    parser.add_argument("--recipe", default="synthetic")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    start = perf_counter()
    with TemporaryDirectory() as folder:
        data = arguments.data or Path(folder) / "data"
        if arguments.data is None:
            subprocess.run([sys.executable, "-m", "vireid", "synth", str(data)], check=True)
        found = soak(
            data,
            arguments.recipe,
            Path(folder),
            arguments.kills,
            arguments.seed,
        )
    print("\n".join(found) or f"{arguments.kills} kills, nothing lost", end="")
    print(f"; {perf_counter() - start:.0f} s")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
