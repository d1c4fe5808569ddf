"""Kills (-9) who adds, forgets, prunes, indexes or re-embeds, and looks at the store.

    python benchmarks/gallery_kills.py [KILLS] [--place DIR] [--seed S] [--s3]

A child works on a store of random embeddings and writes down which rows are acknowledged as added,
and which as forgotten. It is killed at a random moment, and a new one goes on. After each kill the
store is opened and compared with that: every acknowledged row is there once, none is back that was
forgotten, a search works. Another process searches all the time. At the end the files are looked
through for the vectors of forgotten rows. With --s3 the store lies in a bucket of a server that
this program starts (moto), where a killed writer keeps others waiting for a minute.
"""

import argparse
import json
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import chain, cycle
from pathlib import Path

import numpy as np

from vireid.errors import DataError
from vireid.gallery import AddOptions, Terms, Where, Wish, create_gallery, open_gallery
from vireid.gallery.incoming import incoming
from vireid.gallery.reembedding import RenewOptions
from vireid.ranking import Gallery
from vireid.types import Embeddings, Images, Levels

SIZE = 64
BATCH = 400
"""Rows that a child adds at once."""
SOURCES = 80
"""Batches of which a child adds one after the other, again and again."""
BEGIN = 4
"""Numbers of a vector by which it is found in files."""
LOOKED = 300
"""Vectors of forgotten rows that are looked for."""
WORDS = ("add", "forget", "prune", "index", "reembed")
LONGEST = {"add": 0.5, "forget": 1.0, "prune": 1.0, "index": 8.0, "reembed": 5.0}
"""Seconds after the beginning of a thing up to which it is killed."""


def embedded(folder: Path, batch: int, network: str) -> Gallery:
    """Return the embeddings of a batch; each row has a small file with its name as content."""
    rng = np.random.default_rng([100, batch])
    vectors = rng.normal(size=(BATCH, SIZE)).astype("f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = tuple(f"{batch:03d}/{row:03d}.png" for row in range(BATCH))
    kinds = np.arange(BATCH) % 2
    tracks = batch * 100 + np.arange(BATCH) // 8
    images = Images(folder, names, kinds, kinds + 1, track=tracks)
    return Gallery(images, Embeddings(vectors, kinds), network, "random")


class Turning:
    """Embeds anew: vectors are drawn by the name of the image and the network."""

    def __init__(self, network: str) -> None:
        self.network = network

    def with_levels(self, images, levels=None):
        return replace(images, levels=levels if isinstance(levels, Levels) else Levels())

    def embed_readable(self, images, *, levels=None, centre=None):  # noqa: ARG002
        seeds = [list(name.encode()) + list(self.network.encode()) for name in images.paths]
        vectors = np.stack([np.random.default_rng(one).normal(size=SIZE) for one in seeds])
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("f4")
        gallery = Gallery(images, Embeddings(vectors, images.modality), self.network, "random")
        return gallery, np.arange(len(images)), ()


def acknowledge(log: Path, what: str, keys: list[str]) -> None:
    """Write down what is acknowledged, in one write."""
    text = json.dumps([what, keys]) + "\n"
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, text.encode())
    os.close(handle)


def note_vectors(rows, keys: list[str], log: Path) -> None:
    """Write down how the vectors of rows begin that are forgotten."""
    wanted = np.isin(rows.facts.key, np.array(keys, dtype="S"))
    begin = [vector[:BEGIN].tobytes().hex() for vector in rows.vectors[wanted]]
    named = [key.decode() for key in rows.facts.key[wanted].tolist()]
    acknowledge(log, "vectors", list(zip(named, begin, strict=True)))


def work(place: str, folder: Path, log: Path, seed: int, target: str) -> None:
    """Do anything, and then one thing between additions until somebody kills this process."""
    draw = random.Random(seed)
    store = open_gallery(place)
    for word in chain([draw.choice(WORDS)], cycle(["add", target])):
        if word == "prune":
            time.sleep(0.3)  # by now, all has expired that is going to
        acknowledge(log, f"begin {word}", [])
        if word == "add":
            add(store, folder, log, draw, 0.5 if target == "prune" else 0.1)
        elif word == "forget":
            forget(store, log, draw)
        elif word == "prune":
            rows = store.rows()
            gone = ~rows.facts.alive(time.time())
            keys = [key.decode() for key in rows.facts.key[gone].tolist()]
            note_vectors(rows, keys, log)
            acknowledge(log, "forgetting", keys)
            store.prune()
            acknowledge(log, "forgotten", keys)
        elif word == "index":
            store.index()
        elif len(store):
            network = store.head().renewing.network if store.head().renewing else None
            other = network or f"network-{draw.randrange(1 << 30)}"
            store.reembed(Turning(other), RenewOptions(batch=1000))
        acknowledge(log, f"end {word}", [])


