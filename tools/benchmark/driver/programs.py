"""Builds what is measured: the C programs, the spool command, and spool-bench, the rows that run in process."""

import os
import subprocess
from pathlib import Path

from .contender import Failed

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT / "tools/benchmark/c"
BUILT = ROOT / ".build/bench"
#: As tools/install writes it. A program fresh from the linker lies in the system's cache in small pieces and takes longer to start.
SPOOL = BUILT / "spool"
SPOOL_BENCH = ROOT / ".build/release/spool-bench"
PEERS = ROOT / "tools/benchmark/peers.py"
SEEDS = [ROOT / f"Tests/Support/Seeds/{name}.sql" for name in ("trends", "metrics", "image_library")]

LIBRARIES = {
    "generate": [], "floor": [], "lmdb_floor": ["-llmdb"], "lmdb_callers": ["-llmdb", "-lpthread"], "lmdb_puts": ["-llmdb"],
    "sqlite": ["-lsqlite3"], "redis": [], "nats": [], "postgres": ["-lpq", "-I/usr/include/postgresql"],
}


def build():
    BUILT.mkdir(parents=True, exist_ok=True)
    subprocess.run([ROOT / "tools/setup"], check=True, stdout=subprocess.DEVNULL)
    checksum = ROOT / "Sources/CCRC32C"
    sources = [SOURCES / "events.c", checksum / "crc32c.c"]
    headers = list(SOURCES.glob("*.h"))
    for name, libraries in LIBRARIES.items():
        source = SOURCES / f"{name}.c"
        program = BUILT / name
        newest = max(path.stat().st_mtime for path in [source, *sources, *headers])
        if program.exists() and program.stat().st_mtime > newest:
            continue
        subprocess.run(
            ["cc", "-O2", "-Wall", "-Wextra", "-Wno-format-truncation", f"-I{checksum}/include", f"-I{SOURCES}", "-o", program, source,
             *sources, *libraries], check=True)
    for product in ("spool", "spool-bench"):
        result = subprocess.run(
            ["swift", "build", "-c", "release", "--product", product], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
        if result.returncode:
            raise Failed("\n".join(line for line in result.stdout.splitlines() if "error" in line) or result.stdout[-2000:])
    install()


def install():
    """Puts the command where it is measured."""
    subprocess.run(["strip", "--strip-debug", "-o", SPOOL, ROOT / ".build/release/spool"], check=True)


def generate(kind, mix, start, count, path):
    """Writes events to a file; see c/generate.c."""
    with open(path, "wb") as file:
        subprocess.run([BUILT / "generate", kind, mix, str(start), str(count)], stdout=file, check=True)
    return path


def version(command):
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "LC_ALL": "C"})
        return result.stdout.strip().splitlines()[0]
    except (OSError, IndexError):
        return "missing"
