"""The peers that are servers or packages: fetched under .build/bench, started on loopback, ended with the run."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from . import programs
from .contender import Failed

DEBIAN = {
    "redis": ["redis-tools", "liblzf1", "libjemalloc2", "liblua5.1-0", "lua-cjson", "lua-bitop", "libatomic1"],
    "nats": ["nats-server"], "sqlite3": ["sqlite3"],
}
POSTGRES = ["initdb", "postgres", "pg_isready"]
PYTHON = ["umadb", "eventsourcing"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process, address, name, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        with socket.socket(family) as probe:
            try:
                probe.connect(address)
                return
            except OSError:
                time.sleep(0.05)
    raise Failed(f"{name} did not start")


class Peers:
    """Each is started when a row first asks for it; what cannot be had raises `Failed` with the reason."""

    def __init__(self, work):
        self.work = work
        self.processes = []
        self.answers = {}

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def get(self, name):
        """Where the peer listens, or for a package the interpreter that has it."""
        if name not in self.answers:
            try:
                self.answers[name] = getattr(self, "_" + name)()
            except (Failed, OSError, subprocess.SubprocessError, KeyError, IndexError) as error:
                detail = (getattr(error, "stderr", None) or "").strip().splitlines()
                self.answers[name] = Failed(f"{detail[-1] if detail else error}")
        if isinstance(self.answers[name], Failed):
            raise self.answers[name]
        return self.answers[name]

    def _start(self, command, folder, environment=None):
        log = open(folder / "server.log", "wb")
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, env=environment, cwd=folder)
        self.processes.append(process)
        return process

    def _folder(self, name):
        path = self.work.fresh(name)
        path.mkdir()
        return path

    def _debian(self, peer):
        """Packages unpacked, not installed: nothing of the system changes and no service starts."""
        root = programs.BUILT / f"packages/{peer}"
        if not root.exists():
            partial = programs.BUILT / f"packages/{peer}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir(parents=True)
            try:
                _run(["apt-get", "download", "-q", *DEBIAN[peer]], cwd=partial)
            except subprocess.CalledProcessError:
                # The lists may name versions that are gone.
                _run([*([] if os.geteuid() == 0 else ["sudo", "-n"]), "apt-get", "update", "-q"])
                _run(["apt-get", "download", "-q", *DEBIAN[peer]], cwd=partial)
            for package in partial.glob("*.deb"):
                _run(["dpkg-deb", "-x", package, partial])
            partial.rename(root)
        return root

    def _sqlite3(self):
        """The shell."""
        return shutil.which("sqlite3") or self._debian("sqlite3") / "usr/bin/sqlite3"

    def _redis(self):
        root, folder = self._debian("redis"), self._folder("redis")
        libraries = ":".join(str(path) for path in (root / "usr/lib").glob("*-linux-gnu*"))
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries}
        server, address = root / "usr/bin/redis-server", str(folder / "socket")
        if not server.exists():
            server.symlink_to("redis-check-rdb")
        process = self._start(
            [server, "--port", 0, "--unixsocket", address, "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
             "--loglevel", "warning"], folder, environment)
        wait_for(process, address, "redis")
        version = subprocess.run([server, "--version"], stdout=subprocess.PIPE, text=True, env=environment).stdout
        self.work.versions["Redis"] = version.split("v=")[1].split()[0]
        return address

    def _nats(self):
        server, folder, port = self._debian("nats") / "usr/sbin/nats-server", self._folder("nats"), free_port()
        process = self._start([server, "-a", "127.0.0.1", "-p", port, "-js", "-sd", folder / "data"], folder)
        wait_for(process, ("127.0.0.1", port), "nats")
        self.work.versions["NATS"] = programs.version([server, "--version"]).split("v")[-1]
        return str(port)

    def _postgres(self):
        programs_of = sorted((path for path in _postgres_folders() if all((path / name).exists() for name in POSTGRES)), reverse=True)
        if not programs_of:
            raise Failed("PostgreSQL is not installed: tools/setup installs it")
        folder, data = self._folder("postgres"), self.work.path("postgres") / "data"
        # It does not run as root.
        as_user = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        _run([*as_user, programs_of[0] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        process = self._start(
            [*as_user, programs_of[0] / "postgres", "-D", data, "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c",
             "shared_buffers=256MB", "-c", "max_connections=80"], folder)
        wait_for(process, str(folder / ".s.PGSQL.5432"), "postgres")
        self.work.versions["PostgreSQL"] = programs.version([programs_of[0] / "postgres", "--version"]).split()[2]
        connection = f"host={folder} dbname=postgres user=postgres"
        for _ in range(100):
            if subprocess.run([programs_of[0] / "pg_isready", "-q", "-h", folder]).returncode == 0:
                break
            time.sleep(0.05)
        return connection

    def _python(self):
        """An interpreter with the packages, in an environment of its own."""
        folder = programs.BUILT / "venv"
        python = folder / "bin/python"
        if not (folder / "complete").exists():
            _run([sys.executable, "-m", "venv", "--clear", folder])
            _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PYTHON])
            (folder / "complete").touch()
        for package in PYTHON:
            self.work.versions[package] = programs.version(
                [python, "-c", f"import importlib.metadata as m; print(m.version('{package}'))"])
        return python

    def _umadb(self):
        server, folder, port = self.get("python").parent / "umadb", self._folder("umadb"), free_port()
        process = self._start([server, "--listen", f"127.0.0.1:{port}", "--db-path", folder / "uma.db"], folder)
        wait_for(process, ("127.0.0.1", port), "umadb")
        return f"http://127.0.0.1:{port}"


def _postgres_folders():
    found = shutil.which("initdb")
    return list(Path("/usr/lib/postgresql").glob("*/bin")) + ([Path(found).parent] if found else [])


def _run(command, **options):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
