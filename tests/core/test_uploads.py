import hashlib
import io
import os
import random
import stat
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin
from werkzeug.datastructures import FileStorage

from app.core import uploads
from app.core.uploads import (
    ATTACHMENT,
    DOCUMENT,
    FACE,
    PICTURE,
    SHEET,
    ActiveContent,
    FileDamaged,
    FileEmpty,
    FileLocked,
    FileStore,
    FileTooLarge,
    Kind,
    PictureTooManyPixels,
    PictureTooSmall,
    Upload,
    WrongKind,
    exchange_copy,
    safe_name,
)

MEGABYTE = 1024 * 1024


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def picture(form="JPEG", size=(200, 300), mode="RGB", colour=None, **options):
    return saved(Image.new(mode, size, colour), form, **options)


def noise(size, mode="RGB"):
    bands = len(mode)
    return Image.frombytes(mode, size, random.Random(1).randbytes(size[0] * size[1] * bands))


def inspect(content, rule, name="文件"):
    return uploads.inspect(io.BytesIO(content), name, rule)


def reopened(clean):
    image = Image.open(io.BytesIO(clean.content))
    image.load()
    return image


def pdf(extra=b"", head=b"%PDF-1.4\n"):
    body = (
        head
        + b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        + b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        + b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
        + extra
    )
    xref = b"xref\n0 1\n0000000000 65535 f \n"
    trailer = b"trailer\n<< /Root 1 0 R /Size 4 >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + xref + trailer


def object_stream(inside, name=b"/ObjStm"):
    packed = zlib.compress(inside)
    return (
        b"9 0 obj\n<< /Type %s /Filter /FlateDecode /N 1 /First 4 /Length %d >>\nstream\r\n"
        % (name, len(packed))
        + packed
        + b"\nendstream\nendobj\n"
    )


def workbook(*extra_parts, password_bit=False):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "证件号码"])
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in extra_parts:
            archive.writestr(name, content)
    return out.getvalue()


def old_workbook(*entries):
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    struct.pack_into("<I", header, 48, 1)
    names = [entry.encode("utf-16-le").ljust(128, b"\0") for entry in ("Root Entry", *entries)]
    return bytes(header) + b"\xff" * 512 + b"".join(names).ljust(512, b"\0")


# pictures


@pytest.mark.parametrize(
    ("form", "mime", "extension"), [("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png")]
)
def test_a_picture_comes_back_as_what_it_is_whatever_its_name_says(form, mime, extension):
    clean = inspect(picture(form), PICTURE, "现场.exe")

    assert (clean.mime, clean.extension) == (mime, extension)
    assert (clean.width, clean.height) == reopened(clean).size == (200, 300)
    assert reopened(clean).format == form
    assert clean.original_name == f"现场.exe.{extension}"
    assert clean.sha256 == hashlib.sha256(clean.content).hexdigest()


def test_a_form_file_is_read_as_it_comes_from_the_framework():
    form_file = FileStorage(io.BytesIO(picture()), filename="照片.jpg")

    assert uploads.inspect(form_file, form_file.filename, PICTURE).original_name == "照片.jpg"


