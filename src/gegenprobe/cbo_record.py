"""How far CBO's projections of deficits and debt were off, by CBO's own method, and what that means for a new one.

The method is that of CBO's published evaluations (An Evaluation of CBO's Past Deficit and Debt Projections, 2019,
https://www.cbo.gov/publication/55234, and the code in https://github.com/US-CBO/eval-projections): the spring baselines
since 1984; a projection is adjusted for legislation enacted after it; the error is the adjusted projection less the
outcome, in percent of that year's actual GDP. The sign is turned for deficits, which CBO writes as negative numbers, so
that for both a positive error means too much deficit or debt was projected. Effects of laws on debt add up from the
baseline's first year on; interest on them is not counted. Whether a baseline was 30 or 300 billion dollars off says
nothing over forty years: hence percent of GDP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from gegenprobe.errors import InputError, NoData
from gegenprobe.observations import View
from gegenprobe.rows import Rows, year_of

Component = Literal["deficit", "debt"]
_PROJECTED = {"deficit": "cbo.baseline.deficit", "debt": "cbo.baseline.debt_public"}
_ACTUAL = {"deficit": "cbo.actual.deficit", "debt": "cbo.actual.debt_public"}
_IN_TABLE = {"deficit": "deficit", "debt": "debt_public"}
_LEGISLATION = "cbo.changes.legislative.deficit"
_GDP = "cbo.actual.gdp"
_GDP_PROJECTED = "cbo.gdp.fiscal_year"
LOW, HIGH = 1 / 6, 5 / 6
"""CBO's two-thirds spread: the middle two thirds of all errors lie between these quantiles."""


def series_used(component: Component) -> tuple[str, ...]:
    """Return the ids of the series behind the errors of a component."""
    return (_PROJECTED[component], _ACTUAL[component], _LEGISLATION, _GDP)


def projections(view: View, component: Component) -> pd.DataFrame:
    """Return every year of every spring baseline known on the view's day, adjusted for later legislation.

    Returns
    -------
    DataFrame
        One row a baseline and fiscal year: ``baseline`` (text, year and month), ``known_since``, ``year``,
        ``horizon`` (1 is the baseline's first year), ``projection``, ``legislation`` (what later laws did to it),
        ``adjusted``, all in billions of dollars with CBO's sign; and, NaN where the year is not over: ``actual``,
        ``gdp``, ``error`` (billions) and ``error_percent`` (of actual GDP).

    Raises
    ------
    InputError
        If `component` is neither ``deficit`` nor ``debt``.
    NoData
        If no such baseline was known.
    """
    if component not in _PROJECTED:
        raise InputError(f"no record of {component!r}; there are {' and '.join(_PROJECTED)}")
    table = view.store.baselines
    carries = table["components"].map(lambda held: _IN_TABLE[component] in held)
    chosen = table[table["spring_flag"] & carries & (table["known_since"] <= view.day)]
    if chosen.empty:
        raise NoData(f"no spring baseline of the {component} was known on {view.day:%Y-%m-%d}")
    rows, _ = view.known(_PROJECTED[component])
    laws = view.known(_LEGISLATION)
    pieces = [_baseline(row, rows, laws, component) for row in chosen.itertuples()]
    frame = pd.DataFrame({name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]})
    frame["adjusted"] = frame["projection"] + frame["legislation"]
    for name, series in (("actual", _ACTUAL[component]), ("gdp", _GDP)):
        values = view.series(series)
        frame[name] = frame["year"].map(dict(zip(values.index.year, values.to_numpy(), strict=True)))
    frame["error"] = (frame["adjusted"] - frame["actual"]) * (-1 if component == "deficit" else 1)
    frame["error_percent"] = 100 * frame["error"] / frame["gdp"]
    return frame


def _baseline(baseline, rows: Rows, laws: tuple[Rows, np.ndarray], component: Component) -> dict[str, np.ndarray]:
    """Return one baseline: a row of the store stands only where a value changed, so it is read as of its own day."""
    first, last = baseline.first_fiscal_year, baseline.last_fiscal_year
    places = rows.newest_vintages(rows.known(baseline.known_since))
    years = year_of(rows.dates[places])
    inside = (years >= first) & (years <= last)
    places, years = places[inside], years[inside]
    known, held = laws
    later = held[known.days[held] > baseline.known_since.to_datetime64()]
    changed = year_of(known.dates[later]) - first
    within = (changed >= 0) & (changed <= last - first)
    effect = np.bincount(changed[within], known.value[later][within], minlength=last - first + 1)
    if component == "debt":  # a smaller surplus is a larger debt, this year and in every year after it
        effect = -effect.cumsum()
    return {
        "baseline": np.full(len(years), baseline.Index[:7], dtype=object),
        "known_since": np.full(len(years), baseline.known_since.to_datetime64()),
        "year": years,
        "horizon": years - first + 1,
        "projection": rows.value[places],
        "legislation": effect[years - first],
    }


