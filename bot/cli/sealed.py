"""sealed list, show, close: the sealed queue, for the focal points of the roster and nobody else."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bot import control
from bot.cli import base
from bot.cli.base import Json
from handlers.turn.sealed import RESULTS

commands = typer.Typer(no_args_is_help=True, help="Who asked to talk to a person: for focal points only.")
Who = Annotated[str, typer.Option("--as", help="Your name, as the roster has it (role safeguarding).")]
Number = Annotated[int, typer.Argument(help="The case, as `sealed list` numbers it.")]


@commands.command("list")
def list_(who: Who, json: Json = False) -> None:
    """The open cases, without names and words. That you looked is written down."""
    found = _ask({"do": "list", "who": who})["cases"]
    if json:
        base.show(found)
        return
    zone = base.load().zone
    for one in found:
        since = base.local(one["since"], zone)
        typer.echo(f"{one['number']}  since {since} (local)  {'opened' if one['opened'] else 'NOT OPENED YET'}")
    base.words.print(f"{len(found)} open. Read one: kurikirana sealed show NUMBER --as NAME")


@commands.command()
def show(number: Number, who: Who, json: Json = False) -> None:
    """Who asked, what she wrote and how she wants to be called. That you read it is written down first."""
    found = _ask({"do": "show", "who": who, "number": number})
    if json:
        base.show(found)
        return
    found["since"] = f"{base.local(found['since'], base.load().zone)} (local)"
    for name, value in found.items():
        typer.echo(f"{name:12}{'; '.join(value) if isinstance(value, list) else value}")
    base.words.print(f"When it is done: kurikirana sealed close {number} --result {'|'.join(RESULTS)} --as NAME")


@commands.command()
def close(
    number: Number,
    who: Who,
    result: Annotated[str, typer.Option("--result", help=f"One of {', '.join(RESULTS)}.")],
) -> None:
    """Close a case that you have read, with its result; with `not_reached` it stays open and that is written down."""
    done = _ask({"do": "close", "who": who, "number": number, "result": result})
    base.words.print(f"{number} {'stays open' if 'stays' in done else 'is closed'}: {done['result']}", markup=False)


def _ask(details: dict[str, Any]) -> Any:
    """Through the service that holds the database: a reading is a writing here. Leaves with 1 when refused."""
    answer = base.run(control.act(base.load(), "sealed", details))
    if "refused" in answer:
        base.fail(answer["refused"])
    return answer
