"""Images, folders, dumps, arrivals and re-embedding, with an embedder that needs no network."""

from itertools import islice

import numpy as np
import pytest

import vireid
from tests.gallery.conftest import embedded
from tests.gallery.fake_embedder import Colours
from vireid.errors import ConfigError, DataError
from vireid.gallery import Where, Wish

pytest.importorskip("lancedb", reason="stores need the extra gallery")
from vireid.gallery import AddOptions, Terms, create_gallery
from vireid.gallery.reembedding import RenewOptions


def test_a_folder_is_added_once_and_an_addition_goes_on(seen, folder):
    assert seen.info().modalities == {"infrared": 6, "visible": 6}
    done = seen.add(folder, Colours())
    assert (done.added, done.present) == (0, 12)
    extra = folder / "visible" / "0000" / "9.png"
    extra.write_bytes((folder / "visible" / "0001" / "1.png").read_bytes())
    (folder / "infrared" / "0000" / "8.png").write_bytes(b"no image")
    done = seen.add(folder, Colours())
    assert (done.added, done.present, len(done.unreadable)) == (0, 13, 1)
    images = vireid.Images(folder, ("visible/0000/0.png",), [0], [0])
    query = seen.embed_query(images, Colours())
    assert len(seen.search(query, wish=Wish(top=20))) == 11
    assert seen.search(query, itself=True)[0].path == str(folder / "visible/0000/0.png")


def test_plain_folders_ask_what_they_show_and_take_a_camera(tmp_path, folder):
    store, night = create_gallery(tmp_path / "s"), folder / "infrared"
    with pytest.raises(ConfigError, match="say --modality visible or infrared"):
        store.add(night, Colours())
    terms = Terms(keep=2, recording="monday")
    options = AddOptions(modality="infrared", camera="gate", terms=terms)
    store.add(night, Colours(), options=options)
    info = store.info()
    assert (info.cameras, info.modalities) == ({"gate": 6}, {"infrared": 6})
    facts = store.rows().facts
    np.testing.assert_allclose(facts.expires - facts.added, 2 * 86_400)


@pytest.mark.parametrize("ending", ["npz", "parquet"])
def test_a_dump_makes_the_same_store_again(store, gallery, tmp_path, ending):
    path = tmp_path / f"all.{ending}"
    assert store.dump(path) == 60
    other = create_gallery(tmp_path / "other")
    assert other.add(path).added == 60
    query = gallery.subset(np.array([5]))
    assert other.search(query, wish=Wish(top=60)) == store.search(query, wish=Wish(top=60))
    if ending == "npz":
        found = vireid.load_gallery(path)
        np.testing.assert_array_equal(found.vectors, gallery.vectors)
        assert found.images.root == gallery.images.root / "secret-place"
    with pytest.raises(ConfigError, match=r"ends in .npz or .parquet"):
        store.dump(tmp_path / "all.csv")


def test_tracks_of_two_recordings_stay_apart(tmp_path):
    store = create_gallery(tmp_path / "s")
    for name in ("monday", "tuesday"):
        gallery = embedded(tmp_path / name, 16)
        store.add(gallery, options=AddOptions(terms=Terms(recording=name)))
    assert set(store.rows().facts.tracks) == {
        "", "monday/first", "tuesday/first", "monday/1", "tuesday/1",
    }  # fmt: skip


def test_what_arrives_is_taken_when_it_is_whole(tmp_path, folder, monkeypatch):
    store, place = create_gallery(tmp_path / "s"), tmp_path / "arriving"
    (place / "visible").mkdir(parents=True)
    whole = (folder / "visible/0000/0.png").read_bytes()
    late = place / "visible" / "late.png"

    def write(count: int, name: str = "late") -> None:
        late.with_stem(name).write_bytes(whole[:count])

    steps = iter((lambda: write(40), lambda: write(90), lambda: None, lambda: None,
                  lambda: write(len(whole)), lambda: None, lambda: None))  # fmt: skip
    monkeypatch.setattr("time.sleep", lambda _: next(steps)())
    looks = [
        (done.added, len(done.unreadable)) for done in islice(store.watch(place, Colours()), 8)
    ]
    # Cut off, it was told once, when it had not changed between two looks.
    assert looks == [(0, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0), (1, 0), (0, 0)]


def test_who_watches_is_told_after_each_batch_and_a_look_goes_on(tmp_path, folder, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    store, options = create_gallery(tmp_path / "s"), AddOptions(batch=5)
    looks = [done.added for done in islice(store.watch(folder, Colours(), options), 5)]
    assert looks == [0, 5, 5, 2, 0]
    for every in (0, -1, float("nan")):
        with pytest.raises(ConfigError, match="every is"):
            next(store.watch(folder, Colours(), every=every))
    with pytest.raises(ConfigError, match="part is train"):
        next(store.watch(folder, Colours(), AddOptions(part="train")))


def test_all_rows_are_renewed_and_keep_what_they_are(seen, folder):
    before = seen.rows()
    assert seen.reembed(Colours("new", 101), RenewOptions(batch=5)) == 0
    after = seen.rows()
    assert (after.head.made.network, after.head.made.table) == ("new", "rows-2")
    order = np.argsort(after.facts.id)[np.argsort(np.argsort(before.facts.id))]
    for name in ("id", "key", "modality", "added"):
        wanted = getattr(before.facts, name)
        np.testing.assert_array_equal(getattr(after.facts, name)[order], wanted)
    wanted = Colours("new", 101).embed_readable(vireid.Images(
        folder, ("visible/0002/1.png",), [0], [0]))[0].vectors[0]  # fmt: skip
    assert np.abs(after.vectors @ wanted).max() == pytest.approx(1)
    assert "rows" not in seen._storage.names(), "the old rows are gone"
    with pytest.raises(ConfigError, match="of that network already"):
        seen.reembed(Colours("new", 101))


def test_a_re_embedding_goes_on_where_it_was_and_forgets_meanwhile(seen, monkeypatch):
    class Killed(BaseException):
        pass

    class Dies(Colours):
        left = 3

        def embed_readable(self, images, *, levels=None, centre=None):
            self.left -= 1
            if not self.left:
                raise Killed
            return super().embed_readable(images, levels=levels, centre=centre)

    options = RenewOptions(batch=4)
    with pytest.raises(Killed):
        seen.reembed(Dies("new", 101), options)
    assert (seen.info().renewed, len(seen), seen.head().made.network) == (8, 12, "colours")
    seen.forget(Where(modality="visible"))
    asked = []
    monkeypatch.setattr(Dies, "left", 100)
    counting = Dies("new", 101)
    real = counting.embed_readable
    counting.embed_readable = lambda images, **k: (asked.append(len(images)), real(images, **k))[1]
    assert seen.reembed(counting, options) == 0
    assert (seen.head().made.network, seen.info().modalities) == ("new", {"infrared": 6})
    assert sum(asked) <= 5, "what was renewed is not embedded again"


def test_rows_whose_image_is_gone_or_another_are_named(seen, folder):
    (folder / "visible/0000/0.png").unlink()
    (folder / "visible/0000/1.png").write_bytes((folder / "visible/0001/0.png").read_bytes())
    with pytest.raises(DataError, match=r"2 of 12 rows cannot be renewed: .*is gone"):
        seen.reembed(Colours("new", 101))
    assert (seen.head().made.network, len(seen)) == ("colours", 12)
    assert seen.reembed(Colours("new", 101), RenewOptions(drop=True)) == 2
    assert len(seen) == 10
