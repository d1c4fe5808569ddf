"""Who is in a data set: numbers of people, and who is seen in one modality only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from vireid.errors import ConfigError
from vireid.seeds import generator
from vireid.synthetic.like import Role
from vireid.types import Modality

MOST = 9999
"""The largest number of a person, as names of files have four digits."""


@dataclass(frozen=True)
class People:
    """Training identities from 1, then test identities, then those who stand in for others."""

    seed: int
    identities: int
    """Training identities N, without those who stand in."""
    test_identities: int
    unpaired: float
    """Share of N that loses one of its modalities."""
    replace: float
    """Share of N whose visible images are those of someone who stands in."""
    roles: Mapping[int, Role] | None = field(default=None, compare=False)
    """Numbers and roles of a public data set, in place of those from 1."""

    def check(self) -> None:
        """Refuse shares that do not go together, and too many people.

        Raises:
            ConfigError: if both shares are above 0, or a number has more than four digits.
        """
        if self.unpaired and self.replace:
            raise ConfigError(
                f"unpaired is {self.unpaired} and replace is {self.replace}; they are two forms of "
                "one experiment: leave one of them 0"
            )
        if self.count > MOST:
            raise ConfigError(
                f"identities, test_identities and replace make {self.count:,} people; expected at "
                f"most {MOST:,}"
            )

    @property
    def count(self) -> int:
        """All of them."""
        return self.identities + self.test_identities + round(self.replace * self.identities)

    @property
    def everybody(self) -> Sequence[int]:
        """The numbers of all of them, rising."""
        return range(1, self.count + 1) if self.roles is None else [*self.roles]

    def is_test(self, identity: int) -> bool:
        """Tell a test identity from those to train on.

        Args:
            identity: number of the identity, 1 or more.

        Returns:
            Whether it is one.
        """
        if self.roles is not None:
            return self.roles[identity] == "test"
        return 0 < identity - self.identities <= self.test_identities

    @cached_property
    def stand_ins(self) -> Mapping[int, int]:
        """Whom each who stands in replaces, by number.

        Who is replaced at one share is so at every larger one, by the same person.
        """
        order = generator(self.seed, "replaced").permutation(self.identities) + 1
        first = self.identities + self.test_identities + 1
        return {first + k: int(order[k]) for k in range(self.count - first + 1)}

    @cached_property
    def one_modality_only(self) -> Mapping[int, Modality]:
        """The only modality of whoever is not seen in both, visible first, in rising order.

        Who loses a modality at one share does so at every larger share, and the same modality; of
        an odd number the odd one is visible.
        """
        if self.replace:
            visible, infrared = sorted(self.stand_ins), sorted(self.stand_ins.values())
        else:
            order = generator(self.seed, "unpaired").permutation(self.identities) + 1
            chosen = order[: round(self.unpaired * self.identities)].tolist()
            visible, infrared = sorted(chosen[::2]), sorted(chosen[1::2])
        return {
            **dict.fromkeys(visible, Modality.VISIBLE),
            **dict.fromkeys(infrared, Modality.INFRARED),
        }
