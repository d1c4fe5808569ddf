"""Values by name, in an order that counts."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Named(Mapping[str, Value]):
    """A frozen mapping; two are equal where names, values and their order are.

    Args:
        values: by name.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and list(self.items()) == list(other.items())

    def __hash__(self) -> int:
        return hash(tuple(self._values.items()))

    def __repr__(self) -> str:
        return repr(self._values)
