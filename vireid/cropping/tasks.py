"""Both passes over frames: measuring what is sharp, and cutting out what was chosen."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vireid.cropping.cuts import Cut
from vireid.cropping.frames import Recording, View
from vireid.cropping.part import ANOTHER, Part
from vireid.cropping.pixels import Shown
from vireid.cropping.quality import best, sharpness
from vireid.cropping.settings import CropSettings
from vireid.cropping.work import through
from vireid.cropping.writing import cut_out, ending, sweep, write
from vireid.errors import DataError
from vireid.types import Tell

MEASURED, MADE = "measured", "made"
"""Kinds of work in the journal."""
OTHERS = 0.5
"""Share of frames done before that hold other bytes now, from which on they are others."""

Fact = dict[str, Any]


class Tasks:
    """Measures and writes crops.

    Args:
        recording: the frames.
        out: the folder of crops.
        settings: of the call.
        part: what is kept of it.
        workers: number of threads.
        tell: told of frames done and all frames.
    """

    def __init__(
        self,
        recording: Recording,
        out: Path,
        settings: CropSettings,
        part: Part,
        workers: int,
        tell: Tell | None,
    ) -> None:
        self._recording, self._out, self._settings = recording, out, settings
        self._part, self._workers, self._tell = part, workers, tell
        self.kept = 0
        """Frames whose crops were there already."""
        self.changed = 0
        """Frames that were done before and hold other bytes now."""
        self._digests: dict[str, str] = {}

    def run(self, cuts: Sequence[Cut]) -> tuple[dict[str, str], dict[int, str]]:
        """Write the crops, or the best of them.

        Args:
            cuts: the plan, by frame.

        Returns:
            The ending of each crop that is there, by its path; and why frames cannot be decoded,
            by their place.

        Raises:
            DataError: the frames are those of another recording.
        """
        self._recognise()
        for folder in sorted({(self._out / cut.path).parent for cut in cuts}):
            sweep(folder)
        damaged: dict[int, str] = {}
        chosen = list(cuts)
        if self._settings.best is not None:
            measured, damaged = self._pass(cuts, MEASURED)
            sharp = {path: value for fact in measured for path, value in fact["sharp"].items()}
            cameras = [frame.camera for frame in self._recording.frames]
            left = [cut for cut in cuts if cut.path in sharp]
            chosen = best(left, sharp, cameras, self._settings.best)
        made, more = self._pass(chosen, MADE)
        endings = {path: fact["ending"] for fact in made for path in fact["paths"]}
        for cut in cuts:
            for suffix in (".png", ".jpg", ".tif"):
                if endings.get(cut.path) != suffix:
                    (self._out / (cut.path + suffix)).unlink(missing_ok=True)
        return endings, damaged | more

    def _recognise(self) -> None:
        """Refuse frames of another recording before any crop of the first one is replaced."""
        before = self._part.digests()
        places = [k for k, frame in enumerate(self._recording.frames) if frame.name in before]
        names = [self._recording.frames[place].name for place in places]
        found = dict(zip(names, self._recording.digests(places), strict=True))
        self._digests = {name: digest for name, digest in found.items() if digest}
        self.changed = sum(digest != before[name] for name, digest in self._digests.items())
        if self.changed and self.changed >= OTHERS * len(self._digests):
            raise DataError(
                f"{self._out} holds crops of other frames of these names: {self.changed} of "
                f"{len(before)} frames that were done hold other bytes now; {ANOTHER}"
            )

    def _pass(self, cuts: Sequence[Cut], kind: str) -> tuple[list[Fact], dict[int, str]]:
        """Do one kind of work on all frames that have crops."""
        by_frame: defaultdict[int, list[Cut]] = defaultdict(list)
        for cut in cuts:
            by_frame[cut.frame].append(cut)
        facts, damaged, lost = [], {}, set(by_frame)
        frames = self._recording.frames

        def job(where: int, view: View) -> Fact:
            return self._one(kind, frames[where].name, by_frame[where], view)

        work = through(self._recording, sorted(by_frame), job, self._workers, self._tell)
        for where, fact in work:
            lost.discard(where)
            if not fact.pop("known", False):
                self._part.note(kind, frames[where].name, fact)
            elif kind == MADE:
                self.kept += 1
            if "problem" in fact:
                damaged[where] = fact["problem"]
            else:
                facts.append(fact)
        damaged |= {where: f"frame {frames[where].name} is not in the video" for where in lost}
        return facts, damaged

    def _one(self, kind: str, name: str, cuts: Sequence[Cut], view: View) -> Fact:
        """Measure or write the crops of a frame, unless it is known from before."""
        try:
            digest = self._digests.get(name) or view.digest()
            before = self._part.done.get(f"{kind} {name}")
            if before is not None and self._stands(before, digest, cuts):
                return {**before, "known": True}
            shown = view.pixels()
            self._check_size(shown, name, cuts)
        except DataError as problem:
            return {"digest": "", "problem": str(problem)}
        if kind == MEASURED:
            return {"digest": digest, "sharp": {c.path: sharpness(cut_out(shown, c)) for c in cuts}}
        suffix = ending(shown, self._settings.image_format)
        for cut in cuts:
            write(cut_out(shown, cut), self._out / (cut.path + suffix))
        return {"digest": digest, "ending": suffix, "paths": [cut.path for cut in cuts]}

    def _stands(self, before: Fact, digest: str, cuts: Sequence[Cut]) -> bool:
        """Tell whether what was done with a frame still holds."""
        if before.get("digest") != digest:
            return False
        paths = [cut.path for cut in cuts]
        if "sharp" in before:
            return list(before["sharp"]) == paths
        files = (self._out / (path + before["ending"]) for path in paths)
        return before.get("paths") == paths and all(file.is_file() for file in files)

    def _check_size(self, shown: Shown, name: str, cuts: Sequence[Cut]) -> None:
        """Refuse a frame that is smaller than its header said."""
        height, width = shown.shape[:2]
        if any(cut.edges[2] > width or cut.edges[3] > height for cut in cuts):
            raise DataError(f"frame {name} has {width}x{height} pixels, and had more before")
