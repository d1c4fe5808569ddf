"""The pictures of a track: the person on the scene, through the camera's eye."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vireid.seeds import generator
from vireid.synthetic.background import draw_background
from vireid.synthetic.camera import Camera, Shot, Track, camera_of, shot_of, track_of
from vireid.synthetic.look import occlude, through_camera, with_patches, with_shadow
from vireid.synthetic.materials import Array
from vireid.synthetic.portrait import Dressed, dress, portray
from vireid.synthetic.pose import Gait
from vireid.synthetic.settings import SyntheticSettings
from vireid.synthetic.wardrobe import Person, draw_person

MARGIN = 0.06
"""How much larger than the picture its scene is drawn on each side, share of the height."""


def gait_of(person: Person, track: Track, shot: Shot) -> Gait:
    """Return a person's gait in a shot.

    Args:
        person: who walks; skirts, coats and heavy bags shorten the step.
        track: whether the person walks or stands.
        shot: the moment of the step.

    Returns:
        The moment of the walk.
    """
    slow = 1.0 if track.walking else 0.12
    tight = 0.55 if "skirt" in person.bottom or person.top == "coat" else 1.0
    carried = 0.4 if person.bag in ("handbag", "tote", "case") else 1.0
    return Gait(
        phase=shot.phase,
        stride=person.stride * slow * tight,
        swing=person.swing * slow * carried,
        elbow=person.elbow * carried,
        nod=shot.nod,
    )


@dataclass(frozen=True)
class Picture:
    """An image with the factors that made it."""

    pixels: NDArray[np.uint8]
    """[H, W, 3]."""
    camera: Camera
    track: Track
    shot: Shot


def render_track(
    settings: SyntheticSettings, identity: int, number: int, dressed: Dressed | None = None
) -> list[Picture]:
    """Render all pictures of an identity by a camera.

    Args:
        settings: the data set's settings.
        identity: number of the identity, 1 or more.
        number: number of a camera of the rig.
        dressed: the identity as ``dress`` makes it, where that is known already.

    Returns:
        The pictures, in order.
    """
    dressed = dressed or dress(draw_person(settings, identity))
    camera = camera_of(settings, number)
    track = track_of(settings, camera, identity)
    margin = round(MARGIN * settings.height)
    canvas = (settings.height + 2 * margin, settings.width + 2 * margin)
    rng = generator(settings.seed, "track", identity, number, "scene")
    scene = draw_background(rng, camera, track, canvas)
    pictures = []
    for image in range(1, settings.images_of(identity, number) + 1):
        shot = shot_of(settings, camera, track, (identity, image))
        rng = generator(settings.seed, "image", identity, number, image)
        pixels = _take(settings, dressed, scene, (camera, track, shot), rng)
        pictures.append(Picture(pixels, camera, track, shot))
    return pictures


def _take(
    settings: SyntheticSettings,
    dressed: Dressed,
    scene: Array,
    factors: tuple[Camera, Track, Shot],
    rng: np.random.Generator,
) -> NDArray[np.uint8]:
    """Take one picture."""
    camera, track, shot = factors
    shape = (settings.height, settings.width)
    portrait = portray(
        dressed,
        gait_of(dressed.person, track, shot),
        (shot.yaw, camera.elevation),
        shape,
        track.light,
        (*shot.shift, shot.scale * track.distance),
        camera.band,
    )
    space = [scene.shape[k] - shape[k] for k in range(2)]
    top, left = (int(rng.integers(size + 1)) for size in space)
    behind = scene[top : top + shape[0], left : left + shape[1]]
    if camera.band == "thermal":
        portrait = with_patches(portrait, rng)
    else:
        behind = with_shadow(behind, portrait, track, camera.elevation)
    picture = behind * (1.0 - portrait.light[..., 3:]) + portrait.light[..., :3]
    if shot.occluder != "none":
        picture = occlude(picture, rng, shot, behind.mean(axis=(0, 1)))
    pixels = through_camera(picture, rng, camera, track, shot)
    return pixels if camera.band == "visible" else np.repeat(pixels, 3, axis=2)


def render_identity(
    settings: SyntheticSettings, identity: int, camera: int, image: int
) -> NDArray[np.uint8]:
    """Render one image of the data set.

    Args:
        settings: the data set's settings.
        identity: number of the identity, 1 or more.
        camera: number of a camera of the rig.
        image: number of the image, from 1.

    Returns:
        [H, W, 3] red, green, blue; three equal channels for an infrared camera.
    """
    return render_track(settings, identity, camera)[image - 1].pixels
