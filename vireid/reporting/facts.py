"""What the folder of a run says of it, without opening its networks or its data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vireid.data import DataFolder
from vireid.observers import read_lines
from vireid.recipes import Outline
from vireid.reporting.written_scores import Written, written_scores
from vireid.runs import Run
from vireid.runs.folds import open_for
from vireid.runs.overview import Overview, describe_run


@dataclass(frozen=True)
class RunFacts:
    """What a report and a model card both tell."""

    run: Run
    """Its folder."""
    overview: Overview
    """The run at a glance."""
    outline: Outline
    """Network and stages of its recipe."""
    stages: Sequence[str]
    """Those whose networks it holds, ``before`` first."""
    epochs: Sequence[Mapping[str, Any]]
    """The lines of its log."""
    weights: Mapping[str, Any]
    """Where its initial weights came from; empty where the folder does not say."""
    scores: Sequence[Written]
    """Test scores by protocol."""
    stale: Sequence[str]
    """Scores that are not told, as they are of other networks than the run holds."""
    data: DataFolder | None
    """The data, where they are given."""

    @property
    def name(self) -> str:
        """What the run is called: the name of its folder."""
        return self.run.folder.resolve().name

    @property
    def whole(self) -> bool:
        """Whether the training came to its end."""
        return self.overview.state in ("finished", "evaluated", "without networks")

    @property
    def state(self) -> str:
        """What became of the training, in a few words."""
        found = self.overview
        if self.whole:
            return "trained to its end"
        if found.state == "interrupted":
            return f"stopped before its end; goes on at {found.resumes_at}"
        if found.state == "running":
            return "still training while this was written"
        return f"{found.state}: {found.reason or 'its folder does not say why'}"

    @property
    def trained_on(self) -> str:
        """Name of the data, as far as the folder says."""
        return self.run.origin().data or "data that the folder does not name"

    @property
    def initial(self) -> str:
        """Where the initial weights came from, in words."""
        told = self.weights
        if not told:
            return "initial weights of an origin that the folder does not say"
        source = str(told.get("source") or "")
        source = Path(source).name if told.get("way") == "file" else source
        if told.get("way") == "none" or not source:
            return "random initial weights"
        revision = f" {told['revision']}" if told.get("revision") else ""
        return f"initial weights {source}{revision} ({told.get('way')})"


def read_facts(run: Run, data: DataFolder | Path | str | None) -> RunFacts:
    """Read what the folder of a run says.

    Args:
        run: the run.
        data: a data set, or where it is; None where it is not at hand.

    Returns:
        The facts.

    Raises:
        CheckpointError: the folder holds no run, or files of it are damaged.
        DataError: the data cannot be read.
        ConfigError: the data are of another fold, or the recipe is not valid.
    """
    outline = run.outline()
    opened = None if data is None else open_for(run.folder, run.origin(), data)
    scores, stale = written_scores(run)
    return RunFacts(
        run=run,
        overview=describe_run(run.folder),
        outline=outline,
        stages=run.stages(),
        epochs=read_lines(run.log_file),
        weights=_weights(run.weights_file),
        scores=scores,
        stale=stale,
        data=opened,
    )


def _weights(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
