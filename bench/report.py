"""Results as a file, and `docs/performance.md` rewritten from the newest of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import ROOT

RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"

Results = dict[str, Any]


def write(results: Results) -> Path:
    """`DATE-DEVICE.json`; parts measured again on the same day replace theirs."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{results['date']}-{results['machine']['device']}.json"
    if path.exists():
        results = {**results, "parts": json.loads(path.read_text())["parts"] | results["parts"]}
    path.write_text(json.dumps(_rounded(results), indent=1, ensure_ascii=False) + "\n")
    return path


def render() -> None:
    """Put the tables of the newest results of each device between the markers of the page."""
    newest = {path.stem.rpartition("-")[2]: path for path in sorted(RESULTS.glob("*.json"))}
    tables = "\n\n".join(markdown(json.loads(path.read_text())) for _, path in sorted(newest.items()))
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}")


def markdown(results: Results) -> str:
    machine, parts = results["machine"], results["parts"]
    title = "On a GPU" if machine["device"] == "gpu" else "On the processor alone"
    about = (
        f"{results['date']}, {machine['processor']}, {machine['cores']} cores, Python {machine['python']}, "
        f"JAX {machine['jax']}, load average before {machine['load_before']}."
    )
    sections = [f"## {title}\n{about}"]
    sections += [table for name, draw in _TABLES if name in parts for table in [draw(parts[name])]]
    return "\n\n".join(sections)


# --- tables -----------------------------------------------------------------------------------------------------------


def _live(part: Results) -> str:
    rows = [
        (
            one["network"],
            f"{one['asked_fps']:.0f}",
            f"**{one['ratio']:.2f}** ({_span(one['ratios'])})",
            _whole(one["live_updates_per_second"]),
            _whole(one["bare_updates_per_second"]),
            _times(one["over_playground_page"]),
            f"{one['frames_per_second']:.1f}",
            _milliseconds(one),
        )
        for one in part["networks"]
    ]
    head = (
        "network", "frames/s asked", "live over bare", "live updates/s", "bare updates/s", "over the Playground page",
        "frames/s got", "frame age p50 / p99",
    )  # fmt: skip
    return _table("One viewer that does not paint", head, rows)


def _convolution(part: Results) -> str:
    beside = part["torch"]
    rows = [
        ("Live over bare", f"**{part['ratio']:.2f}** ({_span(part['ratios'])})"),
        ("Live", f"{_whole(part['live_updates_per_second'])} updates/s, {part['frames_per_second']:.1f} frames/s"),
        ("Bare", f"{_whole(part['bare_updates_per_second'])} updates/s"),
    ]
    if beside is not None:
        speed = f"{_whole(beside['torch_updates_per_second'])} updates/s"
        rows.append((f"PyTorch {beside['version']}, eager", speed))
        rows.append(("Live over PyTorch", f"**{beside['ratio']:.2f}** ({_span(beside['ratios'])})"))
    asked = f"live with its feature maps at {part['asked_fps']:.0f} frames/s"
    return _table(f"{part['network']}, batch 64, {asked}", ("what", "figure"), rows)


def _painting(part: Results) -> str:
    rows = [
        (
            one["network"],
            f"**{one['ratio']:.2f}** ({_span(one['ratios'])})",
            _whole(one["live_updates_per_second"]),
            _times(one["over_playground_page"]),
            f"{one['painted_per_second']:.1f}",
            f"{one['animation_frames_per_second']:.1f}",
        )
        for one in part["networks"]
    ]
    head = (
        "network", "live over bare", "live updates/s", "over the Playground page", "frames painted/s",
        "animation frames/s",
    )  # fmt: skip
    return _table("With the page open in headless Chromium, software raster", head, rows)


def _canvas(part: Results) -> str:
    rows = [
        (
            one["network"],
            _whole(one["links"]),
            one["view"].replace("_", " "),
            _whole(one["tiles_in_sight"]),
            f"**{one['animation_frames_per_second']:.1f}**",
            f"{one['animation_frames_per_second_dragged']:.1f}",
            f"{one['painted_per_second']:.1f}",
        )
        for one in part["networks"]
    ]
    head = (
        "network", "links", "view", "neurons in sight", "animation frames/s", "the same, canvas dragged",
        "frames painted/s",
    )  # fmt: skip
    return _table("The canvas with 2,000 units while they train, headless Chromium, software raster", head, rows)


