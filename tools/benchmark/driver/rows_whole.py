"""Whole processes: the command line; what stays flat as the log grows; memory; disk."""

import os
import shutil
import subprocess
import sys
import threading
import time

from . import programs
from .contender import Failed, OnCopies
from .results import Figures, Line, at_most

INSERT = "INSERT INTO trending_topics (topic, source, relevance_score) VALUES ('AI art generators', 'google_trends', 0.92)"
PYTHON = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"


def run(command):
    """Seconds from the start of a process to its end."""
    command = [str(part) for part in command]
    nothing = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=nothing)
    _, status = os.waitpid(process, 0)
    seconds = time.perf_counter() - start
    if status:
        raise Failed(f"{command[0]} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds


def cli(work):
    """The whole process `spool append`, beside python3 and the sqlite3 shell."""
    # Anew: how the system's cache holds it is up to chance, and one that was installed before all rows was seen to take a third longer.
    programs.install()
    store = work.new_store("cli")
    work.ingest(store, work.events(count=10_000))
    database = work.new_database("cli.sqlite")
    with work.sqlite("load", database, "FULL", 0, 10_000) as load:
        load.slice()
    commands = {
        "spool": [programs.SPOOL, "append", "--store", store, "trend.captured", "topic=AI art generators", "source=google_trends",
                  "relevance_score:=0.92"],
        "python": [os.path.realpath(sys.executable), "-c", PYTHON, database, INSERT],
    }
    missing = []
    try:
        commands["shell"] = [work.peers.get("sqlite3"), database, INSERT]
    except Failed as error:
        missing.append(Line("not measured", beside="sqlite3 shell", note=f"sqlite3: {error}"))
    times = {name: [] for name in commands}
    with work.floor(20) as machine:
        floor = []
        for _ in range(work.sizes.repeats):
            total = dict.fromkeys(commands, 0.0)
            for turn in range(10):
                for name, command in commands.items():
                    total[name] += run(command) * 100
            for name in commands:
                times[name].append(total[name])
            floor.append(machine.slice() / machine.count * 1000)
    ours, what = Figures(times["spool"], "ms"), "spool append, 1 event"
    lines = [Line(what, ours, "python3 -c import sqlite3 …", Figures(times["python"], "ms"), target=at_most(0.1),
                  note="milliseconds of the whole process; stores of 10,000 events, one commit each, SQLite FULL")]
    if "shell" in times:
        lines.append(Line(what, ours, "sqlite3 shell", Figures(times["shell"], "ms"), target=at_most(0.8)))
    return lines + [Line(what, ours, "machine floor: one write and sync", Figures(floor, "ms"))] + missing


def disk(work):
    """Bytes per event on disk, log and views."""
    store, count = work.store(), work.sizes.mix
    sent = os.path.getsize(work.events())
    log, everything = allocated(store / "log"), allocated(store)
    database = work.new_database("disk.sqlite", events_table=True)
    with work.sqlite("load", database, "NORMAL", 0, count, "EVENTS") as load:
        load.slice()
    work.checkpoint(database)
    work.checkpoint(work.database())
    tables = os.stat(work.database()).st_blocks * 512
    both = os.stat(database).st_blocks * 512

    def bytes_each(total):
        return Figures([total / count], "B")

    return [
        Line("log", bytes_each(log), "payload + envelope", bytes_each(sent), target=at_most(1.15),
             note="bytes per event, blocks allocated, as ingest leaves the store; payload + envelope: the event's line as it was sent"),
        Line("log, index and views", bytes_each(everything), "SQLite: the same rows and an events table", bytes_each(both),
             target=at_most(1.5), note="the events table has indexes on source and id, subject, tags and type, as Spool's index has; "
             "SQLite's file after a checkpoint"),
        Line("log, index and views", bytes_each(everything), "SQLite: the tables only, no history", bytes_each(tables)),
    ]


def allocated(folder):
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


# As the log grows


class Growth:
    """One store, filled step by step, and a copy of it at each step."""

    def __init__(self, work):
        self.work = work
        self.store = work.new_store("growth")
        #: By the number of events.
        self.stores = {}
        #: Of what is in each, the measured events included.
        self.heads = {}
        self.ingest_memory = {}

    def fill(self, size):
        start, before = time.monotonic(), max(self.stores, default=0)
        generate = subprocess.Popen(
            [programs.BUILT / "generate", "ndjson", "mix", str(before), str(size - before)], stdout=subprocess.PIPE)
        self.ingest_memory[size] = peak_memory([programs.SPOOL, "ingest", "--store", self.store, "-"], stdin=generate.stdout)
        generate.stdout.close()
        generate.wait()
        if size - before >= 50_000:
            self.work.rate = (size - before) / (time.monotonic() - start)
        self.stores[size], self.heads[size] = self.store, size

    def keep_copy(self, size):
        self.stores[size] = self.copy(size, "growth")

    def copy(self, size, name, part=""):
        """A copy of the store of a size, or of a folder in it."""
        copy = self.work.fresh(f"{name}-{size}")
        for folder, _, files in os.walk(self.stores[size] / part):
            to = copy / os.path.relpath(folder, self.stores[size] / part)
            to.mkdir()
            for file in files:
                # A page at a time: Linux keeps in one piece what was written at once, and to change a page of it then takes longer. The
                # largest store, of which there is no copy, is as ingest leaves it.
                subprocess.run(["dd", f"if={folder}/{file}", f"of={to / file}", "bs=4k", "conv=sparse", "status=none"], check=True)
        os.sync()
        return copy

    def next_events(self, size, count):
        """A file of the events that come next in a store."""
        path = self.work.fresh(f"growth-{size}.ndjson")
        programs.generate("ndjson", "mix", self.heads[size], count, path)
        self.heads[size] += count
        return path

    def measure(self):
        """All sizes and the floor in turn: the same minute for all. Returns for each row the floor's figures and those of each size."""
        work, one, batch = self.work, 40 if self.work.sizes.quick else 1_000, 1_000 if self.work.sizes.quick else 20_000
        turns = work.sizes.repeats + 1
        # What filling has left to be written would keep the disk busy.
        os.sync()
        # About 10 MB at the smallest size: so many that it matters little what the others have left in the processor's caches.
        reads = 500 if work.sizes.quick else 20_000

        def row(contender, floor, **options):
            contenders = [contender(size, store) for size, store in self.stores.items()]
            rates = {name: Figures(values) for name, values in work.measure(contenders + [floor()], **options).items()}
            return rates.pop("floor"), {size: rates[str(size)] for size in self.stores}

        def appends_one(size, store):
            return work.spool(str(size), one, "append-1", store, self.next_events(size, one * turns))

        def appends_batch(size, store):
            if size > 2 * batch * turns:
                return work.spool(str(size), batch, "append-batch", store, self.next_events(size, batch * turns))
            # A small store would be a large one soon.
            events = programs.generate("ndjson", "mix", self.heads[size], batch * 2, work.fresh(f"batch-{size}.ndjson"))
            return OnCopies(str(size), batch, lambda: work.spool(str(size), batch, "append-batch", self.copy(size, "batch"), events))

        def puts(size, store):
            return work.contender(
                str(size), [programs.BUILT / "lmdb_puts", self.copy(size, "puts", "views/metrics@1")], 10 * reads, step=reads // 10)

        def read_floor():
            reference = work.path("lmdb-1000")
            with work.lmdb(10_000, batch=1000) as log:
                log.slice()
            return work.contender("floor", [programs.BUILT / "lmdb_floor", "get", reference], 200_000)

        measured = {
            "append-1": row(appends_one, lambda: work.floor(one), slices=1),
            "append-batch": row(appends_batch, lambda: work.floor(5 * batch, batch=1000), slices=1),
            "point": row(lambda size, store: work.spool(str(size), reads, "sql", store, "key", step=1), read_floor),
            "history": row(lambda size, store: work.spool(str(size), reads, "history", store, step=1), read_floor),
            # What memory alone costs: the same C program over the records of each store's own log.
            "C: LMDB get": row(
                lambda size, store: work.contender(str(size), [programs.BUILT / "lmdb_floor", "get", store / "log"], reads), read_floor),
            # And what changes at random places cost, in three of the trees that a batch changes.
            "C: LMDB put": row(puts, read_floor, slices=1),
        }
        for size in self.stores:
            shutil.rmtree(work.path(f"puts-{size}"))
        return measured


def growth(work, with_memory):
    """The store at its largest: as many of the sizes as there is time for."""
    if "growth" not in work.made:
        grown = work.made["growth"] = Growth(work)
        for size in work.sizes.scale:
            # Filling and measuring; for the memory row also reading it three times and folding it twice.
            needed = (size - max(grown.stores, default=0)) * (2.0 if with_memory else 1.1) / (work.rate or 50_000) + 60
            if grown.stores and needed > work.left:
                break
            if grown.stores:
                grown.keep_copy(max(grown.stores))
            grown.fill(size)
    return work.made["growth"]


FLOORS = {"append-1": "machine floor", "append-batch": "machine floor, 1,000 per sync", "point": "C: LMDB get, 10,000 records",
          "history": "C: LMDB get, 10,000 records", "C: LMDB get": "C: LMDB get, 10,000 records",
          "C: LMDB put": "C: LMDB get, 10,000 records"}


def scale(work):
    """append-1, append-batch, point and history as the log grows, each divided by the floor of its minute; beside them what C makes of LMDB."""
    grown = growth(work, "memory" in work.rows)
    smallest, *larger = grown.stores
    lines = []
    for name, (floor, sizes) in grown.measure().items():
        base = (sizes[smallest] / floor).median
        for size, ours in sizes.items():
            slower = Figures([base * their / our for our, their in zip(ours.values, floor.values)], "×")
            target = at_most(1.3) if size in larger and not name.startswith("C:") else None
            lines.append(Line(f"{name} at {size:,}", ours, FLOORS[name], floor, slower, target))
    lines[0].note = ("ratio: how many times slower than at the smallest size; all sizes and the floor were measured in turn, appends until the "
                     "index and the views are written, too; C: LMDB get at a size: records of that store's log at random, nothing else; "
                     "C: LMDB put: of snapshots, the entries at random places in three trees of that store's view of metrics, nothing else")
    return lines + missing_sizes(work, grown)


def missing_sizes(work, grown):
    return [Line(f"not measured at {size:,}", note=f"there was no time left for {size:,} events") for size in work.sizes.scale
            if size not in grown.stores]


def memory(work):
    """Peak private memory of ingest, rebuild, scan and verify."""
    grown = growth(work, True)
    size = max(grown.stores)
    # A smaller log says nothing of the target.
    target = at_most(256) if size == 10_000_000 else None
    peaks = {
        "ingest": max(grown.ingest_memory.values()),
        "scan": peak_memory([programs.SPOOL_BENCH, "scan", grown.store], text=f"{grown.heads[size]}\n"),
        "rebuild": peak_memory([programs.SPOOL, "rebuild", "--store", grown.store]),
        "verify": peak_memory([programs.SPOOL, "verify", "--store", grown.store]),
    }
    return [
        Line(f"{name} at {size:,}", Figures([peak / 2**20], "MiB"), ratio=Figures([peak / 2**20], "MiB"), target=target,
             note="MiB: the largest RssAnon seen (private pages that belong to no file: heap and stacks), every 20 ms; pages of the log and "
             "the views are the system's cache and not in it")
        for name, peak in peaks.items()
    ] + missing_sizes(work, grown)


def peak_memory(command, stdin=subprocess.DEVNULL, text=None):
    """The most anonymous memory a process had, in bytes."""
    process = subprocess.Popen(
        [str(part) for part in command], stdin=subprocess.PIPE if text else stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if text:
        process.stdin.write(text.encode())
        process.stdin.close()
    peak = 0
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status", encoding="utf-8") as status:
                for line in status:
                    if line.startswith("RssAnon:"):
                        peak = max(peak, int(line.split()[1]) * 1024)
        except (OSError, ValueError):
            pass
        time.sleep(0.02)
    reader.join()
    if process.returncode:
        raise Failed(f"{' '.join(str(part) for part in command[:2])}: {errors[0].decode()[-300:]}")
    return peak
