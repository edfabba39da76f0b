"""The page's own links: `#e=VERSION.PAYLOAD&hide=…`, the payload being base64url of raw-deflated JSON."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from neuroglow.errors import InvalidInputError
from neuroglow.spec.lesson import CONTROL_NAMES

LINK_VERSION = "1"
MAX_UNPACKED_BYTES = 1 << 18
"""Far above any real experiment; a link that unpacks to more is not one."""
_LINK = re.compile(r"#e=([^.&]*)\.?([^&]*)(?:&hide=([^&]*))?")


def read_link(text: str) -> tuple[bytes, tuple[str, ...]] | None:
    """The JSON that a link holds and the controls it hides; None if the text is no such link.

    Raises `InvalidInputError` for a link that is damaged or newer than this server.
    """
    found = _LINK.search(text)
    if found is None:
        return None
    version, payload, hide = found[1], found[2], found[3] or ""
    if version != LINK_VERSION:
        is_number = version.isascii() and version.isdigit()
        told = "was made by a newer Neuroglow; update this one to open it" if is_number else "is incomplete"
        raise InvalidInputError(f"The link {told}", field="/text")
    try:
        packed = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        document = stream.decompress(packed, MAX_UNPACKED_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        raise InvalidInputError("The link is damaged; copy the whole of it", field="/text") from None
    if not stream.eof:
        raise InvalidInputError("The link is incomplete or too long; copy the whole of it", field="/text")
    return document, tuple(name for name in hide.split(",") if name in CONTROL_NAMES)
