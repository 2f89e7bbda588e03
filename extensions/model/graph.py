"""The graph of needs: its cycles and its order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def cycle(needs: Mapping[str, Iterable[str]]) -> list[str] | None:
    """Return one cycle as the names along it, first repeated at the end, or None."""
    done: set[str] = set()
    for start in needs:
        trail: list[str] = []
        on_trail: set[str] = set()
        stack = [(start, iter(needs.get(start, ())))] if start not in done else []
        if stack:
            trail.append(start)
            on_trail.add(start)
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                done.add(name)
                on_trail.discard(trail.pop())
            elif following in on_trail:
                return [*trail[trail.index(following) :], following]
            elif following not in done and following in needs:
                stack.append((following, iter(needs[following])))
                trail.append(following)
                on_trail.add(following)
    return None


def order(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return every name after all that it needs; names that are free to move keep their order."""
    placed: dict[str, None] = {}
    for start in needs:
        stack = [start]
        while stack:
            waiting = [n for n in needs.get(stack[-1], ()) if n in needs and n not in placed]
            if waiting:
                stack.extend(reversed(waiting))
            else:
                placed.setdefault(stack.pop())
    return tuple(placed)
