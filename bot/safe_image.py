"""Makes a photo from outside safe: decoded and written anew as a plain JPEG, in a process of its own.

What comes out is pixels and nothing else: no EXIF (the place where it was taken), no comment, no
profile, no thumbnail, nothing behind the picture's end. The decoders are C code that reads what a
stranger sent; so they run in a child that gets the picture on its standard input and writes the
JPEG to its standard output, with no environment (no token), no file or socket to open, and limits
of memory, processor time and output that the system holds. What a child does then ends the child.

This file is also the child's program. It imports nothing of ours, so that the child starts quickly.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import struct
import sys
from enum import IntEnum
from typing import IO

from PIL import ExifTags, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

PIXELS = 40_000_000
"""Largest picture, asked of its header before anything is decoded."""
MEMORY = 1 << 30
"""Bytes of address space of the child; 40 million pixels with transparency, turned, take 0.6 GB."""
CPU_S = 20
WALL_S = 60.0
OUTPUT = 64 << 20
"""Bytes that the child may write."""
QUALITY = 85

_NEEDED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin)
"""Loaded before the limits: afterwards the child cannot open a file, its own modules included."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Verdict(IntEnum):
    """How the child ended. Anything else, a signal included, is a picture that cannot be read."""

    CLEAN = 0
    UNREADABLE = 1
    NO_PICTURE = 3
    TOO_MANY_PIXELS = 4
    NOT_WRITTEN = 5


WORDS = {
    Verdict.UNREADABLE: "the picture is damaged or cannot be decoded safely",
    Verdict.NO_PICTURE: "not a JPEG, PNG or WebP picture",
    Verdict.TOO_MANY_PIXELS: f"more than {PIXELS // 1_000_000} million pixels",
}


class Unsafe(Exception):
    """The picture is not taken; `verdict` says why."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(WORDS[verdict])
        self.verdict = verdict


class NotNow(Exception):
    """It was not the picture: the disk is full, or the machine too busy. Try again later."""


def clean(content: bytes) -> bytes:
    """The picture as a plain upright JPEG. Raises Unsafe, or whatever Pillow raises at a damaged one."""
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if not webp and not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise Unsafe(Verdict.NO_PICTURE)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > PIXELS:
                raise Unsafe(Verdict.TOO_MANY_PIXELS)
            image.load()
            turn = _TURNS.get(_orientation(image))
            plain = _plain(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unsafe(Verdict.TOO_MANY_PIXELS) from None
    if turn is not None:
        plain = plain.transpose(turn)
    plain.info = {}  # Pillow would copy a comment from here into the file
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _orientation(image: Image.Image) -> int:
    """How the camera was held; a photo whose EXIF is damaged is kept as it lies."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (OSError, SyntaxError, TypeError, ValueError, struct.error):
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """Grey or RGB of 8 bits; what is transparent becomes white."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if not image.has_transparency_data:
        return image.convert("L" if image.mode in ("1", "L") else "RGB")
    picture = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture)
    return white


async def clean_apart(content: bytes, into: IO[bytes]) -> None:
    """As `clean`, in a limited child that writes to the open file `into`.

    Raises Unsafe, or NotNow. The child never outlives the call.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        __file__,
        stdin=asyncio.subprocess.PIPE,
        stdout=into,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
    )
    try:
        async with asyncio.timeout(WALL_S):
            await child.communicate(content)
    except TimeoutError:
        raise NotNow("a picture took too long; the machine is busy") from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        code = await child.wait()
    if code == Verdict.NOT_WRITTEN:
        raise NotNow("a picture could not be written; is the disk full?")
    if code != Verdict.CLEAN:
        raise Unsafe(Verdict(code) if code in (Verdict.NO_PICTURE, Verdict.TOO_MANY_PIXELS) else Verdict.UNREADABLE)


def limit() -> None:
    """From here on this process can take little memory and time, and open nothing."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow itself refuses twice as many, before it takes memory
    if sys.platform == "win32":  # pragma: no cover
        return
    import resource  # noqa: PLC0415 - not on Windows

    os.nice(10)
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as first:
            first.write("1000")  # where memory runs out, this process goes before the service
    limits = [
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ]
    if sys.platform != "darwin":  # macOS does not hold it
        limits.append((resource.RLIMIT_AS, MEMORY))
    for kind, most in limits:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def main() -> int:
    """The child: a picture on standard input, a JPEG on standard output, a Verdict as exit code."""
    limit()
    try:
        made = clean(sys.stdin.buffer.read())
    except Unsafe as error:
        return error.verdict
    try:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(Verdict.NOT_WRITTEN)  # an orderly exit would try to write again
    return Verdict.CLEAN


if __name__ == "__main__":
    sys.exit(main())
