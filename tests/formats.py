"""Official formats, written from tidy figures: what the replay server sends. Shapes follow recorded answers."""

from __future__ import annotations

import json
from xml.sax.saxutils import quoteattr

import pandas as pd

Figures = dict[str, pd.DataFrame]


def text(value: float) -> str:
    return f"{value:.12g}"


def current(frame: pd.DataFrame, day: str) -> pd.DataFrame:
    """The value of each area and date as known on a day."""
    known = frame[frame["known_since"] <= day]
    return known.sort_values(["area", "date", "known_since"]).drop_duplicates(["area", "date"], keep="last")


def fred_observations(frame: pd.DataFrame, query: dict[str, str], day: str) -> str:
    """FRED's XML: one row for each (date, real-time span) within the window, clamped to its first day."""
    start, end = query.get("realtime_start", day), query.get("realtime_end", day)
    first = query.get("observation_start", "1600-01-01")
    frame = frame[(frame["known_since"] <= day) & (frame["date"] >= max(first, "1677-10-01"))]
    frame = frame.sort_values(["date", "known_since"])
    begins = frame["known_since"].dt.strftime("%Y-%m-%d")
    over = (
        (frame.groupby("date")["known_since"].shift(-1) - pd.Timedelta(days=1))
        .dt.strftime("%Y-%m-%d")
        .fillna("9999-12-31")
    )
    rows = [
        (max(a, start), min(b, end), f"{date:%Y-%m-%d}", text(value))
        for a, b, date, value in zip(begins, over, frame["date"], frame["value"], strict=True)
        if a <= end and b >= start
    ]
    # A holiday: FRED has a row for it, with a point in place of a value.
    rows.append((start, end, day, "."))
    body = "".join(
        f'  <observation realtime_start="{a}" realtime_end="{b}" date="{c}" value={quoteattr(d)} />\n'
        for a, b, c, d in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8" ?>\n'
        f'<observations realtime_start="{start}" realtime_end="{end}" observation_start="{first}" '
        'observation_end="9999-12-31" units="lin" output_type="1" file_type="xml" order_by="observation_date" '
        f'sort_order="asc" count="{len(rows)}" offset="0" limit="100000">\n{body}</observations>'
    )