def add(store, folder: Path, log: Path, draw: random.Random, share: float) -> None:
    """Add one of the batches; a share of them expires in a moment."""
    batch = draw.randrange(SOURCES)
    network = store.head().made.network or "network-0"
    gallery = embedded(folder, batch, network)
    from vireid.gallery.incoming import contents_of

    keys = list(incoming(gallery, contents_of(gallery.images)).keys)
    keep = 1e-6 if draw.random() < share else None
    acknowledge(log, "adding", keys)
    try:
        store.add(gallery, options=AddOptions(terms=Terms(keep=keep)))
    except DataError as error:  # another network, of a re-embedding that ended meanwhile
        if "network" not in str(error):
            raise
        return
    acknowledge(log, "added", keys)


def forget(store, log: Path, draw: random.Random) -> None:
    """Forget a track, or a single row."""
    rows = store.rows()
    facts = rows.facts
    if not len(facts):
        return
    row = draw.randrange(len(facts))
    track = facts.tracks[facts.track[row]]
    single = draw.random() < 0.5
    meant = facts.key == facts.key[row] if single else facts.track == facts.track[row]
    keys = [key.decode() for key in facts.key[meant].tolist()]
    note_vectors(rows, keys, log)
    acknowledge(log, "forgetting", keys)
    store.forget(Where(keys=keys) if single else Where(tracks=[track]))
    acknowledge(log, "forgotten", keys)


def search(place: str, out: Path) -> None:
    """Search all the time; write down how often, and what went wrong."""
    store, done, wrong = open_gallery(place), 0, []
    while True:
        try:
            rows = store.rows()
            if len(rows.facts):
                store.search(key=rows.facts.key[done % len(rows.facts)].decode(), wish=Wish(top=5))
            done += 1
        except DataError as error:
            if "has no key" not in str(error):  # forgotten between the two lines above
                wrong.append(str(error))
        text = json.dumps({"done": done, "wrong": wrong[-20:], "count": len(wrong)})
        out.with_suffix(".new").write_text(text)
        out.with_suffix(".new").replace(out)
        time.sleep(0.05)


def expected(log: Path) -> tuple[set[str], set[str]]:
    """Return keys that are there by all means, and keys that are there by no means."""
    there: dict[str, str] = {}
    for line in log.read_text().splitlines():
        what, keys = json.loads(line)
        state = {"added": "there", "forgotten": "gone", "adding": "may", "forgetting": "perhaps"}
        if what in state:
            for key in keys:
                before = there.get(key)
                keeps = what == "adding" and before == "there"
                there[key] = "there" if keeps else state[what]
    yes = {key for key, one in there.items() if one == "there"}
    return yes, {key for key, one in there.items() if one == "gone"}


def look(place: str, log: Path) -> list[str]:
    """Return what is wrong with a store after a kill."""
    store = open_gallery(place)
    head = store.head()
    if head.made.size is None:
        return []
    from vireid.gallery.reading import read_columns

    rows = read_columns(store._storage, head.made.table, ("id", "key", "network"))
    keys = rows.column("key").to_pylist()
    yes, no = expected(log)
    problems = []
    if missing := yes - set(keys):
        problems.append(f"{len(missing)} acknowledged rows are lost")
    if back := no & set(keys):
        problems.append(f"{len(back)} forgotten rows are back")
    if twice := [key for key, count in Counter(keys).items() if count > 1]:
        problems.append(f"{len(twice)} rows are there twice")
    if set(rows.column("network").to_pylist()) - {head.made.network}:
        problems.append("rows of several networks")
    if keys:
        alive = store.rows().facts
        live = alive.key[alive.alive(time.time())]
        if len(live) and not store.search(key=live[0].decode(), itself=True):
            problems.append("a search finds nothing")
    return problems