def test_camera_data_are_gone_and_the_orientation_is_applied():
    image = Image.new("RGB", (300, 200), "white")
    image.paste("red", (0, 0, 150, 200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: left is up
    exif[0x010F] = "Secret Maker"
    exif.get_ifd(0x8825)[1] = "N"
    raw = saved(image, "JPEG", exif=exif, comment=b"secret comment", quality=95)

    clean = inspect(raw, FACE)

    upright = reopened(clean)
    assert upright.size == (200, 300)
    assert upright.getpixel((100, 20))[1] < 60  # red above
    assert upright.getpixel((100, 280))[1] > 200  # white below
    assert not upright.getexif()
    assert b"Secret Maker" in raw
    for trace in (b"Exif", b"Secret", b"secret"):
        assert trace not in clean.content


def test_text_and_profiles_of_a_png_are_gone():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "secret note")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = picture("PNG", pnginfo=notes, icc_profile=profile, dpi=(300, 300))

    clean = inspect(raw, PICTURE)

    assert reopened(clean).info == {}
    assert b"secret" not in clean.content


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_is_appended_to_a_picture_is_gone(form):
    clean = inspect(picture(form) + b"<script>alert(1)</script>", PICTURE)

    assert b"script" not in clean.content


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")  # the library notes it in the log
def test_unreadable_camera_data_do_not_spoil_the_picture():
    broken = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03"
    clean = inspect(picture(exif=broken), PICTURE)

    assert (clean.width, clean.height) == (200, 300)


@pytest.mark.parametrize(
    ("mode", "form", "colour", "seen"),
    [
        ("CMYK", "JPEG", (0, 255, 255, 0), "RGB"),
        ("L", "JPEG", 128, "L"),
        ("P", "PNG", 1, "RGB"),
        ("1", "PNG", 1, "L"),
        ("LA", "PNG", (128, 128), "RGBA"),
        ("RGBA", "PNG", (1, 2, 3, 128), "RGBA"),
    ],
)
def test_every_colour_mode_becomes_an_ordinary_one(mode, form, colour, seen):
    clean = inspect(picture(form, mode=mode, colour=colour), PICTURE)

    assert reopened(clean).mode == seen


def test_a_print_picture_keeps_its_colour():
    clean = inspect(picture(mode="CMYK", colour=(0, 255, 255, 0)), PICTURE)

    red, green, blue = reopened(clean).getpixel((50, 50))
    assert red > 200
    assert max(green, blue) < 60


def test_a_palette_with_transparency_keeps_it():
    raw = picture("PNG", mode="P", colour=0, transparency=0)

    assert reopened(inspect(raw, PICTURE)).getpixel((5, 5))[3] == 0


def test_sixteen_bits_of_grey_become_eight_of_the_same_grey():
    raw = saved(Image.new("I;16", (50, 50), 0x8080), "PNG")

    image = reopened(inspect(raw, PICTURE))
    assert image.mode == "L"
    assert abs(image.getpixel((10, 10)) - 0x80) <= 1


def test_of_an_animation_the_first_picture_remains():
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue", "green")]
    raw = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])

    image = reopened(inspect(raw, PICTURE))

    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize("rule", [PICTURE, FACE, DOCUMENT, ATTACHMENT])
@pytest.mark.parametrize("form", ["GIF", "BMP", "WEBP", "TIFF"])
def test_other_kinds_of_pictures_are_refused_with_the_kinds_taken(form, rule):
    with pytest.raises(WrongKind, match="jpg, jpeg, png"):
        inspect(picture(form), rule, "photo.jpg")


@pytest.mark.parametrize("rule", [PICTURE, DOCUMENT, SHEET])
@pytest.mark.parametrize(
    "content", [b"<script>alert(1)</script>", b"MZ\x90\0", b"<svg/>", b"\0", b"PK\x03\x04zip"]
)
def test_what_is_no_picture_is_refused(content, rule):
    with pytest.raises(WrongKind):
        inspect(content, rule, "photo.jpg")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_picture_cut_short_is_damaged(form, kept):
    raw = saved(noise((100, 100)), form)

    with pytest.raises(FileDamaged, match="save it again"):
        inspect(raw[: int(len(raw) * kept)], PICTURE)


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(data=st.data())
def test_a_scrambled_picture_is_refused_or_redrawn_never_a_crash(data):
    raw = bytearray(picture(data.draw(st.sampled_from(["JPEG", "PNG"])), size=(20, 20)))
    for _change in range(4):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        clean = inspect(bytes(raw), PICTURE)
    except uploads.UploadError:
        return
    assert reopened(clean).size == (clean.width, clean.height)


def bomb(width, height):
    def chunk(name, body):
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 7000), (15_000, 15_000), (2_000_000, 2_000_000)])
def test_a_decompression_bomb_is_refused_before_it_is_drawn(size):
    with pytest.raises(PictureTooManyPixels, match=rf"{size[0]}×{size[1]}.*50 million"):
        inspect(bomb(*size), PICTURE)


