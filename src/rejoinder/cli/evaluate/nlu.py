"""`rejoinder eval nlu`: what the rules tell of messages, against the labels of a file."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from rejoinder.understanding.evaluate import Of, Report, evaluate, load


def run_eval_nlu(file: Path, column: str, of: Of | None, *, in_json: bool) -> None:
    """Print the report. Raises Invalid for a file that can't be used."""
    report = evaluate(load(file, column, of))
    typer.echo(json.dumps(told(report), ensure_ascii=False) if in_json else table(report))


def told(report: Report) -> dict[str, object]:
    """The report as JSON: confusion is by label, then by what was told."""
    return {
        "of": report.of,
        "examples": report.examples,
        "steps": 3 if report.folded else 5 if report.of == "sentiment" else None,
        "accuracy": round(report.accuracy, 4),
        "macro_f1": round(report.macro_f1, 4),
        "labels": {
            label: {
                "precision": round(score.precision, 4),
                "recall": round(score.recall, 4),
                "f1": round(score.f1, 4),
                "examples": score.examples,
            }
            for label, score in report.scores().items()
        },
        "confusion": {
            label: {
                told: count
                for (which, told), count in sorted(report.confusion.items())
                if which == label
            }
            for label in report.labels
        },
    }


def table(report: Report) -> str:
    """The report for people: a line a label, then the confusion matrix."""
    columns = [
        *report.labels,
        *sorted({told for _, told in report.confusion} - set(report.labels)),
    ]
    wide = max(map(len, (*columns, "macro F1")))
    lines = [f"{report.of} of {report.examples} messages"]
    if report.folded:
        lines[0] += ", in three steps as the file has them"
    lines += ["", f"{'':{wide}}  precision  recall    F1  messages"]
    lines += [
        f"{label:{wide}}  {score.precision:9.3f}  {score.recall:6.3f}  {score.f1:.2f}  {score.examples:8d}"
        for label, score in report.scores().items()
    ]
    lines += [
        f"{'accuracy':{wide}}  {report.accuracy:.3f}",
        f"{'macro F1':{wide}}  {report.macro_f1:.3f}",
        "",
        f"{'label / told':{wide}}  " + "  ".join(columns),
    ]
    lines += [
        f"{label:{wide}}  "
        + "  ".join(f"{report.confusion.get((label, told), 0):{len(told)}d}" for told in columns)
        for label in report.labels
    ]
    return "\n".join(lines)