def fiscal_page(rows: list[dict[str, str]], query: dict[str, str]) -> str:
    number, size = int(query.get("page[number]", 1)), int(query.get("page[size]", 100))
    for condition in query.get("filter", "").split(","):
        field, operator, value = condition.split(":", 2) if condition.count(":") >= 2 else ("", "", "")
        if operator == "gte":
            rows = [row for row in rows if row[field] >= value]
        elif operator == "eq":
            rows = [row for row in rows if row[field] == value]
    pages = max(1, -(-len(rows) // size))
    part = rows[(number - 1) * size : number * size]
    meta = {
        "count": len(part),
        "labels": {},
        "dataTypes": {},
        "dataFormats": {},
        "total-count": len(rows),
        "total-pages": pages,
    }
    return json.dumps(
        {"data": part, "meta": meta, "links": {"self": "", "first": "", "prev": None, "next": None, "last": ""}}
    )


def debt_rows(figures: Figures, day: str) -> list[dict[str, str]]:
    names = {
        "debt_held_public_amt": "public",
        "intragov_hold_amt": "intragovernmental",
        "tot_pub_debt_out_amt": "total",
    }
    table = pd.DataFrame(
        {
            field: current(figures[f"treasury.debt.{name}"], day).set_index("date")["value"]
            for field, name in names.items()
        }
    )
    return [
        {
            "record_date": f"{date:%Y-%m-%d}",
            **{f: "null" if pd.isna(v) else f"{v:.2f}" for f, v in row.items()},
            "src_line_nbr": "1",
        }
        for date, row in table.iterrows()
    ]


def auction_rows(figures: Figures, term: str, day: str) -> list[dict[str, str]]:
    short = f"treasury.auction.{term.split('-')[0]}y"
    get = {name: current(figures[f"{short}.{name}"], day).set_index("date")["value"] for name in AUCTION}
    rows = []
    for at, (date, ratio) in enumerate(get["bid_to_cover"][get["dealer_share"].index].items()):
        accepted = 1_000_000_000_000
        share = {name: round(get[name][date] * 1e4) * accepted // 1_000_000 for name in AUCTION if "share" in name}
        rows.append(
            {
                "record_date": f"{date:%Y-%m-%d}", "cusip": f"9128{term[:2]}{at:03d}", "security_type": "Bond",
                "security_term": term, "auction_date": f"{date:%Y-%m-%d}", "original_security_term": term,
                "inflation_index_security": "No", "floating_rate": "No", "noncomp_tenders_accepted": "Yes",
                "comp_accepted": str(accepted), "bid_to_cover_ratio": f"{ratio:.6f}",
                "high_yield": f"{get['high_yield'][date]:.4f}", "offering_amt": text(get["offering"][date]),
                "reopening": "Yes" if get["reopening"][date] else "No",
                "primary_dealer_accepted": str(share["dealer_share"]),
                "direct_bidder_accepted": str(share["direct_share"]),
                "indirect_bidder_accepted": str(share["indirect_share"]),
            }
        )  # fmt: skip
    announced = dict(rows[-1], cusip="912810ZZ9", auction_date=day, record_date=day)
    announced |= dict.fromkeys(("comp_accepted", "bid_to_cover_ratio", "high_yield"), "null")
    test = dict(rows[-1], cusip="912810TT1", noncomp_tenders_accepted="No", offering_amt="25000000")
    return [*rows, announced, test]


AUCTION = ("bid_to_cover", "dealer_share", "direct_share", "indirect_share", "high_yield", "offering", "reopening")


def month_rows(
    frame: pd.DataFrame, day: str, fields: dict[str, str], amount: str, scale: float = 1.0
) -> list[dict[str, str]]:
    return [
        {"record_date": f"{date + pd.offsets.MonthEnd(0):%Y-%m-%d}", **fields, amount: f"{value * scale:.2f}"}
        for date, value in current(frame, day).set_index("date")["value"].items()
    ]


TIC_NAMES = {
    "JPN": "Japan", "GBR": "United Kingdom", "CHN": "China, Mainland", "BEL": "Belgium", "CAN": "Canada",
    "LUX": "Luxembourg", "CYM": "Cayman Islands", "FRA": "France", "IRL": "Ireland", "TWN": "Taiwan",
    "CHE": "Switzerland",
}  # fmt: skip


def tic_table5(frame: pd.DataFrame, day: str) -> str:
    table = current(frame, day).pivot(index="area", columns="date", values="value")
    months = sorted(table.columns)[-13:][::-1]
    lines = [
        "Table 5: Major Foreign Holders of Treasury Securities", "Holdings at end of time period",
        "Billions of dollars",
        "Link: https://ticdata.treasury.gov/resource-center/data-chart-center/tic/Documents/slt_table5.txt", "",
        "\t".join(["Country", *(f"{month:%Y-%m}" for month in months)]),
    ]  # fmt: skip

    def line(name: str, area: str) -> str:
        cells = [table.loc[area, month] if area in table.index else float("nan") for month in months]
        return "\t".join([name, *("n.a." if pd.isna(cell) else f"{cell:.1f}" for cell in cells)])

    lines += [line(name, area) for area, name in TIC_NAMES.items() if area in table.index]
    lines += ["\t".join(["All Other", *["1.0"] * len(months)])]
    totals = table.loc["WLD", months].fillna(9999.9)
    lines += [
        "\t".join(["Grand Total", *(f"{cell:.1f}" for cell in totals)]),
        line("Of Which: Foreign Official", "OFF"),
    ]
    lines += ["\t".join(["Of Which: Foreign Official Treasury Bills", *["1.0"] * len(months)]), "", "Notes:"]
    return "\r\n".join(lines) + "\r\n"


def tic_history(frame: pd.DataFrame, day: str) -> str:
    table = current(frame, day).pivot(index="area", columns="date", values="value")
    blocks = []
    for year in sorted({month.year for month in table.columns}, reverse=True)[1:5]:
        months = sorted((month for month in table.columns if month.year == year), reverse=True)
        blocks += ["\t\t\tMAJOR FOREIGN HOLDERS OF TREASURY SECURITIES", "\t\t\t\t    (in billions of dollars)"]
        blocks += [
            "\t\t\t\tHOLDINGS 1/ AT END OF PERIOD",
            "",
            "\t".join(["", *(f"{month:%b}" for month in months), ""]),
        ]
        blocks += [
            "\t".join(["Country", *[str(year)] * len(months), ""]),
            "\t".join(["", *["------"] * len(months), ""]),
            "",
        ]
        for area in [*[area for area in TIC_NAMES if area in table.index], "WLD", "OFF"]:
            name = {"WLD": "Grand Total", "OFF": "For. Official", "GBR": "United Kingdom 2/"}.get(
                area, TIC_NAMES.get(area)
            )
            name = f'"{name}"' if "," in name else name
            cells = ["" if pd.isna(table.loc[area, month]) else text(table.loc[area, month]) for month in months]
            blocks.append("\t".join([name, *cells, ""]))
    return "\n".join(blocks) + "\n"


def tic_table1(figures: Figures, day: str) -> str:
    country = {
        "japan": ("Japan", "42609"), "china": ("China, Mainland", "41408"), "uk": ("United Kingdom", "13005"),
        "total": ("Grand Total", "99996"), "official": ("Of Which: Foreign Official", "99990"),
        "private": ("Of Which: Foreign Non-Official", "99991"),
    }  # fmt: skip
    lines = [
        "Table 1: U.S. Long-Term Securities Held by Foreign Residents\t\t\t", "All Countries\t\t\t",
        "A positive number for net U.S. sales to foreigners denotes an increase in a foreign position\t\t\t",
        "Millions of dollars\t\t\t", "Link: https://ticdata.treasury.gov/slt_table1.txt\t\t\t", "\t\t\t",
        "\t\t\tTotal U.S. Securities\tU.S. Treasuries\tU.S. Treasuries",
        "Country\tCountry Code\tDate\tHoldings\tHoldings\tNet U.S. Sales",
        "country\tcountry_code\tdate\tfor_lt_total_pos\tfor_lt_treas_pos\tfor_lt_treas_net",
    ]  # fmt: skip
    for short, (name, code) in country.items():
        if f"tic.slt1.longterm.{short}" not in figures:
            continue
        held = current(figures[f"tic.slt1.longterm.{short}"], day).set_index("date")["value"]
        net = current(figures[f"tic.slt1.longterm_net.{short}"], day).set_index("date")["value"]
        for month in sorted(held.index, reverse=True):
            sold = text(net[month]) if month in net.index else "n.a."
            lines.append(f"{name}\t{code}\t{month:%Y-%m}\t1\t{text(held[month])}\t{sold}")
    lines += ["\t\t\t", "Definitions:\t\t\t", "Column definitions:\t\t\t", "for_lt_treas_pos: 1 + 5\t\t\t"]
    return "\r\n".join(lines) + "\r\n"


def cbo_rows(
    frame: pd.DataFrame, component: str, category: str, day: str, months: dict[str, str], change: str = ""
) -> list[str]:
    rows = []
    for row in frame[frame["known_since"] <= day].itertuples():
        known = f"{row.known_since:%Y-%m-%d}"
        month = months.get(known, known[:7] + "-01")
        if change:
            rows.append(f"{component},{category},{category},{month},{change},{row.date.year},{text(row.value)}")
        else:
            rows.append(f"{component},{category},{category},{month},False,False,{row.date.year},1,{text(row.value)}")
    return rows


def jgb(figures: Figures, day: str, running: bool) -> bytes:
    names = {f"{years}Y": f"mof.jgb.{years}y" for years in (2, 5, 10, 20, 30, 40)}
    columns = ["1Y", "2Y", "3Y", "4Y", "5Y", "6Y", "7Y", "8Y", "9Y", "10Y", "15Y", "20Y", "25Y", "30Y", "40Y"]
    table = pd.DataFrame(
        {c: current(figures[s], day).set_index("date")["value"] for c, s in names.items() if s in figures}
    ).sort_index()
    month = table.index.max().replace(day=1)
    table = table[table.index >= month] if running else table[table.index < month]
    lines = ["Interest Rate" + "," * 15 + "(Unit : %)", "Date," + ",".join(columns)]
    for date, row in table.iterrows():
        cells = ["-" if c not in row or pd.isna(row[c]) else text(row[c]) for c in columns]
        lines.append(f"{date.year}/{date.month}/{date.day}," + ",".join(cells))
    lines += ["," * 15, '"  \u203bIf you cannot download the latest csv data, please clear the cache."' + "," * 15]
    return ("\r\n".join(lines) + "\r\n").encode("cp932")


def estat_meta(items: dict[str, str]) -> str:
    def one(ident: str, classes: list[dict[str, str]]):
        return {"@id": ident, "@name": ident, "CLASS": classes[0] if len(classes) == 1 else classes}

    objects = [
        one(
            "tab",
            [
                {"@code": "1", "@name": "指数", "@level": ""},
                {"@code": "3", "@name": "前年同月比", "@level": "", "@unit": "%"},
            ],
        ),
        one("cat01", [{"@code": code, "@name": f"{code}{name}", "@level": "1"} for code, name in items.items()]),
        one("area", [{"@code": "00000", "@name": "全国", "@level": "1"}]),
        one("time", [{"@code": "2026000808", "@name": "2026年8月", "@level": "4"}]),
    ]
    inside = {
        "RESULT": {"STATUS": 0, "ERROR_MSG": "正常に終了しました。"},
        "METADATA_INF": {"CLASS_INF": {"CLASS_OBJ": objects}},
    }
    return json.dumps({"GET_META_INFO": inside}, ensure_ascii=False)


def estat_values(rows: list[dict[str, str]], start: int = 1, page: int = 100_000) -> str:
    part = rows[start - 1 : start - 1 + page]
    info: dict[str, int] = {"TOTAL_NUMBER": len(rows), "FROM_NUMBER": start, "TO_NUMBER": start - 1 + len(part)}
    if start - 1 + page < len(rows):
        info["NEXT_KEY"] = start + page
    data = {"NOTE": {"@char": "***", "$": "該当データがない場合を示す。"}, "VALUE": part[0] if len(part) == 1 else part}
    inside = {
        "RESULT": {"STATUS": 0 if part else 1, "ERROR_MSG": "正常に終了しました。"},
        "STATISTICAL_DATA": {"RESULT_INF": info, "DATA_INF": data},
    }
    return json.dumps({"GET_STATS_DATA": inside}, ensure_ascii=False)


_WHOLE: dict[tuple[int, str, str], pd.DataFrame] = {}


def whole_months(figures: Figures, goods: str, day: str) -> pd.DataFrame:
    """Months by area; those the book lacks are an even part of what its quarter, then its year, leaves over."""
    key = (id(figures[f"mof.exports.{goods}.monthly"]), goods, day)
    if key not in _WHOLE:
        _WHOLE[key] = _whole_months(figures, goods, day)
    return _WHOLE[key]


def _whole_months(figures: Figures, goods: str, day: str) -> pd.DataFrame:
    monthly, quarterly, annual = (
        current(figures[f"mof.exports.{goods}.{name}"], day).pivot(index="date", columns="area", values="value")
        for name in ("monthly", "quarterly", "annual")
    )
    last = monthly["WLD"].dropna().index.max()
    months = monthly.reindex(pd.date_range(monthly.index.min(), last, freq="MS"))
    for sums, period in ((quarterly, "Q"), (annual, "Y")):
        for area in months:
            for start, total in sums[area].dropna().items():
                inside = months.loc[months.index.to_period(period) == start.to_period(period), area]
                if inside.isna().any():
                    months.loc[inside.index[inside.isna()], area] = (total - inside.sum()) / inside.isna().sum()
    return months


def customs_world(figures: Figures, day: str) -> bytes:
    table = whole_months(figures, "total", day)["WLD"]
    lines = [
        "国別総額  （単位：千円） ,,",
        "WORLD  Monthly Data  (a thousand yen) ,,",
        "Years/Months,Exp-Total,Imp-Total",
        ",,",
    ]
    lines += [f"{month:%Y/%m},{value * 1e6:.0f} ,1 " for month, value in table.items()]
    coming = table.index.max() + pd.DateOffset(months=1)
    return ("\r\n".join([*lines, f"{coming:%Y/%m},0 ,0 "]) + "\r\n").encode("cp932")


def boj(code: str, months: list[int], values: list[float | None]) -> str:
    series = {
        "SERIES_CODE": code, "NAME_OF_TIME_SERIES": code, "UNIT": "", "FREQUENCY": "MONTHLY", "CATEGORY": "",
        "LAST_UPDATE": 20261009, "VALUES": {"SURVEY_DATES": months, "VALUES": values},
    }  # fmt: skip
    head = {
        "STATUS": 200,
        "MESSAGEID": "M181000I",
        "MESSAGE": "Successfully completed",
        "DATE": "2026-10-09T14:20:52.901+09:00",
    }
    return json.dumps({**head, "PARAMETER": {}, "NEXTPOSITION": None, "RESULTSET": [series]})


def bis(frame: pd.DataFrame, dimensions: dict[str, str], day: str) -> str:
    key = "".join(f'<generic:Value id="{name}" value="{value}"/>' for name, value in dimensions.items())
    obs = "".join(
        f'<generic:Obs><generic:ObsDimension value="{date:%Y-%m}"/>'
        f'<generic:ObsValue value="{text(value)}"/></generic:Obs>'
        for date, value in current(frame, day).set_index("date")["value"].items()
    )
    schema = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><message:GenericData xmlns:generic="{schema}/data/generic" '
        f'xmlns:common="{schema}/common" xmlns:message="{schema}/message"><message:Header><message:ID>ID</message:ID>'
        "<message:Test>false</message:Test><message:Prepared>2026-03-17T10:50:43Z</message:Prepared>"
        '<message:Sender id="UNKNOWN"></message:Sender><message:Receiver id="guest"></message:Receiver>'
        '<message:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"><common:StructureUsage>'
        '<Ref agencyID="BIS" id="F" version="1.0"></Ref></common:StructureUsage></message:Structure></message:Header>'
        f'<message:DataSet structureRef="S"><generic:Series><generic:SeriesKey>{key}</generic:SeriesKey>{obs}'
        "</generic:Series></message:DataSet></message:GenericData>"
    )


def weo(frame: pd.DataFrame, indicator: str, published: str, first: int) -> str:
    schema = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    urn = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=IMF.RES:WEO(9.0.0):ObsLevelDim:TIME_PERIOD"
    series = []
    for area, rows in frame.groupby("area"):
        obs = "".join(
            f'<Obs TIME_PERIOD="{row.date.year}" OBS_VALUE="{text(row.value)}"/>'
            for row in rows.itertuples()
            if row.date.year >= first
        )
        series.append(
            f'<Series COUNTRY="{area}" INDICATOR="{indicator}" FREQUENCY="A" DECIMALS_DISPLAYED="3" SCALE="0">'
            f"{obs}</Series>"
        )
    series.append(
        f'<Series COUNTRY="G001" INDICATOR="{indicator}" FREQUENCY="A" DECIMALS_DISPLAYED="3" SCALE="0">'
        f'<Obs TIME_PERIOD="{first + 5}" OBS_VALUE="90.1"/></Series>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<message:StructureSpecificData '
        f'xmlns:ss="{schema}/data/structurespecific" xmlns:ns1="{urn}" xmlns:message="{schema}/message" '
        f'xmlns:common="{schema}/common" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><message:Header>'
        "<message:ID>DS1</message:ID><message:Test>false</message:Test><message:Prepared>2026-04-20T16:53:31Z</message:Prepared>"
        f'<message:Sender id="iData"/><message:Structure structureID="W" namespace="{urn}" '
        'dimensionAtObservation="TIME_PERIOD"><common:StructureUsage><Ref agencyID="IMF.RES" id="WEO" version="9.0.0"/>'
        "</common:StructureUsage></message:Structure></message:Header>"
        '<message:DataSet ss:dataScope="DataStructure" xsi:type="ns1:DataSetType" ss:structureRef="W" '
        f'action="Replace" PUBLISHER="IMF" PUBLICATION_DATE="{published}T13:00:00Z">{"".join(series)}</message:DataSet>'
        "</message:StructureSpecificData>"
    )


def world_bank(indicator: str, rows: list[tuple[str, int, float | None]]) -> str:
    head = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2", "lastupdated": "2026-07-13"}
    body = [
        {
            "indicator": {"id": indicator, "value": indicator}, "country": {"id": area[:2], "value": area},
            "countryiso3code": area, "date": str(year), "value": value, "unit": "", "obs_status": "", "decimal": 0,
        }
        for area, year, value in rows
    ]  # fmt: skip
    return json.dumps([head, body])


def census(frame: pd.DataFrame, value: str, day: str, first: str) -> str:
    rows = [
        [f"{number * 1e6:.0f}", "JAPAN", "5880", f"{date:%Y-%m}"]
        for date, number in current(frame, day).set_index("date")["value"].items()
        if f"{date:%Y-%m}" >= first
    ]
    return json.dumps([[value, "CTY_NAME", "CTY_CODE", "time"], *rows])
