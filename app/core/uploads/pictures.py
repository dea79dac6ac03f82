"""Pictures, drawn anew: what is kept was written by this program, pixel for pixel.

Place and camera data, comments, colour profiles and anything appended to the file are gone; the
orientation the camera noted is applied. Of an animation the first picture remains.
"""

import io
import math
import struct
import threading
import zlib

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from app.core.uploads.errors import FileDamaged, PictureTooManyPixels
from app.core.uploads.rules import Kind

MAX_PIXELS = 50_000_000
JPEG_QUALITIES = (90, 82, 74, 66, 58)
EXCHANGE_LIMIT = 50 * 1024
EXCHANGE_SIDE = 1024
SMALL_LIMIT = 60 * 1024
SMALL_SIDE = 400
SMALLEST_SIDE = 16
_SHRINK = 0.8
# the decoders themselves: no other format is ever tried, and size is judged before drawing
_DECODERS = {Kind.JPEG: JpegImageFile, Kind.PNG: PngImageFile}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
_drawing = threading.BoundedSemaphore(2)  # a drawn picture may take 200 MB


def redraw(content: bytes, kind: Kind, limit: int) -> tuple[bytes, Kind, int, int]:
    """Draw a picture anew within `limit` bytes; returns bytes, kind, width and height upright.

    A PNG too large for the limit after drawing becomes a JPEG, and a JPEG loses quality and
    then size until it fits. Raises FileDamaged and PictureTooManyPixels.
    """
    with _drawing:
        image = _upright(content, kind)
        if kind is Kind.PNG:
            png = _written(image, "PNG")
            if len(png) <= limit:
                return png, Kind.PNG, image.width, image.height
        jpeg, (width, height) = _within(_opaque(image), limit)
        return jpeg, Kind.JPEG, width, height


def exchange_copy(content: bytes, limit: int = EXCHANGE_LIMIT) -> bytes:
    """Make the small JPEG that the national interface exchanges (screens.md 0, open-api.md 8).

    At most `limit` decoded bytes. Raises FileDamaged when `content` is no JPEG or PNG, and
    ValueError when no picture fits into the limit.
    """
    with _drawing:
        image = _opaque(_upright(content, _kind_of(content)))
        image.thumbnail((EXCHANGE_SIDE, EXCHANGE_SIDE))
        return _within(image, limit)[0]


def small_copy(content: bytes) -> bytes:
    """Make the small JPEG shown beside words: at most 400 pixels and 60 kB (screens.md 0).

    Raises FileDamaged when `content` is no JPEG or PNG, PictureTooManyPixels and ValueError.
    """
    with _drawing:
        image = _opaque(_upright(content, _kind_of(content), SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return _within(image, SMALL_LIMIT)[0]


def _kind_of(content: bytes) -> Kind:
    return Kind.PNG if content.startswith(b"\x89PNG") else Kind.JPEG


def _upright(content: bytes, kind: Kind, least_side: int = 0) -> Image.Image:
    """Decode the first picture, turn it upright and leave nothing but its pixels.

    With `least_side` a JPEG is decoded no larger than needed for it, which is much quicker.
    """
    try:
        with _DECODERS[kind](io.BytesIO(content)) as opened:
            width, height = opened.size
            if width * height <= MAX_PIXELS:
                if least_side:
                    opened.draft(None, (least_side * 2, least_side * 2))
                opened.load()
                return _bare(_turned(opened))
    except _BROKEN:
        raise FileDamaged from None
    raise PictureTooManyPixels(width, height, MAX_PIXELS)


def _turned(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image  # unreadable camera data say nothing about the pixels


def _bare(image: Image.Image) -> Image.Image:
    """Bring any colour mode to L, RGB or RGBA, without the notes that came along."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode in ("1", "L"):
        image = image.convert("L")
    else:
        image = image.convert("RGB")
    image = image.copy()
    image.info = {}
    return image


def _opaque(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _written(image: Image.Image, form: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _within(image: Image.Image, limit: int) -> tuple[bytes, tuple[int, int]]:
    """Write a JPEG of at most `limit` bytes, giving up quality first and pixels then."""
    while min(image.size) >= 1:
        for quality in JPEG_QUALITIES:
            jpeg = _written(image, "JPEG", quality=quality, optimize=True)
            if len(jpeg) <= limit:
                return jpeg, image.size
        smaller = tuple(math.floor(side * _SHRINK) for side in image.size)
        if max(smaller) < SMALLEST_SIDE or min(smaller) < 1:
            break
        image = image.resize((smaller[0], smaller[1]), Image.Resampling.LANCZOS)
    raise ValueError(f"no picture fits into {limit} bytes")
