"""The compile thread: one compile per key however many ask, a bounded cache, nothing built that nobody wants."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from neuroglow.engine import compiler as rooms
from neuroglow.engine.compiler import Compiler

PATIENCE_SECS = 30.0


@pytest.fixture
def compiler() -> Iterator[Compiler]:
    compiler = Compiler(size=4)
    yield compiler
    compiler.close()


class Workshop:
    """Builders that can be held back, and what was built in which order."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self.built: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()
        self.at_work = threading.Event()
        self.wakes = 0

    def ask(self, key: Any, *, urgent: bool = False, wanted: bool = True, fails: bool = False) -> Future[Any]:
        def build() -> Any:
            self.at_work.set()
            assert self.gate.wait(PATIENCE_SECS)
            self.built.append(key)
            if fails:
                raise RuntimeError("no such thing")
            return f"program of {key}"

        def woken() -> None:
            self.wakes += 1

        return self._compiler.request(key, build, wake=woken, wanted=lambda: wanted, urgent=urgent)

    def hold(self) -> None:
        """Keep the compile thread busy until the gate opens."""
        self.gate.clear()
        self.at_work.clear()
        self.ask("holding")
        assert self.at_work.wait(PATIENCE_SECS)


@pytest.fixture
def workshop(compiler: Compiler) -> Workshop:
    return Workshop(compiler)


def test_equal_requests_in_flight_compile_once(workshop: Workshop) -> None:
    workshop.hold()
    futures = [workshop.ask("same") for _ in range(20)]
    workshop.gate.set()
    assert {future.result(PATIENCE_SECS) for future in futures} == {"program of same"}
    assert workshop.built.count("same") == 1


def test_a_program_that_is_there_is_given_at_once(workshop: Workshop) -> None:
    workshop.ask("a").result(PATIENCE_SECS)
    assert workshop.ask("a").done()
    assert workshop.built == ["a"]


def test_whoever_waits_is_woken_when_a_program_is_done(workshop: Workshop) -> None:
    wait([workshop.ask("a"), workshop.ask("b", fails=True)], PATIENCE_SECS)
    workshop.ask("c").result(PATIENCE_SECS)
    assert workshop.wakes == 3


def test_urgent_requests_go_first_and_the_others_in_turn(workshop: Workshop) -> None:
    workshop.hold()
    futures = [workshop.ask("a"), workshop.ask("b"), workshop.ask("now", urgent=True)]
    workshop.gate.set()
    wait(futures, PATIENCE_SECS)
    assert workshop.built == ["holding", "now", "a", "b"]


def test_what_nobody_wants_any_more_is_not_compiled(workshop: Workshop) -> None:
    workshop.hold()
    workshop.ask("unwanted", wanted=False)
    workshop.ask("shared", wanted=False)
    shared = workshop.ask("shared", wanted=True)
    workshop.gate.set()
    shared.result(PATIENCE_SECS)
    assert workshop.built == ["holding", "shared"]
    # Asked for again, it is compiled after all.
    assert workshop.ask("unwanted").result(PATIENCE_SECS) == "program of unwanted"


def test_a_failed_compile_tells_its_requesters_and_is_tried_again(workshop: Workshop) -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        workshop.ask("a", fails=True).result(PATIENCE_SECS)
    assert workshop.ask("a").result(PATIENCE_SECS) == "program of a"


def test_the_least_lately_used_program_is_let_go(workshop: Workshop) -> None:
    for key in "abcd":
        workshop.ask(key).result(PATIENCE_SECS)
    workshop.ask("a")
    workshop.ask("e").result(PATIENCE_SECS)
    assert workshop.ask("a").done()
    workshop.ask("b").result(PATIENCE_SECS)
    assert workshop.built == ["a", "b", "c", "d", "e", "b"]


def test_more_requests_than_the_cache_holds_are_all_answered(workshop: Workshop) -> None:
    """What is let go while it still waits its turn must neither be lost nor stop the thread."""
    workshop.hold()
    futures = [workshop.ask(key) for key in "abcdefgh"] + [workshop.ask(key) for key in "abcdefgh"]
    workshop.gate.set()
    assert [future.result(PATIENCE_SECS) for future in futures] == [f"program of {key}" for key in "abcdefgh"] * 2
    assert workshop.ask("after").result(PATIENCE_SECS) == "program of after"
    assert sorted(workshop.built) == sorted([*"abcdefgh", "holding", "after"])


def test_memory_is_given_back_after_many_evictions_and_not_before(workshop: Workshop, compiler: Compiler) -> None:
    for number in range(rooms.RECYCLE_AFTER + 3):
        workshop.ask(number).result(PATIENCE_SECS)
    assert not compiler.recycle_if_due()
    workshop.ask("one more").result(PATIENCE_SECS)
    kept = jax.jit(lambda x: x * 2.0).lower(jnp.ones(3)).compile()
    assert compiler.recycle_if_due()
    assert not compiler.recycle_if_due()
    gc.collect()
    # What was compiled ahead of time still runs.
    assert np.asarray(kept(jnp.ones(3))).tolist() == [2.0, 2.0, 2.0]


def test_nothing_is_recycled_under_a_compile(workshop: Workshop, compiler: Compiler) -> None:
    for number in range(rooms.RECYCLE_AFTER + 5):
        workshop.ask(number).result(PATIENCE_SECS)
    workshop.hold()
    assert compiler.compiling_secs > 0.0
    assert not compiler.recycle_if_due()
    workshop.gate.set()


def test_every_xla_compile_is_counted(compiler: Compiler) -> None:
    before = compiler.counter.count
    function = jax.jit(lambda x: x + 1.25)
    function(jnp.ones(3, jnp.float32))
    after = compiler.counter.count
    assert after > before
    function(jnp.zeros(3, jnp.float32))
    assert compiler.counter.count - after <= 1, "only the zeros themselves may have been compiled"


def test_estimates_learn_from_what_was_seen(compiler: Compiler) -> None:
    first = compiler.expected_secs(10)
    for _ in range(20):
        compiler.observed(10, 9.0)
    assert compiler.expected_secs(10) > 2 * first
    assert compiler.expected_secs(10) == pytest.approx(9.0, rel=0.1)
    assert compiler.expected_secs(20) > compiler.expected_secs(10)
