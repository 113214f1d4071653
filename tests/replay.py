"""A real HTTP server on loopback that answers as the official sources do, and misbehaves on order.

It speaks from a copy of the book's own figures; a test adds what is to be news, and says how the server is to fail.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import threading
import time
from collections import Counter
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pandas as pd
import yaml

import formats
from gegenprobe.files import parse
from gegenprobe.observations import Store
from gegenprobe.reading import read_yaml
from gegenprobe.sources import MODULES, customs

ROOT = Path(__file__).resolve().parents[1]
KEY = "0123456789abcdef0123456789abcdef"
KEYS = {"FRED_API_KEY": KEY, "ESTAT_APP_ID": KEY, "CENSUS_API_KEY": KEY}
ITEMS = {
    "0001": "総合", "0002": "食料", "0003": "穀類", "0004": "米類", "0161": "生鮮食品を除く総合",
    "0178": "生鮮食品及びエネルギーを除く総合", "0180": "エネルギー",
}  # fmt: skip
CPI = {
    "all": "0001", "food": "0002", "cereals": "0003", "core": "0161", "core_core": "0178", "rice": "0004",
    "energy": "0180",
}  # fmt: skip


def copy_data(folder: Path, series: list[str], claims: str = "", since: str = "2025-06-01") -> Path:
    """Make a small checkout in `folder` that holds these series only, daily ones from `since` on; return its data."""
    data = folder / "data"
    (data / "observations").mkdir(parents=True)
    (data / "claims").mkdir()
    catalogue = _catalogue()
    chosen = {"series": {name: catalogue[name] for name in series}}
    (data / "catalogue.yml").write_text(yaml.safe_dump(chosen, allow_unicode=True, sort_keys=False), encoding="utf-8")
    for name in ("facts.csv", "areas.csv"):
        shutil.copy(ROOT / "data" / name, data)
    with (ROOT / "data" / "provenance.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["series"]: row for row in csv.DictReader(stream)}
    for name in series:
        header, *lines = (ROOT / "data" / "observations" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        if catalogue[name]["frequency"] == "daily":
            lines = [line for line in lines if line >= since]
        content = "\n".join([header, *lines]) + "\n"
        (data / "observations" / f"{name}.csv").write_text(content, encoding="utf-8")
        rows[name]["sha256"], rows[name]["rows"] = hashlib.sha256(content.encode()).hexdigest(), len(lines)
    with (data / "provenance.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[series[0]]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in series)
    (data / "claims" / "test.yml").write_text(claims or CLAIMS, encoding="utf-8")
    return data


@cache
def _catalogue() -> dict:
    return read_yaml(ROOT / "data" / "catalogue.yml")["series"]


CLAIMS = """\
chapter: test
title: Test
claims:
- id: nothing-to-check
  position: 1
  gist: {en: A sentence., de: Ein Satz.}
  kind: causal
  stated: {text: so}
  checkable: false
  reason: no figures decide it
  searched: [everywhere]
