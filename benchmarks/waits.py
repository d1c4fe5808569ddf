"""Where a step of the shipped recipes waits for a GPU: counted on a pretended one.

    PYTHONPATH=. python benchmarks/waits.py

The recipes' own terms and batches with a tiny trunk and tiny pixels: the second step of an epoch,
and what it costs to read the losses afterwards, as every tenth step does.
"""

from pages import table

from tests.pretended import pretended_gpu
from tests.training.test_pretended_gpu import CASES, begun, take_steps
from vireid.training.outcomes import settle


def count(name: str) -> list[str]:
    """Return a row of the table."""
    case, steps = CASES[name], []
    with pretended_gpu() as gpu:
        state = begun(case, "cuda")

        def note() -> None:
            steps.append((gpu.waited, gpu.launched, sum(gpu.copies.values())))
            gpu.clear()

        take_steps(state, case, note, count=3)
        settle(state)
        mixed = sum(gpu.mixed.values())
    waits, launched, copies = steps[-1]
    return [name, *map(str, (waits, gpu.waited, mixed, copies, launched))]


def main() -> None:
    """Count and print."""
    head = ("stage", "waits", "with reading", "mixed devices", "copies to the GPU", "operations")
    print("\n".join(table(head, [count(name) for name in CASES])))


if __name__ == "__main__":
    main()
