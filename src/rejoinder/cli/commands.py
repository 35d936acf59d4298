"""The commands and their options; what they do stands in the files beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rejoinder.cli.channel.commands import channel
from rejoinder.cli.evaluate.commands import evaluate
from rejoinder.cli.knowledge.commands import knowledge
from rejoinder.cli.operate.dead_letters import letters
from rejoinder.cli.operate.intake import intake
from rejoinder.cli.serve.memory import starting

app = typer.Typer(
    name="rejoinder",
    help="Answers the messages customers send a business: once, in order, or a person is told.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(evaluate, name="eval")

secrets = typer.Typer(help="The keys that seal credentials at rest.", no_args_is_help=True)
app.add_typer(secrets, name="secrets")

app.add_typer(channel, name="channel")
app.add_typer(knowledge, name="knowledge")
app.add_typer(letters, name="dead-letters")
app.add_typer(intake, name="intake")

database = typer.Typer(help="The private PostgreSQL.", no_args_is_help=True)
app.add_typer(database, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        from rejoinder import __version__

        typer.echo(f"rejoinder {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of the command itself."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (PORT).")] = None,
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Answer turns in this process, or elsewhere."),
    ] = True,
    workers: Annotated[
        str | None,
        typer.Option(help="Answer turns in so many processes of their own; auto: one a core."),
    ] = None,
) -> None:
    """Run the server, a worker and, without DATABASE_URL, a private PostgreSQL; all in one."""
    starting()
    from rejoinder.cli.run import run_serve

    run_serve(host, port, worker=worker, workers=workers)


@app.command()
def worker(
    lanes: Annotated[
        str | None,
        typer.Option(help="Take only these lanes' jobs: turns,deliver,bulk. All if left out."),
    ] = None,
    supervised: Annotated[bool, typer.Option("--supervised", hidden=True)] = False,
) -> None:
    """Run a worker beside servers and other workers on one PostgreSQL."""
    starting()
    from rejoinder.cli.run import run_worker

    run_worker(lanes, supervised)


@app.command()
def migrate() -> None:
    """Bring the database's schema to this version."""
    from rejoinder.cli.run import run_migrate

    run_migrate()


@app.command()
def backup(
    out: Annotated[
        Path | None, typer.Option(help="The file to write; rejoinder-TIME.backup if left out.")
    ] = None,
) -> None:
    """Write the whole database to one file, while servers run or not."""
    from rejoinder.cli.operate.backup import run_backup

    run_backup(out)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")]) -> None:
    """Put a backup into an empty database or a new data folder, and check that all is there."""
    from rejoinder.cli.operate.backup import run_restore

    run_restore(file)


@database.command("upgrade")
def db_upgrade() -> None:
    """Make a PostgreSQL of this version from an older one in the data folder; the old one is kept."""
    from rejoinder.cli.operate.backup import run_db_upgrade

    run_db_upgrade()


@app.command()
def chat(
    url: Annotated[
        str | None, typer.Option(help="Where the server is; the local one if left out.")
    ] = None,
    conversation: Annotated[
        str | None, typer.Option(help="Go on with this thread instead of a new one.")
    ] = None,
) -> None:
    """Hold a conversation with the bot in the terminal."""
    from rejoinder.cli.chat import run_chat

    run_chat(url, conversation)


@app.command()
def simulate(
    platform: Annotated[
        str, typer.Argument(help="whatsapp_cloud, line, telegram, or one plugged in.")
    ],
    customers: Annotated[
        int, typer.Option(help="So many customers write; none if left out.", min=0)
    ] = 0,
    messages: Annotated[int, typer.Option(help="Messages of each customer.", min=1)] = 3,
    rate: Annotated[float, typer.Option(help="Messages a second, all together.", min=0.01)] = 20.0,
    chat: Annotated[
        bool, typer.Option("--chat", help="Be the customer, in this terminal.")
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=RATE", help="Something goes wrong so often, from 0 to 1."),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(help="Another seed draws other faults; with --first the same does the same."),
    ] = 0,
    first: Annotated[
        int | None,
        typer.Option(help="The first customer's number; others each time if left out.", min=1),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="A simulated channel's id; made or found if left out.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port to play on; a free one if left out.")] = 0,
    url: Annotated[
        str | None, typer.Option(help="Where the server is; the local one if left out.")
    ] = None,
    patience: Annotated[
        float, typer.Option(help="Seconds to wait for the last answers.", min=0)
    ] = 60.0,
    redelivery: Annotated[
        bool,
        typer.Option("--redelivery/--no-redelivery", help="Post again what is not acknowledged."),
    ] = True,
    in_json: Annotated[
        bool, typer.Option("--json", help="Print the report as a JSON object.")
    ] = False,
) -> None:
    """Play a chat platform on this machine for the running server: a load, a chat, or both sides by hand."""
    from rejoinder.cli.simulate.run import run_simulate, wanted

    run_simulate(
        wanted(
            platform,
            (customers, messages, rate, seed),
            first,
            chat=chat,
            port=port,
            channel=channel,
            url=url,
            patience=patience,
            redelivers=redelivery,
            in_json=in_json,
        ),
        fault or [],
    )


