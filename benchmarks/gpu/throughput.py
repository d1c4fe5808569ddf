"""Full steps against bare ones, by stage and precision; the GPU's share of the time; memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from gpu.clock import forget_peak, gib, in_turns, peak, seconds, share_of_gpu
from gpu.report import Report
from gpu.scenes import FEW_ROWS, Scene, recipe_of, scene_of
from gpu.steps import Steps, stepping

WANTED = 0.9
"""Least speed of a full step, of a bare one's."""
NEEDED = 25
"""Seconds that must be left for another case."""
JOINT, ALIGNED = 1, 2
"""Numbers of stages of sysu."""


@dataclass(frozen=True)
class Case:
    """A stage in a precision."""

    stage: int
    precision: str
    compiled: bool = False
    deterministic: bool = True

    def changes(self) -> list[str]:
        """Return the settings of a recipe."""
        return [
            f"compute.precision={self.precision}",
            f"compute.compile={str(self.compiled).lower()}",
            f"compute.deterministic={str(self.deterministic).lower()}",
        ]

    def told(self) -> str:
        """Return the case in words."""
        more = ", compiled" * self.compiled + ", not deterministic" * (not self.deterministic)
        return f"{self.precision}{more}"


PLAIN = [Case(stage, kind) for kind in ("bf16", "tf32", "fp32") for stage in (JOINT, ALIGNED)]
PLAIN.append(Case(JOINT, "bf16", deterministic=False))
COMPILED = [Case(stage, "bf16", compiled=True) for stage in (JOINT, ALIGNED)]


def throughput(report: Report) -> None:
    """Full against bare steps of sysu's joint and aligned stage: at least 0.9 of the speed."""
    measure(PLAIN, report)


def compiled(report: Report) -> None:
    """The same with a compiled trunk; last, as compiling takes its time."""
    if report.on_gpu:
        measure(COMPILED, report)
    else:
        report.info("only on a GPU")


def measure(cases: Sequence[Case], report: Report) -> None:
    """Measure cases as long as there is time."""
    recipe = recipe_of("sysu", None, report.small)
    people_there = scene_of(recipe, 400 if report.small else 3000, 60)
    for case in cases:
        if report.left() < NEEDED:
            report.info(f"{case.told()}: left out for time")
        else:
            measure_one(case, people_there, report)


def measure_one(case: Case, people_there: Scene, report: Report) -> None:
    """Measure full and bare steps, which take turns."""
    device, small = report.device, report.small
    recipe = recipe_of("sysu", None, small, *case.changes(), *(FEW_ROWS if small else ()))
    forget_peak(device)
    with stepping(recipe, case.stage, people_there, device) as steps:
        warm = seconds(lambda: warm_up(steps), device)
        turns, times = (1, 1) if small else (2, 10)
        full, bare = in_turns((steps.full, steps.bare), device, turns=turns, times=times)
        memory, busy = peak(device), share_of_gpu(steps.full, device, 1 if small else 5)
        rows, ratio, parts = steps.rows, bare / full, steps.recipe.compute.parts
        losses = steps.losses()
    share = "" if busy is None else f", GPU busy {busy:.0%} of the time"
    text = (
        f"{steps.stage.name}, {case.told()}, {rows} rows: full {full * 1e3:.1f} ms or "
        f"{rows / full:,.0f} images/s, bare {bare * 1e3:.1f} ms or {rows / bare:,.0f} images/s, "
        f"ratio {ratio:.2f} (wanted {WANTED}){share}, peak {gib(memory)}, parts {parts or 1}, "
        f"first steps {warm:.1f} s, loss {losses['total']:.2f}"
    )
    values = {"full": full, "bare": bare, "rows": rows, "busy": busy, "peak_gib": memory}
    report.check_on_gpu(ratio >= WANTED, text, values)


def warm_up(steps: Steps) -> None:
    """Let libraries choose how they compute, and compile what is to be compiled."""
    for _ in range(2):
        steps.bare()
        steps.full()
