"""The commands of `rejoinder eval`. Bodies import late, so that the help comes at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

evaluate = typer.Typer(help="Measure answers against fixed questions.", no_args_is_help=True)


@evaluate.command("knowledge")
def eval_knowledge(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Questions as JSON lines: language, question, and document, heading and fact of the answer.",
            show_default="75 questions about the sample",
        ),
    ] = None,
    workspace: Annotated[
        str | None,
        typer.Option(
            help="Ask this workspace's knowledge, in place of a fresh copy of the sample's."
        ),
    ] = None,
    in_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Ask questions and print what is found and answered: by words, and with an embedder by meaning too."""
    from rejoinder.cli.evaluate.knowledge import run_eval_knowledge

    run_eval_knowledge(file, workspace, in_json=in_json)


@evaluate.command("nlu")
def eval_nlu(
    file: Annotated[
        Path,
        typer.Argument(
            help="A CSV with the columns text and label; language (ISO 639-1) where you know it."
        ),
    ],
    label: Annotated[str, typer.Option(help="The column of the labels.")] = "label",
    of: Annotated[
        Literal["sentiment", "intent"] | None,
        typer.Option(help="What the labels are of; said by the labels themselves if left out."),
    ] = None,
    in_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Have messages understood by rules, and print accuracy, macro-F1 and who was taken for whom."""
    from rejoinder.cli.evaluate.nlu import run_eval_nlu

    run_eval_nlu(file, label, of, in_json=in_json)
