"""What stands beside scores, so that nobody takes them for others: facts, and lines to read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vireid.data import DataFolder
from vireid.errors import number_of
from vireid.runs.centring import unseen_words
from vireid.runs.centring_data import are_of, other_cameras_words
from vireid.runs.scores import protocol_key
from vireid.scoring.chance import Chance, chance
from vireid.scoring.choice import known_truth
from vireid.scoring.contents import Copies, copies, describe_images, file_digests
from vireid.scoring.networks import Scored
from vireid.scoring.tally import Tally, tally


@dataclass(frozen=True)
class Account:
    """What is known of the scores of one protocol in addition to their values."""

    scored: Scored
    """The scores."""
    data: DataFolder
    """What was evaluated on."""
    test_images: str
    """A text that changes when the test images do."""
    tally: Tally
    """Queries and matches."""
    copies: Copies
    """Queries with a copy in their gallery."""
    chance: Chance
    """What a random order would score."""

    @property
    def key(self) -> str:
        """The whole name of the protocol."""
        return protocol_key(self.scored.name, len(self.scored.protocol.draws))

    def facts(self) -> dict[str, Any]:
        """Return all of it as plain values.

        Returns:
            Values by name, for a file.
        """
        protocol, levels = self.scored.protocol, self.data.test.levels
        return {
            "protocol": self.scored.name,
            "draws": len(protocol.draws),
            "galleries": protocol.stated.galleries,
            "equal_draws": protocol.equal_draws,
            "direction": protocol.stated.direction,
            "ignored": protocol.stated.rule,
            "ranks_count": protocol.count,
            "flip": self.scored.flip,
            "rerank": self.scored.rerank,
            "centre": self.scored.centre,
            "data": self.data.name,
            "fold": self.data.fold,
            "test_images": self.test_images,
            "notes": list(self.data.notes),
            "levels": None if levels is None else json.loads(levels.to_json()),
            "queries": self.tally.queries,
            "counting": {
                "valid": list(self.tally.valid),
                "no_match_in_gallery": self.tally.absent,
                "all_matches_ignored": self.tally.ruled_out,
                "unknown_camera": self.tally.unknown_cameras,
            },
            "matches": {
                "pairs": self.tally.pairs,
                "own_modality": self.tally.own_modality,
                "own_camera": self.tally.own_camera,
                "own_modality_unknown_camera": self.tally.unknown_pairs,
            },
            "copies": {"found": self.copies.found, "ignored": self.copies.ignored},
            "chance": vars(self.chance),
            "ties": {stage: vars(found.ties) for stage, found in self.scored.results.items()},
            "networks": dict(self.scored.networks),
        } | self._taken_off()

    def _taken_off(self) -> dict[str, Any]:
        """Return which statistics were taken off the embeddings, where any were."""
        taken = self.scored.statistics
        if taken is None:
            return {}
        name = None if taken.data is None else taken.data.name
        told = {"data": name, "images": taken.count, "fingerprint": taken.fingerprint}
        return {"statistics": told}

    def lines(self) -> list[str]:
        """Return what is read under the table.

        Returns:
            A few lines; what may mislead begins with ``warning``.
        """
        return [*self._facts(), *(f"warning: {text}" for text in self.troubles())]

    def troubles(self) -> list[str]:
        """Return what makes the scores another thing than they seem.

        Returns:
            A line for each; none where there is nothing.
        """
        return list(self._troubles())

    def _facts(self) -> Iterator[str]:
        protocol, found = self.scored.protocol, self.tally
        size = number_of(len(protocol.draws[0].gallery), "image")
        equal = "; nobody has more images than are drawn: all draws are equal"
        yield f"galleries: {protocol.stated.galleries}; {size}{equal * protocol.equal_draws}"
        valid = min(found.valid)
        count = "all" if valid == found.queries else f"{valid} of"
        yield f"queries: {count} {found.queries} count; ignored: {protocol.stated.rule}"
        yield (
            f"matches: {_share(found.own_modality, found.pairs)} of the query's own modality, "
            f"{_share(found.own_camera, found.pairs)} of its own camera in that modality"
        )
        yield (
            f"a random order scores Rank-1 {self.chance.rank1:.1f}, mAP {self.chance.mAP:.1f} ± "
            f"{self.chance.spread:.1f}"
        )
        if self.scored.statistics is not None:
            of = self.scored.statistics
            mirror = ", which were not mirrored" * (self.scored.flip and of.of == "training")
            yield f"taken off: the means of the {of.words}{mirror}"
        networks = ", ".join(f"{name} {text}" for name, text in self.scored.networks.items())
        yield from (f"data: {note}" for note in self.data.notes)
        levels = "" if self.data.test.levels is None else "; grey levels scaled (evaluation.json)"
        yield f"network: {networks}; test {self.test_images}{levels}"

    def _troubles(self) -> Iterator[str]:
        yield from self._statistics_troubles()
        for stage, result in self.scored.results.items():
            if tied := result.ties.trouble():
                yield f"{stage} {tied}"
            if not result.ties.says_nothing and self.chance.reaches(
                precision := result.table()["mAP"]
            ):
                yield (
                    f"{stage} is at chance level: mAP {precision:.1f} cannot be told from "
                    f"{self.chance.mAP:.1f} ± {self.chance.spread:.1f}, that of a random order"
                )
        of = number_of(self.tally.queries, "query", "queries")
        if self.copies.found:
            yield (
                f"{self.copies.found} of {of} have an exact copy of themselves in their gallery, "
                "under another path: the scores are too good"
            )
        if self.copies.ignored:
            yield (
                f"{self.copies.ignored} of {of} have an exact copy of themselves in their gallery, "
                "which the rule ignores"
            )
        if self.tally.own_camera:
            yield (
                f"{self.tally.own_camera} of {self.tally.pairs} matches are of the query's own "
                "camera and modality, which the field's rule ignores"
            )
        if self.scored.protocol.stated.by_camera and self.tally.unknown_pairs:
            if self.data.test.camera.any():
                yield (
                    f"{self.tally.unknown_pairs} of {self.tally.pairs} matches are of the query's "
                    "modality and of an unknown camera, perhaps its own: nothing is excluded"
                )
            else:
                yield "no camera is known, nothing is excluded: matches may be of its own camera"

    def _statistics_troubles(self) -> Iterator[str]:
        """Yield what may mislead in the statistics that were taken off."""
        taken, test = self.scored.statistics, self.data.test
        if taken is None:
            return
        if taken.of == "own" and not are_of(taken, test):
            yield (
                f"what was taken off is of {number_of(taken.count, 'image')} that were embedded "
                f"together, not of the {number_of(len(test), 'test image')} alone"
            )
        for line in (
            other_cameras_words(taken, test, self.data.train), unseen_words(taken, test),
        ):  # fmt: skip
            if line:
                yield line


def account_of(scored: Scored, data: DataFolder) -> Account:
    """Gather what stands beside scores.

    Args:
        scored: the scores.
        data: what was evaluated on.

    Returns:
        All of it.

    Raises:
        DataError: a file cannot be read.
    """
    truth, digests = known_truth(data), file_digests(data.test)
    return Account(
        scored,
        data,
        describe_images(data, digests),
        tally(scored.protocol, truth, data.test),
        copies(scored.protocol.draws, scored.digests or digests),
        chance(scored.protocol, truth),
    )


def _share(part: int, whole: int) -> str:
    """Return how many of some there are."""
    return "none" if part == 0 else "all" if part == whole else f"{part} of {whole}"
