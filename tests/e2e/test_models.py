"""Other kinds of models beside the network: compared, opened, changed, by mouse and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import button, open_idea, pause


def comparison(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Compare models")


def figure(page: Page, row: str, column: int) -> float:
    """Of the table, a percentage; column 0 is the network."""
    cell = comparison(page).get_by_role("row", name=re.compile(f"^{row}")).get_by_role("cell").nth(column)
    expect(cell).to_contain_text("%")
    return float(cell.inner_text().split("%")[0].strip())


def test_on_the_circle_a_line_fails_and_a_tree_works_and_can_be_read(visit: Visits) -> None:
    page = visit()
    button(page, "Circle").click()
    # Fits run at a low priority: what trains on would keep them waiting.
    pause(page)
    page.get_by_role("region", name="Other models").get_by_role("button").click()
    dialog = comparison(page)
    dialog.get_by_role("button", name="See the tree, Decision tree").click()
    assert figure(page, "Test accuracy", 1) < 75.0 < 90.0 < figure(page, "Test accuracy", 2)
    expect(dialog.locator("td", has_text="best").first).to_be_visible()
    expect(
        dialog.get_by_role("img", name=re.compile("^Decision tree answers blue on .* per cent of the plane"))
    ).to_be_visible()

    tree = dialog.get_by_role("tree")
    root = tree.get_by_role("treeitem").first
    expect(root).to_have_accessible_name(re.compile(r"^x[12] ≤ .*\d+ orange, \d+ blue\), Gini 0\.\d+$"))
    shown = tree.get_by_role("treeitem").count()
    assert shown > 3
    root.focus()
    page.keyboard.press("Enter")
    expect(tree.get_by_role("treeitem")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(tree.get_by_role("treeitem")).to_have_count(shown)

    button(page, "Settings of Decision tree").click()
    page.get_by_label("Depth at most").fill("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(tree.get_by_role("treeitem")).to_have_count(3)
    expect(dialog).to_be_visible()
    assert figure(page, "Test accuracy", 2) < 90.0

    button(page, "Remove Logistic regression").click()
    expect(dialog.get_by_role("columnheader")).to_have_count(3)
    button(page, "Add a model").click()
    expect(page.get_by_role("button", name=re.compile("^Linear regression"))).to_be_disabled()
    page.get_by_role("button", name=re.compile("^Support vector machine")).press("Enter")
    dialog.get_by_role("button", name="What it keeps, Support vector machine").click()
    expect(dialog.get_by_text(re.compile("training rows hold the border"))).to_be_visible()


def test_clusters_are_found_without_labels_and_their_number_is_chosen_by_key(visit: Visits) -> None:
    page = visit()
    open_idea(page, "Digits")
    pause(page)
    page.get_by_role("listitem").get_by_role("button", name=re.compile("^Compare models")).press("Enter")
    dialog = comparison(page)
    button(page, "Clusters").press("Enter")
    expect(dialog.get_by_text("Adjusted Rand index")).to_be_visible()
    ten = dialog.get_by_role("button", name=re.compile("^10 clusters, silhouette"))
    ten.focus()
    page.keyboard.press("Enter")
    keys = dialog.get_by_role("group", name="Cluster shown against the rest").get_by_role("button")
    expect(keys).to_have_count(10)
    keys.nth(4).press("Enter")
    expect(keys.nth(4)).to_have_attribute("aria-pressed", "true")
    expect(dialog.get_by_role("img", name=re.compile("^10 clusters over component 1 and component 2"))).to_be_visible()
    button(page, "Close").press("Enter")
    expect(dialog).to_be_hidden()
