"""What torchrun says in the environment is checked before processes try to meet."""

import pytest

from vireid.errors import ConfigError
from vireid.parallel import process_group, share

GOOD = {"WORLD_SIZE": "2", "RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "29999"}


@pytest.fixture
def environment(monkeypatch):
    """Return a function that sets torchrun's variables to these and no others."""

    def arrange(values):
        for name in GOOD:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return arrange


@pytest.mark.parametrize("values", [{}, {"WORLD_SIZE": "1"}, {"RANK": "x"}])
def test_a_process_alone_meets_nobody(environment, values):
    environment(values)
    with process_group("cpu") as device:
        assert (device, share()) == ("cpu", (0, 1))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"WORLD_SIZE": "2"}, "'2', but the environment lacks RANK, MASTER_PORT, MASTER_ADDR; "),
        ({"WORLD_SIZE": "x"}, "'x', but the environment lacks RANK, MASTER_PORT, MASTER_ADDR; "),
        (GOOD | {"WORLD_SIZE": "x"}, "WORLD_SIZE is 'x'; expected a whole number"),
        (GOOD | {"WORLD_SIZE": ""}, "WORLD_SIZE is ''; expected a whole number"),
        (GOOD | {"WORLD_SIZE": "-2"}, "WORLD_SIZE is '-2'; expected a whole number"),
        (GOOD | {"WORLD_SIZE": "0"}, "RANK is 0 of WORLD_SIZE 0; expected less"),
        (GOOD | {"RANK": "2"}, "RANK is 2 of WORLD_SIZE 2; expected less"),
        (GOOD | {"RANK": "first"}, "RANK is 'first'; expected a whole number"),
        (GOOD | {"MASTER_PORT": "http"}, "MASTER_PORT is 'http'; expected a whole number"),
    ],
)
def test_an_environment_that_cannot_be_used_is_one_line(environment, values, message):
    environment(values)
    with pytest.raises(ConfigError) as caught, process_group("cpu"):
        pass
    assert message in str(caught.value)
    assert "torchrun, or unset WORLD_SIZE" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_others_that_cannot_be_met_are_one_line(environment, monkeypatch):
    def refuse(_):
        raise ValueError("nobody\nthere")

    environment(GOOD)
    monkeypatch.setattr("torch.distributed.init_process_group", refuse)
    with (
        pytest.raises(ConfigError, match="other processes: nobody there; start all of them with"),
        process_group("cpu"),
    ):
        pass
