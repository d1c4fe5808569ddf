"""What makes a study another one than that of its folder."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from vireid.config import Recipe
from vireid.recipes import recipe_differences
from vireid.runs.fingerprints import changed


def other_data(seen: Mapping[str, str], data: Mapping[str, str]) -> Iterator[str]:
    """Yield what forbids to use data in a study that has seen some already.

    Args:
        seen: fingerprints of its data by name.
        data: fingerprints of what is given.

    Yields:
        Differences.
    """
    for name, found in data.items():
        if changed(seen.get(name, found), found):
            yield f"data {name} is {found}, was {seen[name]}"
    new, absent = [n for n in data if n not in seen], [n for n in seen if n not in data]
    if seen and new and absent:
        yield f"data is {', '.join(data)}, was {', '.join(seen)}"


def other_rows(known: Mapping[str, str], rows: Mapping[str, Recipe]) -> Iterator[str]:
    """Yield what forbids to add rows to those that a study has.

    Args:
        known: texts of its recipes by row.
        rows: recipes that are given.

    Yields:
        Differences.
    """
    found: dict[str, None] = {}
    for name in rows:
        if name in known:
            changed = recipe_differences(known[name], replace(rows[name], seed=0))
            found |= dict.fromkeys(changed)
    yield from found
    new, absent = [n for n in rows if n not in known], [n for n in known if n not in rows]
    if known and new and absent:
        yield f"rows are {', '.join(rows)}, were {', '.join(known)}"
