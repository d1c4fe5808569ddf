"""What the terms of a stage keep: made from new labels, renewed, put together again."""

from collections.abc import Iterable, Iterator, Mapping

import torch
from torch import Tensor, nn

from vireid import seeds
from vireid.config import StageConfig
from vireid.terms import Kept, Term, in_order
from vireid.types import Embeddings, Labelling


def begin_terms(
    stage: StageConfig,
    labelling: Labelling,
    embeddings: Embeddings,
    seed: int,
    *,
    epoch: int = 0,
    device: torch.device | str = "cpu",
) -> dict[str, Kept]:
    """Let the terms of a stage make what they keep from new labels.

    Args:
        stage: with its terms.
        labelling: the new labels of the N training images.
        embeddings: of the same images, with features where a term needs these.
        seed: of the run.
        epoch: of the stage, from 0; each labelling has random numbers of its own.
        device: where the tensors live.

    Returns:
        What each term keeps, by the term's name; terms of label spaces without clusters are left
        out.
    """
    terms = stage.all_terms()
    found: dict[str, Kept] = {}
    for name in in_order(terms):
        term = terms[name]
        if not all(labelling.spaces[space].clusters for space in term.spaces()):
            continue
        others = {other: found[other] for other in term.others() if other in found}
        if len(others) < len(term.others()):
            continue
        later = [epoch] if epoch else []
        generator = seeds.generator(seed, name, stage.name, term.labels, *later)
        kept = term.begin(labelling, embeddings, generator, others)
        found[name] = on_device(term, kept, device)
    link(terms, found)
    return {name: found[name] for name in terms if name in found}


def terms_on_device(
    terms: Mapping[str, Term], kept: Mapping[str, Kept], device: torch.device | str
) -> dict[str, Kept]:
    """Put what all terms of a stage keep on a device.

    Args:
        terms: by name.
        kept: what they keep.
        device: where the tensors shall live.

    Returns:
        The same there, each with the others that it names.
    """
    found = {name: on_device(terms[name], one, device) for name, one in kept.items()}
    link(terms, found)
    return found


def renewed(
    kept: Mapping[str, Kept], stage: StageConfig, labelling: Labelling, embeddings: Embeddings
) -> dict[str, dict[str, Tensor]]:
    """Let centres follow the embeddings where labels stay.

    Args:
        kept: what the terms keep; does not change.
        stage: with its terms.
        labelling: the labels in use.
        embeddings: of the N training images as they are now.

    Returns:
        What terms that follow keep from now on, by name, by term; what the optimiser moves is
        left to it.
    """
    return {
        name: {
            key: value
            for key, value in term.renew(kept[name], labelling, embeddings).items()
            if key not in term.trained
        }
        for name, term in stage.all_terms().items()
        if term.follows and name in kept
    }


def on_device(term: Term, kept: Kept, device: torch.device | str) -> Kept:
    """Put what a term keeps on a device; what is trained becomes a parameter.

    Args:
        term: says what is trained.
        kept: tensors by name.
        device: where they shall live.

    Returns:
        The same, with the same others.
    """

    def put(name: str, value: Tensor) -> Tensor:
        there = value.detach().to(device)
        return nn.Parameter(there) if name in term.trained else there

    return Kept({name: put(name, value) for name, value in kept.items()}, kept.others)


def link(terms: Mapping[str, Term], kept: Mapping[str, Kept]) -> None:
    """Tell what terms keep of the others that they name, after it was read from a file.

    Args:
        terms: by name.
        kept: what they keep; changes.
    """
    for name, one in kept.items():
        one.others = {other: kept[other] for other in terms[name].others() if other in kept}


def trained(terms: Mapping[str, Term], kept: Mapping[str, Kept]) -> Iterator[tuple[str, Tensor]]:
    """Yield what the optimiser moves of what terms keep.

    Args:
        terms: by name.
        kept: what they keep.

    Yields:
        The term's name and the parameter, in the order of the terms.
    """
    for name in terms:
        if name in kept:
            yield from ((name, kept[name][key]) for key in terms[name].trained)


def needs_pooled(terms: Iterable[Term]) -> bool:
    """Tell whether a term needs features before the neck of all training images.

    Args:
        terms: of a stage.

    Returns:
        True if any does.
    """
    return any(term.needs_pooled for term in terms)
