"""All settings of a run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from vireid.config.augmentation import AugmentationConfig
from vireid.config.bounds import ABOVE_ZERO, BELOW_ONE, FROM_ONE, FROM_ZERO, outside
from vireid.config.compute import ComputeConfig
from vireid.config.guard import GuardConfig
from vireid.config.labelling import LabellingConfig
from vireid.config.network import NetworkConfig
from vireid.config.stages import StageConfig
from vireid.errors import ConfigError


@dataclass(frozen=True)
class Recipe:
    """A whole training: data size, network, labelling, stages."""

    stages: tuple[StageConfig, ...]
    """The stages, in order."""
    height: int = 288
    """Height of the network's input in pixels."""
    width: int = 144
    """Width of the network's input in pixels."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    """The network."""
    labelling: LabellingConfig = field(default_factory=LabellingConfig)
    """From embeddings to pseudo-labels."""
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    """Augmentation of training images."""
    compute: ComputeConfig = field(default_factory=ComputeConfig)
    """Precision, memory and speed."""
    guard: GuardConfig = field(default_factory=GuardConfig)
    """What counts as trouble, and what is done then."""
    batch_labels: int = 8
    """Labels in a batch, P."""
    batch_images: int = 4
    """Images of each label and modality in a batch, K."""
    temperature: float = 0.05
    """Temperature of ClusterNCE."""
    momentum: float = 0.1
    """Share of its old value that a memory keeps at an update, in [0, 1)."""
    memory_update: Literal["every", "hardest"] = "every"
    """Move a memory by every sample of its cluster, one after the other, or by the hardest."""
    margin: float = 0.3
    """Margin of the triplet loss."""
    weight_decay: float = 5e-4
    """Weight decay of the optimiser."""
    seed: int = 0
    """Seed of everything random in the run."""

    def __post_init__(self) -> None:
        """Check the values and report all problems at once."""
        object.__setattr__(self, "stages", tuple(self.stages))
        if problems := list(self._problems()):
            raise ConfigError("recipe: " + "; ".join(problems))

    def batch(self, stage: StageConfig) -> tuple[int, int]:
        """Return what is in a batch of a stage.

        Args:
            stage: one of the stages.

        Returns:
            Labels, and images of each label and modality.
        """
        return (
            self.batch_labels if stage.batch_labels is None else stage.batch_labels,
            self.batch_images if stage.batch_images is None else stage.batch_images,
        )

    def _problems(self) -> Iterator[str]:
        if not self.stages:
            yield "it has no stages; give at least one"
        names = [stage.name for stage in self.stages]
        if len(set(names)) < len(names):
            yield f"stage names repeat: {', '.join(names)}"
        yield from outside("", self, FROM_ONE, "height", "width", "batch_labels", "batch_images")
        yield from outside("", self, ABOVE_ZERO, "temperature")
        yield from outside("", self, FROM_ZERO, "margin", "weight_decay")
        yield from outside("", self, BELOW_ONE, "momentum")
        if not 0 <= self.seed < 2**63:
            yield f"seed is {self.seed}; expected 0 or more and less than 2**63"
        yield from self.network.problems()
        for stage in self.stages:
            yield from stage.problems()
            if self.batch(stage) == (1, 1):
                yield (
                    f"stage {stage.name}: batch_labels and batch_images are both 1; "
                    "batch statistics need more images"
                )
        yield from self.labelling.problems()
        yield from self.augmentation.problems()
        yield from self.compute.problems()
        yield from self.guard.problems()
