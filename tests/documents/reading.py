"""The text of a PDF, read as a reader's program does: streams unpacked, glyphs by ToUnicode."""

import base64
import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
STREAM = re.compile(rb"(.*?)stream\r?\n(.*?)endstream", re.DOTALL)
PAIR = re.compile(r"<([0-9A-Fa-f]+)>")
TOKEN = re.compile(rb"/(F\d+(?:\+\d+)?) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj|(T\*|Td|Tm)", re.DOTALL)
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(document: bytes) -> str:
    """All words of a document, in the order in which they are drawn, lines apart."""
    objects = {int(number): body for number, body in OBJECT.findall(document)}
    fonts = _fonts(objects)
    pages = [_unpacked(body) for body in objects.values()]
    return " ".join("".join(_words(page, fonts)) for page in pages if b" Tj" in page)


def _unpacked(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None:
        return b""
    head, data = found.groups()
    if b"ASCII85Decode" in head:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompressobj().decompress(data) if b"FlateDecode" in head else data


def _fonts(objects: dict[int, bytes]) -> dict[str, dict[int, str]]:
    """Characters by code, for each font by the name that pages use."""
    fonts = {}
    for body in objects.values():
        name = re.search(rb"/Name /(\S+)", body)
        mapped = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if name and mapped:
            fonts[name[1].decode()] = _codes(_unpacked(objects[int(mapped[1])]).decode("latin-1"))
    return fonts


def _codes(cmap: str) -> dict[int, str]:
    codes: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in zip(*[iter(PAIR.findall(block))] * 2, strict=True):
            codes[int(code, 16)] = _text(text)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.DOTALL):
        for line in block.strip().splitlines():
            first, _, *texts = PAIR.findall(line)
            for index, text in enumerate(texts):
                codes[int(first, 16) + index] = _text(text)
    return codes


def _text(hexadecimal: str) -> str:
    return bytes.fromhex(hexadecimal).decode("utf-16-be")


def _words(page: bytes, fonts: dict[str, dict[int, str]]) -> list[str]:
    words, codes = [], dict[int, str]()
    for font, drawn, moved in TOKEN.findall(page):
        if font:
            codes = fonts.get(font.decode(), {})
        elif moved:
            words.append(" ")
        else:
            words += [codes.get(code, chr(code)) for code in _unescaped(drawn)]
    return words


def _unescaped(drawn: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if code.isdigit() else PLAIN.get(code, code)

    return ESCAPED.sub(plain, drawn)
