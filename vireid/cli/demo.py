"""`vireid demo`: synthetic data, training, evaluation and the table, with one command."""

from functools import partial
from itertools import chain, count
from pathlib import Path
from time import perf_counter

import vireid
from vireid.cli.arguments import add_machine, folder, parser, use_machine
from vireid.cli.display import console, plain_table, progress
from vireid.data.pixels.place import MEMORY
from vireid.recipes import DEFAULT
from vireid.runs.folder import Run
from vireid.synthetic import SyntheticSettings

PARTS = {
    "data": "making the data",
    "reading": "reading images",
    "labelling": "embedding and labelling",
    "steps": "training steps",
    "evaluation": "evaluation",
    "report": "report",
    "total": "all together",
}


def run(words: list[str]) -> None:
    """Parse the words after `vireid demo` and run everything.

    Args:
        words: the command line.
    """
    command = parser(
        "demo",
        "Make a synthetic data set, learn from it without identities, and evaluate on people\n"
        "never seen in training: before training and after each stage. Ends with a report.",
    )
    command.add_argument("out", type=folder, help="the folder to write: data/ and run/ inside")
    command.add_argument("--seed", type=int, default=0, help="seed of the training (default: 0)")
    command.add_argument("--data-seed", type=int, default=0, help="seed of the data (default: 0)")
    add_machine(command)
    arguments = command.parse_args(words)
    from vireid.cli.live import live
    from vireid.scoring.files import read_json, write_json

    device = use_machine(arguments)
    target = next_run(arguments.out)
    recipe = vireid.load_recipe(DEFAULT, [f"seed={arguments.seed}"])
    start = perf_counter()
    with progress("drawing people") as bar:
        settings = SyntheticSettings(seed=arguments.data_seed)
        vireid.synthesise(arguments.out / "data", settings, progress=bar)
    seconds = {"data": perf_counter() - start}
    data = vireid.open_data(arguments.out / "data")
    vireid.train(
        data,
        target.folder,
        recipe,
        device=device,
        cache=MEMORY,
        watch=partial(live, console=console),
        progress=progress,
        again=f"vireid train {arguments.out / 'data'} --out {target.folder} --cache none --resume",
    )
    console.print()
    found = vireid.evaluate(
        target, data, stages="every", device=device, cache=MEMORY, progress=progress
    )
    console.print(str(found))
    console.print("\n".join(found.notes))
    console.print(f"written: {', '.join(map(str, found.files))}")
    begun = perf_counter()
    page = vireid.write_report(
        target, data, device=device, command="vireid demo", progress=progress
    )
    seconds["report"] = perf_counter() - begun
    metrics = read_json(target.metrics_file)
    metrics["seconds"] |= seconds | {"total": perf_counter() - start}
    write_json(target.metrics_file, metrics)
    rows = [[text, f"{metrics['seconds'][part]:.0f}"] for part, text in PARTS.items()]
    console.print()
    console.print(plain_table(["", "seconds"], rows, "time"))
    console.print(
        f"\nlook at {page}, all of the run on one page, and at "
        f"{arguments.out / 'data' / 'contact-sheet.png'}"
    )


def next_run(folder: Path) -> Run:
    """Return the first run folder that is still free.

    Args:
        folder: where the demo writes.

    Returns:
        ``run``, or ``run-2``, ``run-3`` and so on where there are earlier ones.
    """
    names = chain(["run"], (f"run-{number}" for number in count(2)))
    return Run(next(folder / name for name in names if not (folder / name).exists()))
