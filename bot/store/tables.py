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
    Column("role", String, comment="of a leader: free; of staff: officer, mentor, staff, safeguarding, admin"),
    Column("language", String),
    Column("can_read", String),
    Column("channel", String, comment="preferred: sms, telegram, call"),
    Column("best_time", String),
    Column("status", String, comment="displaced, returnee, host; optional, restricted"),
    Column("youth", Boolean),
    Column("languages", String, comment="of staff"),
    Column("subjects", String, comment="of a mentor"),
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
    UniqueConstraint("channel", "dedupe_key"),
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
    Index(
        "ix_outbox_waiting",
        "address_id",
        "id",
        sqlite_where=text("state in ('queued','sending')"),
        postgresql_where=text("state in ('queued','sending')"),
    ),
    Index(
        "ix_outbox_due",
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
    Column("address_id", Id, ForeignKey("addresses.id"), nullable=False),
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
    Index("ix_reports_day", "association_id", "form", "day"),
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
    Column("made_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("result", String),
    Index(
        "ix_tasks_open",
        "due_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_tasks_inbox", "inbox_id"),
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
