"""One issue that says which figures have grown old: opened once, kept true, closed when all is fresh again.

It also keeps the scheduled workflows awake: a schedule sleeps after sixty days without a commit, and switching a
workflow on again through the API starts those days anew, without empty commits. Talks to GitHub's REST API with the
token of the workflow; form of requests and answers after GitHub's documentation, unproven against the live service.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import pandas as pd
import requests

from gegenprobe.errors import InputError
from gegenprobe.freshness import Age, State

TITLE = "Figures have grown old"
LABEL = "freshness"
SCHEDULED = ("freshness.yml", "refresh.yml", "sources.yml")
TIMEOUT = 30


def tend(ages: list[Age], day: pd.Timestamp, environment: Mapping[str, str]) -> str:
    """Open, update or close the issue, and keep the schedules awake; return one line that says what was done.

    Raises
    ------
    InputError
        If the environment lacks repository or token, or GitHub refuses.
    """
    try:
        repository, token = environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"]
    except KeyError as name:
        raise InputError(f"--issue needs {name.args[0]} in the environment (a workflow has it)") from None
    base = f"{environment.get('GITHUB_API_URL', 'https://api.github.com').rstrip('/')}/repos/{quote(repository)}"
    with requests.Session() as session:
        session.headers.update(
            {
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )
        done = _issue(session, base, ages, day)
        for name in SCHEDULED:
            _call(session, "PUT", f"{base}/actions/workflows/{name}/enable")
    return done


def body(ages: list[Age], day: pd.Timestamp) -> str:
    """Return the text of the issue: the series that are not fresh, the worst first."""
    lines = [
        f"As judged on {day:%Y-%m-%d} by `gegenprobe freshness`.",
        "",
        "| state | series | newest | next due | last looked | why |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for age in ages:
        if age.state >= State.WARNING:
            due, looked = (f"{each:%Y-%m-%d}" if each is not None else "–" for each in (age.due, age.looked))
            lines.append(f"| {age.state.word} | {age.series} | {age.newest:%Y-%m-%d} | {due} | {looked} | {age.why} |")
    return "\n".join(lines) + "\n"


def _issue(session: requests.Session, base: str, ages: list[Age], day: pd.Timestamp) -> str:
    old = [age for age in ages if age.state >= State.WARNING]
    listed = _call(session, "GET", f"{base}/issues", params={"state": "open", "labels": LABEL, "per_page": "100"})
    mine = [each for each in listed if each.get("title") == TITLE and "pull_request" not in each]
    if not old:
        for each in mine:
            _call(session, "PATCH", f"{base}/issues/{each['number']}", json={"state": "closed"})
        return f"all fresh: {len(mine)} issue closed" if mine else "all fresh: no issue"
    text = body(ages, day)
    if mine:
        number = min(each["number"] for each in mine)
        _call(session, "PATCH", f"{base}/issues/{number}", json={"body": text})
        return f"{len(old)} series not fresh: issue {number} updated"
    made = _call(session, "POST", f"{base}/issues", json={"title": TITLE, "body": text, "labels": [LABEL]})
    return f"{len(old)} series not fresh: issue {made['number']} opened"


def _call(session: requests.Session, method: str, url: str, **options):
    try:
        answer = session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **options)
        if not answer.ok:
            raise InputError(f"GitHub answered {method} {url} with status {answer.status_code}")
        return answer.json() if answer.content else None
    except (requests.RequestException, ValueError) as error:
        raise InputError(f"GitHub did not answer {method} {url} ({type(error).__name__})") from None
