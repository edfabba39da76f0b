"""Any network on any data, on the page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.screen import pause
from e2e.second_client import SecondClient
from live_client import Message

Network = tuple[dict[str, Any], list[dict[str, Any]]]
"""Data, and the layers between them and the output."""


def build(page: Page, client: SecondClient, network: Network, *more: Message) -> None:
    """The network, edited further by `more`, paused after some updates."""
    data, layers = network
    pause(page)
    client.edit(
        {"op": "replace", "path": "/data", "value": data},
        {"op": "replace", "path": "/network/layers", "value": layers},
        *more,
    )
    client.control("step", updates=3)
    expect(page.get_by_role("region", name=re.compile(r"^Layer \d+: "))).to_have_count(len(layers))
    page.wait_for_function("() => document.querySelector('[data-counter=update]').textContent !== '0'")
