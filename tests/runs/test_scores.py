"""Files of scores of every version are read."""

import pytest

from vireid.errors import DataError
from vireid.runs.scores import by_protocol

SCORES = {"rank1": 50.0, "mAP": 40.0}
FIRST = {
    "seconds": {"training": 1.0}, "before": SCORES, "aligned": SCORES, "seed": 3,
    "protocol": "RegDB, visible-to-infrared", "trials": 1, "data": "pairs (RegDB layout), trial 4",
}  # fmt: skip
"""metrics.json of version 0.1.0."""
SECOND = FIRST | {"draws": 1, "data": "pairs (RegDB layout), fold 4", "test_images": "images 8"}
del SECOND["trials"]
"""That of the time before protocols stood side by side."""


@pytest.mark.parametrize("old", [FIRST, SECOND])
def test_metrics_of_earlier_versions(old):
    found = by_protocol(old)
    assert (found["seed"], found["seconds"]) == (3, {"training": 1.0})
    ((key, entry),) = found["protocols"].items()
    assert key == "RegDB, visible-to-infrared, 1 draw"
    assert entry["stages"] == {"before": SCORES, "aligned": SCORES}
    assert (entry["draws"], entry["data"]) == (1, "pairs (RegDB layout), fold 4")
    assert entry.get("test_images") == old.get("test_images")
    assert by_protocol(found) == found


def test_an_evaluation_of_earlier_versions():
    old = {"protocol": "p", "draws": 10, "queries": 7, "stages": {"joint": {"mean": SCORES}}}
    assert by_protocol(old)["protocols"] == {"p, 10 draws": old}
    assert by_protocol({}) == {"version": 2, "protocols": {}}
    assert list(by_protocol({"aligned": SCORES})["protocols"]) == [
        "unknown protocol, unknown draws"
    ]


@pytest.mark.parametrize(
    "damaged", [{"aligned": 3}, {"protocols": []}, {"protocols": {"p": {}}}, {"stages": [1]}]
)
def test_what_is_no_file_of_scores_is_refused(damaged):
    with pytest.raises(DataError, match="are no objects with"):
        by_protocol(damaged)
