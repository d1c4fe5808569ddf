"""What one fold of a data set is good for: its lists, files, people and protocol judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vireid.data.check.faults import Fault, Use, use_faults
from vireid.data.check.file_facts import FileFact
from vireid.data.check.parts import Part
from vireid.data.check.rules import people_warnings
from vireid.data.folder import DataFolder, DatasetCard
from vireid.data.layouts.problems import PartName, Scan
from vireid.errors import DataError


@dataclass(frozen=True)
class QueryCount:
    """What the protocol of an evaluation makes of the test images."""

    protocol: str
    """Its name."""
    queries: int
    """How many there are."""
    valid: tuple[int, ...]
    """How many of them have a true match in their gallery, for each draw."""


CountQueries = Callable[[DataFolder], QueryCount]
"""Builds the protocol of data with test identities; raises DataError where that cannot be."""


@dataclass(frozen=True)
class Verdict:
    """What can be said of one fold."""

    scan: Scan
    """What reading its lists gave."""
    train: Part
    """Its training images."""
    test: Part
    """Its test images."""
    faults: tuple[Fault, ...]
    """What is wrong with it, apart from its lists."""
    warnings: tuple[str, ...]
    """What is worth knowing of its people and cameras."""
    queries: QueryCount | None
    """What the protocol makes of it, where it was tried and can be built."""

    def lacks(self, use: Use) -> str:
        """Say why the fold is not good for something.

        Args:
            use: for what.

        Returns:
            A few words; empty where it is good.
        """
        problems = self.scan.problems
        name: PartName = "train" if use == "training" else "test"
        part = self.train if use == "training" else self.test
        if not len(part.images) and not any(p.part in (name, None) for p in problems):
            return f"there are no {'training' if use == 'training' else 'test'} images"
        if problems or any(use in fault.stops for fault in self.faults):
            return "mend the faults first"
        if use == "evaluation" and self.test.truth is None:
            return "the test images have no identities"
        return ""


def judge_fold(
    scan: Scan,
    facts: Mapping[str, FileFact],
    card: DatasetCard | None,
    *,
    max_unreadable: float,
    count_queries: CountQueries | None = None,
) -> Verdict:
    """Judge one fold.

    Args:
        scan: what reading its lists gave.
        facts: what its files turned out to be, by path.
        card: of the public data set whose layout it has.
        max_unreadable: share of the training images that may be unreadable, in [0, 1).
        count_queries: tries the protocol; it is not tried if not given.

    Returns:
        The verdict.
    """
    data = scan.data
    train_facts, test_facts = (
        tuple(facts[path] for path in images.paths) for images in (data.train, data.test)
    )
    without = {problem.part for problem in scan.problems if problem.kind == "missing list"}
    faulty = {problem.part for problem in scan.problems}
    train = Part(
        "train",
        data.train,
        data.train_truth,
        train_facts,
        whole=not without & {"train", None},
        complete=not faulty & {"train", None},
    )
    test = Part(
        "test",
        data.test,
        data.test_truth,
        test_facts,
        data.roles,
        not without & {"test", None},
        not faulty & {"test", None},
    )
    wrong = use_faults(scan.problems, train, test, max_unreadable)
    people = people_warnings(data, train, test, card)
    warnings = (*data.notes, *scan.notes, *people)
    verdict = Verdict(scan, train, test, tuple(wrong), warnings, None)
    if count_queries is None or verdict.lacks("evaluation"):
        return verdict
    queries, found = _tried(data, count_queries)
    return Verdict(scan, train, test, (*wrong, *found), warnings, queries)


def _tried(data: DataFolder, count_queries: CountQueries) -> tuple[QueryCount | None, list[Fault]]:
    """Build the protocol, and say where a gallery holds no true match at all."""
    try:
        queries = count_queries(data)
    except DataError as error:
        return None, [Fault("no evaluation protocol", str(error), ("evaluation",))]
    if all(queries.valid):
        return queries, []
    draw, draws = queries.valid.index(0) + 1, len(queries.valid)
    text = (
        f"in draw {draw} of {draws} none of the {queries.queries} queries has a true match in its "
        f"gallery by the protocol {queries.protocol}; expected other images of the same people "
        "that it does not ignore"
    )
    return queries, [Fault("no valid query", text, ("evaluation",))]
