"""Short names of protocols beside each other."""

import pytest

from vireid.scoring.centred_names import CENTRED
from vireid.studies.protocol_heads import protocol_heads

NAME = "SYSU-MM01 {}-search, single-shot{}, 10 draws"


@pytest.mark.parametrize(
    ("names", "common", "heads"),
    [
        ([NAME.format("all", "")], NAME.format("all", ""), [""]),
        (
            [NAME.format("all", ""), NAME.format("all", ", re-ranked")],
            NAME.format("all", ""),
            ["not re-ranked", "re-ranked"],
        ),
        (
            [NAME.format("all", CENTRED[by]) for by in ("none", "own", "training")],
            NAME.format("all", ""),
            ["not centred", "centred by test cameras", "centred by training cameras"],
        ),
        (
            [NAME.format("all", ", flip-averaged"), NAME.format("indoor", ", re-ranked")],
            "SYSU-MM01, single-shot, 10 draws",
            ["all-search, flip-averaged, not re-ranked", "indoor-search, re-ranked, no flip"],
        ),
        (["one, odd", "one"], "one", ["odd", "as usual"]),
    ],
)
def test_heads_say_all_that_differs(names, common, heads):
    assert protocol_heads(names) == (common, heads)
