"""What a worker lends to all its sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from neuroglow.engine.compiler import Compiler
from neuroglow.session.keeper import Keeper
from neuroglow.session.material import Materials
from neuroglow.spec.limits import Limits
from neuroglow.wire.worker import Event, FrameEnvelope


@dataclass(frozen=True)
class Tools:
    """The senders and `wake` may be called from any thread."""

    compiler: Compiler
    keeper: Keeper
    materials: Materials
    limits: Limits
    send: Callable[[Event], None]
    send_frame: Callable[[FrameEnvelope, bytes], None]
    wake: Callable[[], None]
