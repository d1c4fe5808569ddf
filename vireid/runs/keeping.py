"""What a training leaves in its folder: networks of stages, the clearest one, where it stands."""

from dataclasses import dataclass
from functools import partial

from vireid.models.sending import brought
from vireid.runs.networks import keep_clearest, save_weights
from vireid.runs.session import Session
from vireid.runs.snapshot import take
from vireid.runs.states import keep_state
from vireid.runs.writing import Writer
from vireid.training import EpochEnded, Labelled, TrainingState


@dataclass(frozen=True)
class Keeper:
    """Copies what events leave, and has it written while the training goes on."""

    session: Session
    """The training."""
    images: str
    """Fingerprint of its images."""
    writer: Writer
    """Who writes."""

    def keep(self, event: EpochEnded | Labelled) -> bool:
        """Keep what an event leaves, and let whoever looks at epochs look at it.

        Args:
            event: of the loop.

        Returns:
            Whether the training is to stop here.

        Raises:
            SaveError: something could not be written before.
        """
        self.writer.check()
        recipe, state, run = self.session.recipe, event.state, self.session.run
        if isinstance(event, Labelled):
            if event.fresh and state.stage == len(recipe.stages) - 1:
                weights = brought(state.labelling_network(recipe).state_dict())
                self.writer.write(partial(keep_clearest, run, weights, recipe, state.clarity))
            return False
        look, stop = self.session.after_epoch, False
        if look or not state.epoch:
            weights = brought(state.evaluated_network(recipe).state_dict())
        if not state.epoch:
            stage = recipe.stages[state.stage - 1].name
            self.writer.write(partial(save_weights, run, stage, weights, recipe))
        if look:
            stop = look(event.report, weights)
        self.save(state, ends_stage=not state.epoch)
        return stop

    def save(self, state: TrainingState, *, ends_stage: bool = False) -> None:
        """Keep where the training stands.

        Args:
            state: between two steps.
            ends_stage: whether a stage has just ended, and others may want to begin from there.
        """
        session = self.session
        taken = take(state, session.recipe, self.images)
        if session.keep and ends_stage:
            self.writer.write(partial(session.keep, state.stage, taken))
        self.writer.write(partial(keep_state, session.run, taken, kept=session.kept))

    def finish(self) -> None:
        """Wait until all of it is written.

        Raises:
            SaveError: something could not be written.
        """
        self.writer.finish()
