"""Asks a Swift handler and a Python worker to look at every source file of this repository, shows the answers as
they come, and prints a table.

    python examples/fan-out/fan_out.py [ADDRESS] [FOLDER]
"""

from __future__ import annotations

import asyncio
import pathlib
import sys
import time

import relay_client

SUFFIXES = {".swift", ".py", ".proto", ".sql", ".c", ".h", ".md", ".txt", ".json", ".sh", ".pyi"}


def source_files(folder: pathlib.Path) -> list[pathlib.Path]:
    hidden = (".build", ".venv", ".git", ".relay", "__pycache__", "node_modules", "build")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix in SUFFIXES
        and not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    )


def bar(done: int, total: int, failed: int, started: float) -> None:
    """Draws the bar, on a terminal only, at a hundred steps."""
    if not sys.stderr.isatty() or (done % max(1, total // 100) and done < total):
        return
    width = 40
    filled = width * done // total
    text = f"\r[{'█' * filled}{'·' * (width - filled)}] {done}/{total}"
    text += f"  {done / max(time.monotonic() - started, 1e-6):,.0f}/s"
    if failed:
        text += f"  {failed} failed"
    sys.stderr.write(text)
    sys.stderr.flush()


async def main(address: str, folder: pathlib.Path) -> int:
    files = source_files(folder)
    if not files:
        print(f"no source files under {folder}", file=sys.stderr)
        return 1
    started = time.monotonic()
    async with relay_client.connect(address) as relay:
        jobs = []
        for path in files:
            args = {"path": str(path)}
            jobs.append(relay_client.NewJob("Count", args, queue="counts"))
            jobs.append(relay_client.NewJob("Digest", args, queue="digests"))
        relays = await relay.submit_many(jobs)

        found: list[dict[str, object]] = [{} for _ in files]
        failed = 0
        done = 0
        async for index, outcome in relay.stream_many(relays, timeout=120, with_retries=True):
            done += 1
            if outcome.ok:
                found[index // 2].update(outcome.value)
            else:
                failed += 1
            bar(done, len(relays), failed, started)
    if sys.stderr.isatty():
        sys.stderr.write("\n")

    print(f"{'file':<58} {'lines':>7} {'words':>8} {'bytes':>9} {'gzip':>6}  sha256")
    by_size = sorted(zip(files, found), key=lambda pair: -int(pair[1].get("bytes", 0)))  # type: ignore[call-overload]
    for path, row in by_size[:15]:
        name = str(path.relative_to(folder))[-58:]
        print(
            f"{name:<58} {row.get('lines', '-'):>7} {row.get('words', '-'):>8} {row.get('bytes', '-'):>9}"
            f" {row.get('gzip', '-'):>6}  {str(row.get('sha256', '-'))[:12]}"
        )
    if len(files) > 15:
        print(f"… and {len(files) - 15} more")
    lines = sum(int(row.get("lines", 0)) for row in found)  # type: ignore[call-overload]
    words = sum(int(row.get("words", 0)) for row in found)  # type: ignore[call-overload]
    print(
        f"{len(files)} files, {lines:,} lines, {words:,} words: {len(relays)} jobs by two languages"
        f" in {time.monotonic() - started:.1f} s, {failed} failed"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:7433"
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).parents[2])
    sys.exit(asyncio.run(main(where, root.resolve())))
