"""What a term keeps between steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Kept(MutableMapping[str, "Tensor"]):
    """Tensors of a term by name, saved and found again as they are.

    Args:
        tensors: by name.
        others: what the terms keep that this one names; the same objects, not copies.
    """

    def __init__(
        self, tensors: Mapping[str, Tensor], others: Mapping[str, Kept] | None = None
    ) -> None:
        self._tensors = dict(tensors)
        self.others: Mapping[str, Kept] = others or {}

    def __getitem__(self, name: str) -> Tensor:
        return self._tensors[name]

    def __setitem__(self, name: str, value: Tensor) -> None:
        self._tensors[name] = value

    def __delitem__(self, name: str) -> None:
        del self._tensors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)
