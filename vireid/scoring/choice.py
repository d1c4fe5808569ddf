"""Which protocol test images are evaluated by: that of their layout, or the one asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

from vireid.data import DataFolder
from vireid.errors import ConfigError, DataError, meant
from vireid.scoring.own_data import Ignore, leave_one_out, plain
from vireid.scoring.owners import FILE, read_permutations
from vireid.scoring.protocol import Protocol
from vireid.scoring.protocols import CameraRule, Mode, Roles, llcm, regdb, sysu
from vireid.scoring.sides import Direction
from vireid.types import Truth

PROTOCOLS = ("sysu", "regdb", "llcm", "plain", "leave-one-out")
"""The protocols that there are."""
APPLIES_TO = {
    "mode": ("sysu",),
    "shots": ("sysu",),
    "draws": ("sysu", "llcm"),
    "direction": ("sysu", "regdb", "llcm"),
    "gallery": ("sysu",),
    "gallery_file": ("sysu",),
    "camera_rule": ("sysu",),
    "roles": ("llcm",),
    "ignore": ("plain", "leave-one-out"),
}
"""The protocols that have an option."""

GalleryFamily = Literal["literature", "owners"]
"""Whose draws the galleries of SYSU-MM01 are."""


@dataclass(frozen=True)
class ProtocolOptions:
    """What is asked for of the protocol; None leaves a choice to the data and the protocol."""

    protocol: str | None = None
    """sysu, regdb, llcm, plain or leave-one-out."""
    mode: Mode | None = None
    """Cameras of the visible side."""
    shots: int | None = None
    """Gallery images of each identity and camera."""
    draws: int | None = None
    """Gallery draws."""
    direction: Direction | None = None
    """Modality of the queries, then of the gallery."""
    gallery: GalleryFamily | None = None
    """Whose draws the galleries of SYSU-MM01 are."""
    gallery_file: Path | None = None
    """The owners' file of permutations, where it is not in the data's folder."""
    camera_rule: CameraRule | None = None
    """Whose rule on cameras 2 and 3 of SYSU-MM01."""
    roles: Roles | None = None
    """Whether query and gallery of LLCM are swapped, as in its released code."""
    ignore: Ignore | None = None
    """Which gallery images a query of own data ignores."""

    def given(self, protocol: str) -> dict[str, Any]:
        """Return the options of a protocol that are not left to it.

        Args:
            protocol: its name.

        Returns:
            Values by name.
        """
        values = {name: getattr(self, name) for name in APPLIES_TO if protocol in APPLIES_TO[name]}
        return {name: value for name, value in values.items() if value is not None}


def combinations(
    options: ProtocolOptions,
    mode: Sequence[Mode] = (),
    shots: Sequence[int] = (),
    direction: Sequence[Direction] = (),
) -> tuple[ProtocolOptions, ...]:
    """Return options for each combination of modes, shots and directions.

    Args:
        options: what all have in common.
        mode: of SYSU-MM01's protocol; none leaves it to the options.
        shots: likewise.
        direction: of any protocol across modalities, likewise.

    Returns:
        The options, all directions of the first mode and shots first; each combination once.

    >>> [(o.mode, o.shots) for o in combinations(ProtocolOptions(), ["all", "indoor"], [1, 10])]
    [('all', 1), ('all', 10), ('indoor', 1), ('indoor', 10)]
    """
    found = product(
        mode or (options.mode,), shots or (options.shots,), direction or (options.direction,)
    )
    return tuple(replace(options, mode=m, shots=s, direction=d) for m, s, d in dict.fromkeys(found))


def choose_protocol(data: DataFolder, options: ProtocolOptions | None = None) -> Protocol:
    """Return the protocol that fits the data.

    Args:
        data: whose test part is to be evaluated.
        options: what is asked for; nothing if not given.

    Returns:
        The protocol.

    Raises:
        DataError: there are no test images or no identities, or they do not fit the protocol.
        ConfigError: options do not apply, all of which are named, or one is out of range.
    """
    options = options or ProtocolOptions()
    if options.protocol not in (None, *PROTOCOLS):
        near = meant(str(options.protocol), PROTOCOLS)
        raise ConfigError(
            f"protocol is {options.protocol}; expected one of {', '.join(PROTOCOLS)}{near}"
        )
    truth = known_truth(data)
    name = options.protocol or data.protocol or "plain"
    wrong = [
        f"--{option.replace('_', '-')} applies to the protocol {_either(protocols)}"
        for option, protocols in APPLIES_TO.items()
        if getattr(options, option) is not None and name not in protocols
    ]
    if wrong:
        out = "it" if len(wrong) == 1 else "them"
        raise ConfigError(
            f"{'; '.join(wrong)}; {data.name} is evaluated by {name}: leave {out} out"
        )
    return _built(name, data, truth, options)


def _built(name: str, data: DataFolder, truth: Truth, options: ProtocolOptions) -> Protocol:
    """Build a protocol by its name."""
    given, images = options.given(name), data.test
    if name == "sysu":
        return sysu(images, truth, **_with_owners(data, given))
    if name == "regdb":
        return regdb(images, truth, **given)
    if name == "llcm":
        return llcm(images, truth, **given)
    if name == "leave-one-out":
        return leave_one_out(images, truth, **given)
    if data.roles is None:
        raise DataError(
            f"{data.name} has no query and gallery images; mark them in a manifest, or choose "
            "another --protocol: leave-one-out needs no marks"
        )
    return plain(images, truth, data.roles, **given)


def _with_owners(data: DataFolder, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of SYSU-MM01's protocol with the owners' file read, if it is wanted."""
    left = {name: value for name, value in given.items() if not name.startswith("gallery")}
    family, file = given.get("gallery"), given.get("gallery_file")
    if family not in (None, *get_args(GalleryFamily)):
        raise ConfigError(f"gallery is {family!r}; expected literature or owners")
    if file is not None and family != "owners":
        raise ConfigError("--gallery-file applies to --gallery owners; give both or neither")
    if family != "owners":
        return left
    return left | {"gallery": read_permutations(file or data.test.root / FILE)}


def _either(names: Sequence[str]) -> str:
    """Return names as one writes them in a sentence: a, b or c."""
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def known_truth(data: DataFolder) -> Truth:
    """Return the test identities.

    Args:
        data: what was opened.

    Returns:
        The identities of the test images.

    Raises:
        DataError: there are none.
    """
    if data.test_truth is None or not len(data.test):
        raise DataError(
            f"{data.name} has no test images with identities; evaluation needs them: "
            "give a manifest with columns identity and split (query, gallery)"
        )
    return data.test_truth
