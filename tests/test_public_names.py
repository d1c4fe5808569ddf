"""The names of the package are resolved when they are first used."""

from importlib.metadata import version
from pathlib import Path

import pytest

import vireid


@pytest.mark.parametrize("name", vireid.__all__)
def test_every_public_name_is_there(name):
    value = getattr(vireid, name)
    assert value.__name__ == name
    assert value.__doc__
    assert name in dir(vireid)


def test_the_version_is_that_of_the_package():
    assert vireid.__version__ == version("vireid")
    assert "__version__" in dir(vireid)


def test_each_name_has_a_home():
    assert sorted(vireid._HOME) == vireid.__all__


def test_other_names_are_not():
    with pytest.raises(AttributeError, match="module 'vireid' has no attribute 'nonsense'"):
        vireid.nonsense  # noqa: B018


def test_no_public_name_is_also_a_module():
    # Importing the module would put it in the place of the function, depending on the order.
    package = Path(vireid.__file__).parent
    modules = {path.stem for path in package.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert not modules & set(vireid.__all__)