def test_a_jpeg_that_claims_too_many_pixels_is_refused():
    raw = picture()
    start = raw.index(b"\xff\xc0") + 5
    raw = raw[:start] + struct.pack(">HH", 60_000, 60_000) + raw[start + 4 :]

    with pytest.raises(PictureTooManyPixels):
        inspect(raw, PICTURE)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_redrawing_keeps_the_limit_of_the_rule(form):
    raw = saved(noise((300, 300)), form, **({"quality": 60} if form == "JPEG" else {}))
    rule = Upload("picture", (Kind.JPEG, Kind.PNG), len(raw))

    assert len(inspect(raw, rule).content) <= len(raw)


def test_a_png_that_would_outgrow_its_limit_becomes_a_jpeg_with_its_name():
    image = noise((300, 300)).quantize(8)
    raw = saved(image, "PNG")
    rule = Upload("picture", (Kind.JPEG, Kind.PNG), len(raw))

    clean = inspect(raw, rule, "图纸.png")

    assert len(clean.content) <= rule.max_bytes
    assert (clean.mime, clean.original_name) == ("image/jpeg", "图纸.jpg")
    assert reopened(clean).format == "JPEG"


@pytest.mark.parametrize(
    ("size", "taken"), [((160, 210), True), ((159, 210), False), ((160, 209), False)]
)
def test_a_face_photo_has_at_least_160_by_210_pixels(size, taken):
    if taken:
        assert inspect(picture(size=size), FACE).width == 160
    else:
        with pytest.raises(PictureTooSmall, match=rf"{size[0]}×{size[1]}.*160×210"):
            inspect(picture(size=size), FACE)


def test_a_face_photo_is_measured_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert inspect(picture(size=(210, 160), exif=exif), FACE).height == 210


# size


class Endless:
    """A body without a length, as a request may stream it."""

    def __init__(self, total):
        self.left, self.given = total, 0

    def read(self, size):
        piece = b"\xff" * min(size, self.left)
        self.left -= len(piece)
        self.given += len(piece)
        return piece


def test_a_thirty_megabyte_stream_is_read_no_further_than_the_limit():
    stream = Endless(30 * MEGABYTE)

    with pytest.raises(FileTooLarge, match="more than 5 MB"):
        uploads.inspect(stream, "photo.jpg", PICTURE)
    assert stream.given == 5 * MEGABYTE + 1


def test_a_file_of_known_size_is_refused_unread_with_size_and_limit(tmp_path):
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(30 * MEGABYTE)
    with path.open("rb") as file, pytest.raises(FileTooLarge, match=r"30 MB.*20 MB"):
        uploads.inspect(file, "文件.pdf", DOCUMENT)


def test_a_byte_above_the_limit_is_not_rounded_to_the_limit():
    with pytest.raises(FileTooLarge, match=r"5\.1 MB, and the limit is 5 MB"):
        inspect(b"\xff" * (5 * MEGABYTE + 1), PICTURE)


@pytest.mark.parametrize("rule", [PICTURE, FACE, DOCUMENT, ATTACHMENT, SHEET])
def test_an_empty_file_is_refused_as_empty(rule):
    with pytest.raises(FileEmpty):
        inspect(b"", rule)


@pytest.mark.parametrize(
    ("rule", "limit"), [(PICTURE, 5), (FACE, 5), (DOCUMENT, 20), (ATTACHMENT, 1), (SHEET, 20)]
)
def test_limits_are_those_of_the_screens_and_the_interface(rule, limit):
    assert rule.max_bytes == limit * MEGABYTE


# PDF documents


def test_a_plain_document_is_kept_byte_for_byte():
    clean = inspect(pdf(), DOCUMENT, "劳动合同.PDF")

    assert clean.content == pdf()
    assert (clean.mime, clean.extension, clean.width) == ("application/pdf", "pdf", None)
    assert clean.original_name == "劳动合同.PDF"


def test_a_document_is_no_picture():
    with pytest.raises(WrongKind):
        inspect(pdf(), PICTURE, "photo.jpg")


