"""Scores of images that are scaled otherwise than those of the training stay beside others."""

import shutil

import numpy as np
from PIL import Image

from tests.people import manifest, rows, two_folders
from tests.written import entries
from vireid.cli.main import main


def test_another_protocol_does_not_drop_scores_of_other_levels(trained, tmp_path, capsys):
    run, root = shutil.copytree(trained, tmp_path / "run"), two_folders(tmp_path / "data", 6)
    for file in root.glob("infrared/*/*.png"):
        grey = np.asarray(Image.open(file).convert("L")) / 255
        Image.fromarray((7800 + 600 * grey).astype("u2")).save(file)
    manifest(root / "manifest.csv", rows(root))
    for protocol in ("plain", "leave-one-out"):
        assert main(["evaluate", str(run), str(root), "--protocol", protocol]) == 0
    assert "dropped from" not in capsys.readouterr().out
    assert len([one for one in entries(run / "metrics.json").values() if one["levels"]]) == 2
