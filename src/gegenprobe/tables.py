"""The small tables beside the observations: areas, baselines, provenance."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gegenprobe.days import day_of_our_time
from gegenprobe.errors import InputError
from gegenprobe.reading import read_rows


def read_table(path: Path, index: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """Read one of the small tables beside the observations, all of it as text."""
    header, rows = read_rows(path)
    missing = [column for column in (index, *needed) if column not in header]
    if missing or not rows:
        what = f"column {missing[0]} is missing" if missing else "it has no rows"
        raise InputError(f"{path}: {what}; restore it from git")
    frame = pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)
    if not frame[index].is_unique:
        raise InputError(f"{path}: {frame[index][frame[index].duplicated()].iloc[0]} stands twice")
    return frame.set_index(index)


def read_days(texts: pd.Series, path: Path) -> pd.Series:
    """Turn a column of days of our time into timestamps; empty cells are NaT."""
    try:
        days = [day_of_our_time(text) if text else pd.NaT for text in texts]
    except ValueError as error:
        raise InputError(f"{path}: {texts.name} is not a day ({error})") from None
    return pd.Series(pd.DatetimeIndex(days).as_unit("us"), index=texts.index)


def read_flags(texts: pd.Series, path: Path, yes: str, no: str) -> pd.Series:
    """Turn a column of two words into booleans; an empty cell is a no, a third word is an error."""
    odd = texts[~texts.isin([yes, no, ""])]
    if len(odd):
        raise InputError(f"{path}: {texts.name} of {odd.index[0]} is {odd.iloc[0]!r}, neither {yes} nor {no}")
    return texts == yes


def read_areas(path: Path) -> pd.DataFrame:
    """Read the table of areas; for its columns see `gegenprobe.observations.Store.areas`."""
    frame = read_table(path, "iso3", ("kind", "advanced_economy", "g7", "cptpp_member_since"))
    frame["cptpp_member_since"] = read_days(frame["cptpp_member_since"], path)
    for flag in ("advanced_economy", "g7"):
        frame[flag] = read_flags(frame[flag], path, "1", "0")
    return frame


def groups(areas: pd.DataFrame) -> dict[str, list[str]]:
    """Return the codes of the areas of each group that does not change with the day of knowledge."""
    return {
        "advanced": list(areas.index[areas["advanced_economy"]]),
        "g7": list(areas.index[areas["g7"]]),
        "countries": list(areas.index[areas["kind"].isin(["country", "territory"])]),
    }


def read_baselines(path: Path) -> pd.DataFrame:
    """Read the table of CBO baselines; for its columns see `gegenprobe.observations.Store.baselines`."""
    years = ["first_fiscal_year", "last_fiscal_year"]
    frame = read_table(path, "baseline_date", ("known_since", "spring_flag", *years, "components"))
    frame["known_since"] = read_days(frame["known_since"], path)
    frame["spring_flag"] = read_flags(frame["spring_flag"], path, "true", "false")
    frame["components"] = [frozenset(each.split()) for each in frame["components"]]
    try:
        return frame.astype(dict.fromkeys(years, int))
    except ValueError as error:
        raise InputError(f"{path}: a fiscal year is not a number ({error}); restore it from git") from None
