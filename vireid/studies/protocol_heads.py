"""Short names of protocols that stand beside each other: all in which they differ, and no more."""

from collections.abc import Sequence

LEFT_OUT = {
    "flip-averaged": "no flip",
    "centred": "not centred",
    "re-ranked": "not re-ranked",
    "literature's camera rule": "symmetric camera rule",
    "owners' galleries": "drawn galleries",
    "roles swapped": "roles of the paper",
}
"""What a name that lacks such a part says in its place, by how the part begins."""
PLAIN = "as usual"
"""What stands for a name that has nothing apart from what all have."""


def protocol_heads(protocols: Sequence[str]) -> tuple[str, list[str]]:
    """Split names of protocols into what they have in common and what is each one's own.

    Args:
        protocols: different whole names, at least one.

    Returns:
        What all have in common, and what each has apart from that, which names what it lacks, too.

    >>> protocol_heads(["SYSU all, 1 draw", "SYSU all, re-ranked, 1 draw"])
    ('SYSU all, 1 draw', ['not re-ranked', 're-ranked'])
    """
    parts = [name.split(", ") for name in protocols]
    common = [part for part in parts[0] if all(part in other for other in parts)]
    own = [[part for part in one if part not in common] for one in parts]
    kinds = [kind for kind in LEFT_OUT if any(_has(one, kind) for one in own)]
    apart = [
        ", ".join([*one, *(LEFT_OUT[kind] for kind in kinds if not _has(one, kind))]) for one in own
    ]
    first = {name[0].partition(" ")[0] for name in parts}
    if parts[0][0] not in common and len(first) == 1:  # the data set, as in SYSU-MM01 all-search
        common = [*first, *common]
        apart = [name.partition(" ")[2] for name in apart]
    several = len(protocols) > 1
    return ", ".join(common), [name or (PLAIN if several else "") for name in apart]


def _has(parts: Sequence[str], kind: str) -> bool:
    return any(part.startswith(kind) for part in parts)
