"""Several observers as one, none of which can end a training."""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from vireid.observers.observer import Observer

_log = logging.getLogger(__name__)


class Observers:
    """Hands on what it is told; whoever fails is reported once and left out from then on.

    Args:
        opening: how to open each observer, by its name.
    """

    def __init__(self, opening: Mapping[str, Callable[[], Observer]]) -> None:
        self._open: dict[str, Observer] = {}
        for name, begin in opening.items():
            self._try(name, partial(self._begin, name, begin))

    def log_step(self, step: int, losses: Mapping[str, float]) -> None:
        """Hand on the losses of one step.

        Args:
            step: steps of the run up to here, this one included.
            losses: each term, and their weighted sum as ``total``.
        """
        for name, observer in list(self._open.items()):
            self._try(name, partial(observer.log_step, step, losses))

    def log_epoch(self, step: int, line: Mapping[str, Any]) -> None:
        """Hand on what an epoch did.

        Args:
            step: steps of the run up to the end of the epoch.
            line: plain values, ready for JSON.
        """
        for name, observer in list(self._open.items()):
            self._try(name, partial(observer.log_epoch, step, line))

    def close(self, *, finished: bool) -> None:
        """Let all observers write what is left; nothing is handed on afterwards.

        Args:
            finished: whether the training went through all stages.
        """
        for name, observer in list(self._open.items()):
            self._try(name, partial(observer.close, finished=finished))
        self._open.clear()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close what is still open, as of a training that did not finish."""
        self.close(finished=False)

    def _begin(self, name: str, begin: Callable[[], Observer]) -> None:
        self._open[name] = begin()

    def _try(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            self._open.pop(name, None)
            reason = " ".join(str(error).split()) or type(error).__name__
            _log.warning("%s cannot be written (%s); the training goes on without it", name, reason)
