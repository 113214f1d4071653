"""e-Stat (Statistics Bureau of Japan), API version 3.0. Key: ESTAT_APP_ID.

The consumer price table was seen in its parts as recorded (classes, values, errors); the envelope around them follows
the documentation. Items are found by their name in the table's own list, so that no code is guessed; a table of
another base year is another table, and its index no continuation of this one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from gegenprobe.sources import Answer, Asked, SourceError, each
from gegenprobe.sources.tidy import need, number, plain
from gegenprobe.sources.web import Web, quoted

KEY = "ESTAT_APP_ID"
JAPAN = "00000"
MONTH = re.compile(r"^(\d{4})00(\d{2})\2$")
MOST_PAGES = 20


def fetch(asked: Mapping[str, Asked], web: Web) -> Answer:
    """Yield each series; ``request.table``, ``request.tab`` and ``request.item`` (the item's Japanese name)."""
    return each(asked, lambda one: _one(web, one))


def _one(web: Web, one: Asked) -> pd.DataFrame:
    table, tab, item = (str(one.entry.request[name]) for name in ("table", "tab", "item"))
    classes = classes_of(web, table)
    need(classes, ["tab", "cat01", "area", "time"], f"table {table}")
    # Names come with their code before them ("0161生鮮食品を除く総合"), or without.
    codes = [code for code, name in classes["cat01"].items() if name.removeprefix(code).strip() == item]
    if len(codes) != 1:
        raise SourceError(f"table {table}: {len(codes)} items named {item}")
    asking = {
        "statsDataId": table, "cdTab": tab, "cdCat01": codes[0], "cdArea": JAPAN,
        "cdTimeFrom": f"{one.since:%Y00%m%m}",
    }  # fmt: skip
    found: dict[pd.Timestamp, float] = {}
    for row in values_of(web, asking):
        need(row, ["@tab", "@cat01", "@area", "@time", "$"], f"table {table}")
        if (row["@tab"], row["@cat01"], row["@area"]) != (tab, codes[0], JAPAN):
            raise SourceError(f"table {table}: a row of another item, area or kind than asked")
        match = MONTH.match(row["@time"])
        if match:
            month = pd.Timestamp(int(match[1]), int(match[2]), 1)
            if month in found:
                raise SourceError(f"table {table}: {month:%Y-%m} stands twice")
            found[month] = number(row["$"], f"table {table} {item} {month:%Y-%m}")
    return plain(found.items())


def classes_of(web: Web, table: str) -> dict[str, dict[str, str]]:
    """Return the classes of a table: by dimension, code to name."""
    answer = _ask(web, "getMetaInfo", {"statsDataId": table, "lang": "J"}, "GET_META_INFO")
    found = {}
    for one in _list(answer.get("METADATA_INF", {}).get("CLASS_INF", {}).get("CLASS_OBJ")):
        need(one, ["@id", "CLASS"], f"table {table}")
        found[one["@id"]] = {str(each["@code"]): str(each["@name"]) for each in _list(one["CLASS"])}
    return found


def values_of(web: Web, asking: dict[str, str]) -> list[dict[str, str]]:
    """Return the rows of a table, all pages, those marked as missing left out."""
    query: dict[str, object] = {**asking, "lang": "J", "metaGetFlg": "N", "cntGetFlg": "N"}
    found: list[dict[str, str]] = []
    for _ in range(MOST_PAGES):
        answer = _ask(web, "getStatsData", query, "GET_STATS_DATA").get("STATISTICAL_DATA", {})
        need(answer, ["RESULT_INF", "DATA_INF"], "getStatsData")
        missing = {str(note.get("@char")) for note in _list(answer["DATA_INF"].get("NOTE"))}
        rows = _list(answer["DATA_INF"].get("VALUE"))
        found += [row for row in rows if str(row.get("$")) not in missing]
        following = answer["RESULT_INF"].get("NEXT_KEY")
        if following is None:
            break
        query["startPosition"] = following
    else:
        raise SourceError(f"table {asking['statsDataId']}: more than {MOST_PAGES} pages")
    if not found:
        raise SourceError(f"table {asking['statsDataId']}: the answer holds no rows")
    return found


def _ask(web: Web, what: str, query: dict[str, object], envelope: str) -> dict:
    # A refused key comes as status 403 with the same body as other errors, or as XML.
    answer = web.json(f"json/{what}", {"appId": web.key, **query}, also=(403,))
    inside = answer.get(envelope) if isinstance(answer, dict) else None
    if not isinstance(inside, dict):
        raise SourceError(f"{what}: no {envelope} in the answer")
    result = inside.get("RESULT", {})
    if result.get("STATUS") == 1:
        raise SourceError(f"{what}: the answer holds no rows")
    if result.get("STATUS") != 0:
        raise SourceError(
            web.clean(f"{what}: {quoted(str(result.get('STATUS')))} {quoted(str(result.get('ERROR_MSG')))}")
        )
    return inside


def _list(found: object) -> list:
    """One element comes as an object where several come as a list: a quirk of the service."""
    if found is None:
        return []
    return found if isinstance(found, list) else [found]
