"""Files that mean harm, made byte by byte: Parquet whose footer or pages lie, and bombs."""

import gzip
import os

import pyarrow

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
PLAIN, SNAPPY, GZIP, ZSTD = 0, 1, 2, 6
MOST = 2**31 - 1


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number):
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


def text(value):
    return varint(len(value)) + value.encode()


def structure(*fields):
    """Fields are `(id, type, bytes)`, rising."""
    out, last = b"", 0
    for number, kind, value in fields:
        out, last = out + bytes([(number - last) << 4 | kind]) + value, number
    return out + b"\0"


def listed(kind, items, claimed=None):
    return bytes([0xF0 | kind]) + varint(len(items) if claimed is None else claimed) + b"".join(items)


def root(children=1):
    return structure((4, BINARY, text("root")), (5, I32, signed(children)))


LEAF = structure(
    (1, I32, signed(6)), (3, I32, signed(0)), (4, BINARY, text("k")), (6, I32, signed(0))
)


def closed(before, footer):
    return before + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def parquet(body, codec=PLAIN, uncompressed=None, rows=1):
    """One required text column `k` in one page, whose header says what it is told to."""
    header = structure(
        (1, I32, signed(0)),
        (2, I32, signed(len(body) if uncompressed is None else uncompressed)),
        (3, I32, signed(len(body))),
        (5, STRUCT, structure(*((it, I32, signed(n)) for it, n in
                                ((1, rows), (2, 0), (3, 3), (4, 3))))),
    )
    length = len(header) + len(body)
    column = structure(
        (1, I32, signed(6)),
        (2, LIST, listed(I32, [signed(0)])),
        (3, LIST, listed(BINARY, [text("k")])),
        (4, I32, signed(codec)),
        (5, I64, signed(rows)),
        (6, I64, signed(length)),
        (7, I64, signed(length)),
        (9, I64, signed(4)),
    )
    group = structure(
        (1, LIST, listed(STRUCT, [structure((2, I64, signed(4)), (3, STRUCT, column))])),
        (2, I64, signed(length)),
        (3, I64, signed(rows)),
    )
    footer = structure(
        (1, I32, signed(1)),
        (2, LIST, listed(STRUCT, [root(), LEAF])),
        (3, I64, signed(rows)),
        (4, LIST, listed(STRUCT, [group])),
    )
    return closed(b"PAR1" + header + body, footer)


def honest():
    return parquet((3).to_bytes(4, "little") + b"abc")


def footer_of_gigabytes():
    return b"PAR1" + (2**32 - 1).to_bytes(4, "little") + b"PAR1"


def row_groups_without_end():
    """Of a hundred bytes; a decoder that believes it asks for 250 GiB."""
    schema = listed(STRUCT, [root(), LEAF])
    return closed(b"PAR1", structure(
        (1, I32, signed(1)), (2, LIST, schema), (3, I64, signed(1)),
        (4, LIST, listed(STRUCT, [], claimed=MOST)),
    ))


def schema_without_end(levels=400_000):
    """Groups within groups: a decoder that goes down needs a stack of gigabytes."""
    schema = listed(STRUCT, [root()] * levels + [LEAF])
    return closed(b"PAR1", structure(
        (1, I32, signed(1)), (2, LIST, schema), (3, I64, signed(0)), (4, LIST, listed(STRUCT, [])),
    ))


def page_that_claims_two_gigabytes():
    """Snappy: the room is made, and filled with zeros, before the first byte is looked at."""
    return parquet(varint(MOST) + b"\0a", SNAPPY, uncompressed=MOST)


def page_that_grows(megabytes=4096):
    """Gzip, whose header says a hundred bytes: it is unpacked to its end all the same."""
    return parquet(gzip.compress(bytes(1 << 20)) * megabytes, GZIP, uncompressed=100)


def page_that_says_how_it_grows(megabytes=700):
    size = megabytes << 20
    body = pyarrow.Codec("zstd").compress(pyarrow.py_buffer(bytes(size)), asbytes=True)
    return parquet(body, ZSTD, uncompressed=size)


def sparse(path, head, size):
    """A file that is long and takes no room: its only line never ends."""
    path.write_bytes(head)
    os.truncate(path, size)
