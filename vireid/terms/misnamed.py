"""Names that a term's settings give, of label spaces and of other terms, and that are not there."""

from collections.abc import Collection, Iterator

from vireid.errors import meant


def misnamed(
    term: object, settings: Collection[str], names: Collection[str], what: str, there: list[str]
) -> Iterator[str]:
    """Yield a message for each name that is not there.

    Args:
        term: a dataclass.
        settings: those of its fields that may hold such names.
        names: what it names.
        what: what the names are of, in words.
        there: the names that there are, without the term's own.

    Yields:
        Messages that begin with the setting that holds the name.
    """
    for name in names:
        known = f"{', '.join(there) or '(none)'}{meant(name, there)}"
        yield f"{_held(term, settings, name)}; expected one of {what} {known}"


def _held(term: object, settings: Collection[str], name: str) -> str:
    """Say which setting holds a name."""
    for setting in settings:
        value = getattr(term, setting)
        if value == name:
            return f"{setting} is {name or repr(name)}"
        if isinstance(value, tuple) and name in value:
            return f"{setting} holds {name or repr(name)}"
    return f"it names {name or repr(name)}"
