"""Performs what conversations decided: one function per effect, all in the turn's transaction.

`PERFORMERS` is the written list; start-up fails when an effect has no performer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from bot.effects import (
    beside,
    broadcasts,
    console,
    mentoring,
    people,
    reminders,
    reports,
    sealed,
    tasks,
    tips,
    uncertain,
)
from bot.effects.scene import Scene
from handlers import turn
from handlers.turn.beside import AskBeside, ForgetBeside
from handlers.turn.mentoring import GiveQuestion, LeaveQuestion
from handlers.turn.uncertain import DecideText

PERFORMERS: dict[type, Callable[[Any, Scene], None]] = {
    turn.SaveReport: reports.save,
    turn.ChangeReport: reports.change,
    turn.CheckReport: reports.check,
    turn.KeepDraft: reports.keep_draft,
    turn.KeepMedia: reports.keep_media,
    turn.RecordConsent: people.record_consent,
    turn.SetLanguage: people.set_language,
    turn.LinkAddress: people.link_address,
    turn.UnlinkAddress: people.unlink_address,
    turn.ReopenAddress: people.reopen_address,
    turn.UseToken: people.use_token,
    turn.PreferRoad: people.prefer_road,
    turn.ErasePerson: people.erase,
    turn.Wake: people.wake,
    turn.OpenTask: tasks.open_task,
    turn.TakeBackCall: tasks.take_back,
    turn.AnswerBroadcast: broadcasts.answer,
    turn.CountBroadcast: broadcasts.count,
    turn.MakeBroadcast: broadcasts.decided,
    turn.ApproveBroadcast: broadcasts.decided,
    turn.StopBroadcast: broadcasts.decided,
    turn.RetryBroadcast: broadcasts.decided,
    turn.TryBroadcast: broadcasts.decided,
    AskBeside: beside.ask,
    ForgetBeside: beside.forget,
    turn.ReadSealed: sealed.read,
    turn.CloseSealed: sealed.close,
    turn.KeepTip: tips.keep,
    turn.TipUseful: tips.useful,
    turn.SaveQuestion: mentoring.save_question,
    turn.AnswerQuestion: mentoring.answer_question,
    turn.ClimbQuestion: mentoring.climb_question,
    GiveQuestion: mentoring.give_question,
    LeaveQuestion: mentoring.leave_question,
    turn.RateQuestion: mentoring.rate_question,
    turn.SaveLesson: mentoring.save_lesson,
    turn.ShowLesson: mentoring.show_lesson,
    turn.SaveVisit: mentoring.save_visit,
    turn.DropVisit: mentoring.drop_visit,
    turn.CloseTask: tasks.close_one,
    DecideText: uncertain.decide,
    turn.TellTeam: tasks.tell_team,
    turn.Audit: tasks.audited,
    turn.KeepConsoleLink: console.keep_link,
    turn.SaveZero: reminders.save_zero,
    turn.SayNeed: reminders.say_need,
    turn.CloseCall: reminders.close_call,
}

if missing := set(get_args(turn.Effect)) - set(PERFORMERS):  # pragma: no cover
    raise RuntimeError(f"effects without a performer: {sorted(kind.__name__ for kind in missing)}")


def perform(effect: turn.Effect, scene: Scene) -> None:
    """Stage the rows of one effect and keep the group's facts true."""
    PERFORMERS[type(effect)](effect, scene)
