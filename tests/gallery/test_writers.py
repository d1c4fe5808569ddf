"""Two who write, one who reads meanwhile, a folder that takes nothing."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import create_gallery, open_gallery

TOP = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from pathlib import Path
from tests.gallery.conftest import embedded
from vireid.gallery import Where, open_gallery
from vireid.gallery import sources
sources.BATCH = 20
store = open_gallery(sys.argv[1])
print(store.add(embedded(Path(sys.argv[2]), 120, seed=int(sys.argv[3]))).added)
"""


def start(*words: object, limit: str = "") -> subprocess.Popen[str]:
    """Start a program on a store."""
    code = f"{limit}\n{WRITER}"
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], cwd=TOP, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_two_writers_and_a_reader_disturb_nobody(store, gallery, tmp_path):
    writer = start(store.place, tmp_path / "more", 101)
    query, reader = gallery.subset(np.array([0])), open_gallery(store.place)
    first = store.search(query, wish=Wish(top=1), itself=True)[0]
    forgotten = 0
    while writer.poll() is None:
        found = reader.search(query, wish=Wish(top=1), itself=True)
        assert found == [first]
        if forgotten < 3:
            forgotten += store.forget(Where(keys=[store.search(key=first.key)[0].key]))
    out, err = writer.communicate()
    assert out == "120\n", err
    facts = reader.rows().facts
    assert len(facts) == len(np.unique(facts.key)) == 60 + 120 - forgotten


def test_a_searcher_in_a_thread_never_stumbles_over_who_cleans_up(store, gallery):
    wrong: list[Exception] = []
    stop = threading.Event()

    def search() -> None:
        reader = open_gallery(store.place)
        while not stop.is_set():
            try:
                reader.search(gallery.subset(np.array([59])))
            except Exception as error:
                wrong.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    for row in range(8):
        path = str(gallery.images.root / gallery.images.paths[row])
        assert store.forget(Where(paths=[path])) == 1
    stop.set()
    thread.join()
    assert wrong == []


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))"


def test_a_full_disk_is_one_line_and_loses_nothing(store, gallery, tmp_path):
    done = start(store.place, tmp_path / "more", 103, limit=FULL)
    _, err = done.communicate()
    last = err.strip().splitlines()[-1]
    assert "cannot write to" in last, err
    assert "free some space; what was acknowledged is kept" in last
    again = open_gallery(store.place)
    assert len(again) == 60
    assert again.add(embedded(tmp_path / "more", 120, seed=103)).added == 120
    assert len(again.search(gallery.subset(np.array([0])), wish=Wish(top=500))) == 179


def test_where_nobody_may_write_searches_go_on(store, gallery, monkeypatch):
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("vireid.gallery.storage.os.open", refuse)
    for verb in (store.prune, store.index, lambda: store.add(embedded(Path("/x"), 3))):
        with pytest.raises(DataError, match=r"cannot write to .*Permission denied; it may be read"):
            verb()
    assert len(store.search(gallery.subset(np.array([0])))) == 10


def test_without_the_extra_a_line_says_what_to_install(tmp_path):
    code = (
        "import sys\nsys.modules['lancedb'] = None\n"
        "from vireid.cli.main import main\n"
        "assert not {'torch', 'pyarrow'} & set(sys.modules)\n"
        f"sys.exit(main(['gallery', 'create', {str(tmp_path / 's')!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "pip install 'vireid[gallery]'" in done.stderr
    assert not (tmp_path / "s").exists()


def test_numbers_out_of_range_are_refused(tmp_path):
    for given in ({"keep": 0.0}, {"exact": -1}):
        with pytest.raises(ConfigError):
            create_gallery(tmp_path / "s", **given)
