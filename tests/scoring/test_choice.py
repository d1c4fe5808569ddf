"""Which protocol test images are evaluated by, and which options belong to it."""

from dataclasses import replace

import numpy as np
import pytest

from vireid.data import open_data
from vireid.errors import ConfigError, DataError
from vireid.scoring import ProtocolOptions, choose_protocol, llcm, regdb, sysu


def test_the_protocol_is_that_of_the_data_or_the_one_asked_for(people):
    data = open_data(people)
    images, truth = data.test, data.test_truth
    for options, expected in (
        (None, sysu(images, truth)),
        (ProtocolOptions(shots=10, draws=3), sysu(images, truth, shots=10, draws=3)),
        (ProtocolOptions("regdb"), regdb(images, truth)),
        (ProtocolOptions("llcm", draws=2), llcm(images, truth, draws=2)),
        (
            ProtocolOptions("llcm", direction="infrared-to-visible"),
            llcm(images, truth, direction="infrared-to-visible"),
        ),
    ):
        found = choose_protocol(data, options)
        assert (found.name, found.count) == (expected.name, expected.count)
        for one, other in zip(found.draws, expected.draws, strict=True):
            np.testing.assert_array_equal(one.query, other.query)
            np.testing.assert_array_equal(one.gallery, other.gallery)
    with pytest.raises(DataError, match="has no query and gallery images; mark them"):
        choose_protocol(data, ProtocolOptions("plain"))


@pytest.mark.parametrize(
    ("protocol", "option", "value"),
    [
        ("regdb", "mode", "all"),
        ("llcm", "mode", "indoor"),
        ("regdb", "shots", 1),
        ("llcm", "shots", 10),
        ("regdb", "draws", 10),
        ("sysu", "ignore", "nothing"),
        ("regdb", "gallery", "owners"),
        ("llcm", "camera_rule", "literature"),
        ("sysu", "roles", "swapped"),
        ("leave-one-out", "shots", 1),
        ("plain", "direction", "infrared-to-visible"),
    ],
)
def test_options_of_other_protocols_are_refused(people, protocol, option, value):
    options = replace(ProtocolOptions(protocol), **{option: value})
    message = f"--{option.replace('_', '-')} applies to the protocol .* by {protocol}: leave it out"
    with pytest.raises(ConfigError, match=message):
        choose_protocol(open_data(people), options)


def test_all_options_that_do_not_apply_are_named_at_once(people):
    options = ProtocolOptions("regdb", mode="all", draws=3, direction="infrared-to-visible")
    with pytest.raises(ConfigError) as caught:
        choose_protocol(open_data(people), options)
    assert str(caught.value).startswith(
        "--mode applies to the protocol sysu; --draws applies to the protocol sysu or llcm; "
    )
    assert str(caught.value).endswith("is evaluated by regdb: leave them out")


def test_three_protocols_are_named_as_in_a_sentence(people):
    options = ProtocolOptions("plain", direction="infrared-to-visible")
    with pytest.raises(ConfigError, match="applies to the protocol sysu, regdb or llcm; people"):
        choose_protocol(open_data(people), options)


def test_a_protocol_that_there_is_not_is_refused(people):
    with pytest.raises(ConfigError, match=r"protocol is sysuu; expected one of .*mean sysu\?"):
        choose_protocol(open_data(people), ProtocolOptions("sysuu"))
