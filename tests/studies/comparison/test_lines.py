"""What a line of the table says of a method."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from vireid.recipes import load_recipe
from vireid.studies.comparison import Entry
from vireid.studies.comparison.arena import DataSet
from vireid.studies.comparison.lines import Line, line_of
from vireid.types import Known

TOLD = Known(np.array([0, 1]), camera=np.array([1, 2]))
KNOWS = DataSet(Path("one"), Path("one"), "c1", ("all",), "a", "b", TOLD)
DOES_NOT = replace(KNOWS, train=Path("two"), known=replace(TOLD, camera=None))


def test_a_method_that_uses_cameras_is_told_them_where_the_data_know_them():
    entry = Entry("mine", load_recipe("synthetic", ["labelling.cameras.centre=camera"]))
    assert line_of(entry, [KNOWS]) == Line(cameras="yes")
    assert line_of(entry, [DOES_NOT]) == Line(cameras="idle")
    assert line_of(entry, [KNOWS, DOES_NOT]).cameras == "yes, idle on two"
    plain = Entry("plain", load_recipe("synthetic"), "eps − 0.1")
    assert line_of(plain, [KNOWS, DOES_NOT]) == Line("eps − 0.1")
