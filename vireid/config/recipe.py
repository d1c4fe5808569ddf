"""All settings of a run."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from vireid.config.augmentation import AugmentationConfig
from vireid.config.compute import ComputeConfig
from vireid.config.evaluation import EvaluationConfig
from vireid.config.guard import GuardConfig
from vireid.config.network import NetworkConfig
from vireid.config.stages import StageConfig, StepConfig
from vireid.config.teacher import TeacherConfig
from vireid.errors import FROM_ONE, FROM_ZERO, ConfigError, outside
from vireid.labelling import Labeller, MultiMemoryMatching


@dataclass(frozen=True)
class Recipe:
    """A whole training: data size, network, labelling, stages."""

    stages: tuple[StageConfig, ...]
    """The stages, in order."""
    height: int = 288
    """Height of the network's input in pixels (at least 1)."""
    width: int = 144
    """Width of the network's input in pixels (at least 1)."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    """The network."""
    labelling: Labeller = field(default_factory=MultiMemoryMatching)
    """From embeddings to pseudo-labels: settings of multi-memory matching, or a class_path."""
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    """Augmentation of training images."""
    compute: ComputeConfig = field(default_factory=ComputeConfig)
    """Precision, memory and speed."""
    guard: GuardConfig = field(default_factory=GuardConfig)
    """What counts as trouble, and what is done then."""
    teacher: TeacherConfig | None = None
    """A moving average of the network that labels or is evaluated in its place; none by default."""
    evaluation: EvaluationConfig | None = None
    """How the run is evaluated and searched where nothing else is said; by its embeddings as they
    are by default."""
    batch_labels: int = 8
    """Labels in a batch, P (at least 1)."""
    batch_images: int = 4
    """Images of each label and modality in a batch, K (at least 1)."""
    weight_decay: float = 5e-4
    """Weight decay of the optimiser (at least 0)."""
    seed: int = 0
    """Seed of everything random in the run (at least 0, less than 2**63)."""

    def __post_init__(self) -> None:
        """Check the values and report all problems at once."""
        object.__setattr__(self, "stages", tuple(self.stages))
        if problems := list(dict.fromkeys(self._problems())):
            raise ConfigError("recipe: " + "; ".join(problems))

    def batch(self, stage: StageConfig | StepConfig) -> tuple[int, int]:
        """Return what is in a batch of a stage, or of a further step of its iterations.

        Args:
            stage: one of the stages or steps.

        Returns:
            Labels, and images of each label and modality.
        """
        return (
            self.batch_labels if stage.batch_labels is None else stage.batch_labels,
            self.batch_images if stage.batch_images is None else stage.batch_images,
        )

    def spaces(self, stage: StageConfig) -> tuple[str, ...]:
        """Return the label spaces that a stage needs.

        Args:
            stage: one of the stages.

        Returns:
            Their names, without repeats.
        """
        return stage.spaces(self.labelling.spaces())

    def _problems(self) -> Iterator[str]:
        if not self.stages:
            yield "it has no stages; give at least one"
        names = [stage.name for stage in self.stages]
        if len(set(names)) < len(names):
            yield f"stage names repeat: {', '.join(names)}"
        yield from outside("", self, FROM_ONE, "height", "width", "batch_labels", "batch_images")
        yield from outside("", self, FROM_ZERO, "weight_decay")
        if not 0 <= self.seed < 2**63:
            yield f"seed is {self.seed}; expected 0 or more and less than 2**63"
        yield from self.network.problems()
        for stage in self.stages:
            yield from stage.problems(self.labelling.spaces())
            if any(self.batch(step) == (1, 1) for step in stage.steps()):
                yield (
                    f"stage {stage.name}: batch_labels and batch_images are both 1; "
                    "batch statistics need more images"
                )
        yield from self.labelling.problems()
        yield from self.augmentation.problems()
        yield from self.compute.problems()
        if self.teacher is not None:
            yield from self.teacher.problems()
        if self.evaluation is not None:
            yield from self.evaluation.problems()
        yield from self.guard.problems()
