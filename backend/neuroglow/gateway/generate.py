"""`POST /api/sessions/{id}/generate`: the session's network writes on, one character after the other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neuroglow.errors import IllegalStateError, InvalidInputError
from neuroglow.gateway.bodies import read_json
from neuroglow.gateway.errand import while_connected
from neuroglow.gateway.gateway import gateway_of
from neuroglow.gateway.permits import authorized, count
from neuroglow.gateway.predict import answers
from neuroglow.gateway.session import Session
from neuroglow.spec.text import OTHER, TextData, text_of, vocabulary_of
from neuroglow.wire.http import GenerateRequest, TextWritten


async def generate(request: Request) -> Response:
    """For whoever may watch; nothing of the run changes."""
    session, _ = await authorized(request)
    count(gateway_of(request))
    ask = await read_json(request, GenerateRequest)
    data = session.experiment.data
    if not isinstance(data, TextData):
        raise IllegalStateError("Only a network that learns a text can write on; choose Text as its data")
    window = first_window(data, ask.prompt)
    async with session.desk.seat():
        written = await while_connected(request, _write(session, data, window, ask))
    return JSONResponse(written.model_dump(mode="json"))


async def _write(session: Session, data: TextData, window: list[int], ask: GenerateRequest) -> TextWritten:
    """Every character is the network's of that moment: it may train on meanwhile."""
    vocabulary, lots = vocabulary_of(text_of(data)), random.Random(ask.seed)
    tokens: list[int] = []
    likely: list[float] = []
    told: dict[str, Any] = {}
    updates: list[int] = []
    for _ in range(ask.characters):
        told = await answers(session, [window])
        if session.experiment.data != data:
            raise IllegalStateError("The data were changed while the text was being written; ask again")
        updates.append(told["update"])
        chances = probabilities(told["predictions"][0])
        token = drawn(chances, vocabulary, ask.temperature, lots)
        tokens.append(token)
        likely.append(chances[token])
        window = [*window[1:], token]
    return TextWritten(
        run=told["run"],
        from_update=updates[0],
        update=updates[-1],
        text="".join(vocabulary[token] for token in tokens),
        probabilities=tuple(likely),
    )


def first_window(data: TextData, prompt: str) -> list[int]:
    """The last `length` characters of the prompt as tokens; a shorter one stands behind the beginning of the text.

    Raises `InvalidInputError` for a character that the network has never read.
    """
    vocabulary, text = vocabulary_of(text_of(data)), text_of(data)
    places = {token: place for place, token in enumerate(vocabulary)}
    rare = places.get(OTHER)
    window: list[int] = []
    for character in (text[: data.length] + prompt)[-data.length :]:
        place = places.get(character, rare)
        if place is None:
            raise InvalidInputError(
                f"The text it learns has no '{character}'; leave that character out", field="/prompt"
            )
        window.append(place)
    return window


def probabilities(prediction: dict[str, Any]) -> Sequence[float]:
    """Of each token to come next; scores of a loss that trains none count by their share of what is positive."""
    if "probabilities" in prediction:
        chances: Sequence[float] = prediction["probabilities"]
        return chances
    least = min(prediction["scores"])
    above = [score - least for score in prediction["scores"]]
    total = sum(above)
    return [score / total for score in above] if total > 0.0 else [1.0 / len(above)] * len(above)


def drawn(chances: Sequence[float], vocabulary: Sequence[str], temperature: float, lots: random.Random) -> int:
    """A token with its chance to the power of 1 / temperature, shared anew; at 0 the likeliest. Never `OTHER`, which is
    no character."""
    offered = [place for place, token in enumerate(vocabulary) if token != OTHER]
    best = max(offered, key=lambda place: chances[place])
    if temperature == 0.0 or chances[best] <= 0.0:
        return best
    weights = [(chances[place] / chances[best]) ** (1.0 / temperature) for place in offered]
    return lots.choices(offered, weights)[0]
