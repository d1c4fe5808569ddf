"""Whoever watches a training is told of embedding and labelling."""

from vireid.labelling import Labelling
from vireid.runs.watch import Watch
from vireid.runs.watching import telling_of_embedding, telling_of_labelling
from vireid.training import Workers


class Told(Watch):
    """Remembers what it is told."""

    def __init__(self):
        self.calls = []

    def embedding(self, done, total):
        self.calls.append((done, total))

    def labelling(self):
        self.calls.append("begins")

    def labelled(self):
        self.calls.append("ends")


def test_embedding_is_told():
    watch, given = Told(), []

    def embed(*arguments, progress, with_features):
        progress(32, 96)
        given.append((arguments, with_features))
        return "embeddings"

    forward = object()
    workers = telling_of_embedding(Workers(forward, embed), watch)
    assert workers.forward is forward
    assert workers.embed(1, 2, with_features=True) == "embeddings"
    assert given == [((1, 2), True)]
    assert watch.calls == [(32, 96)]


def test_labelling_is_told_when_it_begins_and_when_it_ends():
    watch, found = Told(), Labelling({})

    def label(*arguments, temperature):
        watch.calls.append((arguments, temperature))
        return found

    assert telling_of_labelling(label, watch)(3, temperature=4) is found
    assert watch.calls == ["begins", ((3,), 4), "ends"]
