"""A model card in Markdown, with the head in YAML that the Hugging Face Hub reads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import dumps

from vireid.pages.data_card import Table
from vireid.pages.report import Commands


@dataclass(frozen=True)
class Score:
    """One number of an evaluation."""

    kind: str
    """Its short name, such as mAP."""
    value: float
    """In percent."""


@dataclass(frozen=True)
class ModelCard:
    """What a model card tells. Any text may hold any sign."""

    name: str
    """Of the model."""
    dataset: str
    """Name of the data it was trained on."""
    protocol: str
    """Of the scores below; empty where there are none."""
    scores: tuple[Score, ...]
    """For the head, none where there are none."""
    summary: tuple[str, ...]
    """What it is, a sentence each."""
    sections: tuple[tuple[str, tuple[str | Table | Commands, ...]], ...]
    """Heading, and what stands below it: a line of a list, a table, or words to type."""
    made: str
    """Command and version."""


def model_card_text(card: ModelCard) -> str:
    """Return the card.

    Args:
        card: what it tells.

    Returns:
        Markdown; names in it are text and never marks.
    """
    parts = ["---", *_head(card), "---", "", f"# {escaped(card.name)}", ""]
    parts += [" ".join(escaped(line) for line in card.summary), ""]
    for title, body in card.sections:
        parts += [f"## {escaped(title)}", "", *_body(body), ""]
    return "\n".join([*parts, f"Made by {escaped(card.made)}.", ""])


def escaped(value: object) -> str:
    """Return text for Markdown, on one line, in which every sign stands for itself.

    Args:
        value: anything.

    Returns:
        Markdown; signs that cannot be seen are named.

    >>> escaped("a_b|<i>")
    'a\\\\_b\\\\|&lt;i&gt;'
    """
    shown = _shown(str(value)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|#~$!])", r"\\\1", shown)


def _shown(value: str) -> str:
    """Name the signs that cannot be seen, so that text stays on its line."""
    return "".join(s if s.isprintable() else f"[U+{ord(s):04X}]" for s in value)


def _head(card: ModelCard) -> Iterator[str]:
    """Yield the lines of the head; strings are JSON, which YAML reads likewise."""
    yield "library_name: vireid"
    yield "license: other"
    yield "license_name: not-stated"
    yield "tags:"
    tags = ("person-re-identification", "visible-infrared", "unsupervised", "image-retrieval")
    yield from (f"- {tag}" for tag in tags)
    yield "pipeline_tag: image-feature-extraction"
    if card.scores:
        yield "metrics:"
        yield from (f"- {dumps(score.kind)}" for score in card.scores)
        yield "model-index:"
        yield f"- name: {dumps(card.name)}"
        yield "  results:"
        yield "  - task:"
        yield "      type: image-retrieval"
        yield "      name: Visible-infrared person re-identification"
        yield "    dataset:"
        yield f"      name: {dumps(f'{card.dataset}; {card.protocol}')}"
        yield f"      type: {dumps(_slug(card.dataset))}"
        yield "    metrics:"
        for score in card.scores:
            yield f"    - type: {dumps(score.kind)}"
            yield f"      value: {score.value:.1f}"
            yield f"      name: {dumps(f'{score.kind}, %')}"


def _slug(name: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", name.lower())) or "own-data"


def _body(parts: Sequence[str | Table | Commands]) -> Iterator[str]:
    for number, part in enumerate(parts):
        if isinstance(part, Commands):
            yield from (f"    {_shown(line)}" for line in part.lines)
            yield ""
        elif isinstance(part, Table):
            if number and not isinstance(parts[number - 1], Table):
                yield ""
            yield f"| {' | '.join(map(escaped, part.header))} |"
            yield "|" + "---|" * len(part.header)
            yield from (f"| {' | '.join(map(escaped, row))} |" for row in part.rows)
            yield ""
        else:
            yield f"- {escaped(part)}"
