"""What embeddings carry of the run that made them: its settings of labelling."""

import json
from collections.abc import Mapping

from vireid.errors import DataError
from vireid.labelling.multi_memory import MultiMemoryMatching
from vireid.labelling.settings import read_settings, settings_text
from vireid.recipes.yaml_text import read_yaml
from vireid.runs.folder import Run


def carried_settings(text: str, source: str) -> str | None:
    """Return the settings of labelling that a recipe of any version holds; imports nothing.

    Args:
        text: the recipe, YAML.
        source: where it is from, for messages.

    Returns:
        JSON as ``labelling.settings`` reads it; None where the recipe names a labeller of its own,
        or its settings are not understood.

    Raises:
        ConfigError: the text is no YAML.
    """
    recipe = read_yaml(text, source)
    found = recipe.get("labelling") if isinstance(recipe, Mapping) else None
    if not isinstance(found, Mapping) or "class_path" in found:
        return None
    try:
        return settings_text(read_settings(json.dumps(found), source))
    except (DataError, TypeError):  # TypeError: a date, say, which is no JSON
        return None


def labelling_of(run: Run) -> MultiMemoryMatching:
    """Return the settings of labelling of a run, for features of any origin.

    Args:
        run: the run.

    Returns:
        The settings, without refiners and a matcher of one's own.

    Raises:
        CheckpointError: the folder holds no run.
        DataError: the run labels by a class of its own, or its settings are not understood.
        ConfigError: its recipe is no YAML.
    """
    text = carried_settings(run.recipe_text(), str(run.recipe_file))
    if text is None:
        raise DataError(
            f"{run.recipe_file} holds no settings of multi-memory matching; give --k1, --k2, --eps "
            "and --min-samples instead of --run"
        )
    return read_settings(text, str(run.recipe_file))