@pytest.mark.parametrize(
    "action",
    [
        b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        b"/OpenAction << /S /J#61vaScript /JS (app.alert(1)) >>",
        b"/OpenAction<</S/#4A#61#76#61#53#63#72#69#70#74/JS(app.alert(1))>>",
        b"/AA << /O << /S /Launch /F (cmd.exe) >> >>",
        b"/AA << /O << /S/L#61unc#68 /F (cmd.exe) >> >>",
        b"/Names << /EmbeddedFiles 5 0 R >>",
        b"/Type /Embedded#46ile",
        b"/Subtype /RichMedia",
        b"/S /Rendition",
        b"/AcroForm << /XFA 5 0 R >>",
        b"/S/GoToE",
        b"/S/ImportData",
    ],
)
def test_a_document_with_active_content_is_refused(action):
    with pytest.raises(ActiveContent, match="scripts, programs or embedded files"):
        inspect(pdf(b"4 0 obj\n<< " + action + b" >>\nendobj\n"), DOCUMENT)


@pytest.mark.parametrize("name", [b"/ObjStm", b"/Obj#53tm"])
def test_active_content_in_a_compressed_object_stream_is_found(name):
    hidden = object_stream(b"5 0 << /S /J#61vaScript /JS (app.alert(1)) >>", name)

    with pytest.raises(ActiveContent, match="JavaScript"):
        inspect(pdf(hidden), DOCUMENT)


def test_an_ordinary_object_stream_is_taken():
    inspect(pdf(object_stream(b"5 0 << /Type /Font /BaseFont /SimSun >>")), DOCUMENT)


def test_an_object_stream_that_inflates_without_end_is_refused():
    with pytest.raises(ActiveContent, match="ObjStm"):
        inspect(pdf(object_stream(b" " * (65 * MEGABYTE))), DOCUMENT)


def test_a_document_that_announces_object_streams_without_end_is_refused():
    with pytest.raises(ActiveContent, match="ObjStm"):
        inspect(pdf(b"/ObjStm " * 10_001), DOCUMENT)


def test_active_content_behind_many_object_streams_is_found():
    plain = object_stream(
        b"5 0 << /Type /Font >> " + random.Random(3).randbytes(200_000).hex().encode()
    )
    hidden = object_stream(b"5 0 << /S /JavaScript >>")

    inspect(pdf(plain * 20), DOCUMENT)
    with pytest.raises(ActiveContent, match="JavaScript"):
        inspect(pdf(plain * 20 + hidden), DOCUMENT)


@pytest.mark.parametrize("damage", ["torn", "wrong checksum"])
def test_active_content_in_a_damaged_object_stream_is_found(damage):
    filler = random.Random(4).randbytes(5000).hex().encode()
    whole = object_stream(b"5 0 << /S /JavaScript >> " + filler)
    end = whole.index(b"\nendstream")
    kept = whole[: 2000 if damage == "torn" else end - 4]

    with pytest.raises(ActiveContent, match="JavaScript"):
        inspect(pdf(kept + b"\nendstream\nendobj\n"), DOCUMENT)


def test_words_in_the_text_of_a_page_are_no_active_content():
    inspect(pdf(b"4 0 obj\n(JavaScript Launch /JS /JavaScripted) \nendobj\n"), DOCUMENT)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf()[:-30], id="cut off at the end"),
        pytest.param(pdf()[:200], id="cut off in the middle"),
        pytest.param(b"%PDF-1.7\n", id="header alone"),
        pytest.param(pdf().replace(b"startxref\n", b"startxref\n9"), id="points beyond its end"),
    ],
)
def test_an_incomplete_document_is_damaged(content):
    with pytest.raises(FileDamaged):
        inspect(content, DOCUMENT)


def test_a_page_script_before_the_header_is_no_document():
    with pytest.raises(WrongKind):
        inspect(pdf(head=b"<html><script>1</script>%PDF-1.4\n"), DOCUMENT)


# workbooks


