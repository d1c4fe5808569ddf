"""Settings of labelling as text, so that embeddings can carry those of the run that made them."""

import json
from dataclasses import asdict, fields, replace
from typing import Any

from vireid.errors import DataError
from vireid.labelling.clustering import ClusteringConfig
from vireid.labelling.labeller import Labeller
from vireid.labelling.multi_memory import MultiMemoryMatching

FOREIGN = ("refiners", "matcher")
"""Parts that a recipe may take from outside the package; they are not carried along."""
CLUSTERINGS = ("single", "mixed")


def settings_text(labeller: Labeller) -> str | None:
    """Return the settings of a labeller as JSON.

    Args:
        labeller: of a recipe.

    Returns:
        All settings but refiners and a matcher of one's own; None for another labeller than
        multi-memory matching.
    """
    if not isinstance(labeller, MultiMemoryMatching):
        return None
    plain = replace(labeller, refiners=(), matcher=None)
    values = {name: value for name, value in asdict(plain).items() if name not in FOREIGN}
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
        found = MultiMemoryMatching(**values)
        problems = list(found.problems())
    except (ValueError, TypeError, AttributeError) as error:
        raise DataError(f"{source}: settings of labelling cannot be read: {error}") from error
    if problems:
        raise DataError(f"{source}: {'; '.join(problems)}; give settings by options")
    return found


def _known(kind: type, values: Any) -> dict[str, Any]:
    names = {one.name for one in fields(kind)} - set(FOREIGN)
    return {name: value for name, value in values.items() if name in names}
