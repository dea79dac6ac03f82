"""验证码: characters drawn by the server, kept hashed in the session, taken once.

No third party is asked (screens.md 2.1). The session holds a keyed hash under a mark; an
answered mark is remembered until it expires, because a session cookie can be sent again.
"""

import hashlib
import hmac
import io
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, session
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.core import clock, scope
from app.enterprises.errors import WrongCaptcha
from app.enterprises.models import UsedCaptcha

SIGNS = "ABCDEFGHJKMNPQRSTUVWXY3456789"
LENGTH = 5
LIFE = timedelta(minutes=10)
SIZE = (120, 38)
KEY = "captcha"
_random = secrets.SystemRandom()


def draw() -> bytes:
    """Draw new characters as PNG and seal their answer in the session."""
    answer = current_app.config.get("CAPTCHA_ANSWER") or "".join(
        _random.choice(SIGNS) for _sign in range(LENGTH)
    )
    session[KEY] = sealed(answer)
    return _picture(answer)


def sealed(answer: str) -> list[Any]:
    """Give what the session keeps of an answer: mark, second it expires, keyed hash."""
    mark = secrets.token_hex(16)
    until = int((clock.now() + LIFE).timestamp())
    return [mark, until, _digest(mark, answer)]


def look(answer: str) -> None:
    """Refuse a wrong or late answer; a right one stays to be taken."""
    mark, until, digest = session.get(KEY) or ("", 0, "")
    right = hmac.compare_digest(digest, _digest(mark, answer.strip().upper()))
    if not mark or not right or until < clock.now().timestamp():
        session.pop(KEY, None)
        raise WrongCaptcha


def check(answer: str) -> None:
    """Take an answer once; refuse a wrong, late or repeated one."""
    look(answer)
    mark, until, _digest_of_it = session.pop(KEY)
    with scope.system_scope("a captcha is taken once") as connection:
        connection.execute(delete(UsedCaptcha).where(UsedCaptcha.expires_at < clock.now()))
        fresh = connection.execute(
            insert(UsedCaptcha)
            .values(mark=mark, expires_at=datetime.fromtimestamp(until, UTC))
            .on_conflict_do_nothing(index_elements=["mark"])
            .returning(UsedCaptcha.id)
        ).first()
    if fresh is None:
        raise WrongCaptcha


def _digest(mark: str, answer: str) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"{mark}:{answer}".encode(), hashlib.sha256).hexdigest()


def _picture(answer: str) -> bytes:
    image = Image.new("RGB", SIZE, (247, 248, 250))
    font = ImageFont.load_default(26)
    step = (SIZE[0] - 12) // len(answer)
    for position, sign in enumerate(answer):
        tile = Image.new("RGBA", (34, 38), (0, 0, 0, 0))
        colour = (_random.randrange(110), _random.randrange(90), _random.randrange(150), 255)
        ImageDraw.Draw(tile).text((7, 2), sign, font=font, fill=colour)
        turned = tile.rotate(_random.randrange(-24, 25), resample=Image.Resampling.BICUBIC)
        image.paste(turned, (4 + position * step, _random.randrange(-3, 4)), turned)
    pen = ImageDraw.Draw(image)
    for _line in range(4):
        ends = [(_random.randrange(SIZE[0]), _random.randrange(SIZE[1])) for _end in range(2)]
        pen.line(ends, fill=(120, 130, 150), width=1)
    for _dot in range(90):
        pen.point((_random.randrange(SIZE[0]), _random.randrange(SIZE[1])), fill=(90, 100, 120))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
