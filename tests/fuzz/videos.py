"""Videos, animated images and playlists for ``rps-play --source``."""

import functools
import random
import tempfile
from pathlib import Path

import cv2

from tests.fuzz.cases import Case, chance
from tests.fuzz.mutations import mutate, splice
from tests.fuzz.seeds import hand, seed_image

_FORMS = ((".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "mp4v"), (".webm", "VP80"), (".avi", "XVID"))
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
    name = f"mutated{suffix}"
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
def _whole(form: int) -> tuple[str, bytes]:
    """A video of drawn hands."""
    suffix, codec = _FORMS[form]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"video{suffix}")
        fourcc = cv2.VideoWriter.fourcc(*codec)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, 10.0, (120, 120))
        for number in range(_FRAMES):
            writer.write(hand(number // 10))
        writer.release()
        return suffix, path.read_bytes()
