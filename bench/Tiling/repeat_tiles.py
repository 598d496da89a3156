"""Makes a slide of gigabytes in seconds: the JPEG tiles of each level of a smaller one, over and over.

usage: repeat_tiles.py SLIDE.svs OUT.svs COLUMNS ROWS

SLIDE is a BigTIFF whose pages of tiles are its levels 1x, 4x and 16x (`bench/Tiling -- made` makes such a one); OUT has
COLUMNS x ROWS blocks of 4096 px. The levels do not show the same tissue: it is for reading, not for scoring.
"""
import struct
import sys

SIDE = 256
TYPES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4, 16: 8}


def pages(data):
    at, = struct.unpack_from("<Q", data, 8)
    while at:
        count, = struct.unpack_from("<Q", data, at)
        entries = {}
        for i in range(count):
            tag, kind, values = struct.unpack_from("<HHQ", data, at + 8 + 20 * i)
            length = TYPES[kind] * values
            start = at + 8 + 20 * i + 12
            if length > 8:
                start, = struct.unpack_from("<Q", data, start)
            entries[tag] = (kind, values, data[start:start + length])
        yield entries
        at, = struct.unpack_from("<Q", data, at + 8 + 20 * count)


def numbers(entry):
    kind, count, raw = entry
    return struct.unpack("<%d%s" % (count, {3: "H", 4: "I", 13: "I", 16: "Q"}[kind]), raw)


source, out, columns, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
data = open(source, "rb").read()
levels = [page for page in pages(data) if 324 in page]
with open(out, "wb") as file:
    file.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
    link = 8
    for level, page in zip((1, 4, 16), levels):
        width, height = numbers(page[256])[0], numbers(page[257])[0]
        across, down = width // SIDE, height // SIDE
        wide, high = columns * 16 // level, rows * 16 // level
        offsets, lengths = numbers(page[324]), numbers(page[325])
        per_row = -(-width // SIDE)
        places, sizes = [], []
        for row in range(high):
            for column in range(wide):
                tile = row % down * per_row + column % across
                places.append(file.tell())
                sizes.append(lengths[tile])
                file.write(data[offsets[tile]:offsets[tile] + lengths[tile]])
        entries = dict(page)
        entries[256], entries[257] = (4, 1, struct.pack("<I", wide * SIDE)), (4, 1, struct.pack("<I", high * SIDE))
        entries[324] = (16, len(places), struct.pack("<%dQ" % len(places), *places))
        entries[325] = (4, len(sizes), struct.pack("<%dI" % len(sizes), *sizes))
        for tag, (kind, count, raw) in entries.items():
            if len(raw) > 8:
                entries[tag] = (kind, count, struct.pack("<Q", file.tell()))
                file.write(raw)
        here = file.tell()
        file.write(struct.pack("<Q", len(entries)))
        for tag in sorted(entries):
            kind, count, raw = entries[tag]
            file.write(struct.pack("<HHQ8s", tag, kind, count, raw))
        next_link = file.tell()
        file.write(struct.pack("<Q", 0))
        file.seek(link)
        file.write(struct.pack("<Q", here))
        file.seek(0, 2)
        link = next_link
