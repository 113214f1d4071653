"""What is checked of the data before a chapter runs: days, claims, and that every figure is one on record."""

from __future__ import annotations

from gegenprobe.book.layout import Places
from gegenprobe.claims import read_ledger
from gegenprobe.errors import InputError, NoData
from gegenprobe.observations import Store


def check_data(places: Places, parameters: dict[str, str]) -> list[str]:
    """Refuse to publish figures that nobody recorded.

    Parameters
    ----------
    parameters : dict
        ``as_of`` and ``video_day``.

    Returns
    -------
    list of str
        What is missing or broken: it only costs its claims.

    Raises
    ------
    InputError
        For a day, a file of claims or a figure that is not as it should be.
    """
    store = Store(places.data)
    store.as_of(parameters["as_of"])
    store.as_of(parameters["video_day"])
    read_ledger(places.data / "claims")
    notes = []
    for series in store.catalogue.series:
        if store.is_sealed(series):
            continue
        try:
            store.rows(series)
        except NoData as missing:
            notes.append(str(missing))
    if store.unsealed:
        names = ", ".join(sorted(store.unsealed))
        raise InputError(
            f"data/observations: {names} not as recorded in data/provenance.csv; "
            "look at git diff, then restore the file or run gegenprobe seal"
        )
    return notes
