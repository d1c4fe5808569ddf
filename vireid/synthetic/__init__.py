"""The procedural data set: people of round cones seen by visible and infrared cameras."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from vireid.synthetic.defaults import DEFAULTS, LIKE
from vireid.synthetic.scenes.settings import SceneSettings
from vireid.synthetic.settings import SyntheticSettings

if TYPE_CHECKING:
    from vireid.synthetic.contact_sheet import write_contact_sheet
    from vireid.synthetic.picture import render_identity
    from vireid.synthetic.scenes.writer import film
    from vireid.synthetic.writer import synthesise

__all__ = [
    "DEFAULTS",
    "LIKE",
    "SceneSettings",
    "SyntheticSettings",
    "film",
    "render_identity",
    "synthesise",
    "write_contact_sheet",
]

_HOMES = {
    "film": "scenes.writer",
    "render_identity": "picture",
    "synthesise": "writer",
    "write_contact_sheet": "contact_sheet",
}


def __getattr__(name: str) -> Any:
    """Import what needs the compiled renderer only when it is used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
