"""Broken files at the door: one sentence each, and not a word of the libraries' own on stderr."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import OpenEXR
import pytest
import tifffile
from cv2.utils import logging as cv2_logging
from media_files import h264, numbered, run_ffmpeg, write_exr, write_images

from roto.cli import main
from roto.decoding import BrokenPictureError, check_exr, decode_still, kind_meant, kind_of
from roto.decoding.whole import UNFINISHED, check_tiff
from roto.errors import ClipNotFoundError, DecodeError, MaskError
from roto.masks import read_mask
from roto.media import open_clip, read_image
from roto.media.images import IMAGE_EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

SIZE = (48, 40)
LEVELS = (OpenEXR.ONE_LEVEL, OpenEXR.MIPMAP_LEVELS, OpenEXR.RIPMAP_LEVELS)
ROUNDING = (OpenEXR.ROUND_DOWN, OpenEXR.ROUND_UP)


def noise(dtype: Any = np.uint8, channels: int = 3) -> npt.NDArray[Any]:
    picture = np.random.default_rng(0).integers(0, 256, (*SIZE, channels)).astype(dtype)
    return picture * 257 if dtype == np.uint16 else picture


def encoded(extension: str, picture: npt.NDArray[Any]) -> bytes:
    done, data = cv2.imencode(extension, picture)
    assert done
    return data.tobytes()


def exr(**header: object) -> bytes:
    fixed = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    file = OpenEXR.File({**fixed, **header}, {c: noise(np.float16)[..., 0] for c in "RGB"})
    return _written(file)


def tiles(mode: Any, rounding: Any) -> bytes:
    description = OpenEXR.TileDescription()
    description.xSize, description.ySize = 16, 12
    description.mode, description.roundingMode = mode, rounding
    return exr(type=OpenEXR.tiledimage, tiles=description)


def many_parts() -> bytes:
    header = {"compression": OpenEXR.PIZ_COMPRESSION, "type": OpenEXR.scanlineimage}
    plane = noise(np.float16)[..., 0]
    parts = [OpenEXR.Part({**header, "name": name}, {"A": plane}) for name in ("hero", "car")]
    return _written(OpenEXR.File(parts))


def _written(file: OpenEXR.File) -> bytes:
    stream = io.BytesIO()
    file.write(stream)
    return stream.getvalue()


def tiff(**how: Any) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, noise(), photometric="rgb", **how)
    return stream.getvalue()


STILLS: dict[str, Callable[[], bytes]] = {
    "a.png": lambda: encoded(".png", noise()),
    "deep.png": lambda: encoded(".png", noise(np.uint16)),
    "a.tif": lambda: encoded(".tif", noise()),
    "deep.tif": lambda: encoded(".tif", noise(np.uint16)),
    "first.tif": lambda: tiff(),  # the directory before the pixels
    "motorola.tif": lambda: tiff(byteorder=">", rowsperstrip=7),
    "big.tif": lambda: tiff(bigtiff=True, tile=(32, 32)),
    "a.jpg": lambda: encoded(".jpg", noise()),
    "a.webp": lambda: encoded(".webp", noise()),
    "a.bmp": lambda: encoded(".bmp", noise()),
    "a.jp2": lambda: encoded(".jp2", noise()),
    "a.ppm": lambda: encoded(".ppm", noise()),
    "a.exr": exr,
    "tiled.exr": lambda: exr(
        type=OpenEXR.tiledimage,
        tiles=OpenEXR.TileDescription(),
        compression=OpenEXR.PIZ_COMPRESSION,
    ),
}


@pytest.fixture(params=STILLS)
def still(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    path.write_bytes(STILLS[request.param]())
    return path


def silent(capfd: pytest.CaptureFixture[str]) -> bool:
    """Nothing was written to the process's own stdout and stderr either."""
    return capfd.readouterr() == ("", "")


def test_whole_stills_are_read(still: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert read_image(still).shape[:2] == SIZE
    assert silent(capfd)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7, 0.98])
def test_cut_off_stills(still: Path, keep: float, capfd: pytest.CaptureFixture[str]) -> None:
    data = still.read_bytes()
    still.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(DecodeError, match="again") as caught:
        read_image(still)
    assert str(caught.value).startswith(f"{still} ")
    with pytest.raises(MaskError, match=r"^Mask .*(again|damaged; give)"):
        read_mask(still, frame=1, size=SIZE)
    assert silent(capfd)


