"""What waits for a viewer: frames supersede each other, messages never do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from neuroglow.gateway.mailbox import Frame, FrameMailbox, MessageQueue

CHANNELS = ("c1", "c2", "c3")
channel_sets = st.frozensets(st.sampled_from(CHANNELS), min_size=1)


def frame(seq: int, *channels: str) -> Frame:
    return Frame(seq, frozenset(channels), b"")


def test_a_newer_frame_with_the_same_channels_supersedes() -> None:
    mailbox = FrameMailbox(2)
    assert mailbox.offer(frame(1, "c1")) == 0
    assert mailbox.offer(frame(2, "c1", "c2")) == 1
    assert mailbox.take() == frame(2, "c1", "c2")
    assert mailbox.take() is None


def test_a_newer_frame_with_fewer_channels_does_not() -> None:
    mailbox = FrameMailbox(2)
    mailbox.offer(frame(1, "c1", "c2"))
    mailbox.offer(frame(2, "c1"))
    assert [mailbox.take(), mailbox.take()] == [frame(1, "c1", "c2"), frame(2, "c1")]


def test_two_frames_may_be_unacknowledged_and_an_ack_covers_all_before() -> None:
    mailbox = FrameMailbox(2)
    for seq in (1, 2, 3):
        mailbox.offer(frame(seq, f"c{seq}"))
    assert mailbox.take() is not None
    assert mailbox.take() is not None
    assert mailbox.take() is None
    mailbox.acknowledge(2)
    assert mailbox.in_flight == 0
    assert mailbox.take() == frame(3, "c3")


def test_an_older_frame_is_not_taken_in() -> None:
    mailbox = FrameMailbox(2)
    mailbox.offer(frame(5, "c1"))
    assert mailbox.offer(frame(4, "c1")) == 1
    assert mailbox.take() == frame(5, "c1")


@given(
    st.lists(
        st.one_of(
            channel_sets.map(lambda channels: ("offer", channels)),
            st.just(("take", frozenset())),
            st.integers(0, 60).map(lambda seq: ("ack", seq)),
        ),
        max_size=60,
    )
)
def test_frames_stay_bounded_and_the_newest_of_each_channel_arrives(
    operations: list[tuple[str, object]],
) -> None:
    mailbox = FrameMailbox(2)
    offered: list[Frame] = []
    taken: list[Frame] = []
    for kind, argument in operations:
        if kind == "offer":
            assert isinstance(argument, frozenset)
            offered.append(Frame(len(offered), argument, b""))
            mailbox.offer(offered[-1])
        elif kind == "ack":
            assert isinstance(argument, int)
            mailbox.acknowledge(argument)
        elif (next_frame := mailbox.take()) is not None:
            taken.append(next_frame)
        assert mailbox.in_flight <= 2
        # One more than the bound for crowds, or one for each channel.
        assert mailbox.waiting <= 4
    while mailbox.waiting:
        mailbox.acknowledge(len(offered))
        last = mailbox.take()
        assert last is not None
        taken.append(last)
    numbers = [got.seq for got in taken]
    assert numbers == sorted(set(numbers))
    for channel in CHANNELS:
        newest = [sent.seq for sent in offered if channel in sent.channels]
        if newest:
            assert max(newest) == max(got.seq for got in taken if channel in got.channels)


@given(st.lists(st.text(max_size=20)), st.integers(1, 10), st.integers(1, 50))
def test_messages_keep_their_order_and_their_bounds(texts: list[str], max_messages: int, max_bytes: int) -> None:
    queue = MessageQueue(max_messages=max_messages, max_bytes=max_bytes)
    accepted = [text for text in texts if queue.put(text)]
    assert len(accepted) <= max_messages
    assert sum(map(len, accepted)) <= max_bytes
    assert [queue.take() for _ in accepted] == accepted
    assert queue.take() is None


def test_a_queue_that_was_emptied_takes_again() -> None:
    queue = MessageQueue(max_messages=1, max_bytes=10)
    assert queue.put("one")
    assert not queue.put("two")
    queue.take()
    assert queue.put("two")
