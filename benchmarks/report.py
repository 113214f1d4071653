"""The results as tables and a picture, ``README.md`` and ``build.svg``, from ``results.json``."""

from __future__ import annotations

import json
from pathlib import Path

import altair as alt
import pandas as pd
import vl_convert
from rebuilds import WRITING

HERE = Path(__file__).resolve().parent
BEFORE = "cold build before the rebuilds, seconds"


def table(title: str, values: dict[str, float], unit: str, *notes: str) -> list[str]:
    """Return one Markdown table under its title, with what is to be said of it."""
    rows = [f"| {name} | {value:g} |" for name, value in values.items()]
    return [f"## {title}", "", *notes, *([""] if notes else []), f"| | {unit} |", "|---|---:|", *rows, ""]


def growth(by_count: dict[str, dict[str, float]]) -> list[str]:
    """Return the table of how builds grow with the number of chapters."""
    rows = []
    for count, each in by_count.items():
        same = each["(a)"] + each["the rest of the book"]
        ratios = [same / each["ours"], each["(a)"] / each["ours"]]
        cells = [f"{each['ours']:g}", f"{each['ours'] / int(count):.2f}", f"{same:.2f}", *map("{:.2f}".format, ratios)]
        rows.append(f"| {count} | {' | '.join(cells)} |")
    return [
        "## Cold build by number of chapters", "",
        "More chapters are copies of the five with claims of their own names.", "",
        "| chapters | ours, seconds | a chapter | (a), the same book | times ours | (a) as it is, times ours |",
        "|---:|---:|---:|---:|---:|---:|", *rows, "",
    ]  # fmt: skip


def rebuilds(results: dict) -> list[str]:
    """Return the table of builds after a change, by a command and while watched."""
    kinds = ("rebuild, seconds", "rebuild over cold build")
    watched = ("rebuild while watched, seconds", "rebuild while watched over cold build")
    columns = [results[name] for name in (*kinds, *watched)]
    rows = [
        f"| {name} | {' | '.join(f'{each[name]:g}' if name in each else '' for each in columns)} |"
        for name in columns[0]
    ]
    return [
        "## Rebuild after a change", "",
        f"Medians of three rounds, each beside the cold build of its own copy ({results[BEFORE]:g} s). While",
        f"`gegenprobe watch` runs, the next build gets ready; here the author took {WRITING:g} s for each change.",
        "Seconds count from the moment a file is written.", "",
        "| | seconds | of the cold build | watched, seconds | of the cold build |",
        "|---|---:|---:|---:|---:|", *rows, "",
    ]  # fmt: skip


def picture(cold: dict[str, float]) -> str:
    """Return the cold builds as a bar chart, as SVG."""
    frame = pd.DataFrame({"way": list(cold), "seconds": list(cold.values())})
    bars = alt.Chart(frame).encode(
        y=alt.Y("way:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)), x=alt.X("seconds:Q", title="seconds")
    )
    labels = bars.mark_text(align="left", dx=4).encode(text="seconds:Q")
    return vl_convert.vegalite_to_svg((bars.mark_bar(color="#0b63a8") + labels).properties(width=420).to_json())


def main() -> None:
    """Write the tables and the picture."""
    results = json.loads((HERE / "results.json").read_text(encoding="utf-8"))
    machine, cold, lowest = results["machine"], results["cold build, seconds"], results["limit, seconds"]
    beside = lowest["the rest of the book, in one process"]
    lines = [
        "# Benchmarks",
        "",
        f"One run on one machine ({machine['cores']} cores, Python {machine['python']}), all in turn, in copies of the",
        "checkout; `make bench` repeats it. Seconds differ between machines and hours: the ratios are what to compare.",
        "Each other way is paired with a build of ours right before it, in three rounds with the limit; medians.",
        "",
        "![Seconds of a cold build, six ways](build.svg)",
        "",
        *table(
            "Cold build", cold, "seconds",
            "Ours makes the whole book; of the other ways this is the execution of chapters and the rendering: their",
            "chapters draw one picture of four, and the generated pages are given to them.",
            f"Our own runs: {', '.join(f'{each:g}' for each in results['gegenprobe each time, seconds'])} s.",
            "What is made once an environment (script of pictures to explore, compiled templates, days) was there;",
            f"the first build, which makes it, took {results['first build in an environment, seconds']:g} s.",
        ),
        *table(
            "Chapters and rendering only, against our whole book",
            results["chapters and rendering only, as a multiple of our whole book"], "times ours",
        ),
        *table(
            "The same book", results["the same book, as a multiple of ours"], "times ours",
            f"The other ways with the {beside:g} s added that the rest of the book takes in one process: generated",
            "pages, all drawings, finishing. What is made once an environment was there.",
        ),
        *table(
            "What no build can go below", lowest, "seconds",
            "The cells are timed one by one in warm kernels, without drawing.",
        ),
        *table("Our cold build over the limits", results["cold build over the limits"], "times the limit"),
        *rebuilds(results),
        *growth(results["cold build by chapters, seconds"]),
        *table("For each further chapter", results["seconds for each further chapter"], "seconds"),
        *table("Pages, compressed", results["pages, KB"], "KB"),
        *table("The largest process", results["memory, MB"], "MB", "What it shares with others is counted whole."),
        f"`gegenprobe check --json` of all claims: {results['check of all claims, seconds']:g} s; "
        f"`gegenprobe --help`: {results['help, seconds']:g} s.",
        "",
        "The sweep, the first paint and a year of refreshes have results of their own: `results-sweep.json`,",
        "`results-paint.json`, `results-year.json`.",
        "",
    ]  # fmt: skip
    (HERE / "README.md").write_text("\n".join(lines), encoding="utf-8")
    (HERE / "build.svg").write_text(picture(cold), encoding="utf-8")


if __name__ == "__main__":
    main()
