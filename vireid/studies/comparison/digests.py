"""Which training a recipe is, as a short text that a table of results can carry."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any

from vireid.config import Recipe
from vireid.studies.shared import seen_by


def recipe_digest(recipe: Recipe) -> str:
    """Name the training that a recipe describes.

    Settings that have their default do not count, so that an option which a later version adds,
    and which is off by default, leaves the digest of every earlier recipe as it was. Neither does
    the seed, nor settings of labelling that no stage has a use for.

    Args:
        recipe: all settings.

    Returns:
        12 hexadecimal digits, equal for recipes that train alike.
    """
    plain = replace(recipe, seed=0)
    stages = [_essence(seen_by(plain, stage)) for stage in range(len(plain.stages))]
    return hashlib.sha256(json.dumps(stages).encode()).hexdigest()[:12]


def data_digest(fingerprint: str) -> str:
    """Name data by what their files hold.

    Args:
        fingerprint: of the training and of the test images, as a study notes it.

    Returns:
        12 hexadecimal digits.
    """
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]


def _essence(value: Any) -> Any:
    """Return settings as JSON can say them, without those that have their default."""
    if is_dataclass(value) and not isinstance(value, type):
        given = {
            one.name: _essence(getattr(value, one.name))
            for one in fields(value)
            if one.init and getattr(value, one.name) != _default(one)
        }
        return [f"{type(value).__module__}.{type(value).__qualname__}", given]
    if isinstance(value, Mapping):
        return [[str(name), _essence(part)] for name, part in value.items()]
    if isinstance(value, list | tuple):
        return [_essence(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 2 and 2.0 train alike, and a file may say either
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)


def _default(one: "Field[Any]") -> Any:
    if one.default is not MISSING:
        return one.default
    return MISSING if one.default_factory is MISSING else one.default_factory()
