"""Recognises URLs, and removes secrets from those that are shown."""

import re

STREAMS = ("http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp")
"""The schemes that the URL of a stream may have."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"(\[[^\]]*\]|[^:@/]*)(:\d*)?/")


def scheme_of(text: str) -> str | None:
    """The scheme of a URL, in lower case; None if the text is not a URL but, say, a path.

    Examples:
        >>> scheme_of("RTSP://camera/live"), scheme_of("2024-05-01T12:30:00.mp4")
        ('rtsp', None)
    """
    match = _SCHEME.match(text)
    return match[1].lower() if match else None


def without_secrets(url: str) -> str:
    """A URL that is safe to show and log: without user, password, query and fragment.

    A password may contain an ``@`` or a slash that should have been escaped, so everything up to
    the last ``@`` before the query is removed. If even that is ambiguous, because a ``?`` or ``#``
    may belong to the password, only the scheme remains. Text that is not a URL is unchanged.

    Examples:
        >>> without_secrets("http://admin:p@ss@camera.local/video?pwd=x")
        'http://camera.local/video?...'
        >>> without_secrets("http://admin:p?ss@camera.local/video")
        'http://...'
    """
    if scheme_of(url) is None:
        return url
    scheme, separator, rest = url.partition("://")
    address, *more = re.split(r"[?#]", rest, maxsplit=1)
    if more and "@" in more[0] and ("@" in address or not _HOST.match(address)):
        return f"{scheme}{separator}..."
    shown = address.rpartition("@")[2]
    return f"{scheme}{separator}{shown}{'?...' if more and more[0] else ''}"
