"""What protocols share: the two sides of a search, drawn galleries, checked arguments."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import ArrayLike

from vireid.errors import ConfigError, DataError
from vireid.scoring.draws import draw
from vireid.scoring.protocol import Draw
from vireid.types import Images, Int, Truth

Direction = Literal["infrared-to-visible", "visible-to-infrared"]
"""Modality of the queries, then of the gallery."""

Side = TypeVar("Side")


def literature(draws: int) -> str:
    """Say whose galleries those of Python's generator are.

    Args:
        draws: how many.

    Returns:
        A few words.
    """
    return f"the literature's, drawn by Python's random with seeds 0 to {draws - 1}"


def drawn(groups: list[Int], shots: int, draws: int) -> list[Int]:
    """Return the galleries that Python's generator draws.

    Args:
        groups: indices of the images of each identity and camera.
        shots: images of each.
        draws: how many galleries.

    Returns:
        Indices of the images of each gallery.

    Raises:
        ConfigError: draws is below 1.
    """
    return [draw(groups, shots, seed) for seed in range(at_least_one(draws))]


def at_least_one(draws: int) -> int:
    """Check a number of draws.

    Args:
        draws: the number.

    Returns:
        The same.

    Raises:
        ConfigError: it is below 1.
    """
    if draws < 1:
        raise ConfigError(f"draws is {draws}; expected at least 1")
    return draws


def with_galleries(queries: list[Int], galleries: Iterable[Int], group: Int) -> tuple[Draw, ...]:
    """Return a draw of all queries for each gallery.

    Args:
        queries: indices of the images of each identity and camera.
        galleries: indices of the images of each gallery.
        group: [M] group numbers of all test images.

    Returns:
        The draws.
    """
    query = np.concatenate(queries)
    return tuple(Draw(query, gallery, group[query], group[gallery]) for gallery in galleries)


def two_sides(sides: Sequence[Side], direction: Direction) -> tuple[Side, Side]:
    """Return the queries' side, then the gallery's.

    Args:
        sides: the visible one, then the infrared one.
        direction: which of them searches.

    Returns:
        The two.

    Raises:
        ConfigError: the direction is unknown.
    """
    check_choice("direction", direction, get_args(Direction))
    visible, infrared = sides
    return (infrared, visible) if direction == "infrared-to-visible" else (visible, infrared)


def checked_truth(images: Images, truth: Truth | ArrayLike) -> Truth:
    """Return the identities as a value, one for each image.

    Args:
        images: M images.
        truth: their identities.

    Returns:
        The identities.

    Raises:
        DataError: there are more or fewer.
    """
    known = truth if isinstance(truth, Truth) else Truth(np.asarray(truth))
    if len(known) != len(images):
        raise DataError(f"{len(known)} identities for {len(images)} images; expected one for each")
    return known


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a word that is none of the choices.

    Args:
        name: of the argument.
        value: what is given.
        choices: what is understood.

    Raises:
        ConfigError: the word is another one.
    """
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}; expected {' or '.join(choices)}")
