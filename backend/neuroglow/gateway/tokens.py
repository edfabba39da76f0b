"""Ids and tokens. Only digests of tokens are kept; the viewer's token is derived from the owner's.

So the owner, who must be able to share the watch link again after a reload, brings what it is made from, and nothing on
disk opens a session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from neuroglow.store import SessionRecord
from neuroglow.wire.messages import Role

_TOKEN_BYTES = 24


def new_id() -> str:
    """128 random bits, safe in a path and an address."""
    return secrets.token_urlsafe(16)


def new_owner_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def viewer_token(owner_token: str) -> str:
    """The watch link's token: a keyed hash of the owner's, from which the owner's cannot be found."""
    mac = hmac.digest(owner_token.encode(), b"neuroglow viewer", "sha256")
    return base64.urlsafe_b64encode(mac[:_TOKEN_BYTES]).decode()


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def role_of(token: str, record: SessionRecord) -> Role | None:
    """What this token allows in this session, or None. Takes the same time whatever is wrong."""
    presented = digest(token)
    is_owner = hmac.compare_digest(presented, record.owner_digest)
    is_viewer = hmac.compare_digest(presented, record.viewer_digest)
    return "owner" if is_owner else "viewer" if is_viewer else None
