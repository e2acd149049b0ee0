"""Every contender in every world, over the seeds, in two processes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from tests.simulation.baselines import BASELINES
from tests.simulation.contenders import Contender, Facts
from tests.simulation.interlude import Interlude
from tests.simulation.measures import measure
from tests.simulation.play import facts_of, play
from tests.simulation.world import make
from tests.simulation.worlds import WORLDS

PROCESSES = 2

Entering = Callable[[Facts, int], Contender]
"""How a contender begins: with the facts, and a seed of its own luck."""

CONTENDERS: tuple[Entering, ...] = (Interlude, *BASELINES)

Results = dict[str, dict[str, list[dict[str, float]]]]
"""World → contender → for each seed, each measure."""


@dataclass(frozen=True)
class Scale:
    """How large, how long, how often."""

    people: int = 1000
    weeks: int = 26
    seeds: int = 10


FULL, QUICK = Scale(), Scale(200, 8, 2)


def run(scale: Scale, worlds: Iterable[str] = WORLDS, processes: int = PROCESSES) -> Results:
    """The same for the same scale. Tells on stderr how far it is."""
    tasks = [(world, seed) for seed in range(1, scale.seeds + 1) for world in worlds]
    found: dict[tuple[str, int], dict[str, dict[str, float]]] = {}
    began = time.perf_counter()
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(one, world, seed, scale.people, scale.weeks): (world, seed) for world, seed in tasks}
        for done in as_completed(running):
            found[running[done]] = done.result()
            seconds = time.perf_counter() - began
            print(f"\r{len(found)} of {len(tasks)} runs, {seconds:.0f} s", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return _by_world(found, tasks)


def one(world: str, seed: int, people: int, weeks: int) -> dict[str, dict[str, float]]:
    """All contenders in one and the same world: contender → each measure."""
    made = make(WORLDS[world](), people, weeks, seed)
    facts = facts_of(made)
    entered = [enter(facts, seed) for enter in CONTENDERS]
    return {contender.name: measure(made, play(made, contender)) for contender in entered}


def _by_world(found: dict[tuple[str, int], dict[str, dict[str, float]]], tasks: Sequence[tuple[str, int]]) -> Results:
    results: Results = {}
    for world, seed in sorted(tasks, key=lambda task: (list(WORLDS).index(task[0]), task[1])):
        for contender, measured in found[world, seed].items():
            results.setdefault(world, {}).setdefault(contender, []).append(measured)
    return results
