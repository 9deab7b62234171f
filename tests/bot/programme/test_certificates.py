"""Certificates: every code on the printed page is read back by a decoder, as a telephone's camera reads it."""

from __future__ import annotations

import io

import typst
import zxingcpp
from PIL import Image

from bot.console import passwords
from bot.programme import certificates
from bot.render import charts

BOT = "https://t.me/kurikirana_bot"


def read(picture: bytes) -> list[str]:
    """What the codes of a picture say, from left to right and down."""
    drawn = Image.open(io.BytesIO(picture)).convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    found = zxingcpp.read_barcodes(Image.alpha_composite(paper, drawn).convert("L"))
    assert all(one.format == zxingcpp.BarcodeFormat.QRCode for one in found)
    places = sorted((one.position.top_left.y // 20, one.position.top_left.x, one.text) for one in found)
    return [text for _, _, text in places]


def test_each_code_of_a_page_opens_the_chat_of_the_name_beside_it() -> None:
    hers = {"no": "07", "association": "Abahuza", "language": "fr"}
    cards = [{**hers, "name": f"Odette {n}", "token": certificates.new_token()} for n in range(8)]
    given = certificates.inputs(cards, "Rutana", BOT, "8585")
    page = typst.compile(certificates.TEMPLATE.read_bytes(), format="png", ppi=150.0, sys_inputs=given)
    assert isinstance(page, bytes), "eight on a page"
    assert read(page) == [f"{BOT}?start={card['token']}" for card in cards]
    assert certificates.pdf(cards, "Rutana", BOT, "8585").startswith(b"%PDF-")


def test_the_code_of_a_second_factor_is_what_an_authenticator_takes() -> None:
    drawn = passwords.picture_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "claudine", "Kurikirana").decode()
    (said,) = read(charts.png(drawn, width=400))
    assert said == "otpauth://totp/Kurikirana:claudine?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Kurikirana"
