"""The chart: each row of which there are several contestants, its bars against the longest."""

import html

COLOURS = {"sandpost": "#2a6fb0", "sandpost, throw-away": "#8fbce6"}
OTHER = "#b8b8b8"
LEFT, BAR, LINE = 250, 420, 18


def draw(measured, about):
    y = 40
    shapes = []
    for row, results in measured:
        if len(results) < 2:
            continue
        shapes.append(f'<text x="10" y="{y + 4}" font-weight="bold">{html.escape(row.name)}</text>')
        y += LINE
        longest = max(result["median"] for result in results.values())
        for name, result in results.items():
            width = result["median"] / longest * BAR
            shapes.append(
                f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{html.escape(name)}</text>'
                f'<rect x="{LEFT}" y="{y - 8}" width="{width:.1f}" height="13" '
                f'fill="{COLOURS.get(name, OTHER)}"/>'
                f'<text x="{LEFT + width + 6:.1f}" y="{y + 4}">{result["median"]:,.1f} '
                f'{row.unit if row.unit != "/s" else "a second"}</text>')
            y += LINE
        y += 8
    title = f"{about['processors']} x {about['processor']}, {about['disk']}, {about['date']}"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="820" height="{y + 10}" '
            f'font-family="sans-serif" font-size="12">\n'
            f'<rect width="100%" height="100%" fill="white"/>\n'
            f'<text x="10" y="18">{html.escape(title)}</text>\n' + "\n".join(shapes) + "\n</svg>\n")
