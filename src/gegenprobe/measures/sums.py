"""Running sums within groups, compensated for what rounding loses (Kahan): bit for bit those of pandas."""

from __future__ import annotations

import numpy as np


def running_sums(numbers: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return, for each number, the sum of its group up to and with it.

    The groups are added up side by side, one step for all of them at a time: they are many and short.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n,)
        Finite, group after group.
    starts : ndarray of int, shape (groups,)
        Where each group begins; see `gegenprobe.rows.starts_of`.
    """
    sizes = np.diff(starts, append=len(numbers))
    if not len(sizes):
        return numbers
    group = np.repeat(np.arange(len(starts)), sizes)
    place = np.arange(len(numbers)) - starts[group]
    table = np.zeros((sizes.max(), len(starts)))
    table[place, group] = numbers
    total, lost = np.zeros(len(starts)), np.zeros(len(starts))
    with np.errstate(all="ignore"):
        for row in table:
            more = row - lost
            added = total + more
            lost = added - total - more
            total = row[:] = added
    return table[place, group]
