"""Every table, for both databases. Personal data stands only in columns of a Personal type."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.types import Id, Json, Moment, Personal, PersonalJson, PersonalKey

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

TRAINING_SUMS = (
    "trainings",
    "women",
    "men",
    "new_women",
    "new_men",
    "new_people",
    "new_checked",
    "new_not_said",
    "youth",
    "youth_not_said",
    "displaced",
    "returnee",
    "host",
    "groups_not_said",
    "new_youth",
    "new_youth_not_said",
    "new_displaced",
    "new_returnee",
    "new_host",
    "new_groups_not_said",
)
"""What is added up over trainings. `new_not_said` counts trainings, every other `not_said` people."""

facts = Table(
    "facts",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Json, nullable=False),
    comment="single values of the installation: is it a demo, the clock's offset, last report number",
)

# --- who ---

associations = Table(
    "associations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("no", String, nullable=False, unique=True, comment="two digits, as on the roster"),
    Column("name", String, nullable=False),
    Column("sms_name", String, nullable=False, comment="at most 11 letters"),
    Column("commune_old", String, nullable=False),
    Column("commune_now", String, nullable=False),
    Column("colline", String, nullable=False),
    Column("activity", String),
    Column("members_women", Integer),
    Column("members_men", Integer),
    Column("target", Integer, nullable=False, server_default="25"),
    Column("officer_id", Id, comment="a person of the team; people refer to associations, so no key here"),
    Column("left_at", Moment, comment="no longer on the roster"),
)

people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String, nullable=False, comment="leader or staff"),
    Column("association_id", Id, ForeignKey("associations.id"), index=True),
    Column("name", Personal, nullable=False),
    Column("sms_name", Personal, nullable=False, comment="at most 12 letters"),
    Column("sex", String),
    Column(
        "role",
        String,
        comment="of a leader: free; of staff: officer, supervisor, mentor, staff, safeguarding, admin, auditor",
    ),
    Column("language", String),
    Column("can_read", String),
    Column("channel", String, comment="preferred: sms, telegram, whatsapp, call; null = the cheapest that works"),
    Column("reminders_by", String, comment="the same for one kind of text; null = as channel says"),
    Column("tips_by", String),
    Column("broadcasts_by", String),
    Column("answers_by", String, comment="a mentor's answers: sms, telegram, whatsapp; null = where she asked"),
    Column("best_time", String),
    Column("status", String, comment="displaced, returnee, host; optional, restricted"),
    Column("youth", Boolean),
    Column("languages", String, comment="of staff"),
    Column("subjects", String, comment="of a mentor"),
    Column("area", String, comment="of staff: communes or association numbers; empty = everything"),
    Column("consent", String, nullable=False, server_default="none", comment="none asked yes no stopped"),
    Column("practice", Boolean, nullable=False, server_default=text("false")),
    Column("reports", Integer, nullable=False, server_default="0", comment="how many she has sent"),
    Column("left_at", Moment),
    Column("erased_at", Moment),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("scheme", String, nullable=False, comment="tel, telegram, ..."),
    Column("value", PersonalKey, nullable=False, comment="+257..., or the chat's id"),
    Column("channel", String, comment="the channel that last heard from it, where answers go"),
    Column("phone_is", String, comment="own, shared, relative"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("reason", String, comment="why it is not active"),
    UniqueConstraint("scheme", "value"),
)

people_addresses = Table(
    "people_addresses",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True, index=True),
    comment="several people may share a phone, and a person may have a phone and a chat",
)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("given", String, nullable=False, comment="asked yes no stopped started"),
    Column("how", String, nullable=False, comment="sms, chat, paper, spoken"),
    Column("text_key", String, comment="which text was answered"),
    Column("language", String),
    Column("at", Moment, nullable=False),
    Column("inbox_id", Id, comment="the proof"),
    comment="append only",
)

businesses = Table(
    "businesses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("no", String, nullable=False, unique=True, comment="07A"),
    Column("association_id", Id, ForeignKey("associations.id"), nullable=False, index=True),
    Column("type", String, nullable=False),
    Column("kit", String),
    Column("kit_date", Date),
    Column("workers_women", Integer),
    Column("workers_men", Integer),
    Column("left_at", Moment),
)

places = Table(
    "places",
    metadata,
    Column("id", Id, primary_key=True),
    Column("commune_old", String, nullable=False),
    Column("commune_now", String, nullable=False),
    Column("colline", String, nullable=False),
    Column("zone", String),
    UniqueConstraint("commune_old", "colline"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String, primary_key=True, comment="SHA-256 of the one-time token"),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment),
)

# --- what arrived and what leaves ---

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("dedupe_key", String, nullable=False, comment="the provider's id, or ours"),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Personal, nullable=False),
    Column("data", PersonalJson),
    Column("sent_at", Moment, comment="the operator's or the handset's time, null when unreadable"),
    Column("received_at", Moment, nullable=False),
    Column("state", String, nullable=False, server_default="new", comment="new done quarantined"),
    Column("deaths", Integer, nullable=False, server_default="0", comment="of the process, alone with it"),
    Column("handled_at", Moment),
    Column("person_id", Id, comment="who wrote it, as far as known"),
    Column("understood", String),
    Column("association_id", Id, comment="whose talk it counts for; null = nobody's, the team's, practice, sealed"),
    UniqueConstraint("channel", "dedupe_key"),
    Index(
        "ix_inbox_talk",
        "association_id",
        "received_at",
        sqlite_where=text("association_id is not null"),
        postgresql_where=text("association_id is not null"),
    ),
    Index(
        "ix_inbox_whatsapp",
        "address_id",
        "received_at",
        sqlite_where=text("channel in ('whatsapp', 'twilio_whatsapp')"),
        postgresql_where=text("channel in ('whatsapp', 'twilio_whatsapp')"),
    ),
    Index(
        "ix_inbox_new",
        "address_id",
        "id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inbox_id", Id, comment="the turn that wrote it"),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("person_id", Id),
    Column("channel", String, nullable=False),
    Column("key", String, nullable=False, comment="of the catalogue"),
    Column("kind", String, nullable=False, comment="reply, reminder, tip, broadcast"),
    Column("language", String, nullable=False),
    Column("text", Personal, nullable=False),
    Column("data", PersonalJson, comment="buttons, keyboard, card"),
    Column("parts", Integer, nullable=False),
    Column("state", String, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="counted before the network call"),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("provider_id", String),
    Column("reason", String, comment="of the last failure, without personal data"),
    Column("made_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("card", Id, comment="the card (inbox id) that this text is, in a chat"),
    Column("urgency", Integer, nullable=False, server_default="0", comment="0 an answer, 1 not asked for"),
    Column("expires_at", Moment, comment="too late after this: cancelled with the reason"),
    Column("broadcast_id", Id, comment="the broadcast it belongs to"),
    Column("task_id", Id, comment="to the team: the task that a reply to this text answers"),
    Column("association_id", Id, comment="whose talk it counts for, once it has left"),
    Index(
        "ix_outbox_waiting",
        "address_id",
        "id",
        sqlite_where=text("state in ('queued','sending')"),
        postgresql_where=text("state in ('queued','sending')"),
    ),
    Index(
        "ix_outbox_due",
        "channel",
        "urgency",
        "due_at",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_outbox_provider",
        "channel",
        "provider_id",
        sqlite_where=text("provider_id is not null"),
        postgresql_where=text("provider_id is not null"),
    ),
    Index(
        "ix_outbox_card",
        "card",
        sqlite_where=text("card is not null"),
        postgresql_where=text("card is not null"),
    ),
    Index(
        "ix_outbox_broadcast",
        "broadcast_id",
        "state",
        sqlite_where=text("broadcast_id is not null"),
        postgresql_where=text("broadcast_id is not null"),
    ),
    Index(
        "ix_outbox_uncertain",
        "id",
        sqlite_where=text("state = 'uncertain'"),
        postgresql_where=text("state = 'uncertain'"),
    ),
    Index(
        "ix_outbox_shown",
        "id",
        sqlite_where=text("key IN ('S.case', 'O.console')"),
        postgresql_where=text("key IN ('S.case', 'O.console')"),
    ),
    Index(
        "ix_outbox_door",
        "inbox_id",
        sqlite_where=text("key >= 'J' AND key < 'K'"),
        postgresql_where=text("key >= 'J' AND key < 'K'"),
    ),
    Index(
        "ix_outbox_unasked",
        "address_id",
        "made_at",
        sqlite_where=text("urgency > 0"),
        postgresql_where=text("urgency > 0"),
    ),
    Index(
        "ix_outbox_failed",
        "address_id",
        "id",
        sqlite_where=text("state in ('failed','uncertain')"),
        postgresql_where=text("state in ('failed','uncertain')"),
    ),
    Index(
        "ix_outbox_talk",
        "association_id",
        "sent_at",
        "address_id",
        sqlite_where=text("association_id is not null and sent_at is not null"),
        postgresql_where=text("association_id is not null and sent_at is not null"),
    ),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String, nullable=False),
    Column("key", String, nullable=False, comment="our outbox id or the provider's id, and the state"),
    Column("state", String, nullable=False),
    Column("word", String, nullable=False, comment="what the provider said"),
    Column("at", Moment, nullable=False),
    Column("matched", Boolean, nullable=False),
    UniqueConstraint("channel", "key"),
    Index(
        "ix_receipts_unmatched",
        "id",
        sqlite_where=text("matched IS 0"),
        postgresql_where=text("matched IS false"),
    ),
    comment="delivery reports as they came; one that comes before our own mark is matched when the mark is written",
)

conversations = Table(
    "conversations",
    metadata,
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True),
    Column("state", PersonalJson, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

timers = Table(
    "timers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), comment="null: found when it fires, of the association"),
    Column("association_id", Id, ForeignKey("associations.id"), comment="whose contact is woken"),
    Column("due_at", Moment, nullable=False),
    Column("data", Json),
    Column("state", String, nullable=False, server_default="waiting"),
    UniqueConstraint("kind", "key"),
    Index(
        "ix_timers_due",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

# --- what was reported ---

reports = Table(
    "reports",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("form", String, nullable=False),
    Column("version", String, nullable=False),
    Column("association_id", Id, ForeignKey("associations.id")),
    Column("person_id", Id, ForeignKey("people.id"), index=True),
    Column("address_id", Id, index=True, comment="where it was sent from: on a shared phone nobody is named"),
    Column("values", PersonalJson, nullable=False, comment="free text of a form is a person's words"),
    Column("day", String, comment="ISO date of the report's first date question"),
    Column("state", String, nullable=False, comment="reported doubtful twin withdrawn"),
    Column("doubt", String, nullable=False, server_default=""),
    Column("practice", Boolean, nullable=False),
    Column("source", String, nullable=False, comment="sms, chat, officer"),
    Column("inbox_ids", Json, nullable=False),
    Column("card", Id),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("verdict", String, nullable=False, server_default="", comment="accepted rejected hold; of the last check"),
    Column("new_found", Integer, nullable=False, server_default="0", comment="new people whom a call confirmed"),
    Index("ix_reports_day", "association_id", "form", "day"),
    Index("ix_reports_made", "form", "created_at"),
    Index(
        "ix_reports_card",
        "card",
        sqlite_where=text("card is not null"),
        postgresql_where=text("card is not null"),
    ),
)

report_history = Table(
    "report_history",
    metadata,
    Column("number", Id, ForeignKey("reports.number"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("values", PersonalJson, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False, comment="why this revision was replaced"),
    Column("inbox_id", Id),
    Column("replaced_at", Moment, nullable=False),
    comment="the revisions before the present one",
)

figures = Table(
    "figures",
    metadata,
    Column("association_id", Id, ForeignKey("associations.id"), primary_key=True),
    Column("trainings", Integer, nullable=False),
    Column("attendances_women", Integer, nullable=False),
    Column("attendances_men", Integer, nullable=False),
    Column("new_women", Integer, nullable=False),
    Column("new_men", Integer, nullable=False),
    Column("new_people", Integer, nullable=False, comment="also those whose sex was not said"),
    Column("largest_women", Integer, nullable=False, comment="of one training"),
    Column("largest_men", Integer, nullable=False),
    comment="rolled up in the turn's own transaction from the training reports that count",
)


def _of_trainings() -> list[Column[int]]:
    """The figures of a row that sums trainings up."""
    sums = [Column(name, Integer, nullable=False) for name in TRAINING_SUMS]
    largest_women = Column("largest_women", Integer, nullable=False, comment="of one training")
    return [*sums, largest_women, Column("largest_men", Integer, nullable=False)]


training_days = Table(
    "training_days",
    metadata,
    Column("day", String, primary_key=True, comment="ISO date; empty for a report without one"),
    Column("association_id", Id, primary_key=True, autoincrement=False),
    Column("person_id", Id, primary_key=True, autoincrement=False, comment="who reported; 0 = not known"),
    Column("standing", String, primary_key=True, comment="checked reported doubtful"),
    *_of_trainings(),
    Index("ix_training_days_of", "association_id", "day"),
    sqlite_with_rowid=False,
    comment="rolled up in the turn's own transaction from the training reports that count",
)

training_months = Table(
    "training_months",
    metadata,
    Column("month", String, primary_key=True, comment="YYYY-MM; empty for reports without a date"),
    Column("association_id", Id, primary_key=True, autoincrement=False),
    Column("standing", String, primary_key=True, comment="checked reported doubtful"),
    *_of_trainings(),
    Index("ix_training_months_of", "association_id", "month"),
    sqlite_with_rowid=False,
    comment="the days added up; kept with them",
)

message_days = Table(
    "message_days",
    metadata,
    Column("day", String, primary_key=True, comment="ISO date, of the programme"),
    Column("direction", String, primary_key=True, comment="in: it arrived; out: it left"),
    Column("channel", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("association_id", Id, primary_key=True, autoincrement=False),  # 0 = all of them together
    Column("part", Integer, primary_key=True, autoincrement=False, comment="the process that counts: none waits"),
    Column("messages", Integer, nullable=False),
    Index("ix_message_days_of", "association_id", "day"),
    sqlite_with_rowid=False,
    comment="rolled up from the messages of leaders, in the transactions that handle and send them",
)

checks = Table(
    "checks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", Id, ForeignKey("reports.number"), nullable=False, index=True),
    Column("revision", Integer, nullable=False, comment="of the report that was looked at"),
    Column("verdict", String, nullable=False, comment="accepted rejected hold"),
    Column("how", String, nullable=False, comment="sheet, call, visit or question"),
    Column("reason", String, nullable=False, server_default="", comment="without names"),
    Column("by", Id, comment="a person of the team; null = the command line"),
    Column("at", Moment, nullable=False),
    comment="append only: who looked at a report, and what came of it",
)

samples = Table(
    "samples",
    metadata,
    Column("id", Id, primary_key=True),
    Column("month", String, nullable=False, comment="YYYY-MM"),
    Column("seed", Integer, nullable=False, comment="printed: the same seed draws the same reports"),
    Column("reports", Integer, nullable=False, comment="how many there were to draw from"),
    Column("by", String, nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("month"),
)

sampled = Table(
    "sampled",
    metadata,
    Column("sample_id", Id, ForeignKey("samples.id"), primary_key=True),
    Column("number", Id, ForeignKey("reports.number"), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("drawn", Boolean, nullable=False, comment="by chance; false: only because of a flag"),
    Column("flags", Json, nullable=False),
    Column("outcome", String, comment="reached, not_reached, refused; null = not called yet"),
    Column("result", PersonalJson, comment="field to what was said in the call; null = not known"),
    Column("called_at", Moment),
    Column("called_by", Id),
    comment="the reports of a month that are verified by a call",
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("form", String, nullable=False),
    Column("association_id", Id),
    Column("person_id", Id),
    Column("address_id", Id),
    Column("values", PersonalJson, nullable=False),
    Column("at", Moment, nullable=False),
    Column("inbox_id", Id),
)

media = Table(
    "media",
    metadata,
    Column("id", Id, primary_key=True),
    Column("inbox_id", Id, nullable=False, unique=True),
    Column("report_number", Id),
    Column("kind", String, nullable=False, comment="photo or voice"),
    Column("state", String, nullable=False, comment="waiting kept refused"),
    Column("file", String, comment="our own name, below the media folder"),
    Column("sha256", String),
    Column("bytes", Integer),
    Column("reason", String),
    Column("at", Moment, nullable=False),
    Index(
        "ix_media_waiting", "id", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")
    ),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False, server_default="open"),
    Column("due_at", Moment, nullable=False),
    Column("person_id", Id),
    Column("association_id", Id),
    Column("address_id", Id),
    Column("inbox_id", Id),
    Column("officer_id", Id),
    Column("about", String, nullable=False, server_default=""),
    Column("sealed", Boolean, nullable=False, server_default=text("false")),
    Column("seen_at", Moment, comment="of a sealed one: when a focal point first opened it"),
    Column("made_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("closed_by", Id, comment="a person of the team; null: the leader herself, or the command line"),
    Column("result", String),
    Index(
        "ix_tasks_open",
        "due_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_tasks_inbox", "inbox_id"),
    Index(
        "ix_tasks_association",
        "association_id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

# --- following up ---

zero_reports = Table(
    "zero_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("association_id", Id, ForeignKey("associations.id"), nullable=False),
    Column("form", String, nullable=False, comment="training or business"),
    Column("since", String, nullable=False, comment="ISO date since which there was nothing"),
    Column("at", Moment, nullable=False),
    Column("person_id", Id),
    Column("inbox_id", Id),
    Column("need", String, comment="what would help: mentor, materials, time, nothing"),
    Index("ix_zero_reports_of", "association_id", "form", "at"),
    comment="nothing to report is a report: the association is not late",
)

tips = Table(
    "tips",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String, nullable=False),
    Column("variant", String, nullable=False, server_default="a", comment="other words, for other representatives"),
    Column("topic", String, nullable=False, comment="business, value_chain, processing, savings"),
    Column("value_chain", String, comment="words for it, any of which fits: rice riz; null = for everybody"),
    Column("seasons", String, nullable=False, server_default="", comment="A B C; empty = all the year"),
    Column("texts", Json, nullable=False, comment="language to text, without the question whether it was useful"),
    Column("drafts", Json, nullable=False, comment="languages that no native speaker has signed"),
    Column("source", String, nullable=False, server_default="", comment="where it is known from"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("name", "variant"),
)

tip_sends = Table(
    "tip_sends",
    metadata,
    Column("id", Id, primary_key=True),
    Column("tip_id", Id, ForeignKey("tips.id"), nullable=False),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("round", Integer, nullable=False, comment="1, or 2 when it was repeated"),
    Column("inbox_id", Id, comment="the turn that wrote it"),
    Column("at", Moment, nullable=False),
    Column("useful", Boolean, comment="null = not said"),
    UniqueConstraint("tip_id", "person_id", "round"),
)

questions = Table(
    "questions",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("inbox_id", Id, nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("association_id", Id, ForeignKey("associations.id")),
    Column("subject", String, comment="of the mentor's subjects; null = any"),
    Column("mentor_id", Id, ForeignKey("people.id"), comment="null: nobody was found, an officer passes it on"),
    Column("state", String, nullable=False, server_default="open", comment="open answered closed"),
    Column("asked_at", Moment, nullable=False),
    Column("promised_at", Moment, nullable=False),
    Column("climbed", Integer, nullable=False, server_default="0", comment="how often it was overdue and went up"),
    Column("answer", Personal),
    Column("answered_at", Moment),
    Column("answered_by", Id),
    Column("helped", Boolean, comment="null = not said"),
    Index(
        "ix_questions_open",
        "promised_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

partners = Table(
    "partners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("kind", String, comment="seed centre, research, finance, ..."),
    Column("subjects", String, nullable=False, comment="words by which leaders find it, in any language"),
    Column("contact", Personal, comment="whom to ask, and under which number"),
    Column("place", String),
    Column("hours", String, comment="when and how to come"),
    Column("left_at", Moment),
)

visits = Table(
    "visits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String, nullable=False, comment="visit, call or note"),
    Column("association_id", Id, ForeignKey("associations.id"), nullable=False),
    Column("staff_id", Id, ForeignKey("people.id"), comment="the mentor or officer who was there"),
    Column("partner_id", Id, ForeignKey("partners.id"), comment="the partner that the association visited"),
    Column("day", String, nullable=False, comment="ISO date"),
    Column("note", Personal),
    Column("inbox_id", Id),
    Column("at", Moment, nullable=False),
    Index("ix_visits_of", "association_id", "day"),
)

lessons = Table(
    "lessons",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("inbox_id", Id, nullable=False),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
    Column("person_id", Id, ForeignKey("people.id")),
    Column("association_id", Id, ForeignKey("associations.id")),
    Column("text", Personal, nullable=False),
    Column("language", String, nullable=False),
    Column("show", String, nullable=False, server_default="", comment="name, anonymous, no; empty = not said"),
    Column("translations", PersonalJson, nullable=False, comment="language to text and who translated it"),
    Column("at", Moment, nullable=False),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String, unique=True, comment="of what was submitted: a double submit makes one broadcast"),
    Column(
        "state", String, nullable=False, server_default="draft", comment="draft approved sending asks stopped done"
    ),
    Column("audience", Json, nullable=False, comment="who was asked for; the list itself is frozen in recipients"),
    Column("texts", PersonalJson, nullable=False, comment="language to what staff wrote"),
    Column("gaps", Json, nullable=False, comment="what readers of a language without a text get"),
    Column("asks", Boolean, nullable=False, server_default=text("false"), comment="1 yes 2 no are counted"),
    Column("day", String, comment="ISO date that {date} stands for"),
    Column("digest", String, nullable=False, comment="of the texts: the same ones within 7 days are warned of"),
    Column("number", Integer, comment="phones and chats, as approved"),
    Column("made_by", Id, comment="a person of the team; null = the command line"),
    Column("made_at", Moment, nullable=False),
    Column("frozen_at", Moment, comment="when the list of recipients was complete"),
    Column("approved_by", Id),
    Column("approved_at", Moment),
    Column("starts_at", Moment, comment="the end of the time for undoing, or when it was scheduled for"),
    Column("ends_at", Moment, comment="the last text by the plan; six hours later the rest asks again"),
    Column("expires_at", Moment, comment="not after this"),
    Column("every", String, comment="weekly or monthly: another one is made when it starts"),
    Column("stopped_at", Moment),
    Column("finished_at", Moment),
    Index("ix_broadcasts_state", "state", "starts_at"),
)

recipients = Table(
    "recipients",
    metadata,
    Column("broadcast_id", Id, ForeignKey("broadcasts.id"), primary_key=True),
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True),
    Column("person_id", Id, comment="the one whose language and name it has"),
    Column("people", Integer, nullable=False, comment="how many share this phone"),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("state", String, nullable=False, server_default="waiting", comment="waiting queued cancelled left_out"),
    Column("reason", String, comment="why it was left out or cancelled"),
    Column("outbox_id", Id, comment="its text, once it is queued"),
    Column("answer", String, comment="yes or no"),
    Column("answered_at", Moment),
    Index("ix_recipients_state", "broadcast_id", "state", "channel", "address_id"),
    comment="frozen at approval",
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("digest", String, primary_key=True, comment="keyed hash of a number, or of an association and a name"),
    Column("at", Moment, nullable=False, comment="when she had herself erased"),
    comment="so that no roster enters an erased person again; nothing can be read back from it",
)

forms = Table(
    "forms",
    metadata,
    Column("name", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("source", String, nullable=False, comment="file name it was added from"),
    Column("sheets", Json, nullable=False, comment="the XLSForm's sheets as they were read"),
    Column("added_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("who", String, nullable=False),
    Column("what", String, nullable=False),
    Column("details", Json),
    comment="append only: every reading and changing of personal data by a person of the team",
)

audit_links = Table(
    "audit_links",
    metadata,
    Column("upto", Id, primary_key=True, autoincrement=False, comment="the last row of the audit that it holds"),
    Column("after", Id, nullable=False, unique=True, comment="the last row of the link before; 0 = the first link"),
    Column("digest", String, nullable=False, comment="SHA-256 along the rows until there"),
    Column("at", Moment, nullable=False),
    comment="the chain of the audit: what was changed afterwards does not fit it any more",
)

# --- the console ---

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("login", Personal, nullable=False, comment="the name that is typed at the sign-in, in small letters"),
    Column("password", String, comment="argon2id; null: signs in by a link from the bot"),
    Column("totp", Personal, comment="secret of the authenticator, base32"),
    Column("totp_step", Integer, comment="the last time step whose code was taken: a code is taken once"),
    Column("pin", String, comment="argon2id of the six digits"),
    Column("failed", Integer, nullable=False, server_default="0", comment="tries in a row that failed"),
    Column("locked_until", Moment),
    Column("language", String, comment="of the pages: en or fr; null = as the person's"),
    Column("made_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    UniqueConstraint("login"),
    comment="of people of the team, for the console",
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest", String, nullable=False, unique=True, comment="SHA-256 of the cookie's token"),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False, comment="at the latest"),
    Column("confirmed_at", Moment, nullable=False, comment="when the password or PIN was given last"),
    Column("agent", String, nullable=False, comment="kind of browser: Firefox, phone"),
    Column("ended_at", Moment),
    comment="who is signed in to the console, and where",
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("digest", String, primary_key=True, comment="SHA-256 of the token in the address"),
    Column("person_id", Id, ForeignKey("people.id"), nullable=False, index=True),
    Column("kind", String, nullable=False, comment="sign_in, or enrol: password and authenticator are set"),
    Column("browser", String, comment="digest of the browser that asked; null: asked for in the chat"),
    Column("totp", Personal, comment="of an enrolment: the secret that it shows"),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    comment="one-time addresses",
)

countings = Table(
    "countings",
    metadata,
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
    Column("about", String, primary_key=True, comment="audiences, plan, ends: the newest question counts; figures N"),
    Column("question", Personal, nullable=False, comment="what a card of /broadcast, or /summary, asks"),
    Column("inbox_id", Id, nullable=False, comment="the turn that asked it"),
    Column("asked_at", Moment, nullable=False),
    Column("found", PersonalJson, comment="null = not counted yet"),
    Column("counted_at", Moment),
    comment="what is counted over everybody for a chat of the team, beside the turns; a day at most",
)

talks = Table(
    "talks",
    metadata,
    Column("address_id", Id, ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
    Column("assigned_to", Id, ForeignKey("people.id"), comment="one of the team; null = nobody in particular"),
    Column("state", String, nullable=False, server_default="open", comment="open, pending or snoozed"),
    Column("until", Moment, comment="of a snoozed one"),
    Column("changed_at", Moment, nullable=False, comment="what comes later opens it again"),
    comment="what the team has decided about the conversation with a phone or a chat",
)

export_requests = Table(
    "export_requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("what", String, nullable=False, comment="the list: its page, or the command with place and period"),
    Column("persons", Integer, nullable=False),
    Column("reason", Personal, nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_by", Id, comment="somebody else of the team"),
    Column("decided_at", Moment),
    Column("agreed", Boolean),
    comment="lists of many persons that somebody wants to take away",
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False, index=True),
    Column("person_id", Id, comment="who of the team wrote it"),
    Column("text", Personal, nullable=False),
    Column("at", Moment, nullable=False),
    comment="private notes of the team beside a conversation; no leader ever reads them",
)