def errors_by_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """Return how large the errors were, by projection year, as CBO's evaluations tabulate them.

    Parameters
    ----------
    table : DataFrame
        What `projections` gives.

    Returns
    -------
    DataFrame
        Indexed by ``horizon``: ``n``, ``first_year`` and ``last_year`` (fiscal years judged), ``mean``,
        ``mean_absolute``, ``rmse``, ``low`` and ``high`` (quantiles 1/6 and 5/6) and ``spread`` between them; all in
        percent of actual GDP.
    """
    judged = table.dropna(subset="error_percent")
    groups = judged.groupby("horizon")
    errors = groups["error_percent"]
    found = pd.DataFrame(
        {
            "n": errors.size(),
            "first_year": groups["year"].min(),
            "last_year": groups["year"].max(),
            "mean": errors.mean(),
            "mean_absolute": errors.apply(lambda values: values.abs().mean()),
            "rmse": errors.apply(lambda values: (values**2).mean() ** 0.5),
            "low": errors.quantile(LOW),
            "high": errors.quantile(HIGH),
        }
    )
    found["spread"] = found["high"] - found["low"]
    return found


@dataclass(frozen=True)
class Fan:
    """A baseline of the debt as a share of GDP, with the band that CBO's past errors suggest.

    Attributes
    ----------
    baseline : str
        Year and month of the baseline.
    known_since : Timestamp
        When it, and the GDP projection it is divided by, became known.
    years : DataFrame
        One row a fiscal year: ``year``, ``horizon``, ``ratio`` (percent of projected GDP), ``low`` and ``high`` (where
        the outcome lies if this error falls within the middle two thirds of the past ones), ``n`` (of past errors).
    errors : DataFrame
        What `projections` gives, for the debt.
    """

    baseline: str
    known_since: pd.Timestamp
    years: pd.DataFrame
    errors: pd.DataFrame


def fan(view: View) -> Fan:
    """Return the newest baseline of the debt whose own GDP projection is held, with its band.

    A GDP projection is held of one publication only, and a debt may not be divided by another publication's GDP. The
    errors are those of the debt in dollars over actual GDP, adjusted for legislation: an error of the GDP projection
    and laws to come would widen the band.

    Raises
    ------
    NoData
        If no baseline and GDP projection of one publication were known.
    """
    errors = projections(view, "debt")
    gdp_rows = view.vintages(_GDP_PROJECTED)
    shared = sorted(set(errors["known_since"]) & set(gdp_rows["known_since"]))
    if not shared:
        raise NoData(f"no debt baseline with a GDP projection of its own was known on {view.day:%Y-%m-%d}")
    published = shared[-1]
    own = errors[errors["known_since"] == published]
    gdp = gdp_rows[gdp_rows["known_since"] == published].set_index("date")["value"]
    gdp.index = gdp.index.year
    # Only errors that were known: those of the baseline itself are not among the past.
    past = errors_by_horizon(errors[errors["known_since"] < published])
    years = own[["year", "horizon"]].assign(ratio=(100 * own["projection"] / own["year"].map(gdp)).to_numpy())
    years = years.join(past[["n", "low", "high"]], on="horizon").dropna()
    # A projection that is too high by the error gives an outcome lower by it: the band turns over.
    years = years.assign(low=years["ratio"] - years["high"], high=years["ratio"] - years["low"])
    return Fan(own["baseline"].iloc[0], published, years.reset_index(drop=True), errors)


@dataclass(frozen=True)
class Place:
    """Where a stated ratio lies in a fan: the baseline, the band and the horizon of that year.

    ``reached`` of ``n`` past errors at this horizon were so large that this baseline, off by as much, would end at the
    stated ratio or beyond it (seen from the baseline).
    """

    year: int
    stated: float
    ratio: float
    low: float
    high: float
    horizon: int
    n: int
    reached: int

    @property
    def inside(self) -> bool:
        """True where the stated ratio lies within the band."""
        return self.low <= self.stated <= self.high


def place(found: Fan, year: int, stated: float) -> Place:
    """Return where a stated ratio lies in the fan.

    Raises
    ------
    NoData
        If the fan does not reach that year.
    """
    rows = found.years[found.years["year"] == year]
    if rows.empty:
        raise NoData(f"the baseline of {found.baseline} has no fiscal year {year}")
    row = rows.iloc[0]
    past = found.errors[(found.errors["horizon"] == row["horizon"]) & (found.errors["known_since"] < found.known_since)]
    outcomes = row["ratio"] - past["error_percent"].dropna()
    reached = (outcomes >= stated).sum() if stated >= row["ratio"] else (outcomes <= stated).sum()
    return Place(
        year, stated, float(row["ratio"]), float(row["low"]), float(row["high"]), int(row["horizon"]), len(outcomes),
        int(reached),
    )  # fmt: skip
