"""A photo from outside is pixels and nothing else afterwards, and a bad one hurts only its own child."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from bot import safe_image
from tests.bot.pictures import CANARY, SVG, bomb, located, picture, zipped
from tests.cases import cases

WEBP_BOMB = b"RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + bytes(4) + b"\xff\xff\x00\xff\xff\x00" + bytes(40)


async def made(content: bytes, folder: Path) -> bytes:
    """What the child makes of it."""
    with (folder / "made.jpg").open("w+b") as file:
        await safe_image.clean_apart(content, file)
        file.seek(0)
        return file.read()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert image.format == "JPEG" and not image.getexif()
    image.load()
    return image


def is_red(pixel: object) -> bool:
    return isinstance(pixel, tuple) and pixel[0] > 200 and pixel[2] < 50


# --- what comes out ---


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_photo_becomes_a_jpeg(kind: str, tmp_path: Path) -> None:
    image = opened(await made(picture(kind), tmp_path))
    assert image.size == (64, 48) and is_red(image.getpixel((10, 20))) and not is_red(image.getpixel((50, 20)))


@pytest.mark.fault("D10")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_the_place_where_it_was_taken_is_gone_and_the_photo_is_upright(kind: str, tmp_path: Path) -> None:
    comment: dict[str, Any] = {"comment": CANARY} if kind == "JPEG" else {}
    sent = picture(kind, exif=located(), icc_profile=CANARY, **comment)
    assert CANARY in sent
    content = await made(sent, tmp_path)
    assert CANARY not in content and b"Exif" not in content and b"ICC" not in content
    image = opened(content)
    assert image.size == (48, 64) and is_red(image.getpixel((20, 10)))  # what was left is on top


@pytest.mark.parametrize("way", range(1, 9))
async def test_however_the_camera_was_held(way: int) -> None:
    """A viewer that heeds the EXIF and one that does not see the same picture."""
    exif = Image.Exif()
    exif[0x0112] = way
    sent = picture(exif=exif)
    with Image.open(io.BytesIO(sent)) as shown:
        expected = ImageOps.exif_transpose(shown)
        image = opened(safe_image.clean(sent))
        corners = [(5, 5), (image.width - 6, 5), (5, image.height - 6)]
        assert image.size == expected.size
        assert [is_red(image.getpixel(c)) for c in corners] == [is_red(expected.getpixel(c)) for c in corners]


async def test_a_damaged_exif_costs_nobody_her_photo(tmp_path: Path) -> None:
    sent = picture(exif=located())
    at = sent.index(b"Exif") + 6
    for noise in (b"\xff" * 40, b"II*\x00" + b"\xff" * 36, b"MM\x00*\x00\x00\x00\x08\xff\xff" + b"\x01" * 30):
        opened(await made(sent[:at] + noise + sent[at + 40 :], tmp_path))


async def test_what_hangs_behind_a_photo_is_gone(tmp_path: Path) -> None:
    """A file that is a JPEG to one program and an archive to another."""
    sent = picture() + zipped()
    assert zipfile.is_zipfile(io.BytesIO(sent))
    content = await made(sent, tmp_path)
    assert not zipfile.is_zipfile(io.BytesIO(content)) and content.endswith(b"\xff\xd9")


@cases("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixels(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (20, 20)).save(written, "JPEG" if mode == "CMYK" else "PNG")
    opened(safe_image.clean(written.getvalue()))


def test_what_is_transparent_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG")
    assert opened(safe_image.clean(written.getvalue())).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["MPO", "PNG", "WEBP"])
async def test_photos_of_several_pictures_give_the_first(kind: str, tmp_path: Path) -> None:
    """Telephones hang a second picture behind the first, for depth or brightness."""
    more: dict[str, Any] = {"save_all": True, "append_images": [Image.new("RGB", (64, 48), "lime")]}
    assert is_red(opened(await made(picture(kind, **more), tmp_path)).getpixel((10, 20)))


async def test_the_largest_picture_fits_the_limits(tmp_path: Path) -> None:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGBA", (8000, 5000), (9, 9, 9, 9)).save(written, "WEBP", exif=exif, lossless=True, method=0)
    assert opened(await made(written.getvalue(), tmp_path)).size == (5000, 8000)


# --- what is refused ---

REFUSED = {
    "svg": (SVG, "not a JPEG"),
    "xml before svg": (b'<?xml version="1.0"?>' + SVG, "not a JPEG"),
    "gif": (picture("GIF"), "not a JPEG"),
    "gif that is a script": (b"GIF89a/*" + bytes(50) + b"*/=alert(1)", "not a JPEG"),
    "tiff": (picture("TIFF"), "not a JPEG"),
    "bmp": (picture("BMP"), "not a JPEG"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (r) file\n", "not a JPEG"),
    "archive before a photo": (zipped() + picture(), "not a JPEG"),
    "empty": (b"", "not a JPEG"),
    "only a beginning": (b"\xff\xd8\xff\xe0", "damaged"),
    "truncated jpeg": (picture(size=(600, 400))[:-900], "damaged"),
    "truncated png": (picture("PNG", size=(600, 400))[:-200], "damaged"),
    "truncated webp": (picture("WEBP", size=(600, 400))[:-60], "damaged"),
    "bomb": (bomb(60_000, 60_000), "40 million pixels"),
    "bomb just above": (bomb(8001, 5000), "40 million pixels"),
    "webp bomb": (WEBP_BOMB, "40 million pixels"),
}  # fmt: skip


APART = ("svg", "empty", "only a beginning", "truncated jpeg", "truncated png", "truncated webp", "bomb", "webp bomb")
"""Tried in the child: one of each kind, and all that break off while they are decoded."""


@cases("name", [name for name in REFUSED if name not in APART])
def test_what_its_header_gives_away_is_not_decoded(name: str) -> None:
    content, why = REFUSED[name]
    with pytest.raises(safe_image.Unsafe, match=why):
        safe_image.clean(content)


@pytest.mark.fault("D10")
@pytest.mark.parametrize("name", APART)
async def test_what_is_no_safe_photo_is_refused_in_words(name: str, tmp_path: Path) -> None:
    content, why = REFUSED[name]
    with pytest.raises(safe_image.Unsafe, match=why):
        await made(content, tmp_path)
    assert (tmp_path / "made.jpg").read_bytes() == b""


# --- the limits hold by themselves ---


def in_child(program: str) -> subprocess.CompletedProcess[bytes]:
    start = f"import sys; sys.path.insert(0, {os.getcwd()!r}); from bot import safe_image; safe_image.limit()\n"
    return subprocess.run([sys.executable, "-I", "-c", start + program], capture_output=True, timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize(
    ("program", "fails_with"),
    [
        ("bytearray(2 << 30)", b"MemoryError"),
        ("open('/etc/passwd')", b"Too many open files"),
        ("import _socket; _socket.socket()", b"Too many open files"),
        ("import os; os.pipe()", b"Too many open files"),
        ("safe_image.clean(b'x')", b"Unsafe"),
    ],
)
def test_the_child_can_take_and_open_nothing(program: str, fails_with: bytes) -> None:
    done = in_child(program)
    assert done.returncode != 0 and fails_with in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_the_child_ends_when_it_computes_for_ever() -> None:
    done = in_child("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile 1: pass")
    assert done.returncode < 0 and safe_image.CPU_S <= 30


async def test_the_child_knows_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KURIKIRANA_CHANNELS__TELEGRAM__TOKEN", CANARY.decode())
    program = tmp_path / "tell.py"
    program.write_text("import os, sys; sys.stdout.write(repr(dict(os.environ)))")
    monkeypatch.setattr(safe_image, "__file__", str(program))
    with (tmp_path / "out").open("w+b") as told:
        await safe_image.clean_apart(b"x", told)
        told.seek(0)
        said = told.read()
    assert said and CANARY not in said and b"KURIKIRANA" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
async def test_a_full_disk_is_told_from_a_damaged_photo() -> None:
    with os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb") as full, pytest.raises(safe_image.NotNow):
        await safe_image.clean_apart(picture(), full)
