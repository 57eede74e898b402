"""URLs as they are shown: without secrets, but still recognisable."""

import pytest

from rps_game.sources.url import scheme_of, without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://camera:554/live", "rtsp://camera:554/live"),
        ("rtsp://admin:SECRET@camera:554/live", "rtsp://camera:554/live"),
        ("http://SECRET@HOST/", "http://HOST/"),
        ("http://admin:SECRET@SECRET@HOST/", "http://HOST/"),
        ("http://admin:SECRET/SECRET@HOST/", "http://HOST/"),
        ("http://admin:SECRET%40SECRET@HOST/", "http://HOST/"),
        ("http://HOST/?user=admin&pwd=SECRET", "http://HOST/?..."),
        ("http://HOST?pwd=SECRET", "http://HOST?..."),
        ("http://HOST/video#token=SECRET", "http://HOST/video?..."),
        ("http://HOST/video?mail=me@SECRET", "http://HOST/video?..."),
        ("http://admin:SECRET?SECRET@HOST/", "http://..."),
        ("http://admin:1?SECRET@HOST/", "http://..."),
        ("http://admin:SECRET#SECRET@HOST/", "http://..."),
        ("http://admin:SECRET/?SECRET@HOST/", "http://..."),
        ("http://admin:SECRET@SECRET?SECRET@HOST/", "http://..."),
        ("http://admin:SECRET@[::1]:80/?x", "http://[::1]:80/?..."),
        ("RTSPS://admin:SECRET@HOST", "RTSPS://HOST"),
        ("http://HOST/?", "http://HOST/"),
        ("what? me@home.mp4", "what? me@home.mp4"),
    ],
)
def test_what_is_shown(url, shown):
    assert without_secrets(url) == shown
    assert "SECRET" not in without_secrets(url)


@pytest.mark.parametrize(
    ("text", "scheme"),
    [
        ("HTTP://x", "http"),
        ("concat:x.mp4", None),
        ("C:/x.mp4", None),
        ("2024-05-01T12:30:00.mp4", None),
        ("://x", None),
        ("", None),
    ],
)
def test_schemes(text, scheme):
    assert scheme_of(text) == scheme
