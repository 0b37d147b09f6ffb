import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http.decoding import BadCoding, open_decoder
from tests.loopback import Encoding, bomb, compress

CODINGS: list[Encoding] = ["", "gzip", "deflate", "br", "zstd"]


def decode(coding: str, data: bytes, step: int = 16_384) -> bytes:
    decoder = open_decoder(coding)
    pieces = [piece for start in range(0, len(data), step) for piece in decoder.feed(data[start:][:step])]
    decoder.finish()
    return b"".join(pieces)


@given(st.sampled_from(CODINGS), st.binary(max_size=3000), st.integers(1, 500))
def test_every_coding_is_undone_however_the_data_is_cut(coding: Encoding, body: bytes, step: int) -> None:
    assert decode(coding, compress(coding, body), step) == body


@given(st.lists(st.sampled_from(CODINGS[1:]), max_size=3), st.binary(max_size=1000))
def test_several_codings_are_undone_in_reverse(codings: list[Encoding], body: bytes) -> None:
    data = body
    for coding in codings:
        data = compress(coding, data)
    assert decode(", ".join(codings), data) == body


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_comes_in_small_pieces(coding: Encoding) -> None:
    packed = bomb(coding, 200_000_000).body
    assert len(packed) < 300_000
    decoder = open_decoder(coding)
    pieces = (piece for piece in decoder.feed(packed))
    sizes = [len(piece) for piece in itertools.islice(pieces, 50)]
    assert len(sizes) == 50
    assert max(sizes) <= 4_000_000


def test_names_are_read_generously() -> None:
    assert decode(" GZIP ", compress("gzip", b"news")) == b"news"
    assert decode("x-gzip", compress("gzip", b"news")) == b"news"
    assert decode("identity", b"news") == b"news"


def test_gzip_of_several_members_and_padding() -> None:
    data = compress("gzip", b"first, ") + compress("gzip", b"second")
    assert decode("gzip", data, 3) == b"first, second"
    assert decode("gzip", data + b"\0\0\0", 1000) == b"first, second"


def test_zstd_of_several_frames() -> None:
    assert decode("zstd", compress("zstd", b"first, ") + compress("zstd", b"second"), 5) == b"first, second"


def test_deflate_without_its_wrapper() -> None:
    coder = zlib.compressobj(wbits=-15)
    assert decode("deflate", coder.compress(b"raw deflate") + coder.flush()) == b"raw deflate"


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_cut_body_is_told(coding: Encoding) -> None:
    data = compress(coding, bytes(range(256)) * 50)
    with pytest.raises(BadCoding, match="cut short"):
        decode(coding, data[: len(data) // 2])


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
def test_a_body_that_is_something_else_is_told(coding: Encoding) -> None:
    with pytest.raises(BadCoding, match="is no"):
        decode(coding, b"<html>not compressed at all, whatever the header says</html>")


def test_what_is_not_known_or_too_much_is_refused() -> None:
    with pytest.raises(BadCoding, match="'compress'"):
        open_decoder("compress")
    with pytest.raises(BadCoding, match="4 content codings"):
        open_decoder("gzip, gzip, gzip, gzip")
