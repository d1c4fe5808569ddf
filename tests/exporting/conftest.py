"""A run whose stems differ and whose neck has statistics, and its export."""

from dataclasses import replace

import pytest
import torch

import vireid
from vireid.config import EvaluationConfig
from vireid.models.extract import extract
from vireid.runs import BEFORE, new_network
from vireid.runs.centring import statistics_of
from vireid.runs.claim import write_settings
from vireid.runs.networks import save_weights


@pytest.fixture(scope="session")
def shaken():
    """Return a function that moves all that a network has, so that no part of it is idle."""

    def shake(network):
        drawn = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for name, value in network.state_dict().items():
                if value.is_floating_point() and name not in ("mean", "std"):
                    value *= 1 + 0.3 * torch.rand(value.shape, generator=drawn)
                if name == "neck.running_mean":
                    value += 0.02 * torch.rand(value.shape, generator=drawn)
        return network.eval()

    return shake


@pytest.fixture(scope="session")
def kept(people, tiny, shaken, tmp_path_factory):
    """Return a run that takes statistics of its training's cameras off embeddings."""
    pytest.importorskip("onnx", reason="needs the extra onnx")
    pytest.importorskip("onnxruntime", reason="needs the extra onnx")
    recipe = replace(tiny, evaluation=EvaluationConfig(centre="training"))
    run, data = vireid.Run(tmp_path_factory.mktemp("exporting") / "run"), vireid.open_data(people)
    write_settings(run, data, recipe)
    network = shaken(new_network(recipe))
    pixels = vireid.load_pixels(data.train, (recipe.height, recipe.width))
    embedded = extract(network, pixels, data.train.modality)
    cameras = statistics_of(embedded, data.train, "training")
    save_weights(run, BEFORE, network.state_dict(), recipe, cameras=cameras)
    return run


@pytest.fixture(scope="session")
def exported(kept):
    """Return the folder of its export."""
    return vireid.export(
        kept.folder, kept.folder.with_name("exported"), stage=BEFORE, licence="CC-BY-4.0"
    )
