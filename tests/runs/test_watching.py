"""Whoever watches a training is told of embedding and labelling."""

from vireid.runs.watch import Watch
from vireid.runs.watching import telling_of_embedding, telling_of_labelling
from vireid.training import Workers
from vireid.types import Labelling, LabelSpace


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

    def embed(network, pixels, modality, *, with_features=False, how=None, progress=None):
        progress(32, 96)
        given.append((network, pixels, modality, with_features, how))
        return "embeddings"

    forward = object()
    workers = telling_of_embedding(Workers(forward, embed), watch)
    assert workers.forward is forward
    assert workers.embed(1, 2, 3, with_features=True) == "embeddings"
    assert given == [(1, 2, 3, True, None)]
    assert watch.calls == [(32, 96)]


def test_labelling_is_told_when_it_begins_and_when_it_ends():
    watch, found = Told(), Labelling({})

    class Labeller:
        def spaces(self):
            return {"mine": LabelSpace()}

        def problems(self):
            yield "one"

        def label(self, *given, generator, search):
            watch.calls.append((given, generator, search))
            return found

    told = telling_of_labelling(Labeller(), watch)
    assert told.label(1, 2, ("mine",), generator=3, search=4) is found
    assert watch.calls == ["begins", ((1, 2, ("mine",)), 3, 4), "ends"]
    assert (dict(told.spaces()), list(told.problems())) == ({"mine": LabelSpace()}, ["one"])