@pytest.mark.parametrize("kind", ["", "text", "zeros"])
def test_junk_by_every_name(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = {"": b"", "text": b"this is not a picture at all", "zeros": bytes(5000)}[kind]
    for extension in sorted(IMAGE_EXTENSIONS):
        path = tmp_path / f"junk{extension}"
        path.write_bytes(data)
        with pytest.raises(DecodeError) as caught:
            read_image(path)
        meant = "is empty" if not data else f"holds no {kind_meant(extension)} picture"
        assert str(caught.value).startswith(f"{path} {meant}")
        with pytest.raises(MaskError, match=f"^Mask .*junk{extension} is "):
            read_mask(path, frame=1, size=SIZE)
    assert silent(capfd)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_png_with_any_wrong_byte(
    tmp_path: Path, dtype: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    good = encoded(".png", noise(dtype))
    path = tmp_path / "a.png"
    for place in range(8, len(good), 41):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        with pytest.raises(DecodeError, match=r"damaged|cut off"):
            read_image(path)
    assert silent(capfd)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"iCCP", b"profile\0\0broken"),
        chunk(b"iCCP", b"ICC\0\0" + zlib.compress(b"short"))[:-1] + b"?",
        chunk(b"gAMA", struct.pack(">I", 100000)),
        chunk(b"tIME", b""),
        chunk(b"acTL", struct.pack(">II", 3, 0)) + chunk(b"fcTL", bytes(26)),
        b"\0\0\0\x04junkABCD????",
    ],
)
def test_what_is_no_picture_in_a_png_changes_nothing(
    tmp_path: Path, extra: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    good = encoded(".png", noise())
    path = tmp_path / "a.png"
    path.write_bytes(good[:33] + extra + good[33:])
    assert np.array_equal(read_image(path), noise()[..., ::-1])
    assert silent(capfd)


def test_a_broken_mask_is_one_line_on_the_command_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pattern = write_images(tmp_path, "plate.%04d.png", range(1001, 1003))
    mask = tmp_path / "hero.png"
    mask.write_bytes(encoded(".png", noise())[:-200])
    output = str(tmp_path / "out" / "%04d.png")
    assert main(["propagate", str(pattern), f"--key=1001={mask}", "-o", output]) == 1
    said = f"roto: error: Mask {mask} is cut off; copy or save it again.\n"
    assert capfd.readouterr() == ("", said)


def test_opencv_tells_others_what_it_told_before(tmp_path: Path) -> None:
    before = cv2_logging.getLogLevel()
    with pytest.raises(BrokenPictureError):
        decode_still(encoded(".bmp", noise())[:-500])
    assert cv2_logging.getLogLevel() == before


# ---- structure ----------------------------------------------------------------------------------


def test_every_shorter_file_is_cut_off() -> None:
    for data, check, least in (
        (tiff(), check_tiff, 8),
        (tiff(byteorder=">", rowsperstrip=7), check_tiff, 8),
        (tiff(bigtiff=True, tile=(32, 32)), check_tiff, 16),
        (exr(), check_exr, 4),
        (many_parts(), check_exr, 4),
        *((tiles(mode, rounding), check_exr, 4) for mode in LEVELS for rounding in ROUNDING),
    ):
        check(data)
        check(data + bytes(100))
        for end in range(least, len(data), 97):
            with pytest.raises(BrokenPictureError, match="cut off"):
                check(data[:end])


def test_numbers_in_a_file_are_not_believed() -> None:
    """Any byte of a header may be wrong: an answer or one kind of error, and soon."""
    random = np.random.default_rng(1)
    for data, check in ((tiff(), check_tiff), (exr(), check_exr), (many_parts(), check_exr)):
        for _ in range(300):
            bad = bytearray(data)
            for place in random.integers(4, 400, 3):
                bad[place] = random.integers(0, 256)
            with suppress(BrokenPictureError):
                check(bytes(bad))


def test_a_render_that_was_stopped() -> None:
    """OpenEXR writes where the pixels are at the very end, and zeros till then."""
    data = exr(compression=OpenEXR.NO_COMPRESSION)
    rows = SIZE[0]
    pixels = rows * (8 + 6 * SIZE[1])
    table = len(data) - pixels - 8 * rows
    stopped = data[:table] + bytes(8 * rows) + data[table + 8 * rows :]
    with pytest.raises(BrokenPictureError, match=UNFINISHED):
        check_exr(stopped)


def test_sizes_that_cannot_be(tmp_path: Path) -> None:
    for window in (b"dataWindow", b"displayWindow"):
        data = bytearray(exr())
        place = data.find(window + b"\0box2i\0") + len(window) + 11
        data[place : place + 16] = struct.pack("<4i", 0, 0, 199_999, 199_999)
        (tmp_path / "huge.exr").write_bytes(data)
        with pytest.raises(DecodeError, match="200000 x 200000 pixels, which no picture is"):
            read_image(tmp_path / "huge.exr")


def test_kinds_are_told_by_content() -> None:
    for name, make in STILLS.items():
        assert kind_of(make()) == kind_meant(f".{name.rpartition('.')[2]}")
    assert kind_of(b"") == kind_of(b"hello world, this is me") == ""
    assert {kind_meant(extension) for extension in IMAGE_EXTENSIONS} >= {"DPX", "PNM"}
    assert "" not in {kind_meant(extension) for extension in IMAGE_EXTENSIONS}


# ---- names --------------------------------------------------------------------------------------


def refused(path: object) -> str:
    with pytest.raises((DecodeError, ClipNotFoundError)) as caught:
        open_clip(str(path))
    return str(caught.value)


@pytest.mark.parametrize("name", ["x.foo", "notes.txt", "shot.roto", "x"])
def test_a_file_that_is_no_clip(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"hello world")
    assert refused(path).startswith(f"{path} is no clip that can be read; give a movie, such as ")
    with pytest.raises(MaskError, match=r"give a PNG, TIFF, JPEG or OpenEXR file\.$"):
        read_mask(path, frame=1, size=SIZE)


@pytest.mark.parametrize("name", ["x" * 300 + ".mov", "a\0b.png", "two\nlines.mov", "loop"])
def test_names_that_no_file_has(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    text = refused(tmp_path / name)
    assert text.startswith("There is no clip '")
    assert "\n" not in text
    with pytest.raises(MaskError, match=r"no mask file|cannot be read"):
        read_mask(tmp_path / name, frame=1, size=SIZE)


def test_a_still_that_is_whole_and_of_a_rare_kind(tmp_path: Path) -> None:
    path = tmp_path / "half.tif"
    tifffile.imwrite(path, noise(np.float16), photometric="rgb")
    assert "a TIFF that stores its pixels in a way that cannot be read; copy or" in refused(path)


@pytest.mark.parametrize("alpha", ["unassalpha", "assocalpha"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colours_of_a_tiff_with_alpha_are_as_stored(
    tmp_path: Path, alpha: str, order: Any, dtype: Any
) -> None:
    path, picture = tmp_path / "a.tif", noise(dtype, 4)
    tifffile.imwrite(path, picture, photometric="rgb", extrasamples=[alpha], byteorder=order)
    found = read_image(path)
    white = 1 if dtype == np.uint8 else 65535
    assert np.array_equal(np.rint(found * white), picture)


def test_files_with_the_wrong_ending(tmp_path: Path) -> None:
    for name in ("p.exr", "p.dpx"):
        (tmp_path / name).write_bytes(encoded(".png", noise()))
        meant = {"p.exr": "OpenEXR", "p.dpx": "DPX"}[name]
        assert f"{name} holds PNG data and not {meant}" in refused(tmp_path / name)
    h264(tmp_path / "a.mp4")
    (tmp_path / "a.mp4").rename(tmp_path / "a.png")
    assert "a.png holds a movie and not PNG" in refused(tmp_path / "a.png")


def test_masks_are_known_by_content(tmp_path: Path) -> None:
    """A mask has no colour space that its name would decide, so it is simply read."""
    flat = np.zeros(SIZE, np.uint8)
    flat[5:9, 5:9] = 255
    (tmp_path / "png.exr").write_bytes(encoded(".png", flat))
    write_exr(tmp_path / "exr.png", {"A": (flat / 255).astype(np.float16)})
    for name in ("png.exr", "exr.png"):
        found = read_mask(tmp_path / name, frame=1, size=SIZE)
        assert np.array_equal(found.layers[0].matte(), (flat / 255).astype(np.float32))
    h264(tmp_path / "a.mov")
    with pytest.raises(MaskError, match=r"a\.mov is a movie; give a PNG"):
        read_mask(tmp_path / "a.mov", frame=1, size=SIZE)


def test_folders_say_what_they_hold_instead(tmp_path: Path) -> None:
    for name in ("a.1001.foo", "a.1002.foo", "notes.txt", "todo.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert "holds no images, only a.1001.foo, a.1002.foo, notes.txt and 1 more;" in refused(
        tmp_path
    )
    pattern = tmp_path / "a.####.foo"
    assert refused(pattern).startswith(f"{pattern} matches a.1001.foo, a.1002.foo, which are no ")
    h264(tmp_path / "take.mp4")
    assert "holds no images but take.mp4; give the movie" in refused(tmp_path)
    cv2.imwrite(str(tmp_path / "plate.png"), numbered(0))
    assert "no image with a frame number, only plate.png; give" in refused(tmp_path)
    write_images(tmp_path, "beauty.%04d.png", range(1, 3))
    assert len(open_clip(tmp_path).frame_numbers) == 2  # strange files beside it are no matter


def test_patterns_are_named_as_they_were_written(tmp_path: Path) -> None:
    write_images(tmp_path, "beauty.%04d.png", range(1, 3))
    wrong = tmp_path / "depth.####.png"
    assert refused(wrong) == (
        f"No file matches {wrong}; the folder {tmp_path} holds beauty.%04d.png."
    )
    away = tmp_path / "gone" / "p.####.png"
    assert refused(away).startswith(f"No file matches {away}: there is no folder {away.parent};")
    assert refused("").startswith("The path of the clip is empty; give a movie")


# ---- what a TD has lying about ------------------------------------------------------------------


def test_movies_that_are_no_movies(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "zero.mov").write_bytes(b"")
    assert refused(tmp_path / "zero.mov").endswith("zero.mov is empty; copy or render it again.")
    movie = h264(tmp_path / "a.mov")
    (tmp_path / "half.mov").write_bytes(movie.read_bytes()[: movie.stat().st_size // 2])
    assert "half.mov cannot be read as a movie: it is cut off" in refused(tmp_path / "half.mov")
    assert silent(capfd)


def test_damaged_dpx(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.dpx"
    run_ffmpeg("-f", "lavfi", "-i", "testsrc=s=96x64:d=0.04", "-pix_fmt", "gbrp10le", str(path))
    data = path.read_bytes()
    for keep in (40, 500, len(data) // 2):
        path.write_bytes(data[:keep])
        assert refused(path) == f"{path} is cut off or damaged; copy or render it again."
    assert silent(capfd)


@pytest.mark.parametrize("names", ["rgb", "RGB", ["red", "green", "blue"]])
@pytest.mark.parametrize("layer", ["", "beauty."])
def test_colours_of_exr_by_any_name(tmp_path: Path, names: Any, layer: str) -> None:
    planes = {layer + name: np.full((4, 6), i / 4, np.float16) for i, name in enumerate(names)}
    planes["depth.Z"] = np.full((4, 6), 90, np.float16)
    write_exr(tmp_path / "a.exr", planes)
    assert open_clip(tmp_path / "a.exr").read(1001)[2, 2].tolist() == [0, 0.25, 0.5]


def test_parts_of_exr_without_colour_are_passed_over(tmp_path: Path) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    plane = np.full((4, 6), 0.5, np.float16)
    parts = [
        OpenEXR.Part({**header, "name": "depth"}, {"Z": plane.astype(np.float32)}),
        OpenEXR.Part({**header, "name": "rgba"}, dict.fromkeys("RGBA", plane)),
    ]
    OpenEXR.File(parts).write(str(tmp_path / "a.exr"))
    assert open_clip(tmp_path / "a.exr").read(1001)[2, 2].tolist() == [0.5, 0.5, 0.5]
