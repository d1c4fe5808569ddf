"""Which code has begun a training; one that other code has begun is set aside and begun anew."""

import json
import logging
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from vireid.errors import CheckpointError
from vireid.files import whole_file
from vireid.runs import Run
from vireid.scoring.files import read_json
from vireid.studies.comparison.rows import Row
from vireid.studies.folder import StudyFolder
from vireid.studies.results import protocols_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Begun:
    """The code that a training was begun with."""

    commit: str
    """Its commit."""
    code: str
    """Its digest."""


@dataclass(frozen=True)
class Trained:
    """Where the training of a row lies: the folder of a study of one row."""

    study: StudyFolder
    """The folder."""
    key: tuple[str, int, str]
    """Data, seed and row."""
    last: str
    """The last stage, whose network is scored."""

    @property
    def run(self) -> Run:
        """The folder of the run."""
        return self.study.run(*self.key)

    @property
    def note(self) -> Path:
        """Where the code that has begun it is noted, JSON."""
        data, seed, _ = self.key
        return self.study.job(data, seed) / "begun.json"

    def begin(self, now: Begun, rows: Sequence[Row], protocols: Collection[str]) -> Begun:
        """Say which code the training is of, once it can be begun or gone on with.

        A run that other code has begun is not gone on with, nor are its scores taken over: its
        folder gets another name, and the training begins anew. It stays where it only has to be
        scored by further protocols, as its rows say which code it is of. A run that has to be
        scored and keeps no network begins anew, too.

        Args:
            now: the code that is there now.
            rows: what is noted of this training.
            protocols: whole names of all that it has to be scored by.

        Returns:
            The code that has begun the training.

        Raises:
            CheckpointError: a file of the study is damaged or cannot be written.
        """
        before = self._before(now, rows)
        reason = self._unfit(before, now, rows, set(protocols))
        if reason is None and before is not None and self.run.folder.exists():
            return before
        if reason is not None:
            self._set_aside(reason)
        with whole_file(self.note, CheckpointError) as file:
            file.write_text(json.dumps(asdict(now)) + "\n", encoding="utf-8")
        return now

    def _before(self, now: Begun, rows: Sequence[Row]) -> Begun | None:
        """Return the code that has begun the run; None where nobody knows."""
        found = read_json(self.note)
        if found.keys() == asdict(now).keys():
            return Begun(**{name: str(value) for name, value in found.items()})
        code = "/".join(self.study.codes().get(self.study.mark(self.run), {}).values())
        known = [*(Begun(row.commit, row.code) for row in rows), now]
        return next((one for one in known if one.code == code), None)

    def _unfit(
        self, before: Begun | None, now: Begun, rows: Sequence[Row], protocols: set[str]
    ) -> str | None:
        """Say why the run cannot be gone on with; None where it can, or where there is none."""
        had = set(protocols_of(one for one in self.study.results() if one.key == self.key))
        if not self.run.folder.exists():
            return "its folder is gone" if had else None
        ended = self.run.has_ended()
        if before is None or before.code != now.code:
            taken_out = (protocols - {row.protocol for row in rows}) & had
            told = before is not None and before.code in {row.code for row in rows}
            if not (ended and told) or taken_out:
                return f"other code has begun it (commit {before.commit if before else 'unknown'})"
        gone = ended and not self.run.checkpoint_file(self.last).is_file()
        return "it keeps no network to score" if gone and protocols - had else None

    def _set_aside(self, reason: str) -> None:
        """Give the folder of the run another name, and forget its results."""
        folder, number = self.run.folder, 1
        while (other := folder.with_name(f"{folder.name}.before-{number}")).exists():
            number += 1
        data, seed, row = self.key
        _log.info("%s on %s, seed %s, is trained anew: %s", row, data, seed, reason)
        if folder.exists():
            folder.rename(other)
            _log.info("the former training lies in %s", other)
        self.study.forget(self.key)