"""


class Replay:
    """The server: `figures` is what it knows, `today` its day, `bad` how it misbehaves, `asked` what it was asked."""

    def __init__(self, data: Path, today: str):
        store = Store(data)
        self.figures = {
            name: parse(store.path(name).read_bytes(), entry) for name, entry in store.catalogue.series.items()
        }
        self.entries = store.catalogue.series
        self.today = today
        self.bad: dict[str, list] = {}
        self.asked: Counter[str] = Counter()
        self.times: dict[str, list[float]] = {}
        self.edition = "2026-04-14"
        self.rate = 150.0
        self.weo_rows: pd.DataFrame | None = None
        self.page = 100_000
        self._made: dict[tuple, bytes] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request, client_address):
                """A client that went away is no news."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sources(self, path: Path, **changes) -> Path:
        """Write a file of base addresses that leads here."""
        manners = {"pause": 0, "timeout": 2, "tries": 3, "backoff": 0.01, **changes}
        listing = {name: {"url": f"{self.base}/{name}", **manners} for name in MODULES}
        listing["mof-customs"]["files"] = f"{self.base}/customs-files"
        path.write_text(yaml.safe_dump({"sources": listing}), encoding="utf-8")
        return path

    def add(self, series: str, date: str, known_since: str, value: float, area: str = "") -> None:
        """Let the sources know one observation more."""
        self._made.clear()
        row = pd.DataFrame(
            [{"area": area, "date": pd.Timestamp(date), "known_since": pd.Timestamp(known_since), "value": value}]
        )
        frame = pd.concat([self.figures[series], row.astype(self.figures[series].dtypes)], ignore_index=True)
        self.figures[series] = frame.sort_values(["area", "date", "known_since"], ignore_index=True)

    def behave(self) -> None:
        """Forget how to misbehave, and what was asked."""
        self.bad.clear()
        self.asked.clear()
        self.times.clear()
        self.page = 100_000

    def misbehave(self, path: str, *ways) -> None:
        """Answer the next requests whose path holds `path` in these ways, the last one for ever."""
        self.bad[path] = list(ways)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = dict(parse_qsl(parts.query))
        source, _, path = unquote(parts.path).lstrip("/").partition("/")
        self.asked[f"{source}/{path}"] += 1
        self.times.setdefault(source, []).append(time.monotonic())
        status, body, headers = 200, b"", {}
        try:
            key = (handler.path, self.today, self.edition, self.page)
            if key not in self._made:
                found = getattr(self, "do_" + source.replace("-", "_"))(path, query)
                self._made[key] = found if isinstance(found, bytes) else found.encode()
            body = self._made[key]
        except _Status as other:
            status, body = other.status, other.body
        for needle, ways in self.bad.items():
            if needle in f"{source}/{path}?{parts.query}":
                way = ways.pop(0) if len(ways) > 1 else ways[0]
                done = way(handler, status, body)
                if done is None:
                    return
                status, body, headers = done
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def do_fred(self, path: str, query: dict[str, str]) -> str:
        if query.get("api_key") != KEY:
            text = "Bad Request.  The value for variable api_key is not registered."
            raise _Status(
                400, f'<?xml version="1.0" encoding="utf-8" ?>\n<error code="400" message="{text}" />'.encode()
            )
        names = [
            name for name, entry in self.entries.items() if entry.source == "fred" and entry.key == query["series_id"]
        ]
        if path != "series/observations" or not names:
            text = "Bad Request.  The series does not exist."
            raise _Status(
                400, f'<?xml version="1.0" encoding="utf-8" ?>\n<error code="400" message="{text}" />'.encode()
            )
        return formats.fred_observations(self.figures[names[0]], query, self.today)

    def do_fiscaldata(self, path: str, query: dict[str, str]) -> str:
        if path.endswith("debt_to_penny"):
            return formats.fiscal_page(formats.debt_rows(self.figures, self.today), query)
        if path.endswith("auctions_query"):
            terms = [
                t
                for t in ("10-Year", "20-Year", "30-Year")
                if f"treasury.auction.{t[:2]}y.bid_to_cover" in self.figures
            ]
            rows = [row for term in terms for row in formats.auction_rows(self.figures, term, self.today)]
            return formats.fiscal_page(rows, query)
        if path.endswith("interest_expense"):
            frame = self.figures["treasury.interest_expense"]
            parts = [("Accrued", 0.75), ("Public Issues", 0.25)]
            rows = [
                row
                for name, share in parts
                for row in formats.month_rows(
                    frame, self.today, {"expense_catg_desc": name}, "month_expense_amt", share
                )
            ]
            return formats.fiscal_page(rows, query)
        if path.endswith("mts_table_9"):
            frame = self.figures["treasury.mts.customs"]
            fields = {"classification_desc": "Customs Duties", "data_type_cd": "D"}
            rows = formats.month_rows(frame, self.today, fields, "current_month_rcpt_outly_amt", 1e6)
            rows += [{**rows[-1], "classification_desc": "Receipts", "current_month_rcpt_outly_amt": "null"}]
            return formats.fiscal_page(rows, query)
        raise _Status(404, b"<!DOCTYPE html><html><body>Not found</body></html>")

    def do_tic(self, path: str, query: dict[str, str]) -> str:
        if path == "slt_table1.txt":
            return formats.tic_table1(self.figures, self.today)
        frame = self.figures["tic.mfh.holdings"]
        return (
            formats.tic_table5(frame, self.today)
            if path == "slt_table5.txt"
            else formats.tic_history(frame, self.today)
        )

    def do_cbo(self, path: str, query: dict[str, str]) -> str:
        months = {"2025-01-17": "2025-01-01", "2026-02-11": "2026-02-01"}
        lines: list[str] = []
        for name, entry in self.entries.items():
            if entry.source != "cbo" or FILES.get(entry.request.get("file")) != path:
                continue
            frame, ask = self.figures[name], entry.request
            if path == "baselines.csv":
                lines += formats.cbo_rows(frame, ask["component"], ask["category"], self.today, months)
            elif path == "baseline_changes.csv":
                lines += formats.cbo_rows(frame, ask["component"], ask["category"], self.today, months, "Legislative")
            else:
                rows = formats.current(frame, self.today).itertuples()
                before = "" if path == "actual_GDP.csv" else f"{ask['component']},{ask['category']},{ask['category']},"
                lines += [f"{before}{row.date.year},{formats.text(row.value)}" for row in rows]
        return "\n".join([CBO_HEADERS[path], *lines]) + "\n"

    def do_mof_jgb(self, path: str, query: dict[str, str]) -> bytes:
        return formats.jgb(self.figures, self.today, running=path == "jgbcme.csv")

    def do_estat(self, path: str, query: dict[str, str]) -> str:
        self._app_id(query)
        if path == "json/getMetaInfo":
            return formats.estat_meta(ITEMS)
        name = next(short for short, code in CPI.items() if code == query["cdCat01"])
        frame = self.figures[f"estat.cpi.{name}.{'index' if query['cdTab'] == '1' else 'yoy'}"]
        rows = [
            {
                "@tab": query["cdTab"],
                "@cat01": query["cdCat01"],
                "@area": "00000",
                "@time": f"{row.date:%Y00%m%m}",
                "$": formats.text(row.value),
            }
            for row in formats.current(frame, self.today).itertuples()
            if f"{row.date:%Y00%m%m}" >= query["cdTimeFrom"]
        ][::-1]
        rows.insert(0, {**rows[0], "@time": "2025100000"})
        rows.insert(0, {**rows[0], "@time": "2026000909", "$": "***"})
        return formats.estat_values(rows, int(query.get("startPosition", 1)), self.page)

    def do_mof_customs(self, path: str, query: dict[str, str]) -> str:
        self._app_id(query)
        code = {"70503010": "cars", "70503000": "motor_vehicles", "70505000": "parts"}[query["cdCat01"]]
        months = formats.whole_months(self.figures, code, self.today)
        first = {number: year for year, number in customs.TABLES.items()}[query["statsDataId"]]
        areas = {number: area for number, area in customs.COUNTRIES.items() if area in months}
        rows = []
        for year in range(max(first, int(query["cdTimeFrom"][:4])), min(first + 5, 2027)):
            for month in range(12):
                day = pd.Timestamp(year, month + 1, 1)
                known = {number: months[area].get(day, 0.0) for number, area in areas.items()}
                known["50999"] = months["WLD"].get(day, 0.0) - sum(value for value in known.values() if value == value)
                rows += [
                    {
                        "@cat01": query["cdCat01"], "@cat02": str(140 + 20 * month), "@area": number,
                        "@time": f"{year}000000", "$": f"{value * 1e6:.0f}",
                    }
                    for number, value in known.items()
                    if value == value
                ]  # fmt: skip
        return formats.estat_values(rows, int(query.get("startPosition", 1)), self.page)

    def _app_id(self, query: dict[str, str]) -> None:
        if query.get("appId") != KEY:
            body = "<GET_STATS_LIST>\n  <RESULT>\n    <STATUS>100</STATUS>\n  </RESULT>\n</GET_STATS_LIST>"
            raise _Status(403, body.encode())

    def do_customs_files(self, path: str, query: dict[str, str]) -> bytes:
        return formats.customs_world(self.figures, self.today)

    def do_boj(self, path: str, query: dict[str, str]) -> str:
        frame = formats.current(self.figures["boj.bop.foreign_longterm_bonds_net"], self.today)
        frame = frame[frame["date"] >= pd.to_datetime(query["startDate"], format="%Y%m")]
        months = [int(f"{date:%Y%m}") for date in frame["date"]]
        if query["code"] == "FXERM07":
            return formats.boj("FXERM07", months, [self.rate] * len(months))
        if query["code"] != "BPBP6JYNFA221":
            return '{"STATUS": 400, "MESSAGEID": "M181013E", "MESSAGE": "Nonexistent series code：1", "DATE": ""}'
        return formats.boj(query["code"], months, [round(value * 10 * self.rate, 6) for value in frame["value"]])

    def do_bis(self, path: str, query: dict[str, str]) -> str:
        _, flow, key = path.split("/")
        name = {"WS_CBPOL": "bis.cbpol.japan", "WS_EER": "bis.reer.japan"}[flow]
        order = ["FREQ", "REF_AREA"] if flow == "WS_CBPOL" else ["FREQ", "EER_TYPE", "EER_BASKET", "REF_AREA"]
        frame = self.figures[name]
        return formats.bis(
            frame[frame["date"] >= query["startPeriod"]], dict(zip(order, key.split("."), strict=True)), self.today
        )

    def do_imf_weo(self, path: str, query: dict[str, str]) -> str:
        indicator = path.split("/")[-1].split(".")[1]
        name = {"GGXWDG_NGDP": "imf.weo.gross_debt", "GGXCNL_NGDP": "imf.weo.net_lending"}[indicator]
        rows = self.weo_rows if self.weo_rows is not None else formats.current(self.figures[name], self.edition)
        return formats.weo(rows, indicator, self.edition, int(query["startPeriod"]))

    def do_world_bank(self, path: str, query: dict[str, str]) -> str:
        _, countries, _, indicator = path.split("/")
        name = "wb.population.japan" if indicator == "SP.POP.TOTL" else "wb.gdp_usd"
        first = int(query["date"].split(":")[0])
        rows = [
            (row.area or countries, row.date.year, row.value)
            for row in formats.current(self.figures[name], self.today).itertuples()
            if row.date.year >= first
        ]
        return formats.world_bank(indicator, [(countries.split(";")[0], 2026, None), *rows[::-1]])

    def do_census(self, path: str, query: dict[str, str]) -> str:
        if query.get("key") != KEY:
            raise _Status(302, b"")
        kind = path.split("/")[0]
        frame = self.figures[f"census.us_{kind}.japan"]
        return formats.census(frame, query["get"].split(",")[0], self.today, query["time"].split()[1])


