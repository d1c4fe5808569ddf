"""Which protocol test images are evaluated by: that of their layout, or the one asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vireid.data import DataFolder
from vireid.errors import ConfigError, DataError, meant
from vireid.scoring.protocol import Protocol
from vireid.scoring.protocols import Direction, Mode, llcm, plain, regdb, sysu
from vireid.types import Truth

PROTOCOLS = ("sysu", "regdb", "llcm", "plain")
"""The protocols that there are."""
APPLIES_TO = {
    "mode": ("sysu",),
    "shots": ("sysu",),
    "draws": ("sysu", "llcm"),
    "direction": ("sysu", "regdb", "llcm"),
    "exclude_same_camera": ("plain",),
}
"""The protocols that have an option."""


@dataclass(frozen=True)
class ProtocolOptions:
    """What is asked for of the protocol; None leaves a choice to the data and the protocol."""

    protocol: str | None = None
    """sysu, regdb, llcm or plain."""
    mode: Mode | None = None
    """Cameras of the visible side."""
    shots: int | None = None
    """Gallery images of each identity and camera."""
    draws: int | None = None
    """Gallery draws."""
    direction: Direction | None = None
    """Modality of the queries, then of the gallery."""
    exclude_same_camera: bool | None = None
    """Whether a query ignores images of its own identity and camera."""

    def given(self, protocol: str) -> dict[str, Any]:
        """Return the options of a protocol that are not left to it.

        Args:
            protocol: its name.

        Returns:
            Values by name.
        """
        values = {name: getattr(self, name) for name in APPLIES_TO if protocol in APPLIES_TO[name]}
        return {name: value for name, value in values.items() if value is not None}


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
    given = options.given(name)
    if name == "sysu":
        return sysu(data.test, truth, **given)
    if name == "regdb":
        return regdb(data.test, truth, **given)
    if name == "llcm":
        return llcm(data.test, truth, **given)
    if data.roles is None:
        raise DataError(
            f"{data.name} has no query and gallery images; mark them in a manifest, or choose "
            "another --protocol"
        )
    return plain(data.test, truth, data.roles, **given)


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
