"""One iteration: batches, losses, gradients, weights, memories."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vireid.config import Recipe, StageConfig, StepConfig
from vireid.precision import multiplying
from vireid.training.guard import gradient_size
from vireid.training.iteration import Iteration, StepValues
from vireid.training.objective import batch_loss, update_terms
from vireid.training.optimiser import lower_scale, take_step
from vireid.training.outcomes import READ_EVERY, are_read_late, settle
from vireid.training.prepared import Prepared, load_batch
from vireid.training.schedule import in_epoch, is_active
from vireid.training.state import TrainingState
from vireid.training.teacher import update_teacher
from vireid.training.untouched import Untouched, give_back_kept, kept_before
from vireid.training.workers import Agree, Forward


@dataclass(frozen=True)
class Stepping:
    """Takes the iterations of a stage.

    A GPU is never waited for: what its steps gave is read every tenth iteration and at the end of
    an epoch, and whether one is skipped is decided there.
    """

    state: TrainingState
    """Its network, optimiser, memories, sums and position change."""
    recipe: Recipe
    """All settings."""
    stage: StageConfig
    """The current stage."""
    forward: Forward
    """From pixels and modalities to the network's output."""
    agree: Agree
    """Lets all processes skip a step together."""

    def iterate(self, prepared: Sequence[Prepared]) -> dict[str, float]:
        """Take the steps of one iteration.

        Where loss or gradient are no finite numbers the iteration ends with that step, which
        leaves losses, weights, statistics and memories as they were.

        Args:
            prepared: its steps, ready on the host.

        Returns:
            Each term, and the weighted sum of all as ``total``, of the last iteration that was
            read.

        Raises:
            VireidError: there were more such steps than the guard allows.
        """
        state, late = self.state, self._late
        state.step += 1
        found = Iteration(
            stage=self.stage.name,
            epoch=state.epoch,
            step=state.step,
            images=sum(one.images for one in prepared),
            allowed=self.recipe.guard.skipped,
            scaled=state.scaler.is_enabled(),
        )
        state.unread.append(found)
        skipped = torch.zeros((), device=self._device)
        for step, one in zip(self.stage.steps(), prepared, strict=True):
            values, skipped = self._take(step, one, skipped)
            found.steps.append(values)
            if not late and skipped:
                break
        last = state.step == self.stage.iterations
        self._follow(skipped)
        if not late or last or not state.latest or not state.step % READ_EVERY:
            settle(state)
        return dict(state.latest)

    @property
    def _device(self) -> torch.device:
        return self.state.network.mean.device

    @property
    def _late(self) -> bool:
        return are_read_late(self._device)

    def _take(
        self, step: StepConfig, prepared: Prepared, skipped: Tensor
    ) -> tuple[StepValues, Tensor]:
        """Take one step, or skip it; return what it gave, and whether it was skipped."""
        state, network, late = self.state, self.state.network, self._late
        wanted = late or bool(self.recipe.guard.skipped) or state.scaler.is_enabled()
        statistics = Untouched(network, wanted=wanted)
        pixels, modality, plans = load_batch(prepared, self._device)
        products = self.recipe.compute.products
        with multiplying(products, self._device):
            output = self.forward(network.normalise(pixels), modality)
        stage, epoch = self.stage, state.epoch
        on = {n: term for n, term in step.terms.items() if is_active(term, stage, epoch)}
        active = {n: in_epoch(term, stage, epoch) for n, term in on.items()}
        with multiplying("ieee", self._device):
            loss, parts = batch_loss(active, state.terms, output, plans)
        state.optimiser.zero_grad(set_to_none=True)
        with multiplying(products, self._device):
            state.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        found = {**parts, "total": loss.detach()}
        numbers = torch.stack([*found.values(), gradient_size(state)])
        bad = self.agree((~numbers[-2:].isfinite()).any().float())
        skipped = torch.maximum(bad, skipped)
        values = StepValues(tuple(found), torch.cat([numbers, skipped[None]]))
        if not late and skipped:
            if state.scaler.is_enabled():
                lower_scale(state.optimiser, state.scaler, bad)
                state.scaler.update()
            statistics.give_back(skipped)
            return values, skipped
        take_step(state.optimiser, state.scaler, (skipped, bad) if late else None)
        shown = {name: step.terms[name] for name in plans}
        before = kept_before(shown, state.terms) if late else {}
        update_terms(step.terms, state.terms, output, plans)
        if late:
            statistics.give_back(skipped)
            give_back_kept(state.terms, before, skipped)
        return values, skipped

    def _follow(self, skipped: Tensor) -> None:
        """Let the teacher follow, once an iteration, unless its last step was skipped."""
        state, teacher = self.state, self.recipe.teacher
        if state.teacher is None or teacher is None or (not self._late and skipped):
            return
        given = skipped if self._late else None
        update_teacher(state.teacher, state.network, teacher.momentum, given)
