"""A copy from the hub -> a trained network and what is said of it."""

from pathlib import Path

from vireid.errors import CheckpointError
from vireid.exporting.hub import CONFIGURATION, read_hub
from vireid.recipes import read_outline
from vireid.runs.building import Weights, new_network
from vireid.runs.fingerprints import network_fingerprint
from vireid.runs.folder import Origin


def open_hub(folder: Path) -> Weights:
    """Read a copy from the hub; nothing that it names is imported or run.

    Args:
        folder: of the copy.

    Returns:
        The network, and what the copy says of it.

    Raises:
        CheckpointError: a file is missing or damaged, or weights and configuration do not belong
            together.
        ConfigError: the settings of the network are not valid.
    """
    tensors, facts, text = read_hub(folder)
    file = folder / CONFIGURATION
    recipe = read_outline(text, str(file))
    network = new_network(recipe, weights="none")
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{folder}: the weights are of another network: {first}") from error
    size = recipe.height, recipe.width
    if network_fingerprint(tensors, size, facts.levels) != facts.network:
        raise CheckpointError(
            f"{folder}: the weights are others than {facts.network}, of which {file.name} speaks; "
            "fetch or export it anew"
        )
    origin = Origin(facts.data, facts.fold)
    network.eval()
    return Weights(network, recipe, facts.stage, origin, file, text, facts.levels, facts)
