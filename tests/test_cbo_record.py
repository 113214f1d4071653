"""CBO's own record: worked by hand on a little store, and against the tables CBO itself publishes."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from gegenprobe.cbo_record import errors_by_horizon, fan, place, projections
from gegenprobe.charts import cbo_record as pictures
from gegenprobe.charts import render
from gegenprobe.charts.picture import Missing, Picture
from gegenprobe.display import tables
from gegenprobe.errors import InputError, NoData
from gegenprobe.observations import View
from project import write_table

# Table 1 of each of CBO's files output_data/{deficit,debt}_projection_errors_summary_stats.csv, version 0.9.0 of
# 10 January 2025 (https://github.com/US-CBO/eval-projections, public domain): the record through fiscal 2024.
# Columns: projections, average error, average absolute error, root mean square error, two-thirds spread.
PUBLISHED = {
    "deficit": [
        (41, 0.2, 0.5, 0.7, 1.1), (40, 0.2, 1.1, 1.5, 2.3), (39, 0.2, 1.5, 1.9, 4.0), (38, 0.2, 1.8, 2.2, 4.5),
        (37, 0.2, 1.9, 2.4, 4.4), (36, 0.2, 2.0, 2.6, 4.8), (23, 0.7, 1.6, 2.0, 3.9), (22, 0.8, 1.8, 2.2, 4.0),
        (21, 0.9, 2.1, 2.6, 5.1), (20, 1.0, 2.3, 2.9, 6.0), (19, 1.1, 2.4, 3.1, 5.6),
    ],
    "debt": [
        (41, 0.1, 0.8, 1.2, 1.5), (40, 0.1, 1.9, 2.6, 4.4), (39, 0.1, 3.1, 4.1, 7.5), (38, 0.2, 4.2, 5.4, 8.7),
        (37, 0.4, 5.4, 6.8, 13.4), (36, 0.3, 6.8, 8.4, 17.5), (23, 1.9, 6.9, 8.9, 13.8), (22, 2.3, 8.6, 10.4, 17.7),
        (21, 2.7, 10.0, 12.0, 19.6), (20, 3.1, 11.4, 13.8, 23.1), (19, 3.8, 12.5, 15.9, 30.0),
    ],
}  # fmt: skip

# A little CBO: spring baselines of 2001 and 2002, a winter one between them, two laws.
DEFICIT = [
    ("2001-01-01", "2001-03-31", -100), ("2001-01-01", "2001-08-31", -90),
    ("2002-01-01", "2001-03-31", -200), ("2002-01-01", "2002-03-31", -240),
    ("2003-01-01", "2001-03-31", -300), ("2003-01-01", "2001-08-31", -310),
]  # fmt: skip
DEBT = [
    ("2001-01-01", "2001-03-31", 1000), ("2002-01-01", "2001-03-31", 1200), ("2002-01-01", "2002-03-31", 1260),
    ("2003-01-01", "2001-03-31", 1500), ("2003-01-01", "2002-03-31", 1600),
]  # fmt: skip
LAWS = [
    ("2001-01-01", "2001-03-31", -77),  # known with the first baseline, so already in it
    ("2001-01-01", "2001-08-31", -10), ("2002-01-01", "2001-08-31", -20), ("2002-01-01", "2002-08-31", -5),
    ("2003-01-01", "2001-08-31", -30), ("2003-01-01", "2002-08-31", -40),
]  # fmt: skip
ACTUAL = {
    "cbo.actual.deficit": [("2001-01-01", "2001-11-14", -130), ("2002-01-01", "2002-11-14", -215)],
    "cbo.actual.debt_public": [("2001-01-01", "2001-11-14", 1050), ("2002-01-01", "2002-11-14", 1300)],
    "cbo.actual.gdp": [("2001-01-01", "2001-11-14", 10000), ("2002-01-01", "2002-11-14", 10500)],
}
GDP = [("2002-01-01", "2002-03-31", 10400), ("2003-01-01", "2002-03-31", 10800)]
BASELINES = [
    ("2001-03-01", "2001-03-31", "true", "", 2001, 2003, "deficit debt_public"),
    ("2001-08-01", "2001-08-31", "false", "", 2001, 2003, "deficit"),
    ("2002-03-01", "2002-03-31", "true", "", 2002, 2003, "deficit debt_public"),
]
HEADER = [
    "baseline_date", "known_since", "spring_flag", "winter_flag", "first_fiscal_year", "last_fiscal_year", "components"
]  # fmt: skip


@pytest.fixture
def little(small_store):
    series = {
        "cbo.baseline.deficit": DEFICIT, "cbo.baseline.debt_public": DEBT, "cbo.changes.legislative.deficit": LAWS,
        "cbo.gdp.fiscal_year": GDP, **ACTUAL,
    }  # fmt: skip
    wide = {"plausible": [-100000.0, 100000.0], "units": "USD billions", "frequency": "fiscal-year"}
    entries = {name: dict(wide) for name in series}
    entries["cbo.changes.legislative.deficit"]["combine"] = "sum"
    store = small_store(series=series, entries=entries)
    write_table(store.folder / "cbo_baselines.csv", HEADER, BASELINES)
    return store


def cell(table: pd.DataFrame, baseline: str, year: int) -> pd.Series:
    return table[(table["baseline"] == baseline) & (table["year"] == year)].iloc[0]


def test_deficit_by_hand(little):
    table = projections(little.as_of(), "deficit")
    assert len(table) == 5  # three years and two; the baseline of August is no spring one
    first = cell(table, "2001-03", 2001)
    # projected -100, a later law -10, came -130: 20 less deficit projected than came, 0.2 % of 10 000
    assert (first["horizon"], first["projection"], first["legislation"], first["adjusted"]) == (1, -100, -10, -110)
    assert first["error"] == -20
    assert first["error_percent"] == pytest.approx(-0.2)
    second = cell(table, "2001-03", 2002)
    # -200 with -20 and -5 is -225, came -215: ten too much deficit
    assert (second["legislation"], second["error"]) == (-25, 10)
    third = cell(table, "2002-03", 2002)
    assert (third["horizon"], third["projection"], third["legislation"], third["error"]) == (1, -240, -5, 30)
    # A value that no new row repeats is that of the baseline before: -310 of August 2001 still stood in March 2002.
    assert cell(table, "2002-03", 2003)["projection"] == -310
    assert table[table["year"] == 2003]["error"].isna().all()


def test_debt_by_hand(little):
    table = projections(little.as_of(), "debt")
    # laws add up from the baseline's first year: 10, then 10 + 20 + 5, then 10 + 25 + 70
    assert list(table[table["baseline"] == "2001-03"]["legislation"]) == [10, 35, 105]
    assert list(table[table["baseline"] == "2002-03"]["legislation"]) == [5, 45]
    # 1000 + 10 - 1050; 1200 + 35 - 1300; 1260 + 5 - 1300
    assert list(table.dropna()["error"]) == [-40, -65, -35]


def test_only_what_was_known_counts(little):
    table = projections(little.as_of("2002-06-30"), "deficit")
    assert cell(table, "2001-03", 2002)["legislation"] == -20  # the law of August 2002 is yet to come
    assert table[table["year"] == 2002]["error"].isna().all()
    with pytest.raises(NoData, match="no spring baseline"):
        projections(View(little, pd.Timestamp("2001-03-30")), "deficit")
    with pytest.raises(InputError, match="deficit and debt"):
        projections(little.as_of(), "revenue")


def test_statistics_by_hand():
    errors = [-3.0, 0.0, 1.0, 2.0, 5.0, 6.0, 10.0]
    table = pd.DataFrame({"horizon": 1, "year": range(2001, 2008), "error_percent": errors})
    table.loc[len(table)] = [1, 2008, float("nan")]
    row = errors_by_horizon(table).loc[1]
    assert (row["n"], row["first_year"], row["last_year"]) == (7, 2001, 2007)
    assert row["mean"] == 3
    assert row["mean_absolute"] == pytest.approx(27 / 7)
    assert row["rmse"] == pytest.approx((9 + 1 + 4 + 25 + 36 + 100) ** 0.5 / 7**0.5)
    # seven values: the sixths fall on the second and the sixth of them
    assert (row["low"], row["high"], row["spread"]) == (0.0, 6.0, 6.0)


@pytest.mark.parametrize("component", PUBLISHED)
def test_the_tables_cbo_publishes_come_out(real_store, component):
    found = errors_by_horizon(projections(real_store.as_of("2025-06-12"), component))
    assert list(found.index) == list(range(1, 12))
    for (horizon, row), (count, *published) in zip(found.iterrows(), PUBLISHED[component], strict=True):
        assert row["n"] == count, horizon
        assert row["last_year"] == 2024
        ours = [row[name] for name in ("mean", "mean_absolute", "rmse", "spread")]
        # CBO rounds to one decimal; its GDP and outcomes were revised a little after it had published
        assert ours == pytest.approx(published, abs=0.0501 + 0.04), horizon


def test_the_fan_by_hand(little):
    found = fan(little.as_of())
    assert found.baseline == "2002-03"
    # the one past error of each horizon: -40 of 10 000 and -65 of 10 500, so the outcome lies above the ratio
    first, second = found.years.itertuples()
    assert (first.year, second.year) == (2002, 2003)
    assert first.ratio == pytest.approx(100 * 1260 / 10400)
    assert first.low == first.high == pytest.approx(first.ratio + 0.4)
    assert second.ratio == pytest.approx(100 * 1600 / 10800)
    assert second.high == pytest.approx(second.ratio + 100 * 65 / 10500)
    where = place(found, 2003, second.ratio + 0.5)
    assert (where.n, where.reached, where.horizon, where.inside) == (1, 1, 2, False)
    assert place(found, 2003, second.ratio + 0.7).reached == 0
    with pytest.raises(NoData, match="no fiscal year 2010"):
        place(found, 2010, 100)


def test_the_real_fan_stands_on_one_publication(real_store):
    for day in ("2025-06-12", "latest"):
        found = fan(real_store.as_of(day))
        assert f"{found.known_since:%Y-%m-%d}" == "2025-01-17"
        assert found.years["year"].tolist() == list(range(2025, 2036))
        assert (found.years["low"] < found.years["ratio"]).all()
        assert (found.years["high"] > found.years["ratio"]).all()
    # CBO's own text gives 99.9 and 118.5 percent for the ends of this baseline
    assert found.years["ratio"].iloc[0] == pytest.approx(real_store.facts["cbo-003"].value, abs=0.05)
    assert found.years["ratio"].iloc[-1] == pytest.approx(real_store.facts["cbo-007"].value, abs=0.05)


def test_pictures_draw_in_every_layout(real_store, real_ledger):
    view = real_store.as_of()
    claim = real_ledger.claim("cbo-121-pct-2033")
    shown = [pictures.cbo_errors(view, "debt"), pictures.cbo_errors(view, "deficit")]
    shown.append(pictures.cbo_debt_band(view, claim, 2033))
    for each in shown:
        assert isinstance(each, Picture), each
        drawn = {name: render.svg(each, layout) for name, layout in render.LAYOUTS.items()}
        assert render.darkened(drawn["wide-light"]) == drawn["wide-dark"]
        for name, layout in render.LAYOUTS.items():
            width = float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn[name])[1])
            assert width <= layout.width + 4, (each.name, name, width)
    assert isinstance(pictures.cbo_debt_band(real_store.as_of("2024-12-31"), claim, 2033), Missing)


@pytest.mark.parametrize("component", ["deficit", "debt"])
def test_the_page_has_the_table_of_errors(real_store, component):
    view = real_store.as_of()
    table = pictures.record_table(view, component)
    assert table["number"].iloc[0] == 42
    assert table["year"].tolist() == list(range(1, 12))
    found = errors_by_horizon(projections(view, component))
    for name, column in {
        "mean absolute": "mean_absolute",
        "root mean square": "rmse",
        "from": "low",
        "to": "high",
    }.items():
        told = [float(each.replace("\u2212", "-")) for each in table[name]]
        assert told == pytest.approx(found[column].tolist(), abs=0.0501)
    shown, _ = tables({"Errors": table}, real_store)._repr_mimebundle_()
    page = BeautifulSoup(shown["text/html"], "html.parser")
    assert page.summary.text == "Errors"
    assert component in page.p.text
    assert [row.td.text for row in page.select("tbody tr")] == [str(year) for year in range(1, 12)]
