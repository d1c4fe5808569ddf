"""What the first epoch of a training tells: whether it learns at all, and what it costs."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vireid.config import StageConfig
from vireid.errors import CheckpointError
from vireid.files import whole_file
from vireid.terms import Classifier, ClusterNCE, HybridNCE, Term
from vireid.terms.other_side import OtherSide
from vireid.training import EpochReport

AT_CHANCE = 0.95
"""Share of ln C from which on the loss of an epoch says that nothing was learnt. The demo's recipe
is at 0.8 after its first 20 steps; a collapsed network is at 1."""


@dataclass(frozen=True)
class Probe:
    """What the first epoch told."""

    stage: str
    """Stage of the epoch."""
    losses: Mapping[str, float]
    """Mean loss of each term that tells clusters apart."""
    clusters: Mapping[str, int]
    """Clusters C that each of them tells apart; a guess has the loss ln C."""
    troubles: tuple[str, ...]
    """What the guard found in the labels."""
    labelling: float
    """Seconds of embedding and labelling the images."""
    steps: float
    """Seconds of the steps."""
    scoring: float
    """Seconds in which the test images were scored once in all settings, flips off and on."""
    memory: int
    """Most bytes that were in use: of the GPU, or of the process on a CPU."""
    weights: int
    """Bytes of the network's weights."""
    pixels: int
    """Bytes of the decoded images."""

    @property
    def is_sound(self) -> bool:
        """Whether it makes sense to go on."""
        return not any(self.problems())

    def problems(self) -> Iterator[str]:
        """Yield why it makes no sense to go on.

        Yields:
            A few words for each reason; nothing where the epoch looks sound.
        """
        yield from self.troubles
        for name, loss in self.losses.items():
            chance = math.log(self.clusters[name])
            if not loss < AT_CHANCE * chance:
                yield (
                    f"the loss {name} is {loss:.2f}, no better than chance ({chance:.2f}, ln of "
                    f"{self.clusters[name]} clusters)"
                )


def losses_of(report: EpochReport, stage: StageConfig) -> tuple[dict[str, float], dict[str, int]]:
    """Return the losses of an epoch that can be set against chance.

    Args:
        report: of the epoch.
        stage: its stage.

    Returns:
        By the name of the term its mean loss, and how many clusters it tells apart.
    """
    clusters = {
        name: report.labelling.spaces[term.labels].clusters
        for name, term in stage.all_terms().items()
        if _tells_clusters(term) and name in report.losses
    }
    clusters = {name: number for name, number in clusters.items() if number > 1}
    return {name: report.losses[name] for name in clusters}, clusters


def write_probe(file: Path, probe: Probe) -> None:
    """Write a probe as JSON, whole or not at all.

    Args:
        file: where.
        probe: what was found.

    Raises:
        CheckpointError: the file cannot be written.
    """
    with whole_file(file, CheckpointError) as whole:
        whole.write_text(json.dumps({"version": 1} | asdict(probe), indent=1) + "\n")


def read_probe(file: Path) -> Probe | None:
    """Read what ``write_probe`` wrote.

    Args:
        file: which may be missing.

    Returns:
        The probe; None where there is no file.

    Raises:
        CheckpointError: the file is damaged.
    """
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        del found["version"]
        return Probe(**found | {"troubles": tuple(found["troubles"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CheckpointError(f"{file} is damaged ({error}); delete it and try again") from error


def _tells_clusters(term: Term) -> bool:
    """Tell whether a term is a cross-entropy over the clusters of its own label space."""
    kinds = (ClusterNCE, HybridNCE, Classifier)
    return isinstance(term, kinds) and not isinstance(term, OtherSide)
