"""Every error a user can cause; the command prints one line and exits with code 2."""


class VireidError(Exception):
    """Base of all errors of this library.

    A message says what was given, what is expected and what to do, in one line.
    """


class DataError(VireidError):
    """Images, lists, manifests or arrays that cannot be used as they are."""


class ConfigError(VireidError):
    """A recipe or an option that is unknown, out of range or does not apply."""


class CheckpointError(VireidError):
    """A run folder or weights file that is missing, damaged or of another kind."""


class DegenerateClusters(VireidError):  # noqa: N818 - a state of the data, not a programming error
    """Clustering left nothing to train on: no clusters, or none in one of the modalities."""
