"""The columns of each sheet of an export: title in English, kind, tag of HXL (hxlstandard.org)."""

from __future__ import annotations

from bot.programme.summary.words import Say
from bot.render.book import Column

WHERE = (("No of association", "text", "#org+code"), ("Association", "text", "#org+name"),
          ("Commune", "text", "#adm2+name+v_old"), ("Commune since 2025", "text", "#adm2+name"))  # fmt: skip
PROGRESS = (
    *WHERE,
    ("Trainings", "number", "#activity+num"),
    ("Attendances", "number", "#reached+attendances"),
    ("Women", "number", "#reached+attendances+f"),
    ("Men", "number", "#reached+attendances+m"),
    ("New people", "number", "#reached+new"),
    ("New women", "number", "#reached+new+f"),
    ("New men", "number", "#reached+new+m"),
    ("New, checked", "number", "#reached+new+checked"),
    ("New, reported", "number", "#reached+new+reported"),
    ("New, doubtful", "number", "#reached+new+doubtful"),
    ("New displaced", "number", "#reached+new+displaced"),
    ("New returnees", "number", "#reached+new+returnees"),
    ("New hosts", "number", "#reached+new+host"),
    ("New, rest", "number", "#reached+new+unknown"),
    ("Reached since the start", "number", "#reached+total"),
    ("Target", "number", "#targeted"),
    ("Unique people, at least", "number", "#reached+unique+min"),
    ("Unique people, at most", "number", "#reached+unique+max"),
)
TRAININGS = (
    ("Report", "number", "#activity+code"),
    *WHERE,
    ("Date", "day", "#date"),
    ("Topics", "text", "#activity+topic"),
    ("Women", "number", "#reached+f"),
    ("Men", "number", "#reached+m"),
    ("New people", "number", "#reached+new"),
    ("New women", "number", "#reached+new+f"),
    ("New men", "number", "#reached+new+m"),
    ("State", "text", "#status"),
    ("Counts", "text", "#status+counts"),
    ("Sheet", "text", "#meta+sheet"),
    ("Came by", "text", "#meta+channel"),
    ("Revision", "number", "#meta+revision"),
    ("Reported by", "text", "#contact+id"),
)
BUSINESSES = (
    ("Business", "text", "#activity+code"),
    *WHERE,
    ("Type", "text", "#activity+type"),
    ("Kit given on", "day", "#date+kit"),
    ("Month", "text", "#date+month"),
    ("Status", "text", "#status"),
    ("Sales BIF", "number", "#value+sales"),
    ("Costs BIF", "number", "#value+costs"),
    ("Left BIF", "number", "#value+left"),
    ("Kit", "text", "#status+kit"),
    ("Problem", "text", "#issue"),
    ("Paid women", "number", "#worker+f"),
    ("Paid men", "number", "#worker+m"),
    ("Report", "number", "#meta+report"),
)
NEEDS = (
    ("Need or promise", "text", "#need"),
    ("No of association", "text", "#org+code"),
    ("Who does it", "text", "#contact"),
    ("By", "day", "#date+due"),
    ("Overdue", "text", "#status"),
    ("Reports", "text", "#meta+reports"),
    ("Messages", "text", "#meta+messages"),
)
QUESTIONS = (
    ("Question", "number", "#meta+question"),
    ("No of association", "text", "#org+code"),
    ("Subject", "text", "#subject"),
    ("Asked", "moment", "#date+asked"),
    ("Promised", "moment", "#date+promised"),
    ("Answered", "moment", "#date+answered"),
    ("Hours", "number", "#indicator+hours"),
    ("Mentor", "text", "#contact"),
    ("Helped", "text", "#status+helped"),
)
QUALITY = (
    ("What", "text", "#issue"),
    ("Number", "number", "#indicator+num"),
    ("Reports", "text", "#meta+reports"),
    ("Settled", "text", "#status"),
)
MESSAGES = (
    ("Message", "number", "#meta+message"),
    *WHERE,
    ("Arrived", "moment", "#date"),
    ("Came by", "text", "#meta+channel"),
    ("Kind", "text", "#meta+kind"),
    ("Subject", "text", "#subject"),
    ("Person", "text", "#contact+id"),
    ("Words", "text", "#description"),
)


def columns(say: Say, *names: tuple[str, str, str]) -> tuple[Column, ...]:
    """Of a sheet, in the reader's language."""
    return tuple(Column(say(title), kind, tag) for title, kind, tag in names)  # type: ignore[arg-type]
