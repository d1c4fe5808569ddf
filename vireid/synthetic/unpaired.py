"""Which cameras see an identity, and who is seen in one modality only."""

from vireid.seeds import generator
from vireid.synthetic.rig import UNUSED_IN_TEST
from vireid.synthetic.settings import SyntheticSettings
from vireid.types import Modality


def one_modality_only(settings: SyntheticSettings) -> dict[int, Modality]:
    """Draw the unpaired identities, half of them for each modality.

    An identity that is unpaired at one share is so at every larger share, in the same modality.
    A larger share never changes how anybody looks.

    Args:
        settings: the data set's settings.

    Returns:
        The only modality of each unpaired identity, visible first, in rising order; the odd one
        of an odd number is visible.

    >>> {k: kind.name for k, kind in one_modality_only(
    ...     SyntheticSettings(identities=4, unpaired=0.5)).items()}
    {4: 'VISIBLE', 2: 'INFRARED'}
    """
    order = generator(settings.seed, "unpaired").permutation(settings.identities) + 1
    chosen = order[: settings.unpaired_identities]
    return {int(identity): kind for kind in Modality for identity in sorted(chosen[int(kind) :: 2])}


def cameras_of(settings: SyntheticSettings, identity: int) -> tuple[int, ...]:
    """Return the cameras that see an identity.

    Args:
        settings: the data set's settings.
        identity: number of the identity, 1 or more.

    Returns:
        Numbers of cameras of the rig, rising. Where a person does not walk past all of them, who
        walks past which is drawn.

    >>> cameras_of(SyntheticSettings(), 1)
    (1, 2, 3, 4, 5, 6)
    """
    only = one_modality_only(settings).get(identity)
    tested = identity > settings.identities
    seen: list[int] = []
    for kind in Modality if only is None else (only,):
        unused = UNUSED_IN_TEST.get(settings.layout, ()) if tested else ()
        numbers = [
            mount.number
            for mount in settings.rig.mounts
            if mount.modality == kind and mount.number not in unused
        ]
        count = settings.rig.seen_by[kind]
        if count < len(numbers):
            rng = generator(settings.seed, "identity", identity, "cameras", int(kind))
            numbers = rng.choice(numbers, count, replace=False).tolist()
        seen.extend(numbers)
    return tuple(sorted(seen))
