"""Every error Neuroglow answers with, as one tree.

    NeuroglowError
    ├── InvalidInputError          a field, body or message does not fit its declared limits
    │   ├── MalformedJsonError     not strict JSON (syntax, NaN, duplicate keys, lone surrogates, nesting)
    │   ├── InvalidFormulaError    a formula that cannot be read; carries where
    │   ├── InvalidPatchError      an RFC 6902 patch that does not apply
    │   ├── InvalidGraphError      a layer that reads none, a later one or too many; carries a repair
    │   ├── ShapeMismatchError     a layer that cannot read the shape that flows into it; carries a repair
    │   ├── NetworkTooLargeError   the estimated memory exceeds the worker's budget
    │   ├── UnknownDataSetError    an experiment on an uploaded data set that is not on this server
    │   ├── UploadRejectedError    a file that cannot be read as data, or that is made to do harm
    │   └── ErrandLimitError       a job that needs more memory or time than a job may use
    ├── UnauthorizedError          no token, or not the right one
    ├── ForbiddenError             the token is known, the action is not for its role; bad Host or Origin
    ├── NotFoundError              no such route, session, channel, layer, data set or preset
    ├── MethodNotAllowedError      the route exists, the method does not
    ├── TooLargeError              a body above its byte limit
    ├── StaleRevisionError         an edit based on an older revision; carries the current one
    ├── IllegalStateError          the session's state does not allow the action
    ├── AtCapacityError            no room for another session, viewer, subscription or job
    ├── RateLimitedError           too many messages or requests
    ├── UnsupportedProtocolError   a client that speaks another protocol version
    ├── EngineUnavailableError     no engine worker can answer now
    ├── NoNetworkError             what has to be fetched from the network cannot be reached
    ├── FetchFailedError           what was fetched did not arrive as what it should be
    ├── StorageFullError           the disk, or the part of it that is set aside for data, is full
    ├── StartupError               the server refuses to start, and says why
    └── InternalError              unexpected; the client sees only an id that the log explains

Errors are data: each has a `code` for programs, a sentence for people that says what to do, and, where one input is to
blame, a JSON pointer to it. HTTP and the live socket send the same shape (`NeuroglowError.payload`).
"""

from __future__ import annotations

from typing import Any, ClassVar


class NeuroglowError(Exception):
    """Base of all errors that reach a client.

    `field` is a JSON pointer into the experiment or body that was sent. `facts` are extra members of the payload.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts

    def payload(self) -> dict[str, Any]:
        """The one JSON shape of an error: `{"type":"error","code","message","field"?, ...facts}`."""
        body: dict[str, Any] = {"type": "error", "code": self.code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        return body | self.facts


class InvalidInputError(NeuroglowError):
    code = "invalid"
    status = 422


class MalformedJsonError(InvalidInputError):
    code = "malformed_json"


class InvalidFormulaError(InvalidInputError):
    """Carries `position`, the character of the formula (from 0) at which something is wrong."""

    code = "invalid_formula"


class InvalidPatchError(InvalidInputError):
    code = "invalid_patch"


class InvalidGraphError(InvalidInputError):
    """May carry `repair`: `say`, and the `patch` over the experiment that does it."""

    code = "invalid_graph"


class ShapeMismatchError(InvalidInputError):
    """May carry `repair`, as `InvalidGraphError`."""

    code = "shape_mismatch"


class NetworkTooLargeError(InvalidInputError):
    code = "network_too_large"


class UnknownDataSetError(InvalidInputError):
    code = "unknown_data_set"


class UploadRejectedError(InvalidInputError):
    code = "upload_rejected"


class ErrandLimitError(InvalidInputError):
    """Carries `limit`: `memory`, `time` or `answer`."""

    code = "errand_limit"


class UnauthorizedError(NeuroglowError):
    code = "unauthorized"
    status = 401


class ForbiddenError(NeuroglowError):
    code = "forbidden"
    status = 403


class NotFoundError(NeuroglowError):
    code = "not_found"
    status = 404


class MethodNotAllowedError(NeuroglowError):
    code = "method_not_allowed"
    status = 405


class TooLargeError(NeuroglowError):
    code = "too_large"
    status = 413


class StaleRevisionError(NeuroglowError):
    """Carries `revision`, the current one."""

    code = "stale_revision"
    status = 409


class IllegalStateError(NeuroglowError):
    code = "illegal_state"
    status = 409


class AtCapacityError(NeuroglowError):
    """Over HTTP it is sent with `Retry-After: retry_after_secs`."""

    code = "at_capacity"
    status = 429
    retry_after_secs: ClassVar[int] = 10


class RateLimitedError(AtCapacityError):
    code = "rate_limited"
    retry_after_secs = 1


class UnsupportedProtocolError(NeuroglowError):
    code = "unsupported_protocol"
    status = 400


class EngineUnavailableError(NeuroglowError):
    code = "engine_unavailable"
    status = 503


class NoNetworkError(NeuroglowError):
    code = "no_network"
    status = 503


class FetchFailedError(NeuroglowError):
    code = "fetch_failed"
    status = 502


class StorageFullError(NeuroglowError):
    code = "storage_full"
    status = 507


class StartupError(NeuroglowError):
    code = "startup"


class InternalError(NeuroglowError):
    code = "internal"


def all_error_types() -> list[type[NeuroglowError]]:
    """Every class of the tree, for the catalog of codes in the docs and for rebuilding an error from its payload."""

    def walk(kind: type[NeuroglowError]) -> list[type[NeuroglowError]]:
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in walk(child))]

    return walk(NeuroglowError)


def error_from_payload(payload: dict[str, Any]) -> NeuroglowError:
    """The inverse of `NeuroglowError.payload`; an unknown code becomes an `InternalError`."""
    kinds = {kind.code: kind for kind in reversed(all_error_types())}
    kind = kinds.get(payload["code"], InternalError)
    facts = {k: v for k, v in payload.items() if k not in {"type", "code", "message", "field"}}
    return kind(payload["message"], field=payload.get("field"), **facts)