@app.command()
def doctor(
    in_json: Annotated[
        bool, typer.Option("--json", help="Print a list of objects instead of lines.")
    ] = False,
    model: Annotated[
        bool,
        typer.Option(
            "--model/--no-model",
            help="Ask the configured models one short question each, which costs a few tokens.",
        ),
    ] = True,
) -> None:
    """Check all that Rejoinder needs and say how to mend what is wrong; ends with 1 if something is."""
    from rejoinder.cli.doctor.run import run_doctor

    run_doctor(in_json=in_json, ask_model=model)


@app.command()
def token() -> None:
    """Print the API token that `serve` left for this machine."""
    from rejoinder.app.tokens.file import read_token
    from rejoinder.settings import load

    typer.echo(read_token(load().data))


@secrets.command("rotate")
def secrets_rotate(
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Keep no former key: open chat pages begin anew."),
    ] = False,
) -> None:
    """Make a new secret key, seal all credentials with it, keep the one before for open chat pages."""
    from rejoinder.cli.operate.keys import run_rotate

    run_rotate(forget)


@secrets.command("check")
def secrets_check() -> None:
    """Say which key opens how many of the sealed credentials, and whether any is opened by none."""
    from rejoinder.cli.operate.keys import run_check

    run_check()


@app.command()
def queues() -> None:
    """Print what waits, runs, ended and failed in each lane, of the whole installation."""
    from rejoinder.cli.operate.queues import run_queues

    run_queues()


@app.command()
def cleanup() -> None:
    """Delete now what has been kept for as long as the settings say, and print how much that was."""
    from rejoinder.cli.operate.cleanup import run_cleanup

    run_cleanup()


@app.command()
def bench(
    seconds: Annotated[float, typer.Option(help="Length of each measured stretch.")] = 10.0,
    out: Annotated[
        Path | None, typer.Option(help="Also write the report as JSON to this file.")
    ] = None,
    model: Annotated[
        Literal["gemini", "openai"] | None,
        typer.Option(help="Wire format of the model's stub: gemini, and openai with --compare."),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="REV", help="Measure this checkout beside another commit, by turns."),
    ] = None,
    growth: Annotated[
        bool, typer.Option("--growth", help="Also measure a turn's cost with much stored.")
    ] = False,
    stored: Annotated[
        int, typer.Option(help="How many messages --growth stores, beside 1,000.", min=1_000)
    ] = 200_000,
    in_flight: Annotated[
        int, typer.Option(help="Also let so many turns wait for a slow model at once.", min=0)
    ] = 0,
    slow: Annotated[
        float, typer.Option(help="How long that model takes, in seconds.", min=1)
    ] = 60.0,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N", help="Also measure N worker processes beside a single one.", min=0, max=8
        ),
    ] = 0,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Also kill a worker with turns in flight.")
    ] = False,
    platform: Annotated[
        str | None, typer.Option(help="Send through this platform, played here, instead of REST.")
    ] = None,
) -> None:
    """Measure turns, acknowledgements and overhead on loopback, beside the raw yardstick of the same run."""
    from rejoinder.bench.run import Extras, run_bench

    extras = Extras(
        growth=stored if growth else 0,
        in_flight=in_flight,
        slow=slow,
        workers=workers,
        recovery=recovery,
    )
    run_bench(seconds, out, wire=model, compare=compare, extras=extras, platform=platform)
