"""What a training leaves in its folder: networks of stages, the clearest one, where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from torch import Tensor

from vireid.models.sending import brought
from vireid.runs.centring import statistics_of
from vireid.runs.centring_data import data_of
from vireid.runs.folder import BEFORE
from vireid.runs.networks import keep_clearest, save_weights
from vireid.runs.session import Session
from vireid.runs.snapshot import take
from vireid.runs.states import keep_state
from vireid.runs.writing import Writer
from vireid.training import EpochEnded, Labelled, TrainingState
from vireid.types import Embeddings, Images, NamedStatistics, StatisticsData


@dataclass(frozen=True)
class Keeper:
    """Copies what events leave, and has it written while the training goes on."""

    session: Session
    """The training."""
    images: Images
    """Those that are trained on."""
    fingerprint: str
    """Of these images."""
    writer: Writer
    """Who writes."""

    def embedded(self, event: EpochEnded | Labelled) -> Embeddings | None:
        """Return the embeddings that the network which an event leaves makes of the images.

        At the end of a stage the images are embedded for it, by all processes together.

        Args:
            event: of the loop.

        Returns:
            The embeddings; None where no camera is known, or no network is left.
        """
        if not self.images.camera.any():
            return None
        if isinstance(event, Labelled):
            return event.embeddings
        return None if event.state.epoch else event.embedded()

    def keep(self, event: EpochEnded | Labelled, embeddings: Embeddings | None = None) -> bool:
        """Keep what an event leaves, and let whoever looks at epochs look at it.

        Args:
            event: of the loop.
            embeddings: what ``embedded`` returned of it.

        Returns:
            Whether the training is to stop here.

        Raises:
            SaveError: something could not be written before.
        """
        self.writer.check()
        recipe, state = self.session.recipe, event.state
        if isinstance(event, Labelled):
            if event.fresh:
                self._keep_labelling(state, embeddings)
            return False
        look, stop = self.session.after_epoch, False
        if look or not state.epoch:
            weights = brought(state.evaluated_network(recipe).state_dict())
        if not state.epoch:
            self._write(recipe.stages[state.stage - 1].name, weights, embeddings)
        if look:
            stop = look(event.report, weights)
        self.save(state, ends_stage=not state.epoch)
        return stop

    def _keep_labelling(self, state: TrainingState, embeddings: Embeddings | None) -> None:
        """Keep the network whose labels look best, and what the first labelling has shown."""
        recipe, run = self.session.recipe, self.session.run
        network = state.labelling_network(recipe)
        if state.stage == len(recipe.stages) - 1:
            weights, cameras = brought(network.state_dict()), self._cameras(embeddings)
            job = partial(keep_clearest, run, weights, recipe, state.clarity, cameras=cameras)
            self.writer.write(job)
        if embeddings is not None and (state.stage, state.epoch) == (0, 0):
            self._write(BEFORE, brought(network.state_dict()), embeddings)

    def _write(
        self, stage: str, weights: Mapping[str, Tensor], embeddings: Embeddings | None
    ) -> None:
        """Have a network written, with what its embeddings of each camera have in common."""
        run, recipe, cameras = self.session.run, self.session.recipe, self._cameras(embeddings)
        self.writer.write(partial(save_weights, run, stage, weights, recipe, cameras=cameras))

    def _cameras(self, embeddings: Embeddings | None) -> NamedStatistics | None:
        if embeddings is None:
            return None
        return statistics_of(embeddings, self.images, "training", self._data)

    @cached_property
    def _data(self) -> StatisticsData:
        return data_of(self.images, self.session.data.name)

    def save(self, state: TrainingState, *, ends_stage: bool = False) -> None:
        """Keep where the training stands.

        Args:
            state: between two steps.
            ends_stage: whether a stage has just ended, and others may want to begin from there.
        """
        session = self.session
        taken = take(state, session.recipe, self.fingerprint)
        if session.keep and ends_stage:
            self.writer.write(partial(session.keep, state.stage, taken))
        self.writer.write(partial(keep_state, session.run, taken, kept=session.kept))

    def finish(self) -> None:
        """Wait until all of it is written.

        Raises:
            SaveError: something could not be written.
        """
        self.writer.finish()
