"""A data set -> a text that changes with all that trainings and scores depend on."""

from typing import get_args

import numpy as np

from vireid.data import DataFolder
from vireid.data.folder import Role
from vireid.runs.fingerprints import array_digest, files_fingerprint, fingerprint
from vireid.types import Truth


def fingerprint_of(data: DataFolder, test: DataFolder, *, contents: bool = True) -> str:
    """Return a text that changes with what is trained on and with what is scored.

    Identities count, as supervised bounds are trained with them and scores are made of them.

    Args:
        data: its training images count.
        test: its test images count.
        contents: whether what the files hold counts, beside their sizes; all are read then.

    Returns:
        Two fingerprints, with digests of identities and of roles where there are any.
    """
    of = files_fingerprint if contents else fingerprint
    trained = f"{of(data.train)}{_people(data.train_truth)}"
    return f"{trained}; test {of(test.test)}{_people(test.test_truth)}{_roles(test)}"


def _people(truth: Truth | None) -> str:
    return "" if truth is None else f", people {array_digest(truth.identities)}"


def _roles(test: DataFolder) -> str:
    if test.roles is None:
        return ""
    numbers = {role: number for number, role in enumerate(get_args(Role))}
    return f", roles {array_digest(np.array([numbers[role] for role in test.roles], dtype=int))}"
