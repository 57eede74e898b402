"""Videos, animated images and playlists for ``rps-play --source``."""

import functools
import io
import random

import av

from tests.fuzz.cases import Case, chance
from tests.fuzz.mutations import mutate, splice
from tests.fuzz.seeds import hand, seed_image
from tests.own_thread import on_own_thread

_FORMS = (
    (".avi", "mjpeg", {}),
    (".mp4", "mpeg4", {}),
    (".mkv", "mpeg4", {}),
    (".webm", "libvpx", {}),
    (".mp4", "libx264", {}),
    (".mp4", "libsvtav1", {}),
    (".mpg", "mpeg2video", {"flags": "+ildct+ilme", "field_order": "tt"}),  # interlaced
    (".mts", "libx264", {"x264-params": "tff=1"}),  # interlaced
    (".gif", "gif", {}),
    (".apng", "apng", {}),
)
_CONTAINERS = {".mkv": "matroska", ".mts": "mpegts", ".mpg": "mpeg"}  # others are called the same
_PIXELS = {"mjpeg": "yuvj420p", "gif": "rgb8", "apng": "rgb24"}  # others take yuv420p
_NAMES = ("mutated", "z\udce9", "2024-05-01T12:30:00", "100%", "concat:x", "%03d")
_FRAMES = 30  # at 10 fps: three rounds
# FFmpeg looks at the content of a file, which may name other files or the network.
_PLAYLISTS = (
    b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/video.ts\n#EXT-X-ENDLIST\n",
    b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
    b"ffconcat version 1.0\n" + b"file mutated.avi\n" * 100,
    b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
)


def case(seed: int, number: int) -> Case:
    """A video, and a match played with it."""
    rng = chance("videos", seed, number)
    kind, suffix, data = _video(rng)
    name = f"{rng.choice(_NAMES)}{suffix}"
    return Case(
        name=f"{kind} {suffix}",
        command="play",
        arguments=("--source", name, "--headless", "--no-history", "--best-of", "1"),
        files={name: data},
    )


def _video(rng: random.Random) -> tuple[str, str, bytes]:
    draw = rng.random()
    if draw < 0.1:
        return "playlist", rng.choice((".m3u8", ".avi", ".txt", ".sdp")), rng.choice(_PLAYLISTS)
    if draw < 0.25:
        suffix, data = seed_image(rng)
        return "image", suffix, mutate(data, rng)
    suffix, data = _whole(rng.randrange(len(_FORMS)))
    if draw < 0.3:
        return "whole video", suffix, data
    if draw < 0.4:
        return "spliced video", suffix, splice(data, _whole(rng.randrange(len(_FORMS)))[1], rng)
    return "video", suffix, mutate(data, rng)


@functools.cache
@on_own_thread
def _whole(form: int) -> tuple[str, bytes]:
    """A video of drawn hands."""
    suffix, codec, options = _FORMS[form]
    file = io.BytesIO()
    with av.open(file, "w", format=_CONTAINERS.get(suffix, suffix[1:])) as container:
        stream = container.add_stream(codec, rate=10, options=options)
        stream.width = stream.height = 120
        stream.pix_fmt = _PIXELS.get(codec, "yuv420p")
        for number in range(_FRAMES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(hand(number // 10), "bgr24")))
        container.mux(stream.encode())
    return suffix, file.getvalue()
