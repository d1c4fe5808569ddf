"""Pictures of several requests are embedded together, and none waits for ever."""

import threading
import time

import pytest

from vireid.errors import DataError


def picture(number):
    from vireid.serving.pictures import Picture
    from vireid.types import Levels, Modality

    return Picture(None, str(number), Modality.VISIBLE, None, Levels())


def test_pictures_that_wait_are_embedded_together():
    from vireid.serving.batching import Batcher

    first, go = threading.Event(), threading.Event()
    sizes = []

    def embed(pictures):
        first.set()
        go.wait(600)
        return [one.content for one in pictures]

    batcher = Batcher(embed, 4, sizes.append)
    futures = [batcher.submit(picture(0))]
    assert first.wait(600)
    futures += [batcher.submit(picture(number)) for number in range(1, 8)]
    futures[3].cancel()
    go.set()
    batcher.close()
    assert sizes == [1, 3, 3]
    kept = [future for future in futures if not future.cancelled()]
    assert [future.result(0) for future in kept] == ["0", "1", "2", "4", "5", "6", "7"]
    assert not batcher.alive


def test_a_batch_waits_for_pictures_that_are_being_decoded_but_not_for_ever(monkeypatch):
    from vireid.serving import batching

    monkeypatch.setattr(batching, "LINGER", 600)
    sizes = []
    batcher = batching.Batcher(lambda some: [one.content for one in some], 4, sizes.append)
    with batcher.coming():
        with batcher.coming():
            first = batcher.submit(picture(0))
        second = batcher.submit(picture(1))
    assert (first.result(600), second.result(600)) == ("0", "1")
    assert batcher.submit(picture(2)).result(600) == "2"  # nothing is coming
    monkeypatch.setattr(batching, "LINGER", 0.001)
    with batcher.coming():
        assert batcher.submit(picture(3)).result(600) == "3"
    batcher.close()
    assert sizes == [2, 1, 1]


def test_one_bad_picture_does_not_spoil_the_batch():
    from vireid.serving.batching import Batcher

    begun, go, sizes = threading.Event(), threading.Event(), []

    def embed(pictures):
        begun.set()
        go.wait(600)
        if any(one.content == "2" for one in pictures):
            raise DataError("bad")
        return [one.content for one in pictures]

    batcher = Batcher(embed, 8, sizes.append)
    futures = [batcher.submit(picture(0))]
    assert begun.wait(600)  # the others form a batch
    futures += [batcher.submit(picture(number)) for number in range(1, 4)]
    go.set()
    batcher.close()
    assert sizes == [1, 3]
    assert [future.result(0) for future in futures if not future.exception(0)] == ["0", "1", "3"]
    assert isinstance(futures[2].exception(0), DataError)


@pytest.mark.parametrize("made", [[], ["one"] * 3])
def test_too_few_or_too_many_embeddings_are_no_answer(made):
    from vireid.serving.batching import Batcher

    batcher = Batcher(lambda _: made, 8, lambda _: None)
    future = batcher.submit(picture(0))
    assert isinstance(future.exception(600), ValueError)
    assert batcher.alive
    batcher.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("where", ["embed", "told"])
def test_nobody_waits_for_a_thread_that_has_ended(where):
    from vireid.serving.batching import Batcher
    from vireid.serving.refusal import Refused

    begun, go = threading.Event(), threading.Event()

    def end(_):
        begun.set()
        go.wait(600)
        raise SystemExit

    def embed(pictures):
        return end(pictures) if where == "embed" else pictures

    batcher = Batcher(embed, 1, end if where == "told" else lambda _: None)
    futures = [batcher.submit(picture(0))]
    assert begun.wait(600)
    futures += [batcher.submit(picture(number)) for number in range(1, 4)]
    go.set()
    for future in futures[1 if where == "told" else 0 :]:
        assert isinstance(future.exception(600), Refused)
    while batcher.alive:
        time.sleep(0.01)
    with pytest.raises(Refused) as refused:
        batcher.submit(picture(4))
    assert refused.value.status == 503
    batcher.close()


def test_after_its_end_nothing_is_taken():
    from vireid.serving.batching import Batcher
    from vireid.serving.refusal import Refused

    batcher = Batcher(lambda pictures: pictures, 4, lambda _: None)
    batcher.close()
    with pytest.raises(Refused, match="embeds no more"):
        batcher.submit(picture(0))
