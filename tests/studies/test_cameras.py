"""What a study refuses before it trains, and what it warns of."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.data import open_data
from vireid.errors import ConfigError
from vireid.studies.cameras import demand_cameras


def test_statistics_of_training_cameras_need_images_that_say_their_cameras(people):
    data = open_data(people)
    unknown = replace(data, train=replace(data.train, camera=np.zeros(len(data.train), dtype=int)))
    demand_cameras({"a": data}, "training")
    demand_cameras({"a": data, "b": unknown}, "own")
    with pytest.raises(ConfigError, match="--centre training: no training image of b says its cam"):
        demand_cameras({"a": data, "b": unknown}, "training")
