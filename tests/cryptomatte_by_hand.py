"""A Cryptomatte decoder after the published texts alone: no EXR library, no hash library, no roto.

Written from the Cryptomatte specification 1.2.0 (Friedman and Jones), the file layout of OpenEXR
("Reading and Writing OpenEXR Image Files", "OpenEXR File Layout"), and MurmurHash3_x86_32.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from itertools import pairwise

import numpy as np

MASK = 0xFFFFFFFF
ROWS = {0: 1, 2: 1, 3: 16}  # of a chunk, by the code of the compression: none, ZIPS, ZIP
DTYPES = {0: "<u4", 1: "<f2", 2: "<f4"}


def murmur3(data, seed=0):
    """MurmurHash3, the variant of 32 bits for x86."""
    state = seed
    for start in range(0, len(data), 4):
        piece = data[start : start + 4]
        block = int.from_bytes(piece, "little") * 0xCC9E2D51 & MASK
        block = ((block << 15 | block >> 17) & MASK) * 0x1B873593 & MASK
        state ^= block
        if len(piece) == 4:
            state = (state << 13 | state >> 19) & MASK
            state = (state * 5 + 0xE6546B64) & MASK
    state ^= len(data)
    state = (state ^ state >> 16) * 0x85EBCA6B & MASK
    state = (state ^ state >> 13) * 0xC2B2AE35 & MASK
    return state ^ state >> 16


def id_of(name):
    """The float that stands for a name: its hash, with one bit turned where it is no number."""
    bits = murmur3(name.encode("utf-8"))
    if bits >> 23 & 0xFF in (0, 0xFF):
        bits ^= 1 << 23
    return np.array(bits, np.uint32).view(np.float32)[()]


class Exr:
    """The header and channels of a file of one part with scan lines."""

    def __init__(self, path):
        self.data = path.read_bytes()
        magic, version = struct.unpack_from("<II", self.data)
        assert (magic, version & 0xFF) == (20000630, 2)
        assert not version & 0x1A00, "tiles, deep data, or several parts"
        self.place = 8
        self.header = dict(self._attributes())
        left, top, right, bottom = struct.unpack("<4i", self.header["dataWindow"])
        self.width, self.height, self.top = right - left + 1, bottom - top + 1, top
        self.kinds = list(self._kinds(self.header["channels"]))
        self.channels = self._pixels()

    def _text(self):
        end = self.data.index(b"\0", self.place)
        text, self.place = self.data[self.place : end].decode(), end + 1
        return text

    def _attributes(self):
        while self.data[self.place]:
            name, _ = self._text(), self._text()
            (size,) = struct.unpack_from("<i", self.data, self.place)
            yield name, self.data[self.place + 4 : self.place + 4 + size]
            self.place += 4 + size
        self.place += 1

    def _kinds(self, data):
        while data[0]:
            name, _, data = data.partition(b"\0")
            kind, _, across, down = struct.unpack_from("<iIii", data)
            assert (across, down) == (1, 1)
            yield name.decode(), DTYPES[kind]
            data = data[16:]

    def _pixels(self):
        rows = ROWS[self.header["compression"][0]]
        count = -(-self.height // rows)
        found = {n: np.zeros((self.height, self.width), kind) for n, kind in self.kinds}
        for at in struct.unpack_from(f"<{count}Q", self.data, self.place):
            y, size = struct.unpack_from("<ii", self.data, at)
            first = y - self.top
            last = min(first + rows, self.height)
            wanted = (last - first) * self.width * sum(np.dtype(k).itemsize for _, k in self.kinds)
            raw = self._unpacked(self.data[at + 8 : at + 8 + size], wanted)
            for row in range(first, last):
                for name, kind in self.kinds:
                    length = self.width * np.dtype(kind).itemsize
                    found[name][row] = np.frombuffer(raw[:length], kind)
                    raw = raw[length:]
        return found

    def _unpacked(self, data, wanted):
        """Deflate, then differences, then two halves that were laid apart."""
        if len(data) == wanted:  # it would not have become smaller
            return data
        steps = np.frombuffer(zlib.decompress(data), np.uint8).astype(np.int64)
        steps[1:] -= 128
        values = np.cumsum(steps).astype(np.uint8)
        half = (len(values) + 1) // 2
        woven = np.empty_like(values)
        woven[::2], woven[1::2] = values[:half], values[half:]
        return woven.tobytes()


def masks(path):
    """Coverage of every object by name, (H, W) float32, as the manifest in the header lists them.

    The file must keep what the specification asks for; what does not is an AssertionError.
    """
    exr = Exr(path)
    keys = [re.fullmatch(r"cryptomatte/([0-9a-f]{7})/name", name) for name in exr.header]
    [key] = [found[1] for found in keys if found]
    told = {
        what: exr.header[f"cryptomatte/{key}/{what}"].decode()
        for what in ("name", "hash", "conversion", "manifest")
    }
    assert f"{murmur3(told['name'].encode()):08x}"[:7] == key
    assert (told["hash"], told["conversion"]) == ("MurmurHash3_32", "uint32_to_float32")
    manifest = json.loads(told["manifest"])
    ranks = list(_ranks(exr, told["name"]))
    assert ranks
    for (_, more), (_, less) in pairwise(ranks):
        assert (more >= less).all()
    found = {}
    for name, digits in manifest.items():
        wanted = np.array(int(digits, 16), np.uint32).view(np.float32)[()]
        assert wanted == id_of(name)
        found[name] = sum(np.where(ids == wanted, coverage, 0) for ids, coverage in ranks)
    return found


def _ranks(exr, layer):
    """Pairs of ids and coverages; the letters may be long or short."""
    for number in range(100):
        name = f"{layer}{number:02}"
        if f"{name}.R" not in exr.channels:
            return
        for pair in ("RG", "BA"):
            planes = [exr.channels[f"{name}.{letter}"] for letter in pair]
            assert [plane.dtype for plane in planes] == [np.float32] * 2, "32 bits of float"
            yield planes[0], planes[1]
