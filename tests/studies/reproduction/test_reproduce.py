"""The verb `reproduce` on drawn data in each layout: killed, gone on with, and finished."""

import csv
import logging
import warnings

import pytest

import vireid

pytestmark = pytest.mark.usefixtures("anything_learns")


def reproduce(which, drawn, out, tiny, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vireid.reproduce(which, drawn[which], out, settings=tiny, device="cpu", **more)


@pytest.mark.parametrize("which", ["sysu", "regdb", "llcm"])
def test_x(which, drawn, tiny, tmp_path, caplog):
    caplog.set_level(logging.INFO, "vireid")
    found = reproduce(which, drawn, tmp_path / "out", tiny, seeds=[0, 1], folds=[1, 2] if which=="regdb" else None)
    print(found.page()); print("\n".join(caplog.messages))
    print((tmp_path/"out"/"reproduction.csv").read_text()[:600])
    print((tmp_path/"out"/"scores.csv").read_text()[:600])
