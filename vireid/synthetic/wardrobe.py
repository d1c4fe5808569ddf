"""What a person looks like: measures, clothes and belongings, drawn once for each identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vireid.seeds import generator
from vireid.synthetic.figure import Pattern
from vireid.synthetic.materials import Array, infrared_reflectances, visible_colours
from vireid.synthetic.settings import SyntheticSettings
from vireid.synthetic.thermal import warmth

Top = Literal["t-shirt", "shirt", "hoodie", "jacket", "open jacket", "coat", "vest", "tank top"]
Bottom = Literal["trousers", "wide trousers", "shorts", "skirt", "long skirt", "leggings"]
Hair = Literal["bald", "short", "bob", "long", "ponytail", "bun", "afro"]
Hat = Literal["none", "cap", "beanie", "brimmed", "headscarf"]
Bag = Literal["none", "shoulder bag", "handbag", "tote", "case"]
Print = Literal["none", "all over", "logo", "block", "yoke", "sleeves", "side stripe", "one leg"]

_TOPS: dict[Top, float] = {
    "t-shirt": 0.22, "shirt": 0.14, "hoodie": 0.13, "jacket": 0.13, "open jacket": 0.13,
    "coat": 0.1, "vest": 0.08, "tank top": 0.07,
}  # fmt: skip
_BOTTOMS: dict[Bottom, float] = {
    "trousers": 0.38, "wide trousers": 0.14, "shorts": 0.15, "skirt": 0.14, "long skirt": 0.08,
    "leggings": 0.11,
}  # fmt: skip
_HAIRS: dict[Hair, float] = {
    "bald": 0.06, "short": 0.36, "bob": 0.14, "long": 0.18, "ponytail": 0.11, "bun": 0.08,
    "afro": 0.07,
}  # fmt: skip
_HATS: dict[Hat, float] = {"cap": 0.38, "beanie": 0.27, "brimmed": 0.2, "headscarf": 0.15}
_BAGS: dict[Bag, float] = {"shoulder bag": 0.36, "handbag": 0.22, "tote": 0.22, "case": 0.2}


@dataclass(frozen=True)
class Person:
    """Everything that stays the same in all images of an identity."""

    height: float
    """Metres."""
    build: float
    """Factor on widths; 1 is average."""
    shoulders: float
    """Factor on the width of the shoulders."""
    hips: float
    """Factor on the width of the hips."""
    legs: float
    """How much higher than average the hips are, metres at a height of 1.75 m."""
    head: float
    """Factor on the size of the head."""
    stride: float
    """Largest angle of the thigh when walking, radians."""
    swing: float
    """Largest angle of the arm when walking, radians."""
    elbow: float
    """Usual bend of the elbows, radians."""
    top: Top
    sleeve: float
    """Where sleeves end: 0 at the shoulder, 1 at the wrist."""
    neckline: float
    """Depth of the neckline in metres."""
    collar: bool
    top_print: Print
    top_pattern: Pattern
    top_period: float
    """Size of the top's pattern in metres."""
    bottom: Bottom
    hem: float
    """Where shorts and skirts end: 0 at the hip, 1 at the knee."""
    flare: float
    """How much wider than the leg shorts and skirts hang."""
    bottom_print: Print
    bottom_pattern: Pattern
    bottom_period: float
    belt: bool
    sock: float
    """Height of the socks above the ankle in metres."""
    boot: float
    """Height of the boots above the ankle in metres; 0 for shoes."""
    hair: Hair
    volume: float
    """Factor on the thickness of the hair."""
    hat: Hat
    hat_band: bool
    scarf: bool
    backpack: bool
    backpack_size: float
    bag: Bag
    bag_side: float
    """1 carried on the left, -1 on the right."""
    visible: Array
    """[M, 3] visible colour of each material in [0, 1]."""
    infrared: Array
    """[M] infrared reflectance of each material in [0, 1]."""
    thermal: Array
    """[M] how warm each material shines, 0 to 1."""


def draw_person(settings: SyntheticSettings, identity: int) -> Person:
    """Draw an identity; it does not depend on how many there are.

    Args:
        settings: the data set's settings.
        identity: number of the identity, 1 or more.

    Returns:
        The person.
    """
    seed = settings.seed
    visible = visible_colours(generator(seed, "identity", identity, "visible"))
    infrared = infrared_reflectances(
        generator(seed, "identity", identity, "infrared"),
        visible,
        settings.dye_correlation,
        settings.vanishing_share,
    )
    rng = generator(seed, "identity", identity, "shape")
    body = _measures(rng)
    clothes = {**_top(rng, settings), **_bottom(rng, settings)}
    return Person(
        **body,
        **clothes,
        **_belongings(rng, settings),
        visible=visible,
        infrared=infrared,
        thermal=warmth(generator(seed, "identity", identity, "thermal"), clothes),
    )


