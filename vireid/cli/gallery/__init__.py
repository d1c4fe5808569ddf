"""`vireid gallery`: a store of embedded images that grows and forgets."""

from importlib import import_module

from vireid.errors import ConfigError, meant

VERBS = {
    "create": "make an empty store, in a folder or on object storage",
    "add": "add images, data sets or embeddings; what is there already is left out",
    "search": "find a person: by images, by a row or by a track",
    "forget": "delete rows, and everything of them in the files",
    "prune": "delete rows that have expired, likewise",
    "index": "make an index for large stores, and measure its recall",
    "info": "say what is in a store",
    "dump": "write all rows to an npz or Parquet file",
    "reembed": "embed all images anew by another network",
}
USAGE = """usage: vireid gallery VERB STORE ...

A store of embedded images that grows and forgets. STORE is a folder or s3://bucket/folder.

verbs:
{verbs}

`vireid gallery VERB --help` explains a verb. docs/gallery.md shows them all.
"""


def run(words: list[str]) -> None:
    """Parse the words after `vireid gallery` and do what they say.

    Args:
        words: the command line.

    Raises:
        ConfigError: there is no such verb.
        SystemExit: the usage was asked for.
    """
    if not words or words[0] in ("-h", "--help"):
        verbs = "\n".join(f"  {name:8s} {text}" for name, text in VERBS.items())
        print(USAGE.format(verbs=verbs), end="")
        raise SystemExit(0)
    if words[0] not in VERBS:
        raise ConfigError(
            f"no verb {words[0]}; expected one of {', '.join(VERBS)}{meant(words[0], VERBS)}"
        )
    import_module(f"vireid.cli.gallery.{words[0]}").run(words[1:])
