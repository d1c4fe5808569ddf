"""A data set -> a text that changes with all that trainings and scores depend on."""

import hashlib

from vireid.data import DataFolder
from vireid.runs.fingerprints import NOTHING, files_fingerprint, fingerprint, groups_digest
from vireid.types import Truth


def fingerprint_of(data: DataFolder, test: DataFolder, *, contents: bool = True) -> str:
    """Return a text that changes with what is trained on and with what is scored.

    Identities count, as supervised bounds are trained with them and scores are made of them.

    Args:
        data: its training images count.
        test: its test images count.
        contents: whether what the files hold counts, beside their sizes; all are read then.

    Returns:
        Two fingerprints, with digests of identities and of roles.
    """
    of = files_fingerprint if contents else fingerprint
    trained = f"{of(data.train)}, people {_people(data.train_truth)}"
    scored = f"test {of(test.test)}, people {_people(test.test_truth)}, roles {_roles(test)}"
    return f"{trained}; {scored}"


def _people(truth: Truth | None) -> str:
    return NOTHING if truth is None else groups_digest(truth.identities)


def _roles(test: DataFolder) -> str:
    if test.roles is None:
        return NOTHING
    return hashlib.sha256("\n".join(test.roles).encode()).hexdigest()[:16]
