"""Processes that are given work in slices, and the measuring of several of them side by side."""

import subprocess
import time


#: Short, so that contenders see the same minute; long enough for a disk's moods to even out.
SLICE_SECONDS = 0.3


class Failed(Exception):
    """A contender or a peer that cannot be measured; the message says why."""


class Contender:
    """A process that reads a count a line and answers with the seconds that so many events took."""

    def __init__(self, name, command, count, step=None):
        """`count`: the most events of a slice; `step`: it may be cut to a multiple of this where they take long."""
        self.name = name
        self.count = count
        self.step = step
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self._answer() != "ready":
            raise Failed(f"{name} is not ready")

    def slice(self, count=None):
        self.process.stdin.write(f"{self.count if count is None else count}\n")
        self.process.stdin.flush()
        return float(self._answer())

    def warm_up(self):
        """A slice that does not count, except that it tells how many events make one of reasonable length."""
        seconds = self.slice()
        if self.step and seconds > SLICE_SECONDS:
            self.count = max(self.step, int(self.count * SLICE_SECONDS / seconds) // self.step * self.step)

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            reason = self.process.stderr.read().strip().splitlines()
            self.close()
            raise Failed(f"{self.name}: {' '.join(reason[-3:]) or 'ended'}")
        return line.strip()

    def close(self):
        try:
            self.process.stdin.close()
            self.process.wait(timeout=60)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class OnCopies:
    """A contender that begins each slice anew, on a copy of what it works on: that stays as large as it is."""

    def __init__(self, name, count, begin):
        """`begin`: makes the copy, and a contender that works on it."""
        self.name = name
        self.count = count
        self.begin = begin

    def warm_up(self):
        self.slice()

    def slice(self):
        with self.begin() as contender:
            # A process that has just begun looks at each page for the first time.
            contender.slice(self.count // 5)
            return contender.slice(self.count)


def interleave(contenders, repeats, slices=3, warm_up=True):
    """Slice after slice of each in turn, so that all of them see the same machine.

    Returns for each contender its events a second, a figure a repeat.
    """
    rates = {contender.name: [] for contender in contenders}
    if warm_up:
        for contender in contenders:
            contender.warm_up()
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