def traces(place: str, log: Path, draw: random.Random) -> list[str]:
    """Return what the files of a folder still hold of forgotten rows, once all is erased."""
    store = open_gallery(place)
    store.prune()
    rows = store.rows()
    there = {key.decode() for key in rows.facts.key.tolist()}
    words = [json.loads(line) for line in log.read_text().splitlines()]
    gone = expected(log)[1] - there
    begins = {
        text for what, keys in words if what == "vectors" for key, text in keys if key in gone
    }
    files = [path.read_bytes() for path in Path(place).rglob("*") if path.is_file()]
    needles = [
        bytes.fromhex(text) for text in draw.sample(sorted(begins), min(LOOKED, len(begins)))
    ]
    left = sum(any(needle in file for file in files) for needle in needles)
    kept = [vector[:BEGIN].tobytes() for vector in rows.vectors[:LOOKED]]
    seen = sum(any(needle in file for file in files) for needle in kept)
    print(f"of {len(needles)} forgotten vectors {left} are in files, of {len(kept)} others {seen}")
    problems = [f"{left} forgotten vectors are in files"] if left else []
    return problems + (
        ["vectors that are there are not found in files"] if seen < len(kept) else []
    )


def child(*words: object) -> subprocess.Popen:
    """Start this file as a process of its own."""
    return subprocess.Popen([sys.executable, __file__, *map(str, words)])


def bucket() -> str:
    """Start a server that speaks S3, for this process and its children; return a store's place."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    os.environ.update(
        AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b", AWS_REGION="us-east-1",
        AWS_ENDPOINT=endpoint, AWS_ALLOW_HTTP="true",
    )  # fmt: skip
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket="site")
    return "s3://site/store"


def campaign(kills: int, base: Path, seed: int, place: str) -> int:
    """Kill a child again and again, and say what was seen."""
    draw, folder, log = random.Random(seed), base / "images", base / "log"
    for batch in range(SOURCES):
        (folder / f"{batch:03d}").mkdir(parents=True)
        for row in range(BATCH):
            (folder / f"{batch:03d}" / f"{row:03d}.png").write_text(f"{batch} {row}")
    create_gallery(place)
    searching = child("search", place, base / "searches")
    during: Counter[str] = Counter()
    wrong = []
    for number in range(kills):
        during[killed(place, folder, log, seed + number, draw)] += 1
        wrong += [f"kill {number}: {problem}" for problem in look(place, log)]
    searching.kill()
    searching.wait()
    wrong += traces(place, log, draw) if "://" not in place else []
    yes, no = expected(log)
    words = Counter(json.loads(line)[0] for line in log.read_text().splitlines())
    print(f"{kills} kills, during: {dict(during)}")
    print(f"acknowledged: {dict(words)}; {len(yes)} rows are there, {len(no)} are forgotten")
    searches = json.loads((base / "searches").read_text())
    print(f"searches beside it: {searches}")
    wrong += [] if searches["done"] and not searches["count"] else ["searches went wrong"]
    print("\n".join(wrong) or "nothing is lost, twice or back")
    return 1 if wrong else 0


def lines(log: Path) -> list[str]:
    """Return what was begun and what has ended, in order."""
    words = [json.loads(line)[0] for line in log.read_text().splitlines()] if log.exists() else []
    return [word for word in words if word.startswith(("begin", "end"))]


def killed(place: str, folder: Path, log: Path, seed: int, draw: random.Random) -> str:
    """Start a child and kill it while it does something; return what that was."""
    target = WORDS[seed % len(WORDS)]
    while True:
        done = len(lines(log))
        worker = child("work", place, folder, log, seed, target)
        while worker.poll() is None and f"begin {target}" not in lines(log)[done + 4 :]:
            time.sleep(0.02)
        time.sleep(draw.uniform(0, LONGEST[target]))
        worker.send_signal(signal.SIGKILL)
        if worker.wait() != -signal.SIGKILL:
            raise SystemExit(f"the child had ended with {worker.returncode}")
        last = lines(log)[-1]
        if last.startswith("begin"):
            return last.removeprefix("begin ")
        seed += 1000 * len(WORDS)  # it was between two things, which counts as no kill


def main() -> int:
    """Parse the command line; children have words of their own."""
    if sys.argv[1:2] == ["work"]:
        work(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
    if sys.argv[1:2] == ["search"]:
        search(sys.argv[2], Path(sys.argv[3]))
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("kills", nargs="?", type=int, default=50)
    command.add_argument("--seed", type=int, default=100)
    command.add_argument("--place", type=Path, help="a folder, which is emptied")
    command.add_argument("--s3", action="store_true", help="in a bucket of a server of its own")
    arguments = command.parse_args()
    base = arguments.place or Path(tempfile.mkdtemp())
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(parents=True)
    try:
        place = bucket() if arguments.s3 else str(base / "store")
        return campaign(arguments.kills, base, arguments.seed, place)
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
