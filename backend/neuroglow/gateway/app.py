"""The ASGI application of one server: routes, middleware, lifespan.

Starlette, which FastAPI is made of: bodies are checked by our own strict JSON reader, and FastAPI's import alone takes
0.4 s of the two in which the page must be up.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware

from neuroglow.gateway.access import AccessGuard, AccessPolicy
from neuroglow.gateway.bodies import BodyLimit
from neuroglow.gateway.dataset_routes import DATASETS
from neuroglow.gateway.faults import FaultGuard, exception_handlers
from neuroglow.gateway.gateway import Gateway
from neuroglow.gateway.headers import SecurityHeaders
from neuroglow.gateway.page import Page
from neuroglow.gateway.routes import routes
from neuroglow.settings import Settings

FORM_BYTES = 64 << 10
"""What a form adds to the file in it."""


def create_app(settings: Settings, policy: AccessPolicy) -> Starlette:
    """`app.state.gateway` is there while it runs."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        gateway = app.state.gateway = Gateway(settings)
        await gateway.start()
        try:
            yield
        finally:
            await gateway.stop()

    return Starlette(
        routes=routes(Page(settings.static)),
        exception_handlers=exception_handlers(),
        lifespan=lifespan,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(FaultGuard),
            Middleware(AccessGuard, policy=policy),
            Middleware(
                BodyLimit,
                max_bytes=settings.limits.body_bytes,
                files={
                    r"/api/sessions/[^/]+/weights": settings.limits.weights_bytes,
                    DATASETS: settings.limits.upload_bytes + FORM_BYTES,
                },
            ),
        ],
    )
