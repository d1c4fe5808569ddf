"""Several observers as one, none of which can end a training."""

import pytest

from vireid.observers import Observers


class Memory:
    """Keeps what it is told; fails at one of its verbs."""

    def __init__(self, fails=None):
        self.fails, self.calls = fails, []
        self.take("open")

    def take(self, verb, *values):
        self.calls.append((verb, *values))
        if verb == self.fails:
            raise OSError("no\nspace")

    def log_step(self, step, losses):
        self.take("step", step, losses)

    def log_epoch(self, step, line):
        self.take("epoch", step, line)

    def close(self, *, finished):
        self.take("close", finished)


WHOLE = [("open",), ("step", 1, {"total": 2.0}), ("epoch", 2, {"epoch": 1}), ("close", True)]


def tell(together):
    together.log_step(1, {"total": 2.0})
    together.log_epoch(2, {"epoch": 1})
    together.close(finished=True)
    together.log_epoch(4, {"epoch": 2})


def test_all_are_told_the_same():
    made = [Memory(), Memory()]
    with Observers({"one": lambda: made[0], "two": lambda: made[1]}) as together:
        tell(together)
    assert made[0].calls == made[1].calls == WHOLE


@pytest.mark.parametrize("verb", ["open", "step", "epoch", "close"])
def test_one_that_fails_is_left_out_with_one_warning(verb, caplog):
    made = {}

    def opening(name, fails=None):
        def begin():
            made[name] = Memory.__new__(Memory)
            made[name].__init__(fails)
            return made[name]

        return begin

    with Observers({"bad": opening("bad", verb), "good": opening("good")}) as together:
        tell(together)
    assert made["good"].calls == WHOLE
    place = [call[0] for call in WHOLE].index(verb)
    assert made["bad"].calls == WHOLE[: place + 1]
    assert [record.message for record in caplog.records] == [
        "bad cannot be written (no space); the training goes on without it"
    ]


def test_a_training_that_breaks_off_closes_them_as_unfinished():
    made = Memory()
    with pytest.raises(KeyboardInterrupt), Observers({"one": lambda: made}):
        raise KeyboardInterrupt
    assert made.calls == [("open",), ("close", False)]


def test_an_interrupt_is_no_failure_of_an_observer():
    class Interrupted(Memory):
        def take(self, verb, *_):
            if verb == "step":
                raise KeyboardInterrupt

    with Observers({"one": Interrupted}) as together, pytest.raises(KeyboardInterrupt):
        together.log_step(1, {})
