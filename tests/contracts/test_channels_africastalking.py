"""The contract, for Africa's Talking. The payloads are those of its documentation."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.channel_sections import AfricasTalking as AfricasTalkingSettings
from bot.channels.africastalking import AfricasTalking
from tests.contracts.channel_contract import ChannelContract
from tests.contracts.channel_kit import Answer, Call, Kit, Sample
from tests.contracts.test_channels import GENERAL_DOUBT, NOW, PASSWORD, SECRET, KannelKit

AT_SMS = {"linkId": "03090445075804249226", "text": "Ego", "to": "21512", "date": "2026-11-23T17:29:11Z"}
AT_SMS |= {"id": "ec9adc86-51d5-4bc8-8eb0-d8ab0bb53dc3", "from": "+25779123456"}
AT_SMS |= {"cost": "BIF 0.0000", "networkCode": "99999"}
AT_REPORT = {"id": "ATXid_dda018a640edfcc5d2ce455de3e4a6e7", "status": "Success", "phoneNumber": "+25779123456"}
AT_REPORT |= {"networkCode": "99999", "retryCount": "0"}


def at_call(what: str, fields: dict[str, str]) -> Call:
    body = urlencode(fields).encode()
    headers = ((b"content-type", b"application/x-www-form-urlencoded"),)
    return Call("POST", f"/channels/africastalking/{SECRET}/{what}", b"", body, headers)


def at_answer(code: int, word: str, status: int = 201, key: str = "ATXid_1") -> Answer:
    one = {"statusCode": code, "number": "+25779123456", "status": word, "cost": "BIF 40.0000", "messageId": key}
    data = {"Message": "Sent to 1/1 Total Cost: BIF 40.0000", "Recipients": [one]}
    return Answer(status, json.dumps({"SMSMessageData": data}).encode())


class AfricasTalkingKit(Kit):
    secrets = (SECRET, PASSWORD)
    samples = {
        "received": Sample(at_call("incoming", AT_SMS), 1),
        "received, no link": Sample(at_call("incoming", AT_SMS | {"linkId": ""}), 1),
        "other time": Sample(at_call("incoming", AT_SMS | {"date": "2026-11-23 17:29:11", "text": "Ego é 😀"}), 1),
        "no time": Sample(at_call("incoming", AT_SMS | {"date": ""}), 1),
        "empty": Sample(at_call("incoming", AT_SMS | {"text": ""}), 1),
        "short sender": Sample(at_call("incoming", AT_SMS | {"from": "ECONET"}), 1),
        "new fields": Sample(at_call("incoming", AT_SMS | {"new": "1"}), 1),
        **{
            word: Sample(at_call("status", AT_REPORT | {"status": word}), 0, (state,))
            for word, state in {
                "Sent": "sent",
                "Submitted": "sent",
                "Buffered": "sent",
                "Rejected": "failed",
                "Success": "delivered",
                "Failed": "failed",
                "AbsentSubscriber": "failed",
                "Expired": "failed",
                "NewWord": "accepted",
                "": "accepted",
            }.items()
        },
        "with a reason": Sample(
            at_call("status", AT_REPORT | {"status": "Failed", "failureReason": "UserInBlackList"}), 0, ("failed",)
        ),
    }
    ego = (
        at_call("incoming", AT_SMS),
        at_call(
            "incoming", AT_SMS | {"id": "b68d0989-d856-494f-92ee-7c439e96e1d9", "linkId": "03090445075804249227"}
        ),
    )
    sent = (
        at_answer(101, "Success"),
        at_answer(100, "Processed"),
        at_answer(102, "Queued"),
        at_answer(101, "Success", 200),
        Answer(201, b'{"SMSMessageData":{"Recipients":[{"status":"Success","messageId":"1002"}]}}'),
    )
    refused = (
        at_answer(401, "RiskHold"),
        at_answer(403, "InvalidPhoneNumber", key="None"),
        at_answer(404, "UnsupportedNumberType"),
        at_answer(407, "CouldNotRoute"),
        at_answer(502, "RejectedByGateway"),
        Answer(201, b'{"SMSMessageData":{"Message":"InvalidPhoneNumber","Recipients":[]}}'),
        Answer(400, b"Request is missing required form field 'to'"),
    )
    misconfigured = (
        at_answer(402, "InvalidSenderId"),
        at_answer(405, "InsufficientBalance"),
        Answer(201, b'{"SMSMessageData":{"Message":"InvalidSenderId","Recipients":[]}}'),
        Answer(401, b"The supplied authentication is invalid"),
        Answer(403),
        Answer(404),
        Answer(302, b"", {"Location": "/login"}),
    )
    later = (at_answer(409, "DoNotDisturbRejection", 409, "None"), Answer(503), Answer(429))
    doubtful = (
        *GENERAL_DOUBT,
        at_answer(500, "InternalServerError"),
        at_answer(501, "GatewayError"),
        at_answer(999, "NewWord"),
        at_answer(101, "Success", key="None"),
        Answer(201, b'{"SMSMessageData":{"Message":"Sent to 0/1","Recipients":[]}}'),
        Answer(201, b'{"SMSMessageData":{"Recipients":[{"statusCode":"101"}]}}'),
        Answer(201, b'{"SMSMessageData":[]}'),
        Answer(201, b'{"SMSMessageData":{"Recipients":[7]}}'),
        Answer(409, b"Conflict"),
        Answer(502),
        Answer(504),
    )

    def channel(self, url: str) -> AfricasTalking:
        settings = AfricasTalkingSettings(
            username="rutana", api_key=SecretStr(PASSWORD), api_url=url, sender="21512", secret=SecretStr(SECRET)
        )
        return AfricasTalking(settings, "https://example.org", lambda: NOW)

    forgeries = KannelKit.forgeries


class TestAfricasTalking(ChannelContract):
    kit = AfricasTalkingKit()
