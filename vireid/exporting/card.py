"""The page that a copy of a network on the hub begins with."""

import yaml

from vireid.exporting.facts import Facts

TAGS = ["person-re-identification", "visible-infrared", "unsupervised-learning", "image-retrieval"]

TEXT = """
# {source}

A network of [vireid](https://pypi.org/project/vireid/) that embeds visible and infrared images of
people in one space: [B, {height}, {width}, 3] bytes to unit vectors of {dimensions} dimensions.
It was trained without identities, and saved after the stage {stage}.

```python
import vireid

network = vireid.load_network("hub:OWNER/NAME")  # or the folder of this file
gallery = vireid.embed("FOLDER", "images", modality="infrared")
```

Fingerprint: `{network}`. Licence of the weights: {licence}.

It finds candidates for a person to look at. It must not decide by itself who somebody is: a
similarity is no proof of identity, and on cameras other than those of its training it errs more.
"""


def hub_card(facts: Facts) -> str:
    """Return the text of README.md.

    Args:
        facts: of the network.

    Returns:
        Markdown, with what the hub reads at its head.
    """
    stated = not facts.licence.startswith("not stated")
    head = {
        "library_name": "vireid",
        "license": "other",
        "license_name": facts.licence if stated else "not-stated",
        "tags": TAGS,
    }
    text = TEXT.format(
        source=_plain(facts.source),
        height=facts.height,
        width=facts.width,
        dimensions=facts.dimensions,
        stage=_plain(facts.stage),
        network=facts.network,
        licence=_plain(facts.licence),
    )
    return f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n{text}"


def _plain(text: str) -> str:
    """Return a text of one line without what Markdown and HTML give a meaning."""
    kept = "".join(letter for letter in text if letter.isprintable())
    return kept.translate({ord(letter): f"\\{letter}" for letter in "\\`*_[]<>#|"})