def _pick(rng: np.random.Generator, shares: Mapping[Any, float]) -> str:
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    return str(names[rng.choice(len(names), p=weights / weights.sum())])


def _measures(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "height": float(np.clip(rng.normal(1.71, 0.1), 1.5, 1.95)),
        "build": float(np.clip(rng.normal(1.0, 0.13), 0.8, 1.4)),
        "shoulders": float(np.clip(rng.normal(1.0, 0.07), 0.85, 1.15)),
        "hips": float(np.clip(rng.normal(1.0, 0.08), 0.85, 1.2)),
        "legs": float(np.clip(rng.normal(0.0, 0.03), -0.06, 0.06)),
        "head": float(np.clip(rng.normal(1.0, 0.06), 0.88, 1.12)),
        "stride": float(rng.uniform(0.28, 0.52)),
        "swing": float(rng.uniform(0.15, 0.6)),
        "elbow": float(rng.uniform(0.08, 0.5)),
    }


def _printed(rng: np.random.Generator, share: float, kinds: dict[str, float]) -> str:
    kind = _pick(rng, kinds)
    return kind if rng.random() < share else "none"


def _top(rng: np.random.Generator, settings: SyntheticSettings) -> dict[str, Any]:
    top = _pick(rng, _TOPS)
    long = rng.random() < (0.2 if top == "t-shirt" else 0.85)
    sleeve = float(rng.uniform(0.9, 1.0) if long else rng.uniform(0.28, 0.5))
    if top in ("vest", "tank top"):
        sleeve = 0.0
    kinds = {"all over": 0.55, "block": 0.12, "yoke": 0.11, "sleeves": 0.12}
    if top not in ("open jacket", "coat"):
        kinds["logo"] = 0.22
    patterns = (Pattern.HORIZONTAL, Pattern.VERTICAL, Pattern.CHECKS, Pattern.DOTS,
                Pattern.CAMOUFLAGE)  # fmt: skip
    return {
        "top": top,
        "sleeve": sleeve,
        "neckline": float(rng.uniform(0.03, 0.13)),
        "collar": bool(rng.random() < 0.5),
        "top_print": _printed(rng, settings.pattern_share, kinds),
        "top_pattern": patterns[rng.choice(5, p=(0.4, 0.18, 0.18, 0.12, 0.12))],
        "top_period": float(rng.uniform(0.1, 0.22)),
    }


def _bottom(rng: np.random.Generator, settings: SyntheticSettings) -> dict[str, Any]:
    bottom = _pick(rng, _BOTTOMS)
    kinds = {"all over": 0.47, "side stripe": 0.4, "one leg": 0.13}
    if "skirt" in bottom:
        kinds = {"all over": 1.0}
    patterns = (Pattern.HORIZONTAL, Pattern.VERTICAL, Pattern.CHECKS, Pattern.CAMOUFLAGE)
    boots = bottom != "wide trousers" and rng.random() < 0.22
    return {
        "bottom": bottom,
        "hem": float(rng.uniform(0.72, 1.1)),
        "flare": float(rng.uniform(0.1, 1.0)),
        "bottom_print": _printed(rng, 0.5 * settings.pattern_share, kinds),
        "bottom_pattern": patterns[rng.choice(4, p=(0.3, 0.25, 0.25, 0.2))],
        "bottom_period": float(rng.uniform(0.1, 0.22)),
        "belt": bool(rng.random() < 0.3),
        "sock": float(rng.choice((0.02, 0.1, 0.28))),
        "boot": float(rng.uniform(0.1, 0.3)) if boots else 0.0,
    }


def _belongings(rng: np.random.Generator, settings: SyntheticSettings) -> dict[str, Any]:
    hat, bag = _pick(rng, _HATS), _pick(rng, _BAGS)
    return {
        "hair": _pick(rng, _HAIRS),
        "volume": float(rng.uniform(0.9, 1.2)),
        "hat": hat if rng.random() < settings.hat_share else "none",
        "hat_band": bool(rng.random() < 0.5),
        "scarf": bool(rng.random() < 0.15),
        "backpack": bool(rng.random() < settings.backpack_share),
        "backpack_size": float(rng.uniform(0.85, 1.15)),
        "bag": bag if rng.random() < settings.bag_share else "none",
        "bag_side": float(rng.choice((-1.0, 1.0))),
    }
