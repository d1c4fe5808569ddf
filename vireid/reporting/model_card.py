"""The verb: a run, and its data where they are at hand -> its model card in Markdown."""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from vireid.data import DataFolder
from vireid.files import whole_file
from vireid.pages import Commands, ModelCard, Score, Table, model_card_text
from vireid.reporting import telling
from vireid.reporting.curves import signals
from vireid.reporting.facts import RunFacts, read_facts
from vireid.reporting.failures import failures
from vireid.runs import Run
from vireid.scoring.tables import NAMES

Told = str | Table | Commands
"""What a section of a card holds."""

FILE = "model-card.md"
"""Name of the card in the run's folder."""

INTENDED = (
    "To propose to a person who decides which images of the other modality may show the person of "
    "a query image, taken by the cameras described below.",
    "Within hours in which people keep their clothes: what is compared is mostly clothing, build "
    "and what people carry.",
    "For research on unsupervised visible-infrared person re-identification.",
)
FORBIDDEN = (
    "To decide anything about a person without a human who looks at the images: a high rank is a "
    "proposal and no proof of identity.",
    "To find out who somebody is, or to follow people without a legal basis and without telling "
    "them where the law demands it.",
    "As face recognition, or to infer origin, health, age, gender, mood or behaviour.",
    "On other cameras, places, seasons or image sizes without a new evaluation there.",
)


def write_model_card(
    run: Run | Path | str,
    data: DataFolder | Path | str | None = None,
    path: Path | str | None = None,
    *,
    command: str = "",
) -> Path:
    """Write the model card of a run: Markdown with the head that the Hugging Face Hub reads.

    No image is opened and no network is used; the Hub takes the card under the name README.md.

    Args:
        run: a run or its folder, also of a training that was stopped.
        data: a data set, or where it is, for the counts of images and cameras; the card says
            what it does not know without it.
        path: the file; model-card.md in the run's folder where not given.
        command: what made it, for the foot of the card.

    Returns:
        The file.

    Raises:
        CheckpointError: the folder holds no run, or files of it are damaged.
        ConfigError: the data are of another fold than the training.
        DataError: the data cannot be read, or the card cannot be written.
    """
    run = run if isinstance(run, Run) else Run(Path(run).expanduser())
    facts = read_facts(run, data)
    card = model_card_text(_card(facts, command or "vireid.write_model_card"))
    place = run.folder / FILE if path is None else Path(path).expanduser()
    with whole_file(place) as whole:
        whole.write_text(card, encoding="utf-8")
    return place


def _card(facts: RunFacts, command: str) -> ModelCard:
    first = facts.scores[0] if facts.scores else None
    scores = first.last[1] if first else {}
    return ModelCard(
        name=facts.name,
        dataset=facts.trained_on,
        protocol=f"{first.key}, after {first.last[0]}" if first else "",
        scores=tuple(Score(NAMES.get(name, name), value) for name, value in scores.items()),
        summary=(*telling.lead(facts), f"State: {facts.state}."),
        sections=tuple(_sections(facts)),
        made=f"{command}, vireid {version('vireid')}",
    )


def _sections(facts: RunFacts) -> Iterator[tuple[str, tuple[Told, ...]]]:
    yield "Intended use", INTENDED
    yield "Must not be used for", FORBIDDEN
    yield "Data", tuple(_data(facts))
    yield "Cameras", tuple(_cameras(facts))
    yield "Known failures", tuple(failures(facts))
    yield "Chance level", tuple(_chance(facts))
    yield "Numbers", tuple(_numbers(facts))
    yield "How to reproduce", (Commands(telling.reproduce(facts)), "DATA is the data's folder.")
    yield (
        "Licence",
        (
            "Not stated: whoever shares the weights has to say it in the head of this card.",
            f"It depends on the licence of the {facts.initial} and on the terms of the data.",
        ),
    )


def _data(facts: RunFacts) -> Iterator[str]:
    yield f"Trained without identities on {facts.trained_on}."
    if facts.data is None:
        yield "How many images and cameras these are is not known: the card was made without data."
        return
    yield f"Training: {telling.counted(facts.data.train)}."
    yield f"Test: {telling.counted(facts.data.test)}."
    if facts.data.card is not None:
        origin = facts.data.card
        yield f"{origin.name}: {origin.reference}. Terms: {origin.licence}."
    if other := telling.other_data(facts):
        yield other


def _cameras(facts: RunFacts) -> Iterator[str | Table]:
    if facts.data is None:
        yield "Not known: the card was made without the data."
        return
    if not facts.data.train.camera.any():
        yield "The training images do not say which camera took them."
    yield telling.cameras(facts.data.train)


def _chance(facts: RunFacts) -> Iterator[str]:
    for written in facts.scores:
        yield f"{written.key}: {written.chance or 'its file does not say'}."
    if not facts.scores:
        yield "Not known: the run was never evaluated."


def _numbers(facts: RunFacts) -> Iterator[str | Table]:
    for written in facts.scores:
        spread = ", mean ± standard deviation over the draws" if written.spread else ""
        yield f"{written.key}, in percent{spread}:"
        yield written.table()
    if not facts.scores:
        yield "No test scores: vireid evaluate RUN DATA --every-stage writes them."
    if facts.epochs:
        yield "Signals that need no identities, at the end of each stage:"
        yield signals(facts.epochs)
