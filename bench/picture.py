"""Draws what was measured: latency and rate beside raw libpq and the peers, and both as the table grows."""

from __future__ import annotations

from html import escape
from typing import Any

INK, FAINT, OURS, THEIRS, MISSED = "#1f2328", "#8b949e", "#0969da", "#afb8c1", "#bc4c00"
WIDTH, LEFT, RIGHT, ROW = 860, 300, 120, 24


def text(x: float, y: float, words: str, anchor: str = "start", fill: str = INK, size: int = 12, weight: str = "400") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" '
            f'font-weight="{weight}">{escape(words)}</text>')


def bars(title: str, rows: list[tuple[str, float, str, bool]], top: float) -> tuple[list[str], float]:
    """Bars of one scale; ours in colour."""
    out = [text(24, top + 14, title, size=14, weight="600")]
    most = max((value for _, value, _, _ in rows), default=1) or 1
    y = top + 30
    for name, value, label, is_ours in rows:
        width = max(1.0, (WIDTH - LEFT - RIGHT) * value / most)
        out.append(text(LEFT - 10, y + 14, name, "end"))
        out.append(f'<rect x="{LEFT}" y="{y + 3:.1f}" width="{width:.1f}" height="{ROW - 8}" rx="2" '
                   f'fill="{OURS if is_ours else THEIRS}"/>')
        out.append(text(LEFT + width + 8, y + 14, label, fill=INK if is_ours else FAINT))
        y += ROW
    return out, y + 14


def curves(found: dict[str, dict[str, float]], top: float) -> tuple[list[str], float]:
    """Rates with ever more finished jobs in the table."""
    points = sorted(int(name[9:]) for name in found if name.startswith("finished_") and name[9:].isdigit())
    if len(points) < 2:
        return [], top
    out = [text(24, top + 14, "Calls a second as finished jobs gather in the table", size=14, weight="600")]
    height, y0 = 150, top + 190
    columns = [(f"{count / 1e6:g} million" if count else "none", f"finished_{count}") for count in points]
    held = f"finished_{points[-1]}_snapshot"
    if held in found:
        columns.append((f"{points[-1] / 1e6:g} million, snapshot held", held))
    most = max(found[name]["calls_256_per_s"] for _, name in columns) * 1.1
    step = (WIDTH - LEFT - RIGHT) / (len(columns) - 1)
    out.append(f'<line x1="{LEFT}" y1="{y0}" x2="{WIDTH - RIGHT}" y2="{y0}" stroke="{FAINT}"/>')
    for key, label, colour in (("calls_256_per_s", "256 in flight", OURS), ("calls_64_per_s", "64 in flight", MISSED)):
        spots = [(LEFT + i * step, y0 - height * found[name][key] / most, found[name][key]) for i, (_, name) in enumerate(columns)]
        path = " ".join(f"{'M' if i == 0 else 'L'}{x:.1f} {y:.1f}" for i, (x, y, _) in enumerate(spots))
        out.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y, value in spots:
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
            out.append(text(x, y - 9, f"{value:,.0f}", "middle", FAINT, 11))
        out.append(text(LEFT - 14, spots[0][1] + 4, label, "end", colour))
    for i, (label, _) in enumerate(columns):
        out.append(text(LEFT + i * step, y0 + 18, label, "middle", FAINT, 11))
    return out, y0 + 40


def draw(found: dict[str, dict[str, Any]], lines: list[Any]) -> str:
    def rows(wanted: list[tuple[str, str, str, bool]], show: str) -> list[tuple[str, float, str, bool]]:
        return [
            (label, found[name][key], show.format(found[name][key]), is_ours)
            for label, name, key, is_ours in wanted if name in found and key in found[name]
        ]

    parts: list[str] = []
    y = 16.0
    for title, chart in (
        ("One call at a time, median latency", rows([
            ("relay", "sequential", "p50_ms", True),
            ("raw libpq: insert, claim, complete, notify", "raw_sequential", "p50_ms", False),
            ("Celery on Redis, in memory", "peer_celery", "sequential_p50_ms", False),
            ("gearmand, in memory", "peer_gearman", "sequential_p50_ms", False),
        ], "{:.2f} ms")),
        ("Calls a second (those of relay, libpq and Oban are durable jobs)", rows([
            ("relay, 1,024 in flight", "calls_1024", "per_s", True),
            ("relay, 256 in flight", "calls_256", "per_s", True),
            ("relay, 64 in flight", "calls_64", "per_s", True),
            ("relay, AwaitMany of 100,000", "many_100000", "per_s", True),
            ("raw libpq, batches of 1,000", "raw_batch_1000", "jobs_per_s", False),
            ("raw libpq, batches of 100", "raw_batch_100", "jobs_per_s", False),
            ("raw libpq, 8 clients", "raw_8_clients", "jobs_per_s", False),
            ("gearmand, in memory, 64 in flight", "peer_gearman", "calls_per_second_64", False),
            ("Celery on Redis, in memory, 256 in flight", "peer_celery", "calls_per_second_256", False),
            ("Oban for Python, drain", "peer_oban", "jobs_per_second", False),
        ], "{:,.0f}/s")),
    ):
        drawn, y = bars(title, chart, y)
        parts += drawn
    drawn, y = curves(found, y)
    parts += drawn
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y:.0f}" '
        'font-family="system-ui, -apple-system, Segoe UI, sans-serif">'
        f'<rect width="{WIDTH}" height="{y:.0f}" fill="#ffffff"/>' + "".join(parts) + "</svg>\n"
    )
