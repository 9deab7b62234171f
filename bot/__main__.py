"""The command `kurikirana` (= python -m bot)."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import Annotated

from bot.settled import unwatched

with unwatched():
    import typer

    from bot import logs
    from bot.cli import (
        admin,
        backup,
        base,
        broadcasts,
        certificates,
        clock,
        connect,
        cue_cards,
        export,
        figures,
        forms,
        lessons,
        mentors,
        progress,
        recount,
        refunds,
        reminders,
        reports,
        roster,
        sealed,
        service,
        setup,
        summary,
        team,
        tips,
        uncertain,
        verify,
        words,
    )
    from bot.errors import BotError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(setup.init)
app.command()(setup.doctor)
app.command()(connect.connect)
app.command()(clock.clock)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(certificates.certificates)
app.command("cards")(cue_cards.cue_cards)
app.command()(certificates.token)
app.command()(service.run)
app.command()(service.demo)
app.command()(service.chat)
app.command()(figures.totals)
app.command()(progress.progress)
app.command()(progress.association)
app.command()(summary.summary)
app.command()(export.export)
app.command()(recount.recount)
app.command()(figures.reports)
app.add_typer(reports.commands, name="report")
app.command()(verify.check)
app.add_typer(verify.commands, name="verify")
app.command()(figures.messages)
app.command()(team.today)
app.add_typer(team.inbox_commands, name="inbox")
app.add_typer(team.task_commands, name="task")
app.command()(reminders.late)
app.command()(reminders.remind)
app.add_typer(admin.commands, name="admin")
app.add_typer(broadcasts.commands, name="broadcast")
app.add_typer(roster.commands, name="roster")
app.add_typer(sealed.commands, name="sealed")
app.add_typer(uncertain.commands, name="uncertain")
app.add_typer(forms.commands, name="forms")
app.add_typer(words.commands, name="words")
app.add_typer(mentors.commands, name="mentors")
app.add_typer(lessons.commands, name="lessons")
app.add_typer(tips.commands, name="tips")
app.add_typer(refunds.commands, name="refunds")


@app.callback()
def _options(
    config: Annotated[Path | None, typer.Option(help="The settings file; else KURIKIRANA_CONFIG, else here.")] = None,
) -> None:
    """Follow-up by SMS and chat for community associations after a training."""


def _open_streams() -> None:
    """What was closed (`>&-`) leads nowhere from now on: else the next file is taken for it, and uvloop aborts."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            lowest = os.open(os.devnull, os.O_RDWR)  # of the numbers that are free, so its own
            setattr(sys, name, os.fdopen(lowest, mode, encoding="utf-8"))


def main(arguments: list[str] | None = None) -> None:
    """Run a command. --config may stand before or behind it."""
    _open_streams()
    if sys.platform == "win32":  # where a file or a pipe would get the letters of one country
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
    given = list(sys.argv[1:] if arguments is None else arguments)
    for place, word in enumerate(given):
        if word == "--config" and place + 1 < len(given):
            os.environ["KURIKIRANA_CONFIG"] = given[place + 1]
            del given[place : place + 2]
            break
        if word.startswith("--config="):
            os.environ["KURIKIRANA_CONFIG"] = word.partition("=")[2]
            del given[place]
            break
    logs.configure("ERROR", human=True)  # a command says what it finds; `run` keeps a log
    try:
        try:
            app(args=given, prog_name="kurikirana")
        finally:
            sys.stdout.flush()
    except BotError as error:  # wherever in a command it was met
        base.words.print(str(error), markup=False)
        sys.exit(1)
    except OSError as error:  # what was found cannot be written: a full disk, a reader that has gone
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EPIPE):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more when it ends
        if error.errno == errno.ENOSPC:
            base.words.print("The output could not be written: no space is left there.", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
