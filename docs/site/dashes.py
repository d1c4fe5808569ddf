"""A dash between an argument and its meaning, as automatic quotes and dashes are off."""

from docutils import nodes
from sphinx.application import Sphinx


def _mend(app: Sphinx, tree: nodes.document, name: str) -> None:
    for text in tree.findall(nodes.Text):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" – "))


def setup(app: Sphinx) -> dict[str, bool]:
    """Mend every page before it is written."""
    app.connect("doctree-resolved", _mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
