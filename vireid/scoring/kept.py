"""Which earlier scores may stay beside new ones, judged by what files hold."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from vireid.errors import number_of
from vireid.runs import Run, load_network
from vireid.runs.fingerprints import network_fingerprint

COMPARED = ("protocol", "draws", "galleries", "data", "fold", "test_images", "levels")
"""Facts that earlier scores must share with new ones of the same protocol."""


def alike(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether earlier scores of a protocol can stand beside new ones.

    Args:
        earlier: what a file holds of them.
        facts: of the new ones.

    Returns:
        True where all that is compared is the same.
    """
    return all(name in earlier and earlier[name] == facts[name] for name in COMPARED)


def lost(earlier: Mapping[str, Any], facts: Mapping[str, Any], *, merged: bool) -> list[str]:
    """Return the stages whose earlier scores of a protocol go where new ones are written.

    Args:
        earlier: what a file holds of them.
        facts: of the new ones, with the networks of their stages.
        merged: whether stages that were not scored anew stay, if they are alike.

    Returns:
        Names; a stage that is scored again, of the same network, loses nothing.
    """
    if not alike(earlier, facts):
        return list(earlier["stages"])
    networks, before = facts["networks"], earlier.get("networks", {})
    return [
        stage
        for stage in earlier["stages"]
        if (stage not in networks and not merged)
        or (stage in networks and networks[stage] != before.get(stage))
    ]


def changed_networks(
    run: Run, protocols: Mapping[str, Mapping[str, Any]], scored: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Yield the scores in metrics.json whose network is no longer that of the run.

    Args:
        run: the run.
        protocols: what the file holds, by the protocols' whole names.
        scored: protocols and stages that have just been scored, which are left out.

    Yields:
        The whole name of the protocol, and the stage.
    """
    present: dict[str, str] = {}
    for key, entry in protocols.items():
        for stage, fingerprint in entry.get("networks", {}).items():
            if (key, stage) in scored or stage not in entry["stages"]:
                continue
            if not run.checkpoint_file(stage).is_file():
                continue  # it was that of the run when it was scored
            if stage not in present:
                present[stage] = _fingerprint(run, stage)
            if present[stage] != fingerprint:
                yield key, stage


def described(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Say what earlier scores were of, where a line names those that go.

    Args:
        earlier: what a file holds of them.
        facts: of the new ones of the same protocol.

    Returns:
        Protocol, data, number of draws where known, and what was another.
    """
    words = [str(earlier[name]) for name in ("protocol", "data") if name in earlier]
    if "draws" in earlier:
        words.append(number_of(earlier["draws"], "draw"))
    return "; ".join([*words, *_differences(earlier, facts)])


def _differences(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield what was another for earlier scores."""
    if earlier.get("data") == facts["data"] and earlier.get("test_images") != facts["test_images"]:
        known = "contents" in str(earlier.get("test_images"))
        yield "other test images" if known else "test images of unknown contents"
    if "levels" in earlier and earlier["levels"] != facts["levels"]:
        yield "other grey levels"
    if "galleries" in earlier and earlier["galleries"] != facts["galleries"]:
        yield "other galleries"
    before = earlier.get("networks", {})
    if any(before.get(stage, text) != text for stage, text in facts["networks"].items()):
        yield "another network"


def _fingerprint(run: Run, stage: str) -> str:
    """Return the fingerprint of the network that a run holds of a stage now."""
    outline = run.outline()
    weights = load_network(run, stage).state_dict()
    return network_fingerprint(weights, (outline.height, outline.width), run.levels())
