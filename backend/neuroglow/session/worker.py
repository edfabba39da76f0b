"""The engine worker process: hosts many sessions on one dispatch thread and speaks `wire.worker` with the gateway.

`python -m neuroglow.session.worker --control ipc://… --frames ipc://…`. The dispatch thread owns the sockets, launches
and finishes work, and beats the heart: if it hangs, the gateway notices. Compiling and writing have threads of their
own.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import queue
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import structlog
import zmq

from neuroglow.errors import InternalError, NeuroglowError, NotFoundError
from neuroglow.spec.limits import Limits
from neuroglow.wire import worker as protocol
from neuroglow.wire.worker import AnyCommand, Event, FrameEnvelope, Heartbeat, Reply

if TYPE_CHECKING:
    from neuroglow.session.live import LiveSession
    from neuroglow.session.work import Work

log = structlog.get_logger()

HEARTBEAT_SECS = 0.5
RUN_AHEAD = 2
"""Turns of work under way at most: one the device works on, one behind it."""
FRAMES_WAITING = 64
"""Frames the gateway has not taken yet, all sessions together; beyond that new ones are dropped."""
EXIT_UNTRUSTED = 70
_PR_SET_PDEATHSIG = 1
_FATAL = ("INTERNAL", "CUDA_ERROR", "CUDNN", "CUBLAS")


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the gateway is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def prepare_jax(device: str) -> str:
    """Choose and wake the device before anything else imports JAX; returns its name for people."""
    flags = os.environ.get("XLA_FLAGS", "")
    if device == "cpu":
        os.environ["JAX_PLATFORMS"] = "cpu"
        # One thread for one operation: small matrices lose more to hand-over than they gain, and the other cores belong
        # to other workers and the gateway.
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    import jax

    first = jax.devices()[0]
    return first.platform if first.platform == "cpu" else f"{first.platform} {first.id} ({first.device_kind})"


def resident_bytes() -> int:
    """Memory of this process that is in RAM."""
    return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Worker:
    def __init__(self, control: zmq.Socket[bytes], frames: zmq.Socket[bytes], limits: Limits, parent: int) -> None:
        # Imported here: the process answers the operating system before JAX has loaded.
        from neuroglow.engine.compiler import Compiler
        from neuroglow.session.keeper import Keeper
        from neuroglow.session.live import LiveSession
        from neuroglow.session.material import Materials
        from neuroglow.session.postponed import Postponed
        from neuroglow.session.tools import Tools

        self._control, self._frames, self._parent = control, frames, parent
        self._open_session = LiveSession
        self._sessions: dict[str, LiveSession] = {}
        self._works: deque[tuple[LiveSession, Work]] = deque()
        self._outbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._poller = zmq.Poller()
        self._poller.register(control, zmq.POLLIN)
        self._poller.register(self._wake_read, zmq.POLLIN)
        self._slices = 0
        self._free_at = 0.0
        self._beat_at = 0.0
        self._closing = False
        self._tools = Tools(
            compiler=Compiler(),
            keeper=Keeper(),
            materials=Materials(self._wake),
            limits=limits,
            send=self._post,
            send_frame=self._send_frame,
            wake=self._wake,
        )
        self._postponed = Postponed(self._tools.materials)

    # --- the loop

    def run(self) -> None:
        while not self._closing:
            self._beat()
            self._take_commands(self._patience())
            self._take_postponed()
            self._turn()
            self._flush()

    def _patience(self) -> float:
        """Seconds to wait for a command before there is something else to do."""
        if self._works:
            return 0.0
        now = time.monotonic()
        dues = [due for session in self._sessions.values() if (due := session.due_at()) is not None]
        return max(0.0, min([HEARTBEAT_SECS, *(due - now for due in dues)]))

    def _turn(self) -> None:
        """Enqueue the next piece of work of the session that had least; finish the oldest one under way."""
        now = time.monotonic()
        due = [s for s in self._sessions.values() if (at := s.due_at()) is not None and at <= now]
        launched = False
        for session in sorted(due, key=lambda s: s.device_secs):
            work = self._guarded(session, partial(session.launch, now))
            if work is not None:
                self._works.append((session, work))
                launched = True
                break
        while self._works and (len(self._works) >= RUN_AHEAD or not launched):
            session, work = self._works.popleft()
            self._finish(session, work)
            self._slices += 1
        if not due and not self._works:
            self._tools.compiler.recycle_if_due()

    def _finish(self, session: LiveSession, work: Work) -> None:
        done_at: float | None = self._guarded(session, partial(session.finish, work, self._free_at))
        if done_at is not None:
            self._free_at = done_at

    def _guarded(self, session: LiveSession, turn: Callable[[], Any]) -> Any:
        """One session's trouble stays its own, unless the device itself cannot be trusted any more."""
        try:
            return turn()
        except Exception as error:
            text = str(error)
            if "RESOURCE_EXHAUSTED" in text or isinstance(error, MemoryError):
                session.fail("The device ran out of memory; use a smaller network or batch, then reset")
                return None
            log.exception("session failed", session=session.id)
            if type(error).__name__ == "JaxRuntimeError" and any(mark in text for mark in _FATAL):
                self._give_up(text)
            session.fail("An unexpected error stopped this session; reset it to start again")
            return None

    def _give_up(self, reason: str) -> NoReturn:
        self._control.send(protocol.encode(protocol.WorkerFailing(reason=reason[:500])))
        self._control.close(linger=500)
        os._exit(EXIT_UNTRUSTED)

    # --- commands

    def _take_commands(self, patience: float) -> None:
        ready = dict(self._poller.poll(math.ceil(patience * 1000.0)))
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        while True:
            try:
                data = self._control.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            command = protocol.decode_command(data)
            self._carry_out(command, partial(self._obey_or_postpone, command))

    def _take_postponed(self) -> None:
        for command, reading in self._postponed.ready():
            self._carry_out(command, partial(self._obey_late, command, reading))

    def _obey_or_postpone(self, command: AnyCommand) -> dict[str, Any] | None:
        return None if self._postponed.takes(command) else self._obey(command)

    def _obey_late(self, command: AnyCommand, reading: Future[Any]) -> dict[str, Any] | None:
        reading.result()
        return self._obey(command)

    def _carry_out(self, command: AnyCommand, work: Callable[[], dict[str, Any] | None]) -> None:
        """Answer with the result of `work`, or with what went wrong; not now if there is none."""
        try:
            result = work()
        except NeuroglowError as error:
            self._post(Reply(call=command.call, error=error.payload()))
        except Exception:
            log.exception("command failed", command=type(command).__name__)
            unexpected = InternalError("The engine could not carry this out; its log says why")
            self._post(Reply(call=command.call, error=unexpected.payload()))
        else:
            if result is not None:
                self._post(Reply(call=command.call, result=result))

    def _obey(self, command: AnyCommand) -> dict[str, Any] | None:
        """Carry out one command; None means that its reply comes later."""
        match command:
            case protocol.Open():
                session = self._open_session(command, self._tools)
                # Newcomers start level with the others instead of catching up on what they missed.
                session.device_secs = max((s.device_secs for s in self._sessions.values()), default=0.0)
                self._sessions[command.session] = session
                return session.facts
            case protocol.GetSamples():
                from neuroglow.session.samples import samples_of

                return samples_of(command)
            case protocol.Shutdown():
                self._shut_down(command.call)
                return None
            case protocol.Close():
                return self._close(command)
        session = self._session(command.session)
        match command:
            case protocol.ControlSession():
                return session.control(command)
            case protocol.EditSession():
                return session.edit(command)
            case protocol.SaveSession():
                facts = dict(session.facts)
                session.write().add_done_callback(lambda done: self._post(_saved(command.call, facts, done)))
                return None
            case protocol.LoadSession():
                session.load(command)
                return None
            case protocol.SetWeights():
                session.set_weights(command)
                return None
            case protocol.TryRates():
                session.test_rates(command)
                return None
            case protocol.Predict():
                session.predict(command)
                return None
            case protocol.OpenChannel():
                return session.open_channel(command)
            case protocol.CloseChannel():
                session.viewing.close(command.channel)
            case protocol.SetAudiences():
                session.viewing.set_audiences(command.audiences, command.refresh)
        return {}

    def _session(self, name: str) -> LiveSession:
        if name not in self._sessions:
            raise NotFoundError("No such session in this worker")
        return self._sessions[name]

    def _close(self, command: protocol.Close) -> dict[str, Any] | None:
        if (opening := self._postponed.drop(command.session)) is not None:
            gone = NotFoundError("The session was closed before its data were read")
            self._post(Reply(call=opening.call, error=gone.payload()))
            return {}
        session = self._session(command.session)
        saving = self._leave(session) if command.save else None
        del self._sessions[command.session]
        facts = dict(session.facts)
        session.close()
        if saving is None:
            return facts
        saving.add_done_callback(lambda done: self._post(_saved(command.call, facts, done)))
        return None

    def _leave(self, session: LiveSession) -> Future[None] | None:
        """Finish what is under way for a session, so that its last snapshot counts it."""
        mine = [work for owner, work in self._works if owner is session]
        self._works = deque((owner, work) for owner, work in self._works if owner is not session)
        for work in mine:
            self._finish(session, work)
        return session.save()

    def _shut_down(self, call: int) -> None:
        for session in self._sessions.values():
            self._leave(session)
            session.close()
        self._sessions.clear()
        self._tools.keeper.close()
        self._tools.materials.close()
        self._tools.compiler.close()
        self._post(Reply(call=call, result={}))
        self._closing = True

    # --- sending

    def _post(self, event: Event) -> None:
        """From any thread; the dispatch thread sends."""
        self._outbox.put(event)
        self._wake()

    def _flush(self) -> None:
        while not self._outbox.empty():
            self._control.send(protocol.encode(self._outbox.get()))

    def _send_frame(self, envelope: FrameEnvelope, frame: bytes) -> None:
        try:
            self._frames.send_multipart([protocol.encode(envelope), frame], zmq.NOBLOCK, copy=False)
        except zmq.Again:
            # Latest wins: the gateway is behind and a newer frame follows.
            return

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"\0")
        except BlockingIOError:
            # The pipe is full of wake-ups already.
            return

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beat_at < HEARTBEAT_SECS:
            return
        self._beat_at = now
        if os.getppid() != self._parent:
            os._exit(0)
        compiler = self._tools.compiler
        self._post(
            Heartbeat(
                slices=self._slices,
                compiles=compiler.counter.count,
                compiling=compiler.pending,
                compiling_secs=compiler.compiling_secs,
                resident_bytes=resident_bytes(),
                sessions={name: session.cursor.update for name, session in self._sessions.items()},
            )
        )


