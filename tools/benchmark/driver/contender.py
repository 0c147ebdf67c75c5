"""Processes that are given work in slices, and the measuring of several of them side by side."""

import subprocess
import time


class Failed(Exception):
    """A contender or a peer that cannot be measured; the message says why."""


class Contender:
    """A process that reads a count a line and answers with the seconds that so many events took."""

    def __init__(self, name, command, count, environment=None):
        self.name = name
        self.count = count
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment)
        if self._answer() != "ready":
            raise Failed(f"{name} is not ready")

    def slice(self, count=None):
        self.process.stdin.write(f"{self.count if count is None else count}\n")
        self.process.stdin.flush()
        return float(self._answer())

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            reason = self.process.stderr.read().strip().splitlines()
            raise Failed(f"{self.name}: {' '.join(reason[-3:]) or 'ended'}")
        return line.strip()

    def close(self):
        if self.process.poll() is not None:
            return
        try:
            self.process.stdin.close()
            self.process.wait(timeout=60)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def interleave(contenders, repeats, slices=3, warm_up=True):
    """Slice after slice of each in turn, so that all of them see the same machine.

    Returns for each contender its events a second, a figure a repeat.
    """
    rates = {contender.name: [] for contender in contenders}
    if warm_up:
        for contender in contenders:
            contender.slice()
    for repeat in range(repeats):
        seconds = dict.fromkeys(rates, 0.0)
        for turn in range(slices):
            first = (repeat + turn) % len(contenders)
            for contender in contenders[first:] + contenders[:first]:
                seconds[contender.name] += contender.slice()
        for contender in contenders:
            rates[contender.name].append(contender.count * slices / seconds[contender.name])
    return rates


def timed(command, **options):
    """Runs a command; returns its seconds."""
    start = time.monotonic()
    result = subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    seconds = time.monotonic() - start
    if result.returncode:
        raise Failed(f"{command[0]}: {result.stderr.strip()[-300:]}")
    return seconds
