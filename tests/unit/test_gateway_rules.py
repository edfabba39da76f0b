"""Small rules of the gateway: rates, back-off, tokens, how a worker ended, what a log line may hold."""

from __future__ import annotations

import itertools
import random
import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuroglow.gateway import tokens
from neuroglow.gateway.backoff import FIRST_SECS, LONGEST_SECS, Backoff
from neuroglow.gateway.logs import MAX_TEXT, bounded
from neuroglow.gateway.process import explain_exit, worker_count, worker_environment
from neuroglow.gateway.rates import TokenBucket
from neuroglow.gateway.runs import FIRST_RUN, next_run
from neuroglow.settings import Settings
from neuroglow.store import SessionRecord


@given(st.lists(st.floats(0, 2), max_size=200), st.floats(1, 50), st.integers(1, 20))
def test_no_more_than_the_rate_and_the_burst_gets_through(gaps: list[float], rate: float, burst: int) -> None:
    bucket = TokenBucket(per_second=rate, burst=burst, now=0.0)
    now = allowed = 0.0
    for gap in gaps:
        now += gap
        allowed += bucket.allow(now)
    assert allowed <= burst + rate * now + 1e-6


def test_a_bucket_refills() -> None:
    bucket = TokenBucket(per_second=2.0, burst=1, now=0.0)
    assert bucket.allow(0.0)
    assert not bucket.allow(0.1)
    assert bucket.allow(0.6)


def test_waiting_grows_to_a_bound_and_starts_over() -> None:
    backoff = Backoff(random.Random(1))
    waits = [backoff.next_secs() for _ in range(12)]
    assert FIRST_SECS <= waits[0] <= 1.25 * FIRST_SECS
    assert all(later > earlier for earlier, later in itertools.pairwise(waits[:7]))
    assert max(waits) <= 1.25 * LONGEST_SECS
    backoff.reset()
    assert backoff.next_secs() <= 1.25 * FIRST_SECS


def test_runs_are_counted() -> None:
    assert next_run(FIRST_RUN) == "2"
    assert next_run("9") == "10"


def test_tokens_open_their_own_session_in_their_own_role() -> None:
    owner = tokens.new_owner_token()
    viewer = tokens.viewer_token(owner)
    record = SessionRecord(
        id=tokens.new_id(),
        experiment={},
        owner_digest=tokens.digest(owner),
        viewer_digest=tokens.digest(viewer),
        run=FIRST_RUN,
        created=0.0,
        touched=0.0,
    )
    assert tokens.role_of(owner, record) == "owner"
    assert tokens.role_of(viewer, record) == "viewer"
    assert tokens.role_of(tokens.viewer_token(viewer), record) is None
    assert tokens.role_of("", record) is None
    assert tokens.role_of("ü" * 100, record) is None
    stored = record.model_dump_json()
    assert owner not in stored
    assert viewer not in stored


@pytest.mark.parametrize(
    ("returncode", "killed_because", "ran_out", "is_own_fault"),
    [
        (-signal.SIGKILL, "no heartbeat for 10 s", False, True),
        (-signal.SIGKILL, None, False, False),
        (-signal.SIGKILL, None, True, True),
        (-signal.SIGTERM, None, False, False),
        (-signal.SIGSEGV, None, False, True),
        (-signal.SIGABRT, None, False, True),
        (70, None, False, True),
        (0, None, False, True),
    ],
)
def test_only_a_death_from_outside_is_nobodys_fault(
    returncode: int, killed_because: str | None, ran_out: bool, is_own_fault: bool
) -> None:
    death = explain_exit(returncode, killed_because=killed_because, ran_out_of_memory=ran_out)
    assert death.is_own_fault is is_own_fault
    assert death.cause


def test_workers_share_the_devices_there_are() -> None:
    assert worker_count(Settings(workers=3), gpus=0) == 3
    assert worker_count(Settings(), gpus=4) == 4
    assert 1 <= worker_count(Settings(), gpus=0) <= 4
    assert worker_environment(Settings(), 5, gpus=4)["CUDA_VISIBLE_DEVICES"] == "1"
    assert worker_environment(Settings(device="cpu"), 0, gpus=4)["JAX_PLATFORMS"] == "cpu"
    assert worker_environment(Settings(), 0, gpus=0)["JAX_PLATFORMS"] == "cpu"


def test_a_log_line_holds_no_long_text() -> None:
    assert bounded(3) == 3
    assert bounded(None) is None
    assert bounded("short") == "short"
    assert len(bounded("x" * 1_000_000)) == MAX_TEXT + 1
    assert len(bounded(["x" * 1_000_000])) == MAX_TEXT + 1
