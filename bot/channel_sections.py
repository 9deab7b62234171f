"""The sections `[channels.<name>]` of the settings file, one for each way to a phone."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from bot.http_templates import RAPIDPRO, Address, Body, Headers, Url


def on_disk(name: str) -> str:
    """The name as it is. Raises ValueError where no folder or file can have it."""
    if "\0" in name:
        raise ValueError("no folder or file has such a name: leave the \\u0000 out")
    return name


OnDisk = Annotated[str, AfterValidator(on_disk)]
"""Name of a folder or file."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paced(Section):
    """Of a channel whose texts are counted in SMS parts."""

    per_half_hour: int = Field(0, ge=0, description="SMS parts in 30 minutes; 0 = no limit.")
    per_day: int = Field(0, ge=0, description="SMS parts in a local day, as the SIM's bundle has; 0 = no limit.")


class Telegram(Section):
    token: SecretStr = Field(description="From BotFather; better by environment than in the file.")
    api_url: Address = Field("https://api.telegram.org", description="Any host that speaks the Bot API.")
    mode: Literal["polling", "webhook"] = Field("polling", description="How updates come in.")
    secret: SecretStr = Field(SecretStr(""), description="Secret token of the webhook (mode webhook).")


class Kannel(Paced):
    sendsms_url: Address = Field(description="http://HOST:PORT/cgi-bin/sendsms of Kannel's smsbox.")
    username: str = Field(description="User of the sendsms-user group.")
    password: SecretStr = Field(description="Its password.")
    sender: str = Field("", description="Sender number or name of outgoing SMS.")
    secret: SecretStr = Field(description="The part of our address that only Kannel knows.")


class SmsGate(Paced):
    url: Address = Field(
        description="The app's local server, http://PHONE:8080, or a private server, https://HOST/3rdparty/v1."
    )
    username: str = Field(description="User shown in the app.")
    password: SecretStr = Field(description="Password shown in the app.")
    signing_key: SecretStr = Field(description="Key that the app signs its webhooks with.")
    sim: int = Field(0, ge=0, le=3, description="SIM card that sends, 1 to 3; 0 = as the phone is set.")
    device: str = Field("", description="Id of the phone that sends, of several at a private server; empty = any.")
    per_half_hour: int = Field(30, ge=0, description="SMS parts in 30 minutes; Android stops an app above 30.")


class Http(Paced):
    send_url: Url = Field(description="The gateway's address for one message; a template, may hold a key.")
    method: Literal["POST", "PUT", "GET"] = Field("POST", description="How it is called; GET sends no body.")
    content: Literal["json", "form"] = Field("json", description="What the body is.")
    body: Body = Field(RAPIDPRO, description="Template of the body; RapidPro's by default.")
    headers: Headers = Field({}, description="Further headers, such as Authorization; templates, secret.")
    accepted: str = Field("", description="What a good answer contains; empty = every 2xx is one.")
    sender: str = Field("", description="Our number or name, {from} in templates.")
    secret: SecretStr = Field(description="The part of our address that only the gateway knows.")


class Twilio(Paced):
    account_sid: str = Field(description="Account SID from Twilio's console, AC...")
    auth_token: SecretStr = Field(description="Its auth token; signs what Twilio brings.")
    api_url: Address = Field("https://api.twilio.com", description="Any host that speaks Twilio's API.")
    sender: str = Field("", description="Our number with +, MG..., or a name that nobody can answer; empty = no SMS.")
    whatsapp: str = Field("", description="Our WhatsApp sender: its number with +, or MG...; empty = no WhatsApp.")
    template: str = Field("", description="ContentSid HX... with {{1}}, on WhatsApp a day after her last words.")
    content_url: Address = Field(
        "https://content.twilio.com", description="Where buttons are made; empty = as numbers."
    )


class AfricasTalking(Paced):
    username: str = Field(description="Name of the application; sandbox with the sandbox's api_url.")
    api_key: SecretStr = Field(description="Its key, from the dashboard.")
    api_url: Address = Field("https://api.africastalking.com", description="Any host that speaks its API.")
    sender: str = Field("", description="Registered short code or name; empty = Africa's Talking's own.")
    secret: SecretStr = Field(description="The part of our address that only Africa's Talking knows.")


class Gammu(Paced):
    folder: OnDisk = Field(description="Folder with gammu-smsd's inbox, outbox, sent, error; or its SQLite file.")


class Whatsapp(Section):
    phone_number_id: str = Field(description="Id of our number in WhatsApp Manager; not the number itself.")
    token: SecretStr = Field(description="Token of a system user, which does not end.")
    app_secret: SecretStr = Field(description="Secret of the app at Meta; signs what Meta brings.")
    verify_token: SecretStr = Field(description="A word of ours that Meta shows when it first calls us.")
    api_url: Address = Field("https://graph.facebook.com", description="Any host that speaks the Graph API.")
    template: str = Field("", description="Template with {{1}} a day after her last words; empty = her next road.")
    template_language: str = Field("fr", description="Language code of that template.")


class Smpp(Paced):
    host: str = Field(description="The SMSC's name or address, often behind a VPN.")
    port: int = Field(2775, ge=1, le=65535, description="Its TCP port.")
    system_id: str = Field(max_length=15, description="Our account there.")
    password: SecretStr = Field(description="Its password.")
    sender: str = Field("", max_length=20, description="Our short code, number with + or name.")
    window: int = Field(10, ge=1, le=100, description="Messages that may wait for an answer at once.")


class Channels(Section):
    telegram: Telegram | None = None
    kannel: Kannel | None = None
    smsgate: SmsGate | None = None
    http: Http | None = None
    twilio: Twilio | None = None
    africastalking: AfricasTalking | None = None
    gammu: Gammu | None = None
    whatsapp: Whatsapp | None = None
    smpp: Smpp | None = None
