"""Matchers of clusters, each a dataclass of settings that is read without the core."""

from vireid.labelling.labeller import Matcher
from vireid.labelling.matchers.rounds import Rounds
from vireid.labelling.matchers.transport import Transport
from vireid.labelling.matchers.votes import Votes

MATCHERS: tuple[type[Matcher], ...] = (Votes, Rounds, Transport)
"""The matchers that a recipe calls by a short name."""

__all__ = ["MATCHERS", "Rounds", "Transport", "Votes"]
