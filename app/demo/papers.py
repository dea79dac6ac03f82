"""Invented papers: pictures and documents that say what they are, and whose they are not."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from app.core import files, uploads

IDENTITY_PAPERS = ("id_portrait", "face_photo", "id_front", "id_back")
FACE_SIZE, CARD_SIZE = (240, 320), (640, 400)


@cache
def _document(title: str) -> uploads.CleanFile:
    picture = Image.new("RGB", CARD_SIZE, "#f4f6fa")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 620, 380), outline="#8aa0c8", width=3)
    for line in range(6):
        draw.line((60, 120 + 40 * line, 580 - 50 * (line % 3), 120 + 40 * line), fill="#b8c4dc")
    return _clean(picture, f"{title}.png", uploads.DOCUMENT)


@cache
def _face(tone: int) -> uploads.CleanFile:
    shade = 150 + tone * 7
    picture = Image.new("RGB", FACE_SIZE, "#dfe7f3")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((70, 60, 170, 190), fill=(shade, shade - 30, shade - 60))
    draw.rounded_rectangle((40, 210, 200, 330), 40, fill="#4a6fa5")
    return _clean(picture, "照片.png", uploads.FACE)


def _clean(picture: Image.Image, name: str, rule: uploads.Upload) -> uploads.CleanFile:
    target = BytesIO()
    picture.save(target, "PNG")
    target.seek(0)
    return uploads.inspect(target, name, rule)


def document(title: str) -> int:
    """Keep one document and give its number."""
    return files.keep(_document(title))


def identity(numbers: Sequence[int]) -> list[dict[str, int]]:
    """Keep the faces and cards of people by their numbers; give them by column."""
    wanted = [
        paper
        for number in numbers
        for paper in (_face(number % 10), _face(number % 10), _document("身份证正面"),
                      _document("身份证反面"))
    ]  # fmt: skip
    kept = iter(files.keep_all(wanted))
    return [{name: next(kept) for name in IDENTITY_PAPERS} for _number in numbers]
