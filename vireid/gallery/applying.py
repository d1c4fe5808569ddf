"""Options of an addition that would not apply are refused, not passed over."""

from vireid.errors import ConfigError
from vireid.gallery.head import Made
from vireid.gallery.options import AddOptions, Embeds
from vireid.types import Images, NamedStatistics


def check_embeddings(embedder: Embeds | None, options: AddOptions) -> None:
    """Refuse what applies to images, where embeddings are added.

    Args:
        embedder: as given.
        options: as given.

    Raises:
        ConfigError: something is said that does not apply.
    """
    given = {
        "--run": embedder,
        "--modality": options.modality,
        "--camera": options.camera,
        "--part": None if options.part == "all" else options.part,
        "--levels": options.levels,
        "--centre": options.centre,
    }
    wrong = ", ".join(name for name, value in given.items() if value is not None)
    if wrong:
        raise ConfigError(
            f"{wrong}: applies to images, and embeddings are given, which say it themselves: leave "
            "it out"
        )


def check_images(images: Images, options: AddOptions) -> None:
    """Refuse what applies to files that are looked for, where images are given.

    Args:
        images: as given.
        options: as given.

    Raises:
        ConfigError: something is said that does not apply.
    """
    check_no_network(options)
    if (options.modality, options.camera, options.part) != (None, None, "all"):
        raise ConfigError(
            f"modality, camera or part is said of {len(images)} images, which say it themselves: "
            "leave it out"
        )


def check_no_network(options: AddOptions) -> None:
    """Refuse the name of a network, where images are added.

    Args:
        options: as given.

    Raises:
        ConfigError: a network is named.
    """
    if options.network is not None:
        raise ConfigError("--network applies to embeddings, and images are given: leave it out")


def check_centre_of(made: Made, options: AddOptions) -> None:
    """Refuse another centre than that of the rows that a store has.

    Args:
        made: what made its embeddings.
        options: as given.

    Raises:
        ConfigError: another one is said.
    """
    asked, kept = options.centre, made.statistics_value()
    if asked is None or made.size is None:
        return
    if isinstance(asked, NamedStatistics):
        same, word = asked.to_json() == made.statistics, "statistics"
    else:
        same, word = asked == ("none" if kept is None else kept.of), asked
    if not same:
        by = "not centred" if kept is None else f"centred by {kept.of} statistics"
        raise ConfigError(
            f"centre is {word}, and the store's rows are {by}, as are all that come: leave it out"
        )