FILES = {
    "baselines": "baselines.csv",
    "changes": "baseline_changes.csv",
    "actuals": "actuals.csv",
    "gdp": "actual_GDP.csv",
}
CBO_HEADERS = {
    "baselines.csv": "component,category,subcategory,baseline_date,Spring_flag,Winter_flag,"
    "projected_fiscal_year,projected_year_number,value",
    "baseline_changes.csv": "component,category,subcategory,changes_baseline_date,change_category,"
    "projected_fiscal_year,value",
    "actuals.csv": "component,category,subcategory,fiscal_year,actual_value",
    "actual_GDP.csv": "fiscal_year,GDP",
}


class _Status(Exception):
    def __init__(self, status: int, body: bytes):
        super().__init__(status)
        self.status, self.body = status, body


def status(number: int, body: bytes = b"", **headers: str):
    """Answer with another status."""
    return lambda handler, _status, _body: (
        number,
        body,
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def as_usual(handler, status, body):
    return status, body, {}


def html(handler, status, body):
    """A web page with status 200."""
    return 200, b"<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body>Come back later</body></html>", {}


def silent(handler, status, body):
    """Say nothing for longer than anyone waits."""
    time.sleep(1.0)


def cut(handler, status, body):
    """Promise the whole body and send half of it."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.close_connection = True


def changed(old: str, new: str, count: int = -1):
    """Answer with a text replaced."""
    return lambda handler, status, body: (status, body.replace(old.encode(), new.encode(), count), {})


def edited(change):
    """Answer with the body as `change` leaves it."""
    return lambda handler, status, body: (status, change(body), {})
