"""The verb: a gallery + a run -> a service."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from vireid.errors import ConfigError, DataError
from vireid.ranking import MatchRates
from vireid.ranking.usable_rates import usable_rates
from vireid.runs import Run
from vireid.serving.settings import Limits, Listening, Places

if TYPE_CHECKING:
    from vireid.gallery import Store
    from vireid.serving.basis import Basis
    from vireid.serving.embedding import Embedding

_log = logging.getLogger(__name__)


def serve(
    gallery: Path | str,
    run: "Run | Path | str | Embedding",
    *,
    listening: Listening | None = None,
    limits: Limits | None = None,
    places: Places | None = None,
    stage: str | None = None,
    device: str = "auto",
    storage: Mapping[str, str] | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Let others search a gallery over HTTP, until SIGTERM or SIGINT.

    Args:
        gallery: the folder or the URI of a store, as for ``open_gallery``.
        run: whose network made its embeddings, as for ``embed``; or anything that embeds pictures.
        listening: address, names and tokens; this machine alone, at port 8000, where not given.
        limits: what requests may ask for.
        places: files that may be read and written; where not given, no image is shown or added, and
            the audit log and the judgements lie beside the gallery's folder.
        stage: of the run; the last finished one where not given.
        device: cpu, cuda, cuda:1 ...; auto takes a GPU if there is any.
        storage: options of an object storage.
        ready: called with the port once the service listens.

    Raises:
        ConfigError: the extras ``serve`` and ``gallery`` are not installed, or tokens are missing.
        DataError: there is no store, it is of another network, or the address is taken.
        CheckpointError: the run or the stage is missing or damaged.
    """
    _demand_extra()
    from vireid.gallery import open_gallery

    listening, limits = listening or Listening(), limits or Limits()
    places = places or default_places(gallery)
    check_places(places)
    stores = [open_gallery(gallery, storage=storage, who="service") for _ in range(2)]
    from vireid.serving.access import Access
    from vireid.serving.app import make_app
    from vireid.serving.embedding import RunEmbedding
    from vireid.serving.judging import JudgementFile
    from vireid.serving.running import run_server
    from vireid.serving.service import Service
    from vireid.serving.stored import Stores
    from vireid.serving.tokens import read_tokens

    tokens = None if listening.tokens is None else read_tokens(listening.tokens)
    network = RunEmbedding(run, stage, device) if isinstance(run, Run | Path | str) else run
    rates = find_rates(places, run, network, stores[0])
    service = Service(
        Stores(*stores), network, places, limits, JudgementFile(places.judgements), rates
    )
    try:
        check_network(service.basis, network)
        app = make_app(service, Access(listening.hosts, tokens))
        run_server(app, listening, limits, ready or _say(listening))
    finally:
        service.close()


def find_rates(
    places: Places, run: object, embedding: "Embedding", store: "Store"
) -> MatchRates | None:
    """Return how often comparisons of a gallery's embeddings err, where that is known.

    Args:
        places: that may name a file.
        run: whose folder may hold one.
        embedding: the network.
        store: the gallery.

    Returns:
        The rates, as ``usable_rates`` says.

    Raises:
        DataError: a file that is named is of another network, or cannot be read.
    """
    kept = None
    if isinstance(run, Run | Path | str):
        kept = (run if isinstance(run, Run) else Run(Path(run))).rates_file
    made = store.head().made
    network, words = made.network, made.words()
    if network is None:
        network = embedding.network(embedding.first_statistics())
        words = f"network {network}"
    return usable_rates(places.rates, kept, network, words)


def default_places(gallery: Path | str) -> Places:
    """Return the files of a service of which nothing else is said.

    Args:
        gallery: the store.

    Returns:
        Files beside its folder, which only its owner may read.

    Raises:
        ConfigError: it lies on object storage.
    """
    if "://" in str(gallery):
        raise ConfigError(
            f"{gallery} is no folder of this machine; say where the audit log and the judgements "
            "are to be kept (--audit, --judgements)"
        )
    folder = Path(gallery).expanduser().absolute()
    return Places(
        folder.with_name(f"{folder.name}.audit.jsonl"),
        folder.with_name(f"{folder.name}.judgements.csv"),
    )


def check_places(places: Places) -> None:
    """Make the folder of uploads for its owner alone, and refuse roots that are not there.

    Args:
        places: of a service.

    Raises:
        ConfigError: a root is no folder.
        DataError: the folder of uploads cannot be made.
    """
    for root in places.roots:
        if not root.is_dir():
            raise ConfigError(f"{root} is no folder; expected one below which images lie (--root)")
    if places.uploads is not None:
        try:
            places.uploads.mkdir(0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{places.uploads} cannot be made: {error.strerror}") from error


def check_network(basis: "Basis", embedding: "Embedding") -> None:
    """Refuse a network that has not made the embeddings of a gallery.

    Args:
        basis: of the gallery.
        embedding: the network.

    Raises:
        DataError: it is another one.
        ConfigError: the gallery is empty and the run cannot begin it.
    """
    if basis.network is None:
        embedding.first_statistics()
    elif embedding.network(basis.statistics) != basis.network:
        raise DataError(
            f"the gallery is of network {basis.network} ({basis.source}) and the run of network "
            f"{embedding.network(basis.statistics)}; serve it by the same run and stage, or renew "
            "it: vireid gallery reembed"
        )


def _say(listening: Listening) -> Callable[[int], None]:
    def say(port: int) -> None:
        name = listening.names[0] if listening.names else listening.host
        name = f"[{name}]" if ":" in name and not name.startswith("[") else name
        _log.info("the page: http://%s:%d (end it by Ctrl-C or SIGTERM)", name, port)

    return say


def _demand_extra() -> None:
    """Refuse to begin where a package of the extra is missing."""
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            f"a service needs the package {error.name}, which cannot be imported; install it by: "
            "pip install 'vireid[serve]'"
        ) from error
