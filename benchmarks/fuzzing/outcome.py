"""What became of one damaged file."""

from dataclasses import dataclass

KINDS = ("equal", "refused", "fault")
LONGEST = 2000
"""Letters of a message; the name of the file may be long."""


@dataclass(frozen=True)
class Outcome:
    """One of three: as the other reader has it, refused in one line, or wrong."""

    kind: str
    """One of ``KINDS``."""
    what: str = ""
    """What is wrong, or the message of the refusal."""
    readable: bool = False
    """Whether the other reader takes the file; of refusals."""


def refusal(error: Exception, readable: bool) -> Outcome:
    """Judge an error that was raised for a file.

    Args:
        error: what was raised.
        readable: whether the other reader takes the file.

    Returns:
        Refused where it is vireid's own and one line that can be printed; else a fault.
    """
    from vireid.errors import VireidError

    text = str(error)
    if not isinstance(error, VireidError):
        return Outcome("fault", f"{type(error).__name__}: {text[:300]!r}")
    if not text.isprintable():
        return Outcome(
            "fault", f"message of several lines or with signs of control: {text[:300]!r}"
        )
    if len(text) > LONGEST:
        return Outcome("fault", f"message of {len(text)} letters: {text[:200]!r}")
    return Outcome("refused", text, readable)
