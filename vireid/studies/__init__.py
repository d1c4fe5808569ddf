"""Studies: runs set beside each other."""

from vireid.studies.upper_bound import truth_labeller

__all__ = ["truth_labeller"]
