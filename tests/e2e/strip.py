"""The strip above the network: how it learns, behind buttons that open a panel."""

from __future__ import annotations

import re

from playwright.sync_api import Page


def choose(page: Page, dropdown: str, group: str, option: str) -> None:
    """Pick one of the buttons behind a dropdown of the strip above the network."""
    page.get_by_role("button", name=re.compile(f"^{dropdown}")).click()
    page.get_by_role("group", name=group, exact=True).get_by_role("button", name=option, exact=True).click()
    page.keyboard.press("Escape")


def type_number(page: Page, dropdown: str, field: str, value: str) -> None:
    """Type a number into a field behind a dropdown."""
    page.get_by_role("button", name=re.compile(f"^{dropdown}")).click()
    page.get_by_role("textbox", name=field, exact=True).fill(value)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
