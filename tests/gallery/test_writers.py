"""Two who write, one who reads meanwhile, a folder that takes nothing."""

import subprocess
import sys
import threading
from pathlib import Path
from subprocess import PIPE

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import create_gallery, open_gallery

TOP = Path(__file__).resolve().parents[2]
WRITER = """
import resource, sys
from pathlib import Path
from tests.gallery.conftest import embedded
from vireid.errors import DataError
from vireid.gallery import open_gallery, sources
sources.BATCH = 20
place, folder = sys.argv[1], Path(sys.argv[2])
store = open_gallery(place)
print("begins", flush=True)
print(store.add(embedded(folder, 120, seed=101)).added, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))  # as where the disk is full
try:
    store.add(embedded(folder / "late", 60, seed=103))
except DataError as error:
    print(error)
"""


def test_two_writers_and_a_reader_disturb_nobody_and_a_full_disk_loses_nothing(
    store, gallery, tmp_path
):
    more = tmp_path / "more"
    words = [sys.executable, "-c", WRITER, store.place, str(more)]
    writer = subprocess.Popen(words, cwd=TOP, text=True, stdout=PIPE, stderr=PIPE)
    query, reader = gallery.subset(np.array([0])), open_gallery(store.place)
    first = store.search(query, wish=Wish(top=1), itself=True)[0]
    assert writer.stdout.readline() == "begins\n", writer.stderr.read()
    forgotten, searches = 0, 0
    while writer.poll() is None:
        assert reader.search(query, wish=Wish(top=1), itself=True) == [first]
        searches += 1
        if forgotten < 3:
            forgotten += store.forget(Where(keys=[store.search(key=first.key)[0].key]))
    out, err = writer.communicate()
    added, said = out.splitlines()
    assert (added, err) == ("120", "")
    assert (searches > 0, forgotten > 0) == (True, True), "both wrote, and one read"
    assert "cannot write to" in said
    assert "free some space; what was acknowledged is kept" in said
    facts = reader.rows().facts
    assert len(facts) == len(np.unique(facts.key)) == 60 + 120 - forgotten
    assert store.add(embedded(more / "late", 60, seed=103)).added == 60
    assert len(open_gallery(store.place).rows().facts) == 60 + 120 - forgotten + 60


def test_a_searcher_in_a_thread_never_stumbles_over_who_cleans_up(store, gallery):
    wrong: list[Exception] = []
    stop, searches = threading.Event(), []

    def search() -> None:
        reader = open_gallery(store.place)
        while not stop.is_set():
            try:
                searches.append(reader.search(gallery.subset(np.array([59]))))
            except Exception as error:
                wrong.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    while not searches and not wrong:
        thread.join(0.01)
    for row in range(8):
        path = str(gallery.images.root / gallery.images.paths[row])
        assert store.forget(Where(paths=[path])) == 1
    stop.set()
    thread.join()
    assert wrong == []
    assert len(searches) > 1, "it searched while rows went"


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
