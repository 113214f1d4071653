"""The small tables beside the observations, read as text and turned into what they say."""

import pandas as pd
import pytest

from gegenprobe.errors import InputError
from gegenprobe.tables import groups, read_areas, read_baselines, read_table

AREAS = """\
iso3,name,advanced_economy,g7,cptpp_member_since,kind
AAA,Aland,1,1,2018-12-30,country
BBB,Beland,1,0,,territory
WLD,World,0,0,,aggregate
"""
BASELINES = """\
baseline_date,known_since,spring_flag,first_fiscal_year,last_fiscal_year,components
2025-01-01,2025-01-17,true,2025,2035,debt deficit
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_areas_and_their_groups(written):
    areas = read_areas(written(AREAS))
    assert groups(areas) == {"advanced": ["AAA", "BBB"], "g7": ["AAA"], "countries": ["AAA", "BBB"]}
    assert areas.loc["AAA", "cptpp_member_since"] == pd.Timestamp("2018-12-30")
    assert areas["cptpp_member_since"].isna().tolist() == [False, True, True]


def test_parties_are_those_with_a_day(small_store):
    store = small_store(series={"S": [("2025-01-01", "2025-02-01", 5)]})
    assert store.parties == {"AAA": pd.Timestamp("2018-12-30"), "BBB": pd.Timestamp("2024-12-15")}


def test_baselines(written):
    row = read_baselines(written(BASELINES)).loc["2025-01-01"]
    assert (row["spring_flag"], row["first_fiscal_year"], row["last_fiscal_year"]) == (True, 2025, 2035)
    assert row["components"] == {"debt", "deficit"}


@pytest.mark.parametrize(
    ("read", "text", "complaint"),
    [
        (read_areas, AREAS.replace("AAA,Aland,1", "AAA,Aland,2"), "advanced_economy of AAA is '2', neither 1 nor 0"),
        (read_areas, AREAS.replace("2018-12-30", "2018-12-32"), "cptpp_member_since is not a day"),
        (read_areas, AREAS.replace("BBB", "AAA"), "AAA stands twice"),
        (read_areas, AREAS.replace(",kind", ",sort"), "column kind is missing"),
        (read_areas, AREAS.splitlines()[0] + "\n", "it has no rows"),
        (read_baselines, BASELINES.replace("2035", "later"), "a fiscal year is not a number"),
        (lambda path: read_table(path, "id", ()), AREAS, "column id is missing"),
    ],
)
def test_what_is_wrong_with_a_table_is_said_in_one_line(written, read, text, complaint):
    with pytest.raises(InputError, match=complaint) as refusal:
        read(written(text))
    assert "\n" not in str(refusal.value)
