"""What is said of several folds of the same images, each thing once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from vireid.data.check.faults import Fault, Use
from vireid.data.check.file_facts import FileFact
from vireid.data.check.parts import Part
from vireid.data.check.verdict import Verdict
from vireid.data.layouts.problems import Problem, Scan
from vireid.types import Images


def all_problems(scans: Sequence[Scan]) -> list[Problem]:
    """Gather the problems of the lists, those of one file once.

    Args:
        scans: of all folds.

    Returns:
        The problems of the first fold, then what is new in the others. Where lists of several
        folds have the same problem, its place says how many.
    """
    if len(scans) == 1:
        return list(scans[0].problems)
    same: dict[tuple[str, str, str], list[Problem]] = {}
    for scan in scans:
        for problem in scan.problems:
            same.setdefault((problem.kind, problem.text, problem.path), []).append(problem)
    return [_together(problems) for problems in same.values()]


def _together(problems: list[Problem]) -> Problem:
    """Return the first of equal problems with the number of the others."""
    first, more = problems[0], len(problems) - 1
    part = first.part if all(p.part == first.part for p in problems) else None
    place = f"{first.place} (and {more} other lists)" if more and first.place else first.place
    return replace(first, place=place, part=part)


def all_faults(verdicts: Sequence[Verdict]) -> list[Fault]:
    """Gather the faults of the folds, each once.

    Args:
        verdicts: of all folds.

    Returns:
        Faults that say in which folds they are, where it is not in all.
    """
    folds: dict[Fault, list[Verdict]] = {}
    files: dict[Fault, list[str]] = {}
    for verdict in verdicts:
        for fault in verdict.faults:
            same = replace(fault, files=())
            folds.setdefault(same, []).append(verdict)
            files.setdefault(same, []).extend(fault.files)
    return [
        replace(fault, files=tuple(dict.fromkeys(files[fault])), folds=_within(found, verdicts))
        for fault, found in folds.items()
    ]


def all_warnings(verdicts: Sequence[Verdict]) -> list[str]:
    """Gather the warnings of the folds, each once.

    Args:
        verdicts: of all folds.

    Returns:
        Lines that say of which folds they are, where it is not of all.
    """
    folds: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        for line in verdict.warnings:
            folds.setdefault(line, []).append(verdict)
    return [_said(_within(found, verdicts), line) for line, found in folds.items()]


def reason(verdicts: Sequence[Verdict], use: Use) -> str:
    """Say why not all folds are good for something.

    Args:
        verdicts: of all folds.
        use: for what.

    Returns:
        A few words; empty where all are good.
    """
    bad = [verdict for verdict in verdicts if verdict.lacks(use)]
    if not bad:
        return ""
    others = "; the other folds are good" if len(bad) < len(verdicts) else ""
    return _said(_within(bad, verdicts), bad[0].lacks(use) + others)


def other_images(shown: Verdict, facts: Mapping[str, FileFact]) -> Part:
    """Return the images that one fold does not hold and others do.

    Args:
        shown: the fold.
        facts: of all images of all folds, by path.

    Returns:
        The images with their facts; modalities and cameras are not filled in.
    """
    here = {*shown.train.images.paths, *shown.test.images.paths}
    paths = tuple(path for path in facts if path not in here)
    none = np.zeros(len(paths), dtype=np.int64)
    images = Images(shown.train.images.root, paths, none, none)
    return Part("train", images, None, tuple(facts[path] for path in paths))


def _within(found: Sequence[Verdict], verdicts: Sequence[Verdict]) -> str:
    """Name the folds that something is said of; nothing where it is all."""
    if len(found) == len(verdicts):
        return ""
    numbers = [str(verdict.scan.data.fold) for verdict in found]
    return f"{'fold' if len(numbers) == 1 else 'folds'} {', '.join(numbers)}"


def _said(folds: str, text: str) -> str:
    return f"{folds}: {text}" if folds else text
