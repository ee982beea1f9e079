"""Sweeps: one function over many points, on this machine or on a cluster, with equal results."""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from keel.errors import InputError

__all__ = ["Point", "grid", "sweep"]


class Point:
    """One point of a sweep: its parameters, and its `value` or its `error` (a traceback)."""

    __slots__ = ("error", "parameters", "value")

    def __init__(self, parameters: dict[str, Any], value: Any, error: str | None) -> None:
        self.parameters = parameters
        self.value = value
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether it did not fail."""
        return self.error is None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.parameters, self.value, self.error) == (
            other.parameters, other.value, other.error)

    def __repr__(self) -> str:
        return f"<Point {self.parameters}: {self.value if self.ok else 'failed'}>"


def grid(**axes: Iterable[Any]) -> list[dict[str, Any]]:
    """Every combination, the last name moving fastest.

    >>> grid(fast=[5, 10], slow=[20])
    [{'fast': 5, 'slow': 20}, {'fast': 10, 'slow': 20}]
    """
    return [dict(zip(axes, values)) for values in itertools.product(*axes.values())]


def _run_chunk(function: Callable[..., Any], chunk: list[dict[str, Any]],
               shared: tuple[Any, ...]) -> list[tuple[Any, str | None]]:
    results: list[tuple[Any, str | None]] = []
    for parameters in chunk:
        try:
            results.append((function(*shared, **parameters), None))
        except Exception:
            results.append((None, traceback.format_exc()))
    return results


def _chunks(points: list[dict[str, Any]], parts: int) -> list[list[dict[str, Any]]]:
    size = max(1, -(-len(points) // max(1, parts)))
    return [points[i:i + size] for i in range(0, len(points), size)]


def sweep(function: Callable[..., Any],
          points: Sequence[Mapping[str, Any]] | Mapping[str, Iterable[Any]], *,
          shared: tuple[Any, ...] = (), on: Any = "threads", workers: int | None = None,
          progress: Callable[[int, int], object] | None = None) -> list[Point]:
    """Calls function(*shared, **point) for every point, and gives one keel.sweeps.Point each, in
    order; a point that raises is reported and stops nobody.

    points: a list of dicts, or a dict of axes (every combination). on: "threads" (native work
    releases the GIL), "processes" (the function must be importable), "inline", a dask.distributed
    Client, or the module `ray` after ray.init(). progress(done, total) is called as parts end.
    """
    todo = grid(**points) if isinstance(points, Mapping) else [dict(point) for point in points]
    count = workers or len(os.sched_getaffinity(0)) or 1
    chunks = _chunks(todo, count * 4)
    done = 0
    results: list[list[tuple[Any, str | None]]] = []

    def tell(chunk: list[tuple[Any, str | None]]) -> None:
        nonlocal done
        results.append(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, len(todo))

    if on == "inline" or (on == "threads" and count == 1):
        for chunk in chunks:
            tell(_run_chunk(function, chunk, shared))
    elif on in ("threads", "processes"):
        from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

        pool: Executor
        if on == "threads":
            pool = ThreadPoolExecutor(count)
        else:
            import multiprocessing

            pool = ProcessPoolExecutor(count, multiprocessing.get_context("spawn"))
        with pool:
            for future in [pool.submit(_run_chunk, function, chunk, shared) for chunk in chunks]:
                tell(future.result())
    elif hasattr(on, "submit") and hasattr(on, "scatter"):  # dask.distributed.Client
        for future in [on.submit(_run_chunk, function, chunk, shared, pure=False)
                       for chunk in chunks]:
            tell(future.result())
    elif hasattr(on, "remote") and hasattr(on, "get"):  # ray
        task = on.remote(_run_chunk)
        for reference in [task.remote(function, chunk, shared) for chunk in chunks]:
            tell(on.get(reference))
    else:
        raise InputError("core.unknown_name", "on", repr(on)[:60],
                         "threads, processes, inline, a Dask client, or ray")
    flat = [pair for chunk in results for pair in chunk]
    return [Point(point, value, error) for point, (value, error) in zip(todo, flat)]
