"""The command line: what there is, how it ends, and nothing of what it does.

Only the module of the command that was asked for is imported, so that starting stays quick. A
command ends with 0 (done, clean), 1 (done, and the answer is no: findings, an imbalance) or
2 (could not run); errors that say what to do next are printed without a stack trace.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from exchange.memory import look_for_cycles_seldom

COMMANDS: Mapping[str, str] = {
    "airflow": "exchange.cli.airflow:airflow",
    "blindspots": "exchange.cli.blindspots:blindspots",
    "bodies": "exchange.cli.bodies:bodies",
    "chase": "exchange.cli.chase:chase",
    "check": "exchange.cli.check:check",
    "clocks": "exchange.cli.clocks:clocks",
    "confirm": "exchange.cli.confirm:confirm",
    "deadletters": "exchange.cli.deadletters:deadletters",
    "deliver": "exchange.cli.deliver:deliver",
    "demo": "exchange.cli.demo:demo",
    "expect": "exchange.cli.expect:expect",
    "export": "exchange.cli.export:export",
    "fired": "exchange.cli.fired:fired",
    "init": "exchange.cli.init:init",
    "intake": "exchange.cli.intake:intake",
    "judge": "exchange.cli.judge:judge",
    "ledger": "exchange.cli.ledger:ledger",
    "reconcile": "exchange.cli.reconcile:command",
    "replay": "exchange.cli.replay:replay",
    "reproduce": "exchange.cli.reproduce:reproduce",
    "queue-ddl": "exchange.cli.queue_ddl:queue_ddl",
    "pack-check": "exchange.cli.pack_check:pack_check",
    "links": "exchange.cli.links:links",
    "rules": "exchange.cli.rules:rules",
    "score": "exchange.cli.score:score",
    "serve-clocks": "exchange.cli.serve_clocks:serve_clocks",
    "silent": "exchange.cli.silent:silent",
    "standard": "exchange.cli.standard:standard",
    "status": "exchange.cli.status:status",
    "stop": "exchange.cli.demo:stop",
    "simulate": "exchange.cli.simulate:simulate",
    "store": "exchange.cli.store:store",
    "sweep": "exchange.cli.sweep:sweep",
    "sync": "exchange.cli.sync:sync",
    "vanished": "exchange.cli.vanished:vanished",
    "waivers": "exchange.cli.waivers:waivers",
}
"""Name of a command → where it is. The first line of its module is its line in ``--help``."""

OUR_PACKAGES = ("exchange", "connectors", "validators", "schemas")

DONE, ANSWER_IS_NO, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130


class Commands(click.Group):
    """The group of all commands, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """All names, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """The command of that name; imports its module."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """The list in ``--help``, read from the modules' first lines without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first_line(COMMANDS[name])) for name in sorted(COMMANDS)])


def _first_line(place: str) -> str:
    module = Path(__file__).parents[2].joinpath(*place.partition(":")[0].split("."))
    path = module.with_suffix(".py")
    text = (path if path.exists() else module / "__init__.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def exchange() -> None:
    """Exchange of construction approval records: counties → city → province.

    \b
    Example: exchange init
             exchange store status
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; errors are told on standard error."""
    look_for_cycles_seldom()
    try:
        ended = exchange.main(
            args=None if arguments is None else list(arguments),
            prog_name="exchange",
            standalone_mode=False,
        )
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return COULD_NOT_RUN
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # the reader (head, less) has gone: what it wanted was printed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001  the outermost edge: 1 must not be the answer
        if _says_what_to_do(error):
            click.echo(f"error: {error}", err=True)
        else:
            traceback.print_exc()
        return COULD_NOT_RUN
    return ended if isinstance(ended, int) else DONE


def _says_what_to_do(error: Exception) -> bool:
    """Our own errors do, whichever package raises them; a stack trace would only hide it."""
    return type(error).__module__.partition(".")[0] in OUR_PACKAGES
