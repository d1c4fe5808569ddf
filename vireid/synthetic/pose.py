"""From a moment of a person's gait to where every bone is."""

import math
from dataclasses import dataclass

import numpy as np

from vireid.synthetic.figure import Bone, Point
from vireid.synthetic.materials import Array


@dataclass(frozen=True)
class Joints:
    """Where the bones turn, in the rest pose (metres); the left side, the right is its mirror."""

    hip: Point
    knee: Point
    ankle: Point
    shoulder: Point
    elbow: Point
    hand: Point
    neck: Point


@dataclass(frozen=True)
class Gait:
    """One moment of a walk."""

    phase: float
    """Moment of the step in radians."""
    stride: float
    """Largest angle of the thigh in radians; 0 stands still."""
    swing: float
    """Largest angle of the arm in radians."""
    elbow: float = 0.25
    """Bend of the elbows in radians."""
    nod: float = 0.0
    """Angle of the head in radians; positive looks down."""


_SIDES = (
    (1.0, 0.0, (Bone.LEFT_THIGH, Bone.LEFT_SHIN, Bone.LEFT_FOOT),
     (Bone.LEFT_ARM, Bone.LEFT_FOREARM, Bone.LEFT_HAND)),
    (-1.0, math.pi, (Bone.RIGHT_THIGH, Bone.RIGHT_SHIN, Bone.RIGHT_FOOT),
     (Bone.RIGHT_ARM, Bone.RIGHT_FOREARM, Bone.RIGHT_HAND)),
)  # fmt: skip


def _forwards(angle: float, spread: float = 0.0) -> Array:
    """Return the rotation that swings a hanging limb forwards and then to its left."""
    c, s = math.cos(angle), -math.sin(angle)
    swing = np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)))
    if spread == 0.0:
        return swing
    c, s = math.cos(spread), math.sin(spread)
    aside: Array = np.array(((c, -s, 0.0), (s, c, 0.0), (0.0, 0.0, 1.0)))
    both: Array = aside @ swing
    return both


class _Chain:
    """Bones that hang on each other."""

    def __init__(self) -> None:
        self.turn = np.tile(np.eye(3), (len(Bone), 1, 1))
        self.shift = np.zeros((len(Bone), 3))

    def hang(self, bone: Bone, parent: Bone, joint: Point, side: float, turn: Array) -> None:
        """Turn a bone about a joint that moves with its parent.

        Args:
            bone: the bone to turn.
            parent: the bone that the joint belongs to.
            joint: where the joint is in the rest pose, on the left side.
            side: 1 for the left, -1 for the right.
            turn: [3, 3] rotation of the bone.
        """
        pivot = np.array((joint[0] * side, joint[1], joint[2]))
        moved = self.turn[parent] @ pivot + self.shift[parent]
        self.turn[bone] = turn
        self.shift[bone] = moved - turn @ pivot


def pose(joints: Joints, gait: Gait) -> tuple[Array, Array]:
    """Return where every bone is at a moment of the gait, with the lower foot on the ground.

    Args:
        joints: where the bones turn.
        gait: the moment of the walk.

    Returns:
        [B, 3, 3] rotations and [B, 3] shifts from the rest pose to the world, B bones.
    """
    chain = _Chain()
    chain.hang(Bone.HEAD, Bone.TORSO, joints.neck, 1.0, _forwards(-gait.nod))
    for side, ahead, (thigh, shin, foot), (arm, forearm, hand) in _SIDES:
        phase = gait.phase + ahead
        lift = gait.stride * math.sin(phase)
        bend = 0.06 + 1.5 * gait.stride * max(0.0, math.cos(phase)) ** 2
        chain.hang(thigh, Bone.TORSO, joints.hip, side, _forwards(lift))
        chain.hang(shin, thigh, joints.knee, side, _forwards(lift - bend))
        chain.hang(foot, shin, joints.ankle, side, _forwards(0.55 * (lift - bend) + 0.05))
        back = -gait.swing * math.sin(phase)
        flex = gait.elbow + 0.5 * max(0.0, back)
        chain.hang(arm, Bone.TORSO, joints.shoulder, side, _forwards(back, 0.1 * side))
        chain.hang(forearm, arm, joints.elbow, side, _forwards(back + flex, 0.02 * side))
        chain.hang(hand, forearm, joints.hand, side, np.eye(3))
    _stand(chain, joints)
    return chain.turn, chain.shift


def _stand(chain: _Chain, joints: Joints) -> None:
    """Move the whole figure so that its lower foot touches the ground."""
    lowest = math.inf
    for side, foot in ((1.0, Bone.LEFT_FOOT), (-1.0, Bone.RIGHT_FOOT)):
        x = joints.ankle[0] * side
        for point in ((x, 0.0, -0.05), (x, 0.0, 0.14)):
            lowest = min(lowest, float((chain.turn[foot] @ point + chain.shift[foot])[1]))
    chain.shift[:, 1] -= lowest