def _crowd(part: Results) -> str:
    rows = [
        (
            one["network"],
            str(one["viewers"]),
            f"**{one['ratio']:.2f}** ({_span(one['ratios'])})",
            f"{one['frames_per_second']:.1f} ({one['frames_per_second_slowest']:.1f})",
            _milliseconds(one),
        )
        for one in part["networks"]
    ]
    head = ("network", "viewers", "speed over one viewer's", "frames/s each (slowest)", "frame age p50 / p99")
    return _table("Many viewers of one session, all on the same machine", head, rows)


def _waiting(part: Results) -> str:
    rows = [
        ("URL line after start", f"{part['url_line_secs']:.2f} s"),
        ("First frame of a first session after start", f"{part['first_frame_secs']:.1f} s"),
        ("A neuron added, until the edit is done", f"{part['add_neuron_secs']:.2f} s"),
        ("200 layers of 16, until the edit is done", f"{part['deep_secs']:.1f} s"),
        ("200 layers of 16, until the first update", f"{part['deep_first_update_secs']:.1f} s"),
        ("200 layers in residual blocks, until the first update", f"{part['residual_first_update_secs']:.1f} s"),
    ]
    return _table("Waiting", ("what", "time"), rows)


def _traffic(part: Results) -> str:
    rows = [
        ("Median", f"{part['frame_bytes_median'] / 1000:.1f} kB"),
        ("Mean", f"{part['frame_bytes_mean'] / 1000:.1f} kB"),
        ("Largest", f"{part['frame_bytes_most'] / 1000:.1f} kB"),
    ]
    return _table("A frame of the default view, first preset", ("figure", "size"), rows)


def _memory(part: Results) -> str:
    rows = [
        ("Gateway", f"{part['gateway_mib']:.0f} MiB"),
        ("Worker with one default session", f"{part['worker_mib']:.0f} MiB"),
        ("Worker, each further session of a shape it knows", f"{part['worker_mib_per_session_of_same_shape']:.2f} MiB"),
        ("Worker, each further session of a new shape", f"{part['worker_mib_per_session_of_new_shape']:.2f} MiB"),
        ("Gateway, each further session", f"{part['gateway_mib_per_session']:.2f} MiB"),
    ]
    return _table("Resident memory", ("what", "size"), rows)


def _million(part: Results) -> str:
    rows = [
        ("The file, as CSV", f"{part['file_mib']:.0f} MiB"),
        ("Uploaded, read and stored", f"{part['upload_secs']:.1f} s, {_whole(part['upload_rows_per_second'])} rows/s"),
        ("The data sheet again", f"{1000 * part['preview_secs']:.0f} ms"),
        ("Longest wait for any other answer meanwhile", f"{1000 * part['longest_health_secs']:.0f} ms"),
        ("Stored on disk", f"{part['stored_mib']:.0f} MiB"),
        ("Peak memory of the reading process", f"{part['reader_peak_mib']:.0f} MiB"),
        ("Peak memory of the gateway", f"{part['gateway_peak_mib']:.0f} MiB"),
        ("Peak memory of the worker", f"{part['worker_peak_mib']:.0f} MiB ({part['worker_idle_mib']:.0f} before)"),
    ]
    for one in part["training"]:
        speed = f"{_whole(one['updates_per_second'])} updates/s, accuracy {one['test_accuracy']:.3f}"
        figure = f"{speed}; first point after {one['first_point_secs']:.1f} s"
        rows.append((f"Training [19,32,16,1], batch {one['batch']}", figure))
    return _table(f"{_whole(part['rows'])} rows of {part['columns']} columns of one's own", ("what", "figure"), rows)


_TABLES = (
    ("live", _live),
    ("convolution", _convolution),
    ("painting", _painting),
    ("canvas", _canvas),
    ("crowd", _crowd),
    ("startup", _waiting),
    ("traffic", _traffic),
    ("memory", _memory),
    ("million", _million),
)


def _table(title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return f"### {title}\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _span(ratios: list[float]) -> str:
    return f"{min(ratios):.2f} to {max(ratios):.2f}"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _times(factor: float | None) -> str:
    return "" if factor is None else f"{factor:,.0f}×"


def _milliseconds(one: Results) -> str:
    return f"{one['age_p50_ms']:.0f} / {one['age_p99_ms']:.0f} ms"


def _rounded(value: Any) -> Any:
    """Four significant digits: more would pretend."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(member) for member in value]
    return value
