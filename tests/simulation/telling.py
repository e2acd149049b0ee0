"""`./run.sh eval simulation [--quick] [--out FILE.json]`: a simulated organisation, and who does how well in it.

A thousand people over 26 weeks with hidden needs and tastes, in three worlds, over ten seeds; each contender meets the
same people, needs and luck. Means with 95 % intervals over the seeds; differences are paired by seed.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tests.simulation.measures import MEASURES, Estimate, estimate
from tests.simulation.running import FULL, QUICK, Results, Scale, run
from tests.simulation.worlds import WORLDS

OURS = "Interlude"


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="./run.sh eval simulation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 people, 8 weeks, 2 seeds")
    parser.add_argument("--people", type=int, help="how many people")
    parser.add_argument("--seeds", type=int, help="how many seeds")
    parser.add_argument("--world", action="append", choices=list(WORLDS), help="only that one; may be given again")
    parser.add_argument("--out", type=Path, help="keep every figure as JSON")
    asked = parser.parse_args(argv)
    scale = QUICK if asked.quick else FULL
    scale = replace(scale, people=asked.people or scale.people, seeds=asked.seeds or scale.seeds)
    results = run(scale, asked.world or list(WORLDS))
    print("\n".join(report(results, scale)))
    if asked.out:
        asked.out.write_text(json.dumps({"scale": asdict(scale), "results": results}, indent=1), encoding="utf-8")


def report(results: Results, scale: Scale) -> Iterator[str]:
    """The tables, line by line."""
    yield f"{scale.people} people, {scale.weeks} weeks, {scale.seeds} seeds; mean ± half of the 95 % interval"
    for world, contenders in results.items():
        yield ""
        yield f"World “{world}”"
        yield from _table(contenders)
    if any(OURS in contenders for contenders in results.values()):
        yield ""
        yield from _losses(results)


def _table(contenders: dict[str, list[dict[str, float]]]) -> Iterator[str]:
    others = [name for name in contenders if name != OURS]
    ours = contenders.get(OURS)
    for key, measure in MEASURES.items():
        yield f"  {measure.name}{_arrow(measure.better)}"
        for name, runs in contenders.items():
            yield f"    {name:<42} {_figures(estimate([each[key] for each in runs]))}"
        for name in others if ours and measure.better else ():
            difference = _difference(ours or [], contenders[name], key)
            yield f"      {OURS} less {name:<30} {_signed(difference)}  {_verdict(difference, measure.better)}"


def _losses(results: Results) -> Iterator[str]:
    yield f"Losses: every measure in which {OURS} is worse than another"
    lost = [
        f"  {world}: {measure.name}, against {name}: {_signed(difference)}{'' if difference.clear else ' (not clear)'}"
        for world, contenders in results.items()
        for key, measure in MEASURES.items()
        for name, runs in contenders.items()
        if measure.better and name != OURS and OURS in contenders
        if (difference := _difference(contenders[OURS], runs, key)).mean * measure.better < 0
    ]
    yield from lost or ["  none"]


def _difference(ours: Sequence[dict[str, float]], theirs: Sequence[dict[str, float]], key: str) -> Estimate:
    return estimate([mine[key] - other[key] for mine, other in zip(ours, theirs, strict=True)])


def _verdict(difference: Estimate, better: int) -> str:
    if not difference.clear:
        return "not clear"
    return "better" if difference.mean * better > 0 else "WORSE"


def _arrow(better: int) -> str:
    return {1: " (more is better)", -1: " (less is better)", 0: ""}[better]


def _figures(found: Estimate) -> str:
    return f"{_number(found.mean)} ± {_number(found.reach)}"


def _signed(found: Estimate) -> str:
    return f"{'+' if found.mean >= 0 else '−'}{_number(abs(found.mean)).strip()} ± {_number(found.reach).strip()}"


def _number(value: float) -> str:
    return f"{value:8.0f}" if 100 <= value < float("inf") else f"{value:8.3f}"


if __name__ == "__main__":
    main()
