"""Undo pairs that would give one label to clusters that cannot show the same person."""

from dataclasses import replace

import numpy as np

from vireid.types import NOISE, Bool, Float, Int, Matching


def pairs_apart(matching: Matching, visible: Bool, infrared: Bool) -> Matching:
    """Undo the dearer one of two pairs that join clusters which hold tracks of one time.

    Visible clusters that share an infrared one, and infrared ones that join the same visible
    clusters, get one label. The cheapest are kept.

    Args:
        matching: from visible to infrared clusters.
        visible: [Cv, Cv] True where two visible clusters cannot show the same person.
        infrared: [Cr, Cr] likewise for infrared clusters.

    Returns:
        A matching of fewer or the same pairs; clusters that lose theirs are unmatched.
    """
    if not visible.any() and not infrared.any():
        return matching
    assert matching.visible_partner is not None
    assert matching.to_visible is not None
    assert matching.next_cost is not None
    partner, joined = matching.partner.copy(), matching.visible_partner.copy()
    price = np.nan_to_num(matching.cost, nan=np.inf)
    for one in np.unique(partner[partner != NOISE]).tolist():
        kept: list[int] = []
        mine = np.flatnonzero(partner == one)
        for each in mine[np.argsort(price[mine], kind="stable")].tolist():
            if visible[each, kept].any():
                partner[each] = NOISE
            else:
                kept.append(each)
        own = [one]
        for each in np.flatnonzero(np.isin(joined, mine)).tolist():
            if partner[joined[each]] == NOISE or infrared[each, own].any():
                joined[each] = NOISE
            else:
                own.append(each)
    lost = partner == NOISE
    return replace(
        matching,
        partner=partner,
        visible_partner=joined,
        cost=np.where(lost, np.nan, matching.cost),
        next_cost=np.where(lost, np.nan, matching.next_cost),
        to_visible=_way_back(matching.to_visible, partner, joined, price),
    )


def _way_back(before: Int, partner: Int, joined: Int, price: Float) -> Int:
    """Return the visible cluster of each infrared one, another where its pair is undone."""
    back = before.copy()
    for one in range(len(back)):
        mine = np.flatnonzero(partner == one)
        if back[one] == NOISE or partner[back[one]] == one or joined[one] == back[one]:
            continue
        back[one] = mine[np.argmin(price[mine])] if mine.size else joined[one]
    return back
