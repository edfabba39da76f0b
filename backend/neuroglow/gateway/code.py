"""`GET /api/sessions/{id}/code?target=…`: the run as a script. Text from the experiment; no engine is asked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from neuroglow.export import write_script
from neuroglow.gateway.permits import authorized
from neuroglow.spec.datasets import facts, file_stem

MEDIA_TYPE = "text/x-python"
LEAST_UPDATES, MOST_UPDATES = 1_000, 20_000
"""A script trains as far as the run has come, within a time that people wait for."""


async def code(request: Request) -> Response:
    session, _ = await authorized(request)
    target = request.query_params.get("target", "jax")
    updates = min(max(session.line.update, LEAST_UPDATES), MOST_UPDATES)
    name = f"neuroglow_{file_stem(facts(session.experiment.data))}_{target}.py"
    text = write_script(session.experiment, target, updates)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type=MEDIA_TYPE, headers=headers)
