"""The command ``gegenprobe``: what may be asked, and how a mistake is answered (one line, exit status 2)."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from gegenprobe import __version__
from gegenprobe.errors import InputError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gegenprobe")
def cli() -> None:
    """Check the claims of a video against official figures, as known then and as known now."""


@cli.command()
@click.option("--as-of", default="latest", metavar="DAY", help="Day of knowledge, YYYY-MM-DD or latest (default).")
@click.option("--video-day", default=None, metavar="DAY", help="Day the video is judged on (default 2025-06-12).")
@click.option(
    "--claims",
    "claims_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A claim file, or a folder of them, in place of data/claims.",
)
@click.option("--claim", "names", multiple=True, metavar="ID", help="Only this claim; may be repeated.")
@click.option("--all", "everything", is_flag=True, help="Show every definition in the table, not the primary one only.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON list of findings, every definition of every claim."
)
def check(
    as_of: str, video_day: str | None, claims_path: Path | None, names: tuple[str, ...], everything: bool, as_json: bool
) -> None:
    """Judge the claims in the terminal, without notebooks."""
    from gegenprobe.commands.check import run

    run(as_of, video_day, claims_path, list(names), everything, as_json)


def _of_a_build(command):
    """Give a command the options of a build."""
    for option in reversed(_BUILD):
        command = option(command)
    return command


_BUILD = [
    click.option(
        "--chapter",
        "chapters",
        multiple=True,
        metavar="ID",
        help="Bring only this chapter up to date; may be repeated.",
    ),
    click.option("--as-of", default="latest", metavar="DAY", help="Day of knowledge, YYYY-MM-DD or latest (default)."),
    click.option("--video-day", default=None, metavar="DAY", help="Day the video is judged on (default 2025-06-12)."),
    click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Chapters executed at once."),
    click.option("--plain-kernels", is_flag=True, help="Start each kernel afresh instead of forking warmed ones."),
]
_port = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes a free one.",
)


@cli.command()
@_of_a_build
@click.option("--force", is_flag=True, help="Execute and render everything, changed or not.")
@click.option("--when-told", is_flag=True, hidden=True, help="Get ready, and begin when a line comes in.")
def build(
    chapters: tuple[str, ...],
    as_of: str,
    video_day: str | None,
    jobs: int,
    plain_kernels: bool,
    force: bool,
    when_told: bool,
) -> int:
    """Execute the chapters, write the pages and build the site; works offline."""
    if when_told:
        from gegenprobe.commands.ready import run
    else:
        from gegenprobe.commands.build import run

    return run(list(chapters), as_of, video_day, jobs, force, warm=not plain_kernels)


@cli.command()
@_port
@_of_a_build
def watch(
    port: int, chapters: tuple[str, ...], as_of: str, video_day: str | None, jobs: int, plain_kernels: bool
) -> None:
    """Build and show the book, and build it again whenever a file of it was saved.

    Pages that are open load again by themselves. The next build gets ready while you write.
    """
    from gegenprobe.commands.watch import run

    run(port, list(chapters), as_of, video_day, jobs, warm=not plain_kernels)


@cli.command()
@_port
def serve(port: int) -> None:
    """Show the built site on localhost."""
    from gegenprobe.commands.serve import run

    run(port)


@cli.command()
@click.argument("series", nargs=-1)
def seal(series: tuple[str, ...]) -> None:
    """Record hand-edited files of observations in data/provenance.csv, after checking them (all, or SERIES)."""
    from gegenprobe.commands.seal import run

    run(list(series))


@cli.command()
@click.option("--series", multiple=True, metavar="ID", help="Only this series; may be repeated.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only series of this source; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Ask and report, write nothing.")
@click.option(
    "--sources", "addresses", type=click.Path(path_type=Path), metavar="PATH",
    help="Base addresses in place of data/sources.yml: a mirror, a proxy, a test server.",
)  # fmt: skip
@click.option(
    "--report", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Also write refresh.md and refresh.json there.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON in place of Markdown.")
def refresh(
    series: tuple[str, ...],
    sources: tuple[str, ...],
    dry_run: bool,
    addresses: Path | None,
    folder: Path | None,
    as_json: bool,
) -> int:
    """Add what the official sources have that is new or changed, all in one step.

    Exit status 1 if a series failed (the others are taken), 2 for bad input. Keys come from FRED_API_KEY,
    ESTAT_APP_ID and CENSUS_API_KEY; without one, the series that need it are skipped by name.
    """
    from gegenprobe.commands.refresh import run

    return run(list(series), list(sources), addresses, dry_run, as_json, folder)


@cli.command()
@click.option("--today", default=None, metavar="DAY", help="Judge as on this day, YYYY-MM-DD (default: today).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list, the worst first.")
@click.option("--issue", is_flag=True, help="Let one issue of GITHUB_REPOSITORY say it (needs GITHUB_TOKEN); exit 0.")
def freshness(today: str | None, as_json: bool, issue: bool) -> int:
    """Judge how old each series is: exit status 0 fresh, 1 warning, 2 error."""
    from gegenprobe.commands.freshness import run

    return run(today, as_json, issue)


@cli.command()
@click.option(
    "--as-of-grid",
    "grid",
    default="months",
    show_default=True,
    metavar="SPEC",
    help="Days of knowledge: months, weeks, days or quarters from the video's day to the newest figure, "
    "or FROM:TO:months, or days with commas between them.",
)
@click.option(
    "--tolerances",
    default="0.5,1,2",
    show_default=True,
    metavar="SPEC",
    help="Factors on the tolerance, with commas between them, or LOW:HIGH:COUNT.",
)
@click.option("--claim", "names", multiple=True, metavar="ID", help="Only this claim; may be repeated.")
@click.option(
    "--claims",
    "claims_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A claim file, or a folder of them, in place of data/claims.",
)
@click.option("--video-day", default=None, metavar="DAY", help="Day the video is judged on (default 2025-06-12).")
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=None,
    metavar="N",
    help="Local processes (default: as many as are worth it).",
)
@click.option(
    "--scheduler",
    default=None,
    metavar="ADDRESS",
    help="Use the Dask cluster with this scheduler, tcp://HOST:PORT. Without any worker for a minute the sweep stops.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where finished cases are kept (default book/_build/sweep).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The table of all cases (default cases.csv among the results).",
)
@click.option("--fresh", is_flag=True, help="Forget what is kept and compute everything again.")
@click.option("--dry-run", is_flag=True, help="Only say how many cases are kept and how many are missing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON; the cases are in the table.")
def sweep(**options) -> int:
    """Judge claims x definitions x tolerances x days of knowledge into one csv table.

    A sweep that was stopped goes on where it was; a case is computed again only if one of its inputs changed. Exit
    status 1 if a case failed (its row says why) or a cluster lost all its workers, 2 for bad input.
    """
    from gegenprobe.commands.sweep import run

    return run(**{**options, "names": list(options["names"])})


def main(arguments: list[str] | None = None) -> None:
    """Run the command; every mistake of the user's is one line on stderr and exit status 2."""
    try:
        status = cli.main(args=arguments, prog_name="gegenprobe", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        sys.exit(2)
    except click.UsageError as error:
        where = f"{error.ctx.command_path}: " if error.ctx else "gegenprobe: "
        click.echo(f"{where}{' '.join(error.format_message().split())} (see --help)", err=True)
        sys.exit(2)
    except InputError as error:
        click.echo(f"gegenprobe: {' '.join(str(error).split())}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("gegenprobe: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # the reader has seen enough, as in `gegenprobe check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except UnicodeEncodeError as error:
        click.echo(f"gegenprobe: {error.encoding} lacks some signs of the output; set PYTHONIOENCODING=utf-8", err=True)
        sys.exit(2)
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"gegenprobe: {error.strerror or error}{where}", err=True)
        sys.exit(2)
    gc.freeze()  # what was loaded is not searched for garbage on the way out: a tenth of a second
    sys.exit(status if isinstance(status, int) else 0)
