"""What a term of a loss keeps between steps."""

from vireid.terms.memory import ClusterMemory

__all__ = ["ClusterMemory"]
