"""What was measured: figures over the repeats, a line for each comparison, the table and its JSON."""

import json
import statistics


class Figures:
    """The figures of one contender, one a repeat."""

    def __init__(self, values, unit="/s"):
        self.values = list(values)
        self.unit = unit

    def __truediv__(self, other):
        return Figures([mine / theirs for mine, theirs in zip(self.values, other.values)], "×")

    @property
    def median(self):
        return statistics.median(self.values)

    def json(self):
        return {"median": self.median, "min": min(self.values), "max": max(self.values), "repeats": len(self.values), "unit": self.unit}

    def __str__(self):
        return number(self.median) + ("" if self.unit == "×" else " " + self.unit)

    def range(self):
        if len(self.values) == 1:
            return number(self.median)
        return f"{number(self.median)} ({number(min(self.values))}–{number(max(self.values))})"


def number(value):
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3g}"


class Target:
    def __init__(self, sign, value):
        self.sign = sign
        self.value = value

    def is_met(self, ratio):
        return ratio >= self.value if self.sign == "≥" else ratio <= self.value

    def __str__(self):
        return f"{self.sign} {self.value:g}"


def at_least(value):
    return Target("≥", value)


def at_most(value):
    return Target("≤", value)


class Line:
    """One comparison: what Spool does, what the other does, the ratio and its target."""

    def __init__(self, what, ours=None, beside="", theirs=None, ratio=None, target=None, note=""):
        self.row = ""
        self.what = what
        self.ours = ours
        self.beside = beside
        self.theirs = theirs
        self.ratio = ratio if ratio is not None or theirs is None or ours is None else ours / theirs
        self.target = target
        self.note = note

    @property
    def is_met(self):
        return None if self.target is None or self.ratio is None else self.target.is_met(self.ratio.median)

    def cells(self):
        verdict = {None: "", True: "met", False: "missed"}[self.is_met]
        return [
            self.row, self.what, str(self.ours or ""), self.beside, str(self.theirs or ""), self.ratio.range() if self.ratio else "",
            str(self.target or ""), verdict,
        ]

    def json(self):
        def figures(value):
            return value and value.json()

        return {
            "row": self.row, "what": self.what, "spool": figures(self.ours), "beside": self.beside, "theirs": figures(self.theirs),
            "ratio": figures(self.ratio), "target": str(self.target) if self.target else None, "met": self.is_met,
            "note": self.note or None,
        }


HEADINGS = ["row", "measured", "Spool", "beside", "theirs", "ratio (min–max)", "target", ""]


def table(lines):
    rows = [HEADINGS] + [line.cells() for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    text = []
    for place, row in enumerate(rows):
        if place == 1 or place > 1 and row[0] != rows[place - 1][0]:
            text.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
        text.append("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return "\n".join(text)


def markdown(lines, heading):
    rows = [line.cells() for line in lines if line.ratio]
    text = [heading, "", "| " + " | ".join(HEADINGS) + " |", "| " + " | ".join("---" for _ in HEADINGS) + " |"]
    text += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(text)


def notes(lines):
    seen = []
    for line in lines:
        if line.note and (line.row, line.note) not in seen:
            seen.append((line.row, line.note))
    return "\n".join(f"{row}: {note}" for row, note in seen)


def write_json(path, about, lines):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**about, "lines": [line.json() for line in lines]}, file, ensure_ascii=False, indent=1)
        file.write("\n")
