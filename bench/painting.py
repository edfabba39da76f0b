"""The same ratio with our real page open in a browser that paints, and how many frames it paints meanwhile."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from bench import bare, networks
from bench.house import Effort, device_of, fresh_server, new_session, tell, view_of
from bench.live import over_page
from bench.ratios import interleaved, middle
from bench.viewers import WARM_SECS
from find_browser import find_browser
from live_client import Created

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE: ViewportSize = {"width": 1440, "height": 900}
FIRST_FRAMES = 30
WAIT_MS = 60_000

# The page's own acknowledgements are the count: it sends one after each frame that it painted. They pass through the
# wire worker's port, where frames and subscriptions are seen as well.
LISTEN = """
(() => {
  const seen = { frames: [], acks: 0, ticks: 0, tick: -1, asks: [], worker: null };
  window.bench = seen;
  const Plain = window.Worker;
  window.Worker = class extends Plain {
    constructor(...given) {
      super(...given);
      seen.worker = this;
      this.addEventListener('message', ({ data }) => {
        if (data.kind === 'frame') seen.frames.push([data.frame.update, data.frame.time]);
      });
    }
    postMessage(message, ...rest) {
      if (message.kind === 'send' && message.message.type === 'ack') seen.acks += 1;
      if (message.kind === 'send' && message.message.type === 'subscribe') {
        const { type, request, ...ask } = message.message;
        seen.asks.push(ask);
      }
      super.postMessage(message, ...rest);
    }
  };
  const plainly = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => plainly((now) => {
    if (now !== seen.tick) seen.ticks += 1;
    seen.tick = now;
    callback(now);
  });
})();
"""
# The number is far from the page's own, which ignores the answer to a request that it did not make.
CONTROL = """
(action) => window.bench.worker.postMessage(
  { kind: 'send', message: { type: 'control', request: 900000000, action } })
"""
CLEAR = "() => { const b = window.bench; b.frames = []; b.acks = 0; b.ticks = 0; b.from = performance.now(); }"
READ = """
() => { const b = window.bench; const secs = (performance.now() - b.from) / 1000;
  return { secs, frames: b.frames, acks: b.acks, ticks: b.ticks }; }
"""


def measure(effort: Effort) -> dict[str, Any]:
    results = []
    with sync_playwright() as playwright, fresh_server() as server:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(FLAGS))
        device = device_of(server)
        for benchmark in networks.ALL:
            written_out = new_session(server, {"experiment": benchmark.experiment, "play": False})
            page = browser.new_page(viewport=SIZE)
            page.add_init_script(LISTEN)
            page.goto(server.url + link(written_out.document["experiment"]))
            page.wait_for_function(f"() => window.bench.acks > {FIRST_FRAMES}", timeout=WAIT_MS)
            with bare.start(written_out.document["experiment"], device) as alone:
                windows: list[dict[str, Any]] = []
                pairs = interleaved(
                    _live_rate(page, windows, effort.secs),
                    partial(bare.updates_per_second, alone, effort.secs),
                    effort.pairs,
                )
            results.append(
                {
                    "network": benchmark.label,
                    **pairs.summary("live", "bare"),
                    "over_playground_page": over_page(benchmark, pairs),
                    "painted_per_second": middle([window["acks"] / window["secs"] for window in windows]),
                    "animation_frames_per_second": middle([window["ticks"] / window["secs"] for window in windows]),
                    "differs_from_view": _difference(written_out, page.evaluate("() => window.bench.asks")),
                }
            )
            tell(f"{benchmark.label} with the page open: live over bare {results[-1]['ratio']:.2f}")
            page.close()
        browser.close()
    return {"networks": results}


def link(experiment: dict[str, Any]) -> str:
    """The address that opens an experiment: raw-deflated JSON in base64url."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(json.dumps(experiment).encode()) + packer.flush()
    return f"/#e=1.{base64.urlsafe_b64encode(packed).rstrip(b'=').decode()}"


def _live_rate(page: Page, windows: list[dict[str, Any]], secs: float) -> Callable[[], float]:
    def rate() -> float:
        page.evaluate(CONTROL, "play")
        page.wait_for_timeout(WARM_SECS * 1000.0)
        page.evaluate(CLEAR)
        page.wait_for_timeout(secs * 1000.0)
        window: dict[str, Any] = page.evaluate(READ)
        page.evaluate(CONTROL, "pause")
        windows.append(window)
        (first, first_ms), (last, last_ms) = window["frames"][0], window["frames"][-1]
        updates_per_second: float = (last - first) / (last_ms - first_ms) * 1000.0
        return updates_per_second

    return rate


def _difference(created: Created, page_asks: list[dict[str, Any]]) -> dict[str, list[str]] | None:
    """How the page's subscriptions differ from `bench.view`; None if they do not."""
    ours = {_canonical(ask) for ask in view_of(created)}
    pages = {_canonical(ask) for ask in page_asks}
    if ours == pages:
        return None
    return {"only_here": sorted(ours - pages), "only_on_the_page": sorted(pages - ours)}


def _canonical(ask: dict[str, Any]) -> str:
    filled = {"max_fps": 30.0} | ask
    return json.dumps(filled | {"max_fps": float(filled["max_fps"])}, sort_keys=True)
