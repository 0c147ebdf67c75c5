"""The command: which rows, the set-up, the table."""

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

from . import programs, results, rows_append, rows_read, rows_views, rows_whole
from .contender import Failed
from .results import Line
from .workspace import Sizes, Workspace

# In the order of the table.
ROWS = {
    "append-1": rows_append.append_1,
    "append-group": rows_append.append_group,
    "append-batch": rows_append.append_batch,
    "ingest": rows_append.ingest,
    "scan": rows_read.scan,
    "replay": rows_read.replay,
    "rebuild": rows_read.rebuild,
    "latest": rows_views.latest,
    "point": rows_views.point,
    "as-of": rows_views.as_of,
    "cli": rows_whole.cli,
    "scale": rows_whole.scale,
    "memory": rows_whole.memory,
    "disk": rows_whole.disk,
}

def turn(name):
    """`disk` looks at the store before others leave copies in it; `scale` and `memory` take all the time there is left."""
    rows = list(ROWS)
    return {"disk": rows.index("ingest") + 0.5, "scale": len(rows), "memory": len(rows) + 1}.get(name, rows.index(name))



def arguments():
    parser = argparse.ArgumentParser(
        prog="tools/bench", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Spool beside its peers on this machine, interleaved, and prints ratios beside their targets.",
        epilog="rows:\n" + "\n".join(f"  {name:14}{row.__doc__.strip().splitlines()[0]}" for name, row in ROWS.items()))
    parser.add_argument("rows", nargs="*", metavar="ROW", help="which rows; all when none is given")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that everything runs, not for figures")
    parser.add_argument("--dir", default=os.environ.get("TMPDIR", "/var/tmp"), help="a folder on a real disk (default: %(default)s)")
    parser.add_argument("--json", type=Path, default=programs.BUILT / "results.json", help="where the figures go (default: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the table for the README as well")
    parser.add_argument("--minutes", type=float, default=14.5, help="the time for everything (default: %(default)s)")
    parser.add_argument("--no-build", action="store_true", help="measure what is built already")
    options = parser.parse_args()
    unknown = [name for name in options.rows if name not in ROWS]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; rows are {', '.join(ROWS)}")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {name}, Linux {platform.release()}"


def filesystem(path):
    best = ("", "?")
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        for line in mounts:
            _, mount, kind = line.split()[:3]
            if str(path).startswith(mount) and len(mount) >= len(best[0]):
                best = (mount, kind)
    return best[1]


def run_row(name, work):
    start = time.monotonic()
    try:
        if work.left < 15:
            raise Failed("the time was used up; name the row to measure it alone")
        lines = ROWS[name](work)
    except Failed as error:
        lines = [Line("not measured", note=str(error))]
    finally:
        work.end_contenders()
    for line in lines:
        line.row = name
    say(f"bench: {name}, {time.monotonic() - start:.0f} s")
    return lines


def main():
    options = arguments()
    started = time.monotonic()
    # So that servers and the temporary folder go, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    kind = filesystem(Path(options.dir).resolve())
    if kind in ("tmpfs", "ramfs"):
        sys.exit(f"bench: {options.dir} is a {kind}, where a sync costs nothing: name a folder on a disk with --dir")
    if not options.no_build:
        say("bench: building")
        try:
            programs.build()
        except (Failed, subprocess.CalledProcessError) as error:
            sys.exit(f"bench: could not build: {error}")
    wanted = options.rows or list(ROWS)
    work = Workspace(options.dir, Sizes(options.quick), options.minutes * 60 - (time.monotonic() - started), wanted)
    lines = []
    try:
        for name in sorted(wanted, key=turn):
            lines += run_row(name, work)
        lines.sort(key=lambda line: list(ROWS).index(line.row))
    finally:
        work.close()
    about = {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "machine": machine(), "filesystem": kind,
        "quick": options.quick, "seconds": round(time.monotonic() - started), "versions": work.versions,
    }
    heading = f"{about['date']}, {about['machine']}, {kind}{', small sizes: not for figures' if options.quick else ''}"
    print(heading + "\n" + ", ".join(f"{name} {version}" for name, version in work.versions.items()) + "\n")
    print(results.table(lines) + "\n\n" + results.notes(lines))
    if options.markdown:
        print("\n" + results.markdown(lines, heading))
    results.write_json(options.json, about, lines)
    say(f"bench: {about['seconds']} s; figures in {options.json}")
