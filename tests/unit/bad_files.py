"""Files that are no data, or are made to do harm: small here, and each refused with a sentence."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
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


def deflated_zeros(count: int, begin: bytes = b"") -> bytes:
    """`begin` and so many zeros, deflated. Made without unfolding them: after a full flush a block only repeats."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = packing.compress(begin) + packing.flush(zlib.Z_FULL_FLUSH)
    block = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    return head + block * (count >> 20) + packing.compress(bytes(count & 0xFFFFF)) + packing.flush()


def zlib_zeros(count: int) -> bytes:
    """The same as zlib packs them, with their checksum."""
    return b"\x78\xda" + deflated_zeros(count) + struct.pack(">HH", count % 65521, 1)


def gzip_zeros(count: int) -> bytes:
    """The same as a gzip file; its checksum is wrong, which shows only once all is unpacked."""
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated_zeros(count) + struct.pack("<II", 0, count & 0xFFFFFFFF)


def zip64(stream: bytes, size: int, packed_size: int | None = None) -> bytes:
    """An archive with one deflated member, `a.npy`, whose sizes are in 64 bits as given."""
    sizes = struct.pack("<QQ", size, len(stream) if packed_size is None else packed_size)
    extra = struct.pack("<HH", 1, 16) + sizes
    about = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 0x21, 0, 0xFFFFFFFF, 0xFFFFFFFF, 5, len(extra))
    member = b"PK\x03\x04" + about + b"a.npy" + extra + stream
    entry = b"PK\x01\x02" + struct.pack("<H", 45) + about + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.npy" + extra
    return member + entry + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(member), 0)


def npy_bomb(size: int) -> bytes:
    """An NPZ whose one array is that many zeros, honest about it."""
    head = header(b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 1024)}\n" % (size >> 10))
    return zip64(deflated_zeros(size, head), size + len(head))


def one_colour_png(side: int, *extra: bytes) -> bytes:
    """`side` × `side` pixels of one bit each, all black: tiny, whatever its size."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    lines = zlib_zeros(side * (1 + (side + 7) // 8))
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


def tar(kind: bytes) -> bytes:
    """With one member that is no file."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    return file.getvalue()


def moving_png(frames: int) -> bytes:
    still = png()
    end_of_head = still.index(b"IDAT") - 4
    return still[:end_of_head] + chunk(b"acTL", struct.pack(">II", frames, 0)) + still[end_of_head:]


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
    "a drawing with a script": (
        b'<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script>&x;</svg>\n'
    ),
    "a page of the web": b"\xef\xbb\xbf\n<HTML>\n<body>\n<p>a,b\n</html>\n",
    "tar: a link": tar(tarfile.SYMTYPE),
    "tar: another name of a file": tar(tarfile.LNKTYPE),
    "tar: a device": tar(tarfile.CHRTYPE),
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
    "npz: says 4 EiB": zip64(deflated_zeros(1000, npy(ARRAY)), 1 << 62),
    "npz: says it is packed into 1 TiB": zip64(deflated_zeros(1000, npy(ARRAY)), 1 << 10, 1 << 40),
    "npz: the same name twice": packed(("a.npy", npy(ARRAY)), ("b.npy", npy(ARRAY))).replace(b"b.npy", b"a.npy"),
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
    "gzip: of a photograph of stars": gzip.compress(b"SIMPLE  =                    T" + b" " * 5000),
    "gzip: damaged": gzip.compress(b"a,b\n" * 100)[:20] + bytes(50),
    "images: a broken one": packed(("cat/1.png", png()[:-40]), ("dog/1.png", png())),
    "images: not an image": packed(("cat/1.png", b"<html>"), ("dog/1.png", png())),
    "images: svg": packed(("cat/1.png", png()), ("dog/1.svg", b"<svg/>")),
    "images: a gif called png": packed(("cat/1.png", b"GIF89a" + bytes(60)), ("dog/1.png", png())),
    "images: an eps called png": packed(("cat/1.png", b"%!PS-Adobe-3.0 EPSF-3.0\n"), ("dog/1.png", png())),
    "images: a tiff called png": packed(("cat/1.png", b"II*\0" + bytes(100)), ("dog/1.png", png())),
    "images: an icon called png": packed(("cat/1.png", b"\0\0\1\0" + bytes(100)), ("dog/1.png", png())),
    "images: a psd called png": packed(("cat/1.png", b"8BPS\0\1" + bytes(100)), ("dog/1.png", png())),
    "images: one that moves": packed(("cat/1.png", moving_png(100_000)), ("dog/1.png", png())),
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


def huge() -> dict[str, bytes]:
    """Small to send, and far too large to be unfolded."""
    ten, one = 10 << 30, 1 << 30
    return {
        "npz: 10 GiB of zeros": npy_bomb(ten),
        "gzip: 10 GiB of zeros": gzip_zeros(ten),
        "images: 50,000 × 50,000 pixels": packed(("cat/1.png", one_colour_png(50_000)), ("dog/1.png", png())),
        "images: 1 GiB of text": packed(
            ("cat/1.png", one_colour_png(8, chunk(b"zTXt", b"k\0\0" + zlib_zeros(one)))), ("dog/1.png", png())
        ),
    }
