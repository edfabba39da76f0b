"""Files that are no data, or are made to do harm: small here, and each refused with a sentence."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

ARRAY = np.arange(12, dtype=np.float32).reshape(6, 2)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return file.getvalue()


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def idx(kind: int, shape: tuple[int, ...], content: bytes) -> bytes:
    return bytes([0, 0, kind, len(shape)]) + b"".join(struct.pack(">I", size) for size in shape) + content


def png(array: np.ndarray | None = None, mode: str | None = None) -> bytes:
    file = io.BytesIO()
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) if array is None else array
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(file, "PNG")
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def one_colour_png(side: int, *extra: bytes) -> bytes:
    """`side` × `side` pixels of one bit each, all black: tiny, whatever its size."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packing = zlib.compressobj(9)
    line = bytes(1 + (side + 7) // 8)
    lines = b"".join(packing.compress(line) for _ in range(side)) + packing.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def bomb(mebibytes: int) -> bytes:
    """An NPZ whose one array is as many MiB of zeros."""
    return packed(("a.npy", npy(np.zeros((mebibytes << 7, 1024), np.float64))))


def overlapping() -> bytes:
    """Two entries of the directory that point at the same bytes."""
    data = bytearray(packed(("a.npy", npy(ARRAY)), ("b.npy", npy(ARRAY))))
    second = data.rfind(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    return bytes(data)


def lying(member_size: int) -> bytes:
    """A member whose size in the directory is not what comes out of it."""
    data = bytearray(packed(("a.npy", npy(ARRAY))))
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", member_size)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(packed(("a.npy", npy(ARRAY))))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def link() -> bytes:
    info = zipfile.ZipInfo("a.npy")
    info.external_attr = 0o120777 << 16
    return packed((info, b"/etc/passwd"))


def header(text: bytes, version: int = 1) -> bytes:
    """A `.npy` file with that header and no data."""
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text


OBJECTS = npy(np.array([{"a": 1}, None], object))
PLAIN_ZIP = packed(("cat/1.png", png()), ("dog/1.png", png()))

BAD: dict[str, bytes] = {
    "nothing": b"",
    "zeros": bytes(1000),
    "a picture": png(),
    "a gif": b"GIF89a" + bytes(100),
    "a page": b"%PDF-1.4\n\0\0",
    "a pickle": b"\x80\x04\x95\0\0\0\0\0\0\0\0.",
    "only a header": b"a,b\n",
    "one row": b"a,b\n1,2\n",
    "a line without end": b"1" * (2 << 20),
    "columns without end": b",".join([b"1"] * 600_000) + b"\n",
    "too many columns": b",".join([b"1"] * 5_000) + b"\n1\n",
    "a quotation mark that never closes": b'a,b\n1,"x\n' + b"2,y\n" * 2000,
    "NUL bytes": b"a,b\n1,\0\n2,3\n",
    "utf-16 that breaks off": "a,b\n1,2\n".encode("utf-16")[:-1],
    "npz: not a zip": b"PK\x03\x04" + bytes(100),
    "npz: an empty zip": b"PK\x05\x06" + bytes(18),
    "npz: cut off": packed(("a.npy", npy(ARRAY)))[:-30],
    "npz: objects": packed(("a.npy", OBJECTS)),
    "npz: nested": packed(("a.npy", packed(("b.npy", npy(ARRAY))))),
    "npz: a zip in it": packed(("a.npz", packed(("b.npy", npy(ARRAY))))),
    "npz: leads out": packed(("../../x.npy", npy(ARRAY))),
    "npz: absolute": packed(("/x.npy", npy(ARRAY))),
    "npz: a link": link(),
    "npz: encrypted": encrypted(),
    "npz: overlapping": overlapping(),
    "npz: smaller than said": lying(1 << 20),
    "npz: larger than said": lying(10),
    "npz: says 4 GiB": lying(0xFFFFFFFE),
    "npz: bzip2": packed(("a.npy", npy(ARRAY)), kind=zipfile.ZIP_BZIP2),
    "npz: a huge header": packed(("a.npy", header(b"{" + b" " * 60_000 + b"}"))),
    "npz: a header of code": packed(("a.npy", header(b"__import__('os').system('true')\n"))),
    "npz: nested brackets": packed(("a.npy", header(b"(" * 5000))),
    "npz: more than there is": packed(
        ("a.npy", header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000)}\n"))
    ),
    "npz: negative": packed(("a.npy", header(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 2)}\n"))),
    "npz: complex numbers": packed(("a.npy", npy(ARRAY.astype(np.complex64)))),
    "npz: lengths that differ": packed(("a.npy", npy(ARRAY)), ("b.npy", npy(ARRAY[:3]))),
    "npz: empty": packed(("a.npy", npy(ARRAY[:0]))),
    "idx: short": idx(0x08, (10, 28, 28), bytes(100)),
    "idx: long": idx(0x08, (10,), bytes(11)),
    "idx: dimensions that overflow": idx(0x08, (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), bytes(100)),
    "idx: no values": idx(0x08, (0, 28, 28), b""),
    "idx: unknown type": idx(0x42, (10,), bytes(10)),
    "gzip: cut off": gzip.compress(b"a,b\n1,2\n3,4\n" * 1000)[:-20],
    "gzip: of gzip": gzip.compress(gzip.compress(b"a,b\n1,2\n3,4\n")),
    "gzip: of a zip": gzip.compress(PLAIN_ZIP),
    "gzip: damaged": gzip.compress(b"a,b\n" * 100)[:20] + bytes(50),
    "images: a broken one": packed(("cat/1.png", png()[:-40]), ("dog/1.png", png())),
    "images: not an image": packed(("cat/1.png", b"<html>"), ("dog/1.png", png())),
    "images: svg": packed(("cat/1.png", png()), ("dog/1.svg", b"<svg/>")),
    "images: a gif called png": packed(("cat/1.png", b"GIF89a" + bytes(60)), ("dog/1.png", png())),
    "images: an eps called png": packed(("cat/1.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"), ("dog/1.png", png())),
    "images: too many pixels": packed(("cat/1.png", one_colour_png(5_000)), ("dog/1.png", png())),
    "images: a header that lies": packed(
        ("cat/1.png", png().replace(struct.pack(">II", 8, 8), struct.pack(">II", 3000, 3000))), ("dog/1.png", png())
    ),
    "images: text that unfolds": packed(
        ("cat/1.png", one_colour_png(8, chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(8 << 20))))), ("dog/1.png", png())
    ),
    "images: the same name twice": packed(("a/1.png", png()), ("a/2.png", png())).replace(b"a/2.png", b"a/1.png"),
    "images: leads out": packed(("../a/1.png", png()), ("b/1.png", png())),
    "parquet: only its magic": b"PAR1" + bytes(100) + b"PAR1",
    "excel: only its magic": b"\xd0\xcf\x11\xe0" + bytes(600),
    "excel: no workbook": packed(("xl/workbook.xml", b"<x/>"), ("[Content_Types].xml", b"<x/>")),
    "zip: something else": packed(("a.exe", b"MZ"), ("b.bin", b"\0")),
}
