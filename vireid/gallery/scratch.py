"""Where LanceDB puts aside what it sorts: vectors that are to be forgotten may be among it."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from vireid.gallery.engine import explained

SCRATCH = ".scratch"
"""The folder in that of a store."""
NAME = "TMPDIR"
"""The variable by which LanceDB finds the folder; it knows no other way."""
_ALONE = threading.Lock()


@contextmanager
def scratch(place: str, folder: Path | None) -> Iterator[None]:
    """Let LanceDB put nothing aside but in a folder of the store, which is taken away at the end.

    What a process that was killed has left there is removed first. For a store on object storage
    it is a folder of this machine, so that what a killed process has left goes when somebody
    writes from the same machine again.

    Args:
        place: of the store; this process is the one that writes.
        folder: the same, where it is one.

    Yields:
        Nothing.

    Raises:
        DataError: the folder cannot be made.
    """
    usual = tempfile.gettempdir()  # from now on, Python's own files lie there whatever is said
    with _ALONE, explained(place, "write to"):
        if folder is not None:
            made = folder / SCRATCH
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
        else:
            begin = f"vireid-{blake2b(place.encode(), digest_size=8).hexdigest()}-"
            for left in Path(usual).glob(f"{begin}*"):
                shutil.rmtree(left, ignore_errors=True)
            made = Path(tempfile.mkdtemp(prefix=begin))
    with _ALONE:
        before = os.environ.setdefault(NAME, usual)
        os.environ[NAME] = str(made)
        try:
            yield
        finally:
            os.environ[NAME] = before
            shutil.rmtree(made, ignore_errors=True)
