"""What notebooks show: tables of reports, orders and positions, and plots where a package is."""

from __future__ import annotations

from html import escape
from typing import Any

from keel.errors import InputError

__all__ = ["html_of_report", "html_table", "plot"]


def html_table(table: dict[str, list[Any]], limit: int = 50) -> str:
    """The first rows of a table of columns, as HTML; every text is escaped."""
    names = list(table)
    rows = len(table[names[0]]) if names else 0
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = []
    for i in range(min(rows, limit)):
        cells = "".join(f"<td>{escape('' if table[n][i] is None else str(table[n][i]))}</td>"
                        for n in names)
        body.append(f"<tr>{cells}</tr>")
    more = f"<p>{rows - limit} more rows</p>" if rows > limit else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>{more}"


def html_of_report(report: Any) -> str:
    """A summary and the first fills."""
    return f"<pre>{escape(report.summary())}</pre>{html_table(report.fills(), 10)}"


def plot(report: Any) -> Any:
    """Equity over time, by matplotlib or plotly, whichever is installed.
    Error: python.missing_package."""
    from keel.frames import frame

    columns = frame(report.equity(), "dict")
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        pass
    else:
        figure, axes = plt.subplots()
        axes.plot(columns["time"], columns["equity"])
        axes.set_title(report.title)
        axes.set_ylabel(report.base)
        return figure
    try:
        import plotly.graph_objects as go
    except ImportError:
        raise InputError("python.missing_package", "plot", "",
                         "pip install matplotlib, or plotly") from None
    return go.Figure(go.Scatter(x=columns["time"], y=columns["equity"], name=report.title))