def _saved(call: int, facts: dict[str, Any], done: Future[None]) -> Reply:
    error = done.exception()
    if error is None:
        return Reply(call=call, result=dict(facts))
    return Reply(call=call, error=InternalError(f"The snapshot could not be written: {error}").payload())


def main() -> None:
    parser = argparse.ArgumentParser(description="A Neuroglow engine worker; the gateway starts it")
    parser.add_argument("--control", required=True)
    parser.add_argument("--frames", required=True)
    parser.add_argument("--worker-id", default="0")
    parser.add_argument("--datasets", type=Path, required=True)
    parser.add_argument("--device", choices=["cpu", "gpu"], default="cpu")
    parser.add_argument("--snapshot-secs", type=float, default=Limits().snapshot_secs)
    parser.add_argument("--probe-share", type=float, default=Limits().probe_share)
    parser.add_argument("--frame-bytes", type=int, default=Limits().frame_bytes)
    parser.add_argument("--memory-bytes", type=int, default=Limits().memory_bytes)
    options = parser.parse_args()
    parent = os.getppid()
    die_with_parent(parent)
    # Ctrl-C goes to a whole terminal and SIGTERM often to a whole service; the gateway decides when a worker ends.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    limits = Limits(
        snapshot_secs=options.snapshot_secs,
        probe_share=options.probe_share,
        frame_bytes=options.frame_bytes,
        memory_bytes=options.memory_bytes,
    )
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    context = zmq.Context()
    control: zmq.Socket[bytes] = context.socket(zmq.DEALER)
    control.setsockopt(zmq.SNDHWM, 0)
    control.connect(options.control)
    frames: zmq.Socket[bytes] = context.socket(zmq.PUSH)
    frames.setsockopt(zmq.SNDHWM, FRAMES_WAITING)
    frames.setsockopt(zmq.LINGER, 0)
    frames.connect(options.frames)

    device = prepare_jax(options.device)
    from neuroglow.data import use_folder

    use_folder(options.datasets)
    worker = Worker(control, frames, limits, parent)
    control.send(protocol.encode(protocol.Ready(device=device, pid=os.getpid())))
    worker.run()
    frames.close()
    control.close(linger=2000)
    context.term()
    # A compile under way cannot be interrupted, and tearing the interpreter down around it crashes.
    os._exit(0)


if __name__ == "__main__":
    main()
