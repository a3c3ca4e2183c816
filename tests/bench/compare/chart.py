"""The chart: for each row with several contestants its bars against the longest; for what grows,
lines over the points of growth, both axes logarithmic."""

import html
import math

from report import UNITS, figure, point

COLOURS = {"sandpost": "#2a6fb0", "sandpost, throw-away": "#8fbce6", "bare sink": "#e0e0e0"}
OTHER = "#b8b8b8"
LINES = ["#2a6fb0", "#d1732a", "#3f8f4f", "#a03fa0", "#7a6a20", "#444444", "#c03a3a", "#2aa5a5"]
LEFT, BAR, LINE = 250, 420, 18
PLOT_WIDTH, PLOT_HEIGHT = 420, 200


def word(x, y, text, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{html.escape(text)}</text>'


def bars(row, y):
    shapes = [word(10, y + 4, row["name"], ' font-weight="bold"')]
    y += LINE
    longest = max(result["median"] for result in row["results"])
    for result in row["results"]:
        width = result["median"] / longest * BAR
        shapes += [
            word(LEFT - 8, y + 4, result["server"], ' text-anchor="end"'),
            f'<rect x="{LEFT}" y="{y - 8}" width="{width:.1f}" height="13" '
            f'fill="{COLOURS.get(result["server"], OTHER)}"/>',
            word(LEFT + width + 6, y + 4,
                 f"{figure(result['median'])} {UNITS.get(row['unit'], row['unit'])}")]
        y += LINE
    return shapes, y + 8


def plot(axis, unit, rows, y):
    """One panel: a line for each row and server."""
    points = sorted({result["at"] for row in rows for result in row["results"]})
    values = [result["median"] for row in rows for result in row["results"] if result["median"] > 0]
    if len(points) < 2 or not values:
        return [], y
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    high = max(high, low + 1)
    shapes = [word(10, y + 4, f"{UNITS.get(unit, unit)}, by {axis}", ' font-weight="bold"')]
    top = y + LINE

    def place(at, value):
        x = LEFT - 180 + points.index(at) / (len(points) - 1) * PLOT_WIDTH
        return x, top + PLOT_HEIGHT * (high - math.log10(value)) / (high - low)

    for power in range(low, high + 1):
        x, height = place(points[0], 10 ** power)
        shapes += [f'<path d="M{x:.1f} {height:.1f}h{PLOT_WIDTH}" stroke="#dddddd"/>',
                   word(x - 6, height + 4, f"{10.0 ** power:,g}", ' text-anchor="end"')]
    for at in points:
        shapes.append(word(place(at, 1)[0], top + PLOT_HEIGHT + 16, point(at),
                           ' text-anchor="middle"'))
    lines = [(row, server) for row in rows
             for server in dict.fromkeys(result["server"] for result in row["results"])]
    for number, (row, server) in enumerate(lines):
        colour = LINES[number % len(LINES)]
        places = [place(result["at"], result["median"]) for result in row["results"]
                  if result["server"] == server and result["median"] > 0]
        path = " ".join(f"{x:.1f},{height:.1f}" for x, height in places)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        shapes += [f'<circle cx="{x:.1f}" cy="{height:.1f}" r="3" fill="{colour}"/>'
                   for x, height in places]
        shapes.append(word(LEFT - 180 + PLOT_WIDTH + 14, top + 10 + number * LINE,
                           f"{row['name']}: {server}", f' fill="{colour}"'))
    return shapes, top + max(PLOT_HEIGHT + 30, len(lines) * LINE) + 16


def draw(told):
    about = told["machine"]
    shapes, y = [], 40
    for row in told["rows"]:
        if not row["axis"] and len(row["results"]) > 1:
            more, y = bars(row, y)
            shapes += more
    grown = [row for row in told["rows"] if row["axis"]]
    for axis, unit in dict.fromkeys((row["axis"], row["unit"]) for row in grown):
        more, y = plot(axis, unit, [row for row in grown
                                    if (row["axis"], row["unit"]) == (axis, unit)], y)
        shapes += more
    title = f"{about['processors']} x {about['processor']}, {about['disk']}, {about['date']}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{y + 10:.0f}" '
            f'font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n'
            + word(10, 18, title) + "\n" + "\n".join(shapes) + "\n</svg>\n")
