"""Settings of labelling as text, so that embeddings can carry those of the run that made them."""

import json
from dataclasses import asdict, fields, replace
from typing import Any

from vireid.errors import DataError
from vireid.labelling.clustering import ClusteringConfig
from vireid.labelling.kinds import KINDS, kind_of
from vireid.labelling.labeller import Labeller, Matcher, Refiner
from vireid.labelling.multi_memory import MultiMemoryMatching

CLUSTERINGS = ("single", "mixed")


def settings_text(labeller: Labeller) -> str | None:
    """Return the settings of a labeller as JSON.

    Args:
        labeller: of a recipe.

    Returns:
        All settings, without a matcher and refiners that do not ship; None for another labeller
        than multi-memory matching.
    """
    if not isinstance(labeller, MultiMemoryMatching):
        return None
    plain = replace(labeller, refiners=(), matcher=None)
    values = asdict(plain)
    values["refiners"] = [_named(one) for one in labeller.refiners if kind_of(one)]
    values["matcher"] = _named(labeller.matcher) if kind_of(labeller.matcher) else None
    return json.dumps(values)


def read_settings(text: str, source: str = "labelling") -> MultiMemoryMatching:
    """Return what ``settings_text`` wrote; settings that this version does not know are left out.

    Args:
        text: the JSON.
        source: where it is from, for messages.

    Returns:
        The settings.

    Raises:
        DataError: it is something else, or a value cannot be.
    """
    try:
        values = _known(MultiMemoryMatching, json.loads(text))
        for name in CLUSTERINGS:
            if name in values:
                values[name] = ClusteringConfig(**_known(ClusteringConfig, values[name]))
        refiners = (_part(Refiner, one) for one in values.get("refiners") or ())
        values["refiners"] = tuple(one for one in refiners if one is not None)
        values["matcher"] = _part(Matcher, values.get("matcher"))
        found = MultiMemoryMatching(**values)
        problems = list(found.problems())
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{source}: settings of labelling cannot be read: {error}") from error
    if problems:
        raise DataError(f"{source}: {'; '.join(problems)}; give settings by options")
    return found


def _named(part: Any) -> dict[str, Any]:
    """Return a part that ships, with its kind."""
    return {"kind": kind_of(part), **asdict(part)}


def _part(part: Any, values: Any) -> Any:
    """Return the matcher or refiner that ``_named`` wrote; None where it is not known."""
    kind = KINDS[part].get(str(values.get("kind"))) if isinstance(values, dict) else None
    return None if kind is None else kind(**_known(kind, values))


def _known(kind: type, values: Any) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
