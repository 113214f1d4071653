"""SDMX, through sdmx1: it builds the address and reads the answer; asking is `Web`'s."""

from __future__ import annotations

import copy
import io
import logging

import pandas as pd
import sdmx

from gegenprobe.sources import SourceError
from gegenprobe.sources.tidy import need, not_too_many, plain_xml
from gegenprobe.sources.web import Web, quoted

# Without its data structure definition the reader takes attributes for dimensions, which is all that is wanted here.
logging.getLogger("sdmx.reader.xml.v21").setLevel(logging.ERROR)


def ask(web: Web, service: str, flow: str, key: str, query: dict[str, str], wanted: list[str]):
    """Return the body of an SDMX answer and its observations as a frame with columns `wanted` and ``value``.

    Raises
    ------
    SourceError
        If there is no SDMX message, no series in it (a wrong key order gives just that, with status 200), or a column
        is missing.
    """
    client = sdmx.Client(service)
    client.source = copy.copy(client.source)
    client.source.url = web.address.url.rstrip("/")
    asked = client.get("data", resource_id=flow, key=key, params=query, dry_run=True)
    if not asked.url.startswith(client.source.url):
        raise SourceError(f"{flow}: the address built does not begin with the base address")
    path, _, text = asked.url.removeprefix(client.source.url).partition("?")
    pairs = dict(pair.split("=", 1) for pair in text.split("&") if "=" in pair)
    body = plain_xml(web.get(path, pairs, accept="application/xml").body, web.host)
    not_too_many(body.count(b"Obs "))
    try:
        message = sdmx.read_sdmx(io.BytesIO(body))
        sets = [each for each in message.data if len(each)]
        frame = pd.concat([sdmx.to_pandas(each).reset_index() for each in sets]) if sets else pd.DataFrame()
    except Exception as error:  # whatever an SDMX reader raises on a broken message
        raise SourceError(f"{flow}: not an SDMX message ({quoted(f'{type(error).__name__}: {error}', 80)})") from None
    if frame.empty:
        raise SourceError(f"{flow}/{key}: the answer holds no series")
    need(frame.columns, [*wanted, "value"], flow)
    return body, frame