def test_a_workbook_is_kept_byte_for_byte():
    raw = workbook()
    clean = inspect(raw, SHEET, "工人花名册.xlsx")

    assert clean.content == raw
    assert (clean.extension, clean.original_name) == ("xlsx", "工人花名册.xlsx")


@pytest.mark.parametrize("stream", ["Workbook", "Book"])
def test_an_old_workbook_is_known_by_its_directory(stream):
    assert inspect(old_workbook(stream), SHEET, "名册").original_name == "名册.xls"


def test_another_compound_file_is_no_workbook():
    with pytest.raises(WrongKind, match="xlsx, xls"):
        inspect(old_workbook("WordDocument"), SHEET, "名册.xls")


def test_another_archive_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(WrongKind):
        inspect(out.getvalue(), SHEET, "名册.xlsx")


@pytest.mark.parametrize(
    "raw", [workbook(("xl/vbaProject.bin", b"x")), old_workbook("Workbook", "_VBA_PROJECT")]
)
def test_a_workbook_with_macros_is_refused(raw):
    with pytest.raises(ActiveContent, match="without macros"):
        inspect(raw, SHEET)


def test_a_workbook_behind_a_password_is_refused_as_such():
    with pytest.raises(FileLocked, match="password"):
        inspect(old_workbook("EncryptedPackage"), SHEET, "名册.xlsx")


def test_a_torn_workbook_is_damaged():
    raw = workbook()
    for torn in (raw[: len(raw) // 2], old_workbook("Workbook")[:1024]):
        with pytest.raises(FileDamaged):
            inspect(torn, SHEET)


def test_a_workbook_with_changed_bytes_is_damaged():
    raw = bytearray(workbook(("xl/more.xml", random.Random(2).randbytes(5000))))
    raw[raw.index(b"xl/more.xml") + 2000] ^= 0xFF

    with pytest.raises(FileDamaged):
        inspect(bytes(raw), SHEET)


def test_a_workbook_that_inflates_without_end_is_refused():
    with pytest.raises(uploads.UploadError, match="would unpack to"):
        inspect(workbook(("xl/bomb.xml", b"\0" * (257 * MEGABYTE))), SHEET)


# names


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("监理 日志.jpg", "监理 日志.jpg"),
        ("..\\..\\windows\\照片.JPEG", "照片.JPEG"),
        ("/etc/passwd", "passwd.jpg"),
        ("../../.htaccess", "htaccess.jpg"),
        ("合同\u202egpj.exe", "合同gpj.exe.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie_ x.jpg"),
        ("a\0b\u200b.jpg", "ab.jpg"),
        ('<b>"x"|?*.jpg', "_b__x____.jpg"),
        ("photo.png", "photo.jpg"),
        ("v1.2", "v1.2.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("", "file.jpg"),
        (None, "file.jpg"),
        ("...", "file.jpg"),
        (".jpg", "jpg.jpg"),
    ],
)
def test_names_keep_their_chinese_and_lose_what_is_dangerous(given_name, kept):
    assert safe_name(given_name, Kind.JPEG) == kept


def test_a_long_name_is_cut_between_characters_and_keeps_its_extension():
    name = safe_name("名" * 500 + ".pdf", Kind.PDF)

    assert name.startswith("名名")
    assert name.endswith("名.pdf")
    assert len(name.encode()) <= 240
    assert len(safe_name("n" * 500 + ".pdf", Kind.PDF)) == 100


@given(st.text())
def test_any_name_is_safe(name):
    safe = safe_name(name, Kind.PDF)

    assert safe.lower().endswith(".pdf")
    assert not set(safe) & set('/\\<>:"|?*\0\r\n\u202e\u2066')
    assert not safe.startswith((".", " "))
    assert len(safe) <= 101
    safe.encode()


# exchange copies


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_an_exchange_copy_fits_into_fifty_kilobytes(form):
    copy = exchange_copy(saved(noise((900, 1200)), form))

    image = Image.open(io.BytesIO(copy))
    assert len(copy) <= 50 * 1024
    assert image.format == "JPEG"
    assert abs(image.width / image.height - 0.75) < 0.02
    assert image.width >= 160


def test_a_small_picture_keeps_its_size_in_the_exchange_copy():
    assert Image.open(io.BytesIO(exchange_copy(picture(size=(160, 210))))).size == (160, 210)


def test_transparency_is_white_in_the_exchange_copy():
    copy = exchange_copy(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)))

    assert Image.open(io.BytesIO(copy)).getpixel((5, 5)) == (255, 255, 255)


