"""The results as a table and a picture, ``README.md`` and ``build.svg``, from ``results.json``."""

from __future__ import annotations

import json
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert

HERE = Path(__file__).resolve().parent


def table(title: str, values: dict[str, float], unit: str) -> list[str]:
    """Return one Markdown table."""
    rows = [f"| {name} | {value:g} |" for name, value in values.items()]
    return [f"## {title}", "", f"| | {unit} |", "|---|---:|", *rows, ""]


def main() -> None:
    """Write the table and the picture."""
    results = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    cold = results["cold build, seconds"]
    machine = results["machine"]
    lines = [
        "# Benchmarks",
        "",
        f"One run on one machine ({machine['cores']} cores, Python {machine['python']}), all in turn, in copies of the",
        "checkout; `make bench` repeats it. Seconds differ between machines: the ratios are what to compare.",
        "",
        "![Seconds of a cold build, five ways](build.svg)",
        "",
        *table("Cold build", cold, "seconds"),
        *table("Cold build, as a multiple of ours", results["ratio to gegenprobe"], "times"),
        *table("What no build can go below", results["limit, seconds"], "seconds"),
        "One import of pandas and altair, the time of all cells over the cores, and Sphinx on the finished pages.",
        f"Our cold build takes {results['cold build over limit']:g} times that.",
        "",
        *table("Rebuild after a change", results["rebuild, seconds"], "seconds"),
        *table("Rebuild as a part of the cold build", results["rebuild over cold build"], "share"),
        *table("Cold build by number of chapters", results["cold build by chapters, seconds"], "seconds"),
        f"`gegenprobe check` of all claims: {results['check of all claims, seconds']:g} s. Largest process of a build: "
        f"{results['largest process of a build, MB']:g} MB.",
        "",
    ]
    (HERE / "README.md").write_text("\n".join(lines), encoding="utf-8")
    frame = pd.DataFrame({"way": list(cold), "seconds": list(cold.values())})
    bars = alt.Chart(frame).encode(
        y=alt.Y("way:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)), x=alt.X("seconds:Q", title="seconds")
    )
    chart = (bars.mark_bar(color="#0b63a8") + bars.mark_text(align="left", dx=4).encode(text="seconds:Q")).properties(
        width=420
    )
    (HERE / "build.svg").write_text(vl_convert.vegalite_to_svg(chart.to_json()), encoding="utf-8")


if __name__ == "__main__":
    main()
