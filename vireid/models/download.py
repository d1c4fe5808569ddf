"""Files of weights that are fetched once and then found on this machine: hub, torchvision."""

import logging
import re
from pathlib import Path
from urllib.request import urlopen

import torch

from vireid.models.initial import sha256_of

log = logging.getLogger(__name__)

HUB_FILE = "model.safetensors"
TORCHVISION = "https://download.pytorch.org/models/"
"""Where torchvision keeps its weights, under names with the first digits of their SHA-256."""
SECONDS = 10
"""After which a server that says nothing counts as out of reach."""


def fetch_from_hub(repository: str, revision: str | None) -> tuple[Path, str | None]:
    """Return the cached file of a repository, or download it.

    Asks the hub once before its client begins a minute of retries.

    Args:
        repository: on the hub, OWNER/NAME.
        revision: a commit, branch or tag; its main branch where not given.

    Returns:
        The file, and the commit that it belongs to, as far as its path says so.

    Raises:
        Exception: the client's errors, which have no common base.
    """
    import huggingface_hub  # slow, and only this way needs it

    download = huggingface_hub.hf_hub_download
    try:
        path = Path(download(repository, HUB_FILE, revision=revision, local_files_only=True))
    except OSError:
        log.info("weights of %s are not cached; asking the hub", repository)
        huggingface_hub.HfApi().repo_info(repository, revision=revision, timeout=SECONDS)
        path = Path(download(repository, HUB_FILE, revision=revision))
    return path, path.parent.name if path.parent.parent.name == "snapshots" else revision


def fetch_from_torchvision(address: str) -> Path:
    """Return torchvision's file of weights out of torch's cache, or download it.

    Args:
        address: below ``TORCHVISION``; the file's name ends in the first digits of its SHA-256.

    Returns:
        The file, whose SHA-256 was compared with its name.

    Raises:
        OSError: the server cannot be reached.
        RuntimeError: the file is another one than its name says.
    """
    name = address.rpartition("/")[2]
    path = Path(torch.hub.get_dir()) / "checkpoints" / name
    found = re.search(r"-([0-9a-f]{8,64})\.", name)
    if found is None:
        raise RuntimeError(f"{name} has no digits of a SHA-256 in its name")
    if not path.is_file():
        log.info("%s is not cached; downloading it", name)
        urlopen(address, timeout=SECONDS).close()
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(address, str(path), found[1], progress=False)
    elif not sha256_of(path).startswith(found[1]):
        raise RuntimeError(f"{path} is damaged: its SHA-256 does not begin with {found[1]}")
    return path