def test_an_exchange_copy_obeys_another_limit():
    assert len(exchange_copy(saved(noise((500, 500)), "PNG"), limit=10 * 1024)) <= 10 * 1024


def test_an_exchange_copy_of_no_picture_is_refused():
    with pytest.raises(FileDamaged):
        exchange_copy(pdf())


def test_a_limit_no_picture_fits_into_is_said():
    with pytest.raises(ValueError, match="10 bytes"):
        exchange_copy(picture(), limit=10)


# storage


@pytest.fixture(params=["folder", "memory"])
def store(request, tmp_path):
    if request.param == "folder":
        return FileStore.beside(tmp_path)
    return FileStore(f"memory://{tmp_path.name}")


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_a_file_is_kept_under_its_digest_and_read_back(store):
    key = store.put(b"content", digest(b"content"))

    sha256 = digest(b"content")
    assert key == f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    with store.open(key) as file:
        assert file.read() == b"content"


def test_the_same_content_is_kept_once(store):
    assert store.put(b"same", digest(b"same")) == store.put(b"same", digest(b"same"))


def test_a_deleted_file_is_gone_and_deleting_it_twice_is_no_error(store):
    key = store.put(b"content", digest(b"content"))
    store.delete(key)
    store.delete(key)

    with pytest.raises(FileNotFoundError):
        store.open(key)


def test_content_under_a_foreign_digest_is_refused(store):
    with pytest.raises(ValueError, match="digest"):
        store.put(b"content", digest(b"other"))


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "/etc/passwd", "", "aa/bb/" + "c" * 64, "aa/aa/" + "a" * 64 + "\n"]
)
def test_nothing_but_a_key_becomes_a_path(store, key):
    for verb in (store.open, store.delete):
        with pytest.raises(ValueError, match="no key"):
            verb(key)


def test_the_folder_is_closed_to_other_accounts(tmp_path):
    store = FileStore.beside(tmp_path)
    key = store.put(b"content", digest(b"content"))

    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "files" / key).stat().st_mode) == 0o600


def test_many_writers_of_one_content_leave_one_whole_file(tmp_path):
    store, content = FileStore.beside(tmp_path), os.urandom(300_000)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _turn: store.put(content, digest(content)), range(40)))

    files = [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert len(keys) == len(files) == 1
    assert files[0].read_bytes() == content


def test_a_file_torn_by_a_crash_is_written_again(tmp_path):
    store = FileStore.beside(tmp_path)
    key = store.put(b"content", digest(b"content"))
    (tmp_path / "files" / key).write_bytes(b"con")

    store.put(b"content", digest(b"content"))

    assert store.open(key).read() == b"content"


def test_files_are_served_so_that_nothing_in_them_runs():
    assert uploads.SERVING_HEADERS["X-Content-Type-Options"] == "nosniff"
    assert uploads.SERVING_HEADERS["Content-Security-Policy"].startswith("sandbox;")


def test_a_refusal_names_its_limit_and_the_way_out():
    with pytest.raises(FileTooLarge) as refusal:
        inspect(b"\xff" * (6 * MEGABYTE), FACE)

    assert str(refusal.value).startswith("Face photo too large: 6 MB, and the limit is 5 MB.")
    assert (refusal.value.size, refusal.value.limit) == (6 * MEGABYTE, 5 * MEGABYTE)


def test_a_field_for_pictures_lets_a_telephone_offer_its_camera():
    assert uploads.PICTURE.accept == "image/jpeg,image/png"
    assert uploads.DOCUMENT.accept == ".pdf,image/jpeg,image/png"
    assert uploads.SHEET.accept == ".xlsx,.xls"
