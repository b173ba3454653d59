"""Cryptomatte, read by two decoders that know nothing of our encoder nor of each other."""

from __future__ import annotations

import json
from itertools import pairwise

import cryptomatte_api
import cryptomatte_by_hand
import numpy as np
import OpenEXR
import pytest

from roto.errors import MaskError, SettingsError
from roto.export.contract import Job, Look, Picture, Subject
from roto.export.cryptomatte import id_of, ranked, ranks_for
from roto.export.pattern import FramePattern
from roto.export.registry import check, format_named
from roto.masks import read_mask

SIZE = (24, 36)


def soft(seed, *, strength=1.0):
    noise = np.random.default_rng(seed).random(SIZE, np.float32) * np.float32(strength)
    noise[:3] = 0
    return noise


def write_cryptomatte(path, mattes):
    names = dict(enumerate(mattes, start=1))
    job = Job(Subject(SIZE, names), Look(), FramePattern(path), [0])
    with format_named("cryptomatte").open(job) as exporter:
        exporter.write(Picture(0, {i: mattes[name] for i, name in names.items()}, dict))


def decoded(path):
    [found] = cryptomatte_api.Cryptomatte.load(str(path))
    return found


def header_of(path):
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return dict(file.header())


class TestDecoded:
    def test_objects_that_share_pixels(self, tmp_path):
        mattes = {"hero": soft(1, strength=0.4), "left arm": soft(2, strength=0.5)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        found = decoded(tmp_path / "a.exr")
        assert found.num_levels() == 2
        for name, matte in mattes.items():
            np.testing.assert_array_equal(found.mask(name), matte)

    def test_more_than_1_is_scaled_down_in_proportion(self, tmp_path):
        mattes = {"a": soft(1), "b": soft(2), "c": soft(3)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        found = decoded(tmp_path / "a.exr").masks()
        total = np.maximum(sum(mattes.values()), 1)
        assert set(found) == set(mattes)
        for name, matte in mattes.items():
            np.testing.assert_allclose(found[name], matte / total, atol=1e-7)
        assert sum(found.values()).max() <= 1 + 1e-6

    def test_hard_mattes_are_exact_and_empty_ones_empty(self, tmp_path):
        hard = (soft(1) > 0.5).astype(np.float32)
        write_cryptomatte(tmp_path / "a.exr", {"hero": hard, "gone": np.zeros(SIZE, np.float32)})
        found = decoded(tmp_path / "a.exr")
        np.testing.assert_array_equal(found.mask("hero"), hard)
        assert not found.mask("gone").any()

    def test_of_eight_objects_the_six_that_cover_most_are_kept(self, tmp_path):
        mattes = {f"object{n}": soft(n) for n in range(8)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        found = decoded(tmp_path / "a.exr").masks()
        shares = np.stack(list(mattes.values()))
        shares = shares / np.maximum(shares.sum(0), 1)
        lost = np.sort(shares, 0)[:2]
        error = np.stack([shares[n] - found[name] for n, name in enumerate(mattes)])
        np.testing.assert_allclose(np.sort(error, 0)[-2:], lost, atol=1e-6)
        assert np.sort(error, 0)[:-2].max() < 1e-6

    def test_names_of_all_kinds_are_found_by_others(self, tmp_path):
        names = ["Zoë", "左腕", 'a "b" \\c\n', "x" * 200, "a.b/c:d", "ünï {object}"]
        mattes = {name: np.full(SIZE, (n + 1) / 32, np.float32) for n, name in enumerate(names)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        found = decoded(tmp_path / "a.exr").masks()
        assert set(found) == set(names)
        for name, matte in mattes.items():
            np.testing.assert_array_equal(found[name], matte)


class TestByHand:
    """See ``cryptomatte_by_hand``: from the specification up, without any library of ours."""

    def test_its_hash_is_that_of_the_published_examples(self):
        known = {"": 0, "hello": 0x248BFA47, "hello, world": 0x149BBB7F}
        assert {text: cryptomatte_by_hand.murmur3(text.encode()) for text in known} == known
        fox = b"The quick brown fox jumps over the lazy dog"
        assert cryptomatte_by_hand.murmur3(fox, 0x9747B28C) == 0x2FA826CD

    @pytest.mark.parametrize("objects", [1, 2, 3, 6])
    def test_both_decoders_find_what_was_given(self, tmp_path, objects):
        mattes = {f"object {n}, Zoë 左腕": soft(n, strength=1 / objects) for n in range(objects)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        by_hand, other = cryptomatte_by_hand.masks(tmp_path / "a.exr"), decoded(tmp_path / "a.exr")
        assert set(by_hand) == set(mattes)
        for name, matte in mattes.items():
            np.testing.assert_array_equal(by_hand[name], matte)
            np.testing.assert_array_equal(other.mask(name), matte)

    def test_more_than_1_and_a_data_window(self, tmp_path):
        mattes = {1: soft(1), 2: soft(2)}
        subject = Subject(SIZE, {1: "hero", 2: "van"}, data_window=(-4, -2, 40, 30))
        job = Job(subject, Look(), FramePattern(f"{tmp_path}/a.####.exr"), [7])
        with format_named("cryptomatte").open(job) as exporter:
            [path] = exporter.write(Picture(7, mattes, dict))
        total = np.maximum(mattes[1] + mattes[2], 1)
        for name, matte in zip(("hero", "van"), mattes.values(), strict=True):
            found = cryptomatte_by_hand.masks(path)[name]
            assert found.shape == (32, 44)
            np.testing.assert_allclose(found[2:26, 4:40], matte / total, atol=1e-7)
            assert found.sum() == pytest.approx(found[2:26, 4:40].sum())

    def test_ids_that_would_be_no_numbers(self):
        names = [f"object{n}" for n in range(3000)]
        turned = [
            n for n in names if cryptomatte_by_hand.murmur3(n.encode()) >> 23 & 255 in (0, 255)
        ]
        assert turned
        for name in (*turned, *names[:50]):
            bits = np.array(id_of(name), np.uint32).view(np.float32)
            assert bits == cryptomatte_by_hand.id_of(name)


class TestFile:
    def test_ranks_go_down_and_ids_are_floats_of_the_manifest(self, tmp_path):
        mattes = {"hero": soft(1), "van": soft(2), "dog": soft(3)}
        write_cryptomatte(tmp_path / "a.exr", mattes)
        with OpenEXR.File(str(tmp_path / "a.exr"), separate_channels=True) as file:
            channels = {name: c.pixels.copy() for name, c in file.channels().items()}
        assert sorted(channels) == [
            f"CryptoObject0{n}.{letter}" for n in (0, 1) for letter in "ABGR"
        ]
        assert {c.dtype for c in channels.values()} == {np.dtype(np.float32)}
        order = [channels[f"CryptoObject0{n}.{letter}"] for n in (0, 1) for letter in "GA"]
        assert all((a >= b).all() for a, b in pairwise(order))
        ids = np.stack([channels[f"CryptoObject0{n}.{c}"] for n in (0, 1) for c in "RB"])
        assert np.isfinite(ids).all()
        known = {f"{bits:08x}" for bits in np.unique(ids[ids != 0].view(np.uint32)).tolist()}
        header = header_of(tmp_path / "a.exr")
        [manifest] = [json.loads(v) for k, v in header.items() if k.endswith("/manifest")]
        assert set(manifest.values()) == known
        assert not ids[:, :3].any()

    def test_the_header_says_how_names_are_hashed(self, tmp_path):
        write_cryptomatte(tmp_path / "a.exr", {"hero": soft(1)})
        crypto = {k: v for k, v in header_of(tmp_path / "a.exr").items() if "cryptomatte" in k}
        [prefix] = {key.rpartition("/")[0] for key in crypto}
        assert len(prefix.removeprefix("cryptomatte/")) == 7
        assert crypto[f"{prefix}/name"] == "CryptoObject"
        assert crypto[f"{prefix}/hash"] == "MurmurHash3_32"
        assert crypto[f"{prefix}/conversion"] == "uint32_to_float32"

    def test_ids_are_never_infinite_nan_or_denormal(self):
        ids = np.array([id_of(f"object{n}") for n in range(20000)], np.uint32)
        exponents = ids >> 23 & 255
        assert exponents.min() > 0
        assert exponents.max() < 255

    def test_roto_does_not_take_it_for_mattes(self, tmp_path):
        write_cryptomatte(tmp_path / "a.exr", {"hero": soft(1)})
        with pytest.raises(MaskError, match="Cryptomatte"):
            read_mask(tmp_path / "a.exr", frame=1, size=SIZE)

    @pytest.mark.parametrize(("objects", "ranks"), [(1, 2), (2, 2), (3, 4), (6, 6), (50, 6)])
    def test_ranks_come_in_pairs_up_to_six(self, objects, ranks):
        assert ranks_for(objects) == ranks
        ids, mattes = range(1, objects + 1), [soft(n) for n in range(objects)]
        assert len(ranked(ids, mattes, ranks)) == ranks


class TestJobs:
    def job(self, folder, names):
        pattern = FramePattern(f"{folder}/crypto.####.exr")
        return Job(Subject(SIZE, names), Look(), pattern, [7])

    def test_an_object_that_is_not_known_is_in_the_manifest(self, tmp_path):
        format, job = format_named("cryptomatte"), self.job(tmp_path, {1: "hero", 2: "van"})
        check(job, format)
        with format.open(job) as exporter:
            [path] = exporter.write(Picture(7, {2: soft(1)}, dict))
        found = decoded(path)
        np.testing.assert_array_equal(found.mask("van"), soft(1))
        assert not found.mask("hero").any()
        assert header_of(path)["roto/missing"] == '["hero"]'

    def test_names_with_the_same_hash(self, tmp_path, monkeypatch):
        monkeypatch.setattr("roto.export.cryptomatte.id_of", lambda name: 7)
        with pytest.raises(SettingsError, match=r"'hero' and 'van' would have the same id"):
            check(self.job(tmp_path, {1: "hero", 2: "van"}), format_named("cryptomatte"))
