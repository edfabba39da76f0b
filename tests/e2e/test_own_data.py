"""Data of one's own: a table with all its flaws goes from a drop to a trained network; what cannot go says why."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from e2e.conftest import Visits
from e2e.screen import button, network
from e2e.second_client import following
from openml import ROWS, keep_downloaded
from serving import ServerProcess

PETS = 400
PUBLIC = "**/api/datasets/public"
SLOW_BYTES_PER_SEC = 200_000


def write_pets(path: Path) -> Path:
    """Mixed types, missing cells, and a target in words that follows from weight and ears."""
    rng = np.random.default_rng(5)
    lines = ["name,weight,ears,vaccinated,born,species"]
    for number in range(PETS):
        species = ("cat", "dog", "rabbit")[rng.integers(3)]
        weight = {"cat": 4.0, "dog": 18.0, "rabbit": 2.0}[species] * rng.uniform(0.8, 1.2)
        ears = {"cat": "pointed", "dog": rng.choice(["floppy", "pointed"]), "rabbit": "long"}[species]
        cells = [
            f"pet {number}",
            "" if rng.random() < 0.05 else f"{weight:.2f}",
            "" if rng.random() < 0.05 else str(ears),
            str(rng.choice(["yes", "no"])),
            f"20{rng.integers(10, 26)}-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
            species,
        ]
        lines.append(",".join(cells))
    path.write_text("\n".join(lines) + "\n")
    return path


def drop(page: Page, file: Path) -> None:
    """Let go of a file of the desktop over the network."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 500, "data": data})
    expect(page.get_by_text("Drop it here")).to_be_visible()
    devtools.send("Input.dispatchDragEvent", {"type": "drop", "x": 700, "y": 500, "data": data})


def test_a_dropped_table_with_flaws_becomes_a_trained_network(
    visit: Visits, server: ServerProcess, tmp_path: Path
) -> None:
    page = visit()
    with following(server, page) as client:
        run = network(page).get_attribute("data-run") or ""
        drop(page, write_pets(tmp_path / "pets.csv"))
        sheet = page.get_by_role("dialog", name="pets.csv")
        expect(sheet.get_by_text(f"{PETS} rows × 6 columns")).to_be_visible()
        expect(sheet.get_by_role("combobox", name="Predict")).to_have_value("species")
        expect(sheet.get_by_role("checkbox", name="name", exact=True)).not_to_be_checked()
        sheet.get_by_role("combobox", name="Missing cells of weight").select_option("median")
        button(page, "Train on this").click()
        data = client.wait_experiment(lambda e: e["data"]["source"] == "upload")["data"]
        assert data["target"] == "species"
        assert data["inputs"] == ["weight", "ears", "vaccinated", "born"]
        assert data["preparation"]["weight"]["missing"] == "median"
        assert data["preparation"]["ears"]["missing"] == "category"

        expect(network(page)).not_to_have_attribute("data-run", run)
        expect(page).to_have_title("pets.csv – Neuroglow")
        page.wait_for_function(
            "() => Number.parseFloat(document.querySelector('[data-metric=test_accuracy]').textContent) >= 90"
        )
        expect(page.get_by_role("row", name=re.compile(r"^Test sample 1 (cat|dog|rabbit) right \1"))).to_be_visible()
        button(page, "Judge").click()
        matrix = page.get_by_role("grid", name=re.compile("^Confusion matrix")).locator("[data-count]")
        expect(matrix).to_have_count(9)
        tested = sum(int(cell.get_attribute("data-count") or 0) for cell in matrix.all())
        assert tested == PETS - round(0.8 * PETS)

        # By the keyboard, and while it trains: a column is left out, and undo leads back, at last to the data before.
        button(page, "Data sheet…").focus()
        page.keyboard.press("Enter")
        born = sheet.get_by_role("checkbox", name="born", exact=True)
        born.focus()
        page.keyboard.press("Space")
        client.wait_experiment(lambda e: "born" not in e["data"].get("inputs", ["born"]))
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: "born" in e["data"].get("inputs", []))
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: e["data"]["source"] == "synthetic")


def test_an_upload_can_be_cancelled_and_a_refusal_says_why(visit: Visits, tmp_path: Path) -> None:
    page = visit()
    visit.expect_error("status of 422")
    large, noise = tmp_path / "large.csv", tmp_path / "photo.raw"
    large.write_text("a,b\n" + "1.25,2.5\n" * 200_000)
    noise.write_bytes(np.random.default_rng(1).bytes(4_000))
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": SLOW_BYTES_PER_SEC}
    devtools.send("Network.emulateNetworkConditions", limits)

    button(page, "Your data CSV, images").click()
    dialog = page.get_by_role("dialog", name="Your data")
    dialog.get_by_label("File to upload").set_input_files(large)
    progress = dialog.get_by_role("progressbar", name="Uploading large.csv")
    expect(progress).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]\d?$"))
    dialog.get_by_role("button", name="Cancel").press("Enter")
    expect(progress).to_be_hidden()
    expect(dialog.get_by_role("alert")).to_have_count(0)

    devtools.send("Network.emulateNetworkConditions", limits | {"uploadThroughput": -1})
    dialog.get_by_label("File to upload").set_input_files(noise)
    expect(dialog.get_by_role("alert")).to_contain_text("photo.raw was not taken")
    expect(dialog.get_by_role("alert")).to_contain_text("neither a table in text nor any other format")

    # After the refusal a pasted table goes in, by the keyboard alone.
    dialog.get_by_role("button", name="Paste a table…").press("Enter")
    page.keyboard.type("x\ty")
    for row in range(12):
        page.keyboard.press("Enter")
        page.keyboard.type(f"{row}.5\t{2 * row}.25")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Pasted table").get_by_text("12 rows × 2 columns")).to_be_visible()


def test_a_public_set_is_fetched_by_a_click_or_the_page_says_what_to_do(visit: Visits, server: ServerProcess) -> None:
    keep_downloaded(server.data_dir, "california_housing")
    page = visit()
    visit.expect_error("status of 503")
    button(page, "Your data CSV, images").click()
    dialog = page.get_by_role("dialog", name="Your data")
    offered = dialog.get_by_role("list", name="Public sets").get_by_role("button")
    expect(offered).to_have_text([re.compile(f"^{name}") for name in ("MNIST", "Fashion", "CIFAR", "California")])
    # On a line so slow that the question does not get through.
    page.route(PUBLIC, lambda _: None)
    offered.nth(0).press("Enter")
    expect(dialog.get_by_role("progressbar", name="Fetching MNIST")).to_be_visible()
    dialog.get_by_role("button", name="Stop waiting").press("Enter")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    page.unroute(PUBLIC)
    offered.nth(0).click()
    expect(dialog.get_by_role("alert")).to_contain_text("MNIST could not be fetched")
    advice = re.compile(r"could not reach openml\.org.* drop it here: mnist\.npz")
    expect(dialog.get_by_role("alert")).to_contain_text(advice)

    offered.nth(3).click()
    sheet = page.get_by_role("dialog", name="California housing")
    expect(sheet.get_by_text(f"{ROWS} rows × 9 columns")).to_be_visible()
    expect(sheet.get_by_role("combobox", name="Predict")).to_have_value("medianHouseValue")
    button(page, "Train on this").click()
    expect(button(page, "California housing public set")).to_be_visible()
