"""The temporary folder of a run: events, stores and databases that several rows use, each made when it is first asked for."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from . import programs
from .contender import Contender, Failed, interleave
from .peers import Peers


class Sizes:
    """How much work the rows do."""

    def __init__(self, quick):
        self.quick = quick
        self.mix = 20_000 if quick else 1_000_000
        #: 10,000 videos and the snapshots of them.
        self.snapshots = 40_000 if quick else 1_010_000
        self.scale = [1_000, 10_000] if quick else [10_000, 100_000, 1_000_000, 10_000_000]
        self.repeats = 2 if quick else 5
        self.whole_repeats = 1 if quick else 3


class Workspace:
    def __init__(self, folder, sizes, seconds, rows=()):
        self.folder = Path(tempfile.mkdtemp(prefix="spool-bench-", dir=folder))
        os.chmod(self.folder, 0o755)
        self.sizes = sizes
        #: The rows that are asked for.
        self.rows = rows
        self.start = time.monotonic()
        self.deadline = self.start + seconds
        self.made = {}
        self.contenders = []
        self.peers = Peers(self)
        #: Events a second of `spool ingest`, once known: what larger stores will take is estimated by it.
        self.rate = None
        self.versions = {
            "SQLite": sqlite3.sqlite_version, "LMDB": programs.version(["dpkg-query", "-W", "-f", "${Version}", "liblmdb0"]),
            "Swift": programs.version(["swift", "--version"]).removeprefix("Swift version ").split(" ")[0],
        }

    def close(self):
        self.end_contenders()
        self.peers.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def left(self):
        """Seconds until the run has to be over."""
        return self.deadline - time.monotonic()

    def repeats(self, most, seconds):
        """Repeats of something long: one at least, another as long as the time for it is not used up."""
        start = time.monotonic()
        for place in range(most):
            elapsed = time.monotonic() - start
            if place and elapsed * (place + 1) / place > min(seconds, self.left):
                return
            os.sync()
            yield place

    def path(self, name):
        return self.folder / name

    def fresh(self, name):
        """A path where nothing is."""
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        for suffix in ("", "-wal", "-shm"):
            (self.folder / (name + suffix)).unlink(missing_ok=True)
        return path

    # What several rows use

    def events(self, mix="mix", start=0, count=None):
        """A file of NDJSON."""
        count = count or (self.sizes.mix if mix == "mix" else self.sizes.snapshots)
        name = f"{mix}-{start}-{count}.ndjson"
        if name not in self.made:
            self.made[name] = programs.generate("ndjson", mix, start, count, self.path(name))
        return self.made[name]

    def records(self, count):
        name = f"records-{count}"
        if name not in self.made:
            self.made[name] = programs.generate("records", "mix", 0, count, self.path(name))
        return self.made[name]

    def new_store(self, name):
        path = self.fresh(name)
        subprocess.run([programs.SPOOL, "init", "--store", path], check=True, stdout=subprocess.DEVNULL)
        return path

    def ingest(self, store, events):
        """Seconds of `spool ingest`, the whole process."""
        start = time.monotonic()
        result = subprocess.run(
            [programs.SPOOL, "ingest", "--store", store, events], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seconds = time.monotonic() - start
        if result.returncode:
            raise Failed(f"spool ingest: {result.stdout[-300:]}")
        return seconds

    def store(self, mix="mix"):
        """A store with all events of a mix."""
        name = f"store-{mix}"
        if name not in self.made:
            self.new_store(name)
            seconds = self.ingest(self.path(name), self.events(mix))
            self.rate = self.rate or self.sizes.mix / seconds
            self.made[name] = self.path(name)
        return self.made[name]

    def new_database(self, name, events_table=False):
        """A SQLite database with the seeds' tables, nothing in them."""
        path = self.fresh(name)
        connection = sqlite3.connect(path)
        for seed in programs.SEEDS:
            connection.executescript(seed.read_text())
        if events_table:
            connection.executescript(EVENTS_TABLE)
        connection.close()
        return path

    def database(self):
        """A SQLite database with the facts of the mix."""
        name = "mix.sqlite"
        if name not in self.made:
            path = self.new_database(name)
            with self.sqlite("load", path, "NORMAL", 0, self.sizes.mix) as load:
                load.slice()
            self.made[name] = path
        return self.made[name]

    def snapshot_database(self):
        """A SQLite database with videos and their snapshots: loaded first, indexed afterwards."""
        name = "snapshots.sqlite"
        if name not in self.made:
            path = self.new_database(name)
            with self.sqlite("load", path, "NORMAL", 0, self.sizes.snapshots, "SNAPSHOTS") as load:
                load.slice()
            self.made[name] = path
        return self.made[name]

    def checkpoint(self, path):
        """Puts all of a SQLite database into its file."""
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def fold(self, store):
        """Seconds that the views of the mix take from nothing."""
        for name in ("trends", "metrics", "image-library"):
            for folder in (store / "views").glob(f"{name}@*"):
                shutil.rmtree(folder)
        with self.spool("fold", 0, "fold", store) as spool:
            return spool.slice()

    # Contenders

    def contender(self, name, command, count, step=None):
        contender = Contender(name, command, count, step)
        self.contenders.append(contender)
        return contender

    def measure(self, contenders, **options):
        """Events a second of each, a figure a repeat; ends them."""
        rates = interleave(contenders, self.sizes.repeats, **options)
        self.end_contenders()
        return rates

    def end_contenders(self):
        while self.contenders:
            self.contenders.pop().close()

    def spool(self, name, count, *arguments, step=None):
        return self.contender(name, [programs.SPOOL_BENCH, *arguments], count, step)

    def sqlite(self, name, path, synchronous, batch, count, *more, step=None):
        """Batches of facts; 0: all of a slice in one transaction."""
        return self.contender(name, [programs.BUILT / "sqlite", "append", path, synchronous, batch, *more], count, step)

    def sqlite_query(self, name, path, query, count):
        return self.contender(name, [programs.BUILT / "sqlite", "query", path, query], count, 1)

    def floor(self, count, batch=1):
        return self.contender("floor", [programs.BUILT / "floor", self.fresh(f"floor-{batch}"), batch], count, batch)

    def lmdb(self, count, batch=1):
        return self.contender("lmdb", [programs.BUILT / "lmdb_floor", "append", self.fresh(f"lmdb-{batch}"), batch], count, batch)

    def lmdb_callers(self, count, callers):
        return self.contender("callers", [programs.BUILT / "lmdb_callers", self.fresh("lmdb-callers"), callers], count, callers)

    def clients(self, peer, count, clients):
        """Connections to a server, from C."""
        return self.contender(peer, [programs.BUILT / peer, self.peers.get(peer), clients], count, clients)

    def python_client(self, peer, address, count, events):
        return self.contender(peer, [self.peers.get("python"), programs.PEERS, peer, address, events], count, 1)

    def lmdb_read(self, name, kind, log, count):
        return self.contender(name, [programs.BUILT / "lmdb_floor", kind, log], count)


EVENTS_TABLE = """
CREATE TABLE events (
    position INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, subject TEXT NOT NULL, tags TEXT, rows TEXT,
    time DATETIME NOT NULL, data TEXT NOT NULL, UNIQUE (source, id));
CREATE INDEX events_subject ON events(subject);
CREATE INDEX events_tags ON events(tags) WHERE tags <> '';
CREATE INDEX events_type ON events(type);
"""
