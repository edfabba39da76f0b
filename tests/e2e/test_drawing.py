"""Points drawn on the output map by mouse, keys and finger: each stroke is one edit, and the run learns from it."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Visits
from e2e.screen import PHONE, WAIT_MS, button, open_idea
from e2e.second_client import SecondClient, following
from serving import ServerProcess, until

Place = tuple[float, float]
WIDTH = 12.0
"""Of the plane, from −6 to 6."""
TOUCH = 0.06
"""How far a pixel of the page may be from the place that was meant, in plane units."""


def test_clusters_painted_by_mouse_are_learned(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        before = client.experiment["data"]
        page.get_by_role("button", name="Drawn points").click()
        button(page, "Empty board").click()
        expect(page.get_by_text("Draw 2 more points")).to_be_visible()
        stroke(page, (-3.5, 3))
        expect(page.get_by_text("Draw 1 more point;")).to_be_visible()
        assert client.experiment["data"] == before

        stroke(page, (-3.5, 2.8), (-4.5, -3), (-2.5, 3))
        left = drawn(client, lambda points: len(points) > 20)
        expect(page.get_by_text("All points are of one class")).to_be_visible()
        button(page, "blue").click()
        stroke(page, (3.5, 3), (2.5, -3), (4.5, 3))
        points = drawn(client, lambda points: len(points) > len(left) + 20)
        expect(page.locator("[data-drawn]")).to_have_text(f"{len(points)} of 2,000 points")
        assert {(x1 > 0, label) for x1, _, label in points} == {(False, 0), (True, 1)}
        until(lambda: is_learned(client), secs=WAIT_MS / 1000, why="two clusters apart are not told apart")
        expect(page.locator("[data-metric=train_accuracy]")).to_have_text("100.0%")

        button(page, "Add a class").click()
        stroke(page, (0, 5), (0, 4))
        data = client.wait_experiment(lambda e: e["data"].get("classes") == 3)["data"]
        assert [label for *_, label in data["points"][len(points) :]] == [2] * 4


def test_the_keyboard_alone_draws_moves_and_erases(visit: Visits, server: ServerProcess) -> None:
    page = visit()
    with following(server, page) as client:
        switch = button(page, "Draw points")
        press(page, switch, "Enter", "Tab", "Enter")
        expect(board(page)).to_be_focused()
        press(page, board(page), *["Shift+ArrowLeft"] * 3, "Enter", "2", *["Shift+ArrowRight"] * 6, "ArrowUp", "Space")
        drawn(client, lambda points: points == [[-3, 0, 0], [3, 0.25, 1]])
        press(page, board(page), "3", "Shift+ArrowDown", "Enter")
        drawn(client, lambda points: points[2:] == [[3, -0.75, 2]])
        expect(page.get_by_text("x1 3.00, x2 −0.750: a point of class 3")).to_be_attached()

        press(page, button(page, "Move"), "Enter")
        # Let go of by Escape it is back where it was; taken again it stays where it is carried.
        press(page, board(page), "Enter", "Shift+ArrowDown", "Escape", "Shift+ArrowUp", "Enter", "ArrowLeft", "Enter")
        drawn(client, lambda points: points[2:] == [[2.75, -0.75, 2]])
        press(page, board(page), "ArrowDown", "Delete")
        drawn(client, lambda points: len(points) == 2)
        press(page, board(page), "Escape")
        expect(board(page)).to_be_hidden()
        expect(switch).to_be_focused()


def test_every_stroke_is_taken_back_by_itself_down_to_the_samples_it_began_with(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    with following(server, page) as client:
        button(page, "Draw points").click()
        samples = client.experiment["data"]
        button(page, "Start from these points").click()
        seen = [drawn(client, lambda points: len(points) == samples["samples"])]
        assert [sum(label == one for *_, label in seen[0]) for one in (0, 1)] == [len(seen[0]) / 2] * 2

        button(page, "Erase").click()
        stroke(page, (-6, 0), (6, 0))
        seen.append(drawn(client, lambda points: len(points) < len(seen[0])))
        assert seen[-1] == [point for point in seen[0] if point in seen[-1]]
        assert all(abs(x2) > 0.4 - TOUCH for _, x2, _ in seen[-1])
        button(page, "Draw").click()
        for place in [(-5.5, 5.5), (5.5, 5.5)]:
            stroke(page, place)
            seen.append(drawn(client, lambda points: len(points) == len(seen[-1]) + 1))
        button(page, "Move").click()
        stroke(page, (5.5, 5.5), (5.5, -5.5))
        seen.append(drawn(client, lambda points: points[-1][1] < 0))
        assert near(seen[-1][-1], (5.5, -5.5))
        assert seen[-1][:-1] == seen[-2][:-1]

        button(page, "Clear all").click()
        expect(page.locator("[data-drawn='0']")).to_be_visible()
        page.keyboard.press("Control+z")
        expect(page.locator(f"[data-drawn='{len(seen[-1])}']")).to_be_visible()
        for points in seen[-2::-1]:
            page.keyboard.press("Control+z")
            drawn(client, lambda now, wanted=points: now == wanted)
        page.keyboard.press("Control+z")
        client.wait_experiment(lambda e: e["data"] == samples)
        expect(button(page, "Start from these points")).to_be_visible()


def test_a_finger_draws_and_the_page_stays_where_it_is(visit: Visits, server: ServerProcess) -> None:
    page = visit(**PHONE)
    with following(server, page) as client:
        page.get_by_role("navigation", name="Parts of the page").get_by_role("button", name="Output").tap()
        button(page, "Draw points").tap()
        button(page, "Empty board").tap()
        place = board(page).bounding_box()
        devtools = page.context.new_cdp_session(page)
        for kind, at in [("touchStart", (-3, 3)), ("touchMove", (-3, 0)), ("touchMove", (-3, -3)), ("touchEnd", None)]:
            x, y = spot(page, at) if at else (0, 0)
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}] if at else []})
        points = drawn(client, lambda points: len(points) >= 18)
        assert near(points[0], (-3, 3))
        assert board(page).bounding_box() == place


def test_points_drawn_over_a_table_lie_on_the_plane_before_the_server_has_answered(
    visit: Visits, server: ServerProcess
) -> None:
    page = visit()
    open_idea(page, "Iris")
    expect(page.locator("[data-axis=across]")).to_contain_text("component 1")
    with following(server, page) as client:
        with stopped(server):
            page.get_by_role("button", name="Drawn points").click()
            for place in [(-4, 5), (5, -1)]:
                stroke(page, place)
            expect(page.locator("[data-drawn='4']")).to_be_visible()
        points = drawn(client, lambda points: len(points) == 4)
        assert near(points[2], (-4, 5))
        assert near(points[3], (5, -1))


@contextlib.contextmanager
def stopped(server: ServerProcess) -> Iterator[None]:
    """The gateway answers nothing meanwhile; its connections stay."""
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def is_learned(client: SecondClient) -> bool:
    """Whether the engine, now, answers every training row of both classes rightly."""
    confusion = client.look("judgement", split="train").tensors["confusion"]
    right = [int(confusion[one, one]) for one in (0, 1)]
    return min(right) > 0 and sum(right) == int(confusion.sum())


def board(page: Page) -> Locator:
    return page.get_by_role("application", name="Drawing board")


def spot(page: Page, place: Place) -> Place:
    """Where on the page a place of the plane is."""
    box = board(page).bounding_box()
    assert box is not None
    x1, x2 = place
    return box["x"] + (x1 + WIDTH / 2) / WIDTH * box["width"], box["y"] + (WIDTH / 2 - x2) / WIDTH * box["height"]


def stroke(page: Page, start: Place, *way: Place) -> None:
    """Press, go there, let go."""
    page.mouse.move(*spot(page, start))
    page.mouse.down()
    for place in way:
        page.mouse.move(*spot(page, place), steps=5)
    page.mouse.up()


def press(page: Page, at: Locator, *keys: str) -> None:
    at.focus()
    for key in keys:
        page.keyboard.press(key)


def near(point: list[float], place: Place) -> bool:
    return all(abs(value - wanted) < TOUCH for value, wanted in zip(point, place, strict=False))


def drawn(client: SecondClient, condition: Any) -> list[list[float]]:
    """The points that the server has, once they are as the condition wants them."""

    def fits(experiment: Any) -> bool:
        return experiment["data"]["source"] == "drawn" and bool(condition(experiment["data"]["points"]))

    points: list[list[float]] = client.wait_experiment(fits)["data"]["points"]
    return points
