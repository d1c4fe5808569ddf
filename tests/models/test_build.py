"""Options of the network."""

import numpy as np
import pytest
import torch

from vireid.errors import ConfigError
from vireid.models import build_network
from vireid.models.nonlocal_block import NonLocalBlock


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backbone": "resnet_50"}, r"no backbone 'resnet_50'; did you mean .*resnet50"),
        ({"backbone": "resnet50.tv_in1"}, r"no weights 'resnet50.tv_in1'; .*resnet50.tv_in1k"),
        ({"backbone": "resnet50."}, r"no weights 'resnet50.'; did you mean resnet50"),
        ({"backbone": "qqqqqqqqqqqq"}, r"see timm.list_models"),
        ({"backbone": "vit_tiny_patch16_224"}, "these families work"),
        ({"depth": 0}, "depth is 0; expected 1 to 7"),
        ({"depth": 8}, "depth is 8; expected 1 to 7"),
        ({"depth": 3, "frozen": 4}, "frozen is 4; expected 0 to 3"),
        ({"frozen": -1}, "frozen is -1"),
        ({"depth": 3, "stem_stages": 3}, "stem_stages is 3; expected 0 to 2"),
        ({"stripes": 0}, "stripes is 0; expected at least 1"),
        ({"power": 0.0}, "power is 0.0"),
        ({"last_stride": 3}, "last_stride is 3; expected 1 or 2"),
        ({"depth": 2, "nonlocal_blocks": (0, 0, 1)}, "names 3 stages; there are 2"),
        ({"nonlocal_blocks": (0, 9)}, r"nonlocal_blocks\[1\] is 9; expected 0 to 2"),
        ({"nonlocal_blocks": (0, 1), "nonlocal_width": 0}, "nonlocal_width is 0"),
        ({"backbone": "convnext_atto", "nonlocal_blocks": (1,)}, "nonlocal_blocks applies to"),
    ],
)
def test_wrong_options_are_named(options, message):
    with pytest.raises(ConfigError, match=message):
        build_network(**options)


def test_depth_and_stripes_set_the_embedding_size():
    sizes = {d: build_network(depth=d, stripes=4).embedding_size for d in (3, 4, 5, None)}
    assert sizes == {3: 160, 4: 320, 5: 448, None: 1280}


def test_last_stride_leaves_a_truncated_trunk_alone():
    pixels = torch.zeros(1, 3, 64, 32)
    heights = {}
    for depth in (5, 6):
        for stride in (1, 2):
            network = build_network(depth=depth, last_stride=stride).eval()
            heights[depth, stride] = network.trunk(network.visible_stem(pixels)).shape[2]
    assert heights == {(5, 1): 4, (5, 2): 4, (6, 1): 4, (6, 2): 2}


def test_seed_decides_the_weights_and_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = build_network("resnet18", depth=2, nonlocal_blocks=(1,), seed=1)
    assert torch.equal(torch.rand(3), expected)
    second = build_network("resnet18", depth=2, nonlocal_blocks=(1,), seed=1)
    other = build_network("resnet18", depth=2, nonlocal_blocks=(1,), seed=2)
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name])
    assert not torch.equal(
        first.state_dict()["trunk.0.1.conv1.weight"], other.state_dict()["trunk.0.1.conv1.weight"]
    )


def test_nonlocal_blocks_follow_the_last_blocks_of_their_stage():
    network = build_network("resnet50", nonlocal_blocks=(0, 2, 3), nonlocal_width=4)
    places = [
        [number for number, block in enumerate(stage) if isinstance(block, NonLocalBlock)]
        for stage in network.trunk
    ]
    assert places == [[], [3, 5], [4, 6, 8], []]
    assert network.trunk[1][3].theta.out_channels == 4


def test_pixel_constants_come_from_the_backbone():
    constants = {
        name: build_network(name, depth=1) for name in ("tf_efficientnet_lite0", "resnet18")
    }
    np.testing.assert_allclose(constants["tf_efficientnet_lite0"].mean, [0.5] * 3)
    np.testing.assert_allclose(constants["tf_efficientnet_lite0"].std, [0.5] * 3)
    np.testing.assert_allclose(constants["resnet18"].mean, [0.485, 0.456, 0.406], rtol=1e-6)
    np.testing.assert_allclose(constants["resnet18"].std, [0.229, 0.224, 0.225], rtol=1e-6)
