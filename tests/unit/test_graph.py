"""The graph of needs against slow definitions of the same things."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from model import graph

NAMES = "abcdefg"
Graph = dict[str, tuple[str, ...]]


def graphs() -> st.SearchStrategy[Graph]:
    """Return any graphs, with needs of names that are not in them, as stores are."""
    needs = st.lists(st.sampled_from([*NAMES, "store"]), max_size=4, unique=True).map(tuple)
    return st.dictionaries(st.sampled_from(NAMES), needs)


def acyclic_graphs() -> st.SearchStrategy[Graph]:
    def below(needs: Graph) -> Graph:
        return {name: tuple(n for n in used if n < name) for name, used in needs.items()}

    return graphs().map(below)


def closure(needs: Graph) -> set[tuple[str, str]]:
    """Return all (user, used) pairs, direct or not, by repeated joining."""
    pairs = {(name, used) for name, uses in needs.items() for used in uses if used in needs}
    while True:
        more = pairs | {(a, d) for (a, b), (c, d) in itertools.product(pairs, pairs) if b == c}
        if more == pairs:
            return pairs
        pairs = more


@given(graphs())
def test_a_cycle_is_found_exactly_where_there_is_one(needs: Graph) -> None:
    found = graph.cycle(needs)
    assert (found is not None) == any(user == used for user, used in closure(needs))
    if found:
        assert found[0] == found[-1]
        assert len(set(found)) == len(found) - 1
        assert all(used in needs[user] for user, used in itertools.pairwise(found))


@given(acyclic_graphs())
def test_order_is_a_permutation_with_needs_first(needs: Graph) -> None:
    order = graph.order(needs)
    assert sorted(order) == sorted(needs)
    for user, used in closure(needs):
        assert order.index(used) < order.index(user)


@given(acyclic_graphs())
def test_order_is_stable(needs: Graph) -> None:
    """A name that needs nothing, and that nothing before it needs, is not moved."""
    names = list(needs)
    if all(not any(n in needs for n in uses) for uses in needs.values()):
        assert list(graph.order(needs)) == names


def test_a_long_chain_is_no_problem() -> None:
    chain = {f"s{n}": (f"s{n + 1}",) for n in range(5000)}
    assert graph.cycle(chain) is None
    assert graph.order(chain)[0] == "s4999"
