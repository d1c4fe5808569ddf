"""Rows embedded anew while others search, forget, and kill."""

import shutil
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.conftest import embedded
from tests.gallery.fake_embedder import Colours
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where
from vireid.types import Images, Levels, Modality, Span

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import create_gallery, open_gallery
from vireid.gallery.reembedding import RenewOptions
from vireid.gallery.same import check_going_on, made_by
from vireid.ranking import Gallery


class Killed(BaseException):
    pass


class Told(Colours):
    """Tells before each batch, and finds other levels each time that it looks for some."""

    def __init__(self, network: str, before=None) -> None:
        super().__init__(network, len(network))
        self.before, self.used, self.looks = before, [], 0

    def with_levels(self, images, levels=None):
        self.looks += not isinstance(levels, Levels)
        span = Span(0, 1000.0 * (1 + self.looks), "found")
        found = Levels({(kind, ""): span for kind in Modality})
        return replace(images, levels=levels if isinstance(levels, Levels) else found)

    def embed_readable(self, images, *, levels=None, centre=None):
        if self.before is not None:
            self.before(self, images)
        if images.levels is not None:
            self.used.append(images.levels)
        return super().embed_readable(images, levels=levels, centre=centre)


def test_a_searcher_that_slept_through_two_re_embeddings_holds_the_new_vectors(seen):
    seen.reembed(Colours("first", 101))
    sleeper = open_gallery(seen.place)
    sleeper.rows()
    for seed, network in ((102, "second"), (103, "third")):
        seen.reembed(Colours(network, seed))
    held, fresh = sleeper.rows(), open_gallery(seen.place).rows()
    order = [np.argsort(rows.facts.id) for rows in (held, fresh)]
    np.testing.assert_array_equal(held.vectors[order[0]], fresh.vectors[order[1]])
    assert held.head.made.network == "third"


def test_one_that_goes_on_keeps_the_levels_that_it_began_with(seen):
    def die(embedder, _images) -> None:
        if len(embedder.used) == 2:
            raise Killed

    first, second = Told("new", die), Told("new")
    second.looks = 5
    with pytest.raises(Killed):
        seen.reembed(first, RenewOptions(batch=4))
    seen.reembed(second, RenewOptions(batch=4))
    assert len({levels.to_json() for levels in first.used + second.used}) == 1
    assert seen.head().made.levels == first.used[0].to_json()


def test_levels_that_differ_from_those_under_way_are_refused(tmp_path):
    gallery = embedded(tmp_path, 4)
    one, other = (
        replace(gallery, images=replace(gallery.images, levels=Levels({(0, ""): Span(0, high)})))
        for high in (100, 200)
    )
    check_going_on(made_by(one, "rows-2"), one)
    with pytest.raises(DataError, match="visible images are scaled otherwise"):
        check_going_on(made_by(one, "rows-2"), other)


def test_a_row_forgotten_while_it_is_embedded_is_not_written_back(seen):
    paths = []

    def forget(embedder, images) -> None:
        if len(embedder.used) == 1:
            paths.append(str(images.root / images.paths[0]))
            assert open_gallery(seen.place).forget(Where(paths=paths)) == 1
        elif len(embedder.used) == 2:
            raise Killed

    with pytest.raises(Killed):
        seen.reembed(Told("new", forget), RenewOptions(batch=4))
    assert seen.info().renewed == 7
    needle = paths[0].encode()
    for file in Path(seen.place).rglob("*"):
        assert not (file.is_file() and needle in file.read_bytes()), file


@pytest.mark.parametrize("ends", [True, False])
def test_two_re_embeddings_do_not_undo_each_other(seen, ends):
    def stop(embedder, _images) -> None:
        if not ends and len(embedder.used) == 2:  # by one image it learnt its network
            raise Killed

    def meanwhile(embedder, _images) -> None:
        if len(embedder.used) == 1:  # the first batch is written, the second on its way
            with nullcontext() if ends else pytest.raises(Killed):
                open_gallery(seen.place).reembed(Told("other", stop), RenewOptions(batch=4))

    with pytest.raises(DataError, match="has taken the place of this one"):
        seen.reembed(Told("mine", meanwhile), RenewOptions(batch=4))
    head = seen.head()
    assert (head.made if ends else head.renewing).network == "other"
    assert (len(seen), seen.info().renewed) == (12, None if ends else 4)


def test_two_of_one_network_renew_each_row_once(seen):
    def meanwhile(embedder, _images) -> None:
        if len(embedder.used) == 1:
            with pytest.raises(Killed):
                open_gallery(seen.place).reembed(Told("new", stop), RenewOptions(batch=4))

    def stop(embedder, _images) -> None:
        if len(embedder.used) == 2:
            raise Killed

    assert seen.reembed(Told("new", meanwhile), RenewOptions(batch=4)) == 0
    assert seen._storage.table(seen.head().made.table).count_rows() == 12


def test_rows_of_one_path_are_renewed_one_by_one(tmp_path, folder):
    root, gallery = tmp_path / "later", embedded(tmp_path, 6)
    paths = ("0.png", "broken.png", "0.png", "1.png", "broken.png", "1.png")
    images = replace(gallery.images, root=root, paths=paths)
    store = create_gallery(tmp_path / "s")
    store.add(Gallery(images, gallery.embeddings, "one"))  # whose files come afterwards
    shutil.copytree(folder / "visible" / "0000", root)
    (root / "broken.png").write_bytes(b"no image")
    before = store.rows().facts
    renewed = np.char.rpartition(before.paths(np.arange(6)), "/")[:, 2] != "broken.png"
    assert store.reembed(Colours("new", 101), RenewOptions(drop=True)) == 2
    after = store.rows()
    assert set(after.facts.id) == set(before.id[renewed])
    for row, path in enumerate(after.facts.paths(np.arange(4))):
        images = Images(Path(path).parent, (Path(path).name,), [0], [0])
        wanted = Colours("new", 101).embed_readable(images)[0].vectors[0]
        np.testing.assert_allclose(after.vectors[row], wanted, atol=1e-6)


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ConfigError, match="batch is 0"):
        RenewOptions(batch=0)
