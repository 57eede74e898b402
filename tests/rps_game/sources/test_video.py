"""All kinds of videos: upright, complete, with their times, and only from the named file."""

import io
import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import ClassVar

import av
import numpy as np
import pytest

from rps_game.sources.video import VideoError, open_video
from tests.own_thread import on_own_thread

SIZE = 64, 48


@on_own_thread
def encode(file, codec="mpeg4", frames=10, options=None, container_format=None):
    """A video whose top half is red and whose bottom half is blue."""
    colours = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    colours[: SIZE[1] // 2, :, 0] = colours[SIZE[1] // 2 :, :, 2] = 200
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=10, options=options or {})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(colours, format="rgb24")))
        container.mux(stream.encode())
    return file


def looks_right(image):
    top, bottom = image[4:16].mean((0, 1)), image[-16:-4].mean((0, 1))
    return abs(top - (200, 0, 0)).max() < 40 and abs(bottom - (0, 0, 200)).max() < 40


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "mpeg4", {}),
        ("a.mkv", "libx264", {}),
        ("interlaced.mpg", "mpeg2video", {"flags": "+ildct+ilme", "field_order": "tt"}),
        ("interlaced.mts", "libx264", {"x264-params": "tff=1"}),
        ("av1.mp4", "libsvtav1", {}),
        ("a.webm", "libvpx-vp9", {}),
        ("a.avi", "mjpeg", {"strict": "unofficial"}),
        ("2024-05-01T12:30:00.mp4", "mpeg4", {}),
        ("concat:x.mp4", "mpeg4", {}),
        ("z\udce9.mp4", "mpeg4", {}),
        ("http:", "mpeg4", {}),
    ],
)
def test_what_people_record(tmp_path, name, codec, options):
    if sys.platform == "win32" and ":" in name:
        pytest.skip("Windows has no such names")
    if sys.platform != "linux" and "\udce9" in name:
        pytest.skip("only on Linux need names not be Unicode")
    path = tmp_path / name
    with path.open("wb") as file:
        encode(file, codec, options=options, container_format=None if "." in name else "mp4")
    video = open_video(path)
    frames = list(video.frames())
    video.release()
    assert video.finite
    assert len(frames) == 10
    assert all(looks_right(image) for image, _ in frames)
    assert [time for _, time in frames] == pytest.approx([n / 10 for n in range(10)], abs=0.01)


def test_interlaced_frames_come_from_both_fields(tmp_path):
    """Make sure that the cases above are interlaced, or they would test nothing."""
    path = tmp_path / "interlaced.mpg"
    with path.open("wb") as file:
        encode(file, "mpeg2video", options={"flags": "+ildct+ilme", "field_order": "tt"})
    with av.open(str(path)) as container:
        assert all(frame.interlaced_frame for frame in container.decode(video=0))


RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.mark.parametrize(
    ("matrix", "corners"),  # top left, top right, bottom left, bottom right
    [
        ((1, 0, 0, 0, 1, 0, 0, 0, 1), (RED, RED, BLUE, BLUE)),
        ((0, 1, 0, -1, 0, 0, 0, 0, 1), (BLUE, RED, BLUE, RED)),
        ((-1, 0, 0, 0, -1, 0, 0, 0, 1), (BLUE, BLUE, RED, RED)),
        ((0, -1, 0, 1, 0, 0, 0, 0, 1), (RED, BLUE, RED, BLUE)),
    ],
    ids=["upright", "clockwise", "upside down", "anticlockwise"],
)
def test_the_rotation_of_phone_videos_is_applied(tmp_path, matrix, corners):
    data = bytearray(encode(io.BytesIO(), container_format="mp4").getvalue())
    place = data.index(b"tkhd") + 4 + 40  # the track's transformation matrix
    data[place : place + 36] = b"".join(
        (number * (2**30 if position % 3 == 2 else 2**16)).to_bytes(4, "big", signed=True)
        for position, number in enumerate(matrix)
    )
    path = tmp_path / "phone.mp4"
    path.write_bytes(data)
    video = open_video(path)
    image = video.grab()
    video.release()
    seen = [image[y, x] for y in (3, -3) for x in (3, -3)]
    assert np.abs(np.array(seen, int) - corners).max() < 20


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a video that FFmpeg can decode"),
        (b"hello " * 1000, "not a video that FFmpeg can decode"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "operation not permitted"),
        (b"#EXTM3U\n#EXTINF:9,\nfile:///etc/hostname\n", "not a video that FFmpeg can decode"),
        (None, "no such file or directory"),
    ],
    ids=["empty", "text", "concat", "playlist", "missing"],
)
def test_files_that_are_not_videos(tmp_path, content, reason):
    path = tmp_path / "x.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoError) as caught:
        open_video(path)
    assert str(caught.value) == reason


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), "fltp", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(VideoError, match="it contains no video"):
        open_video(path)


def test_a_cut_video_plays_to_its_last_whole_frame(tmp_path):
    data = encode(io.BytesIO(), "mjpeg", frames=30, container_format="matroska").getvalue()
    path = tmp_path / "cut.mkv"
    path.write_bytes(data[: len(data) * 2 // 3])
    video = open_video(path)
    frames = list(video.frames())
    video.release()
    assert 5 < len(frames) < 30
    assert all(after > before for (_, before), (_, after) in pairwise(frames))


def damaged(data):
    """The video with some damaged bytes in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes(400) + data[middle + 400 :]


def test_damaged_frames_are_skipped(tmp_path):
    """FFmpeg fills their gaps with whatever came before, and says so."""
    rng = np.random.default_rng(0)
    tiles = rng.integers(0, 255, (30, 6, 8, 3), np.uint8).repeat(40, 1).repeat(40, 2)
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.bit_rate = 320, 240, 4_000_000
        for image in tiles:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    path.write_bytes(damaged(path.read_bytes()))
    video = open_video(path)
    found = [image for image, _ in video.frames()]
    video.release()
    assert 15 < len(found) < 30
    differences = [np.abs(tiles - image.astype(int)).mean((1, 2, 3)).min() for image in found]
    assert max(differences) < 20


def test_fields_of_different_moments_are_separated(tmp_path):
    """A bar that moves between the two fields must not look like a comb."""
    path = tmp_path / "a.mpg"
    options = {"flags": "+ildct+ilme", "field_order": "tt"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg2video", rate=25, options=options)
        stream.width, stream.height, stream.bit_rate = 160, 96, 8_000_000
        for number in range(10):
            image = np.full((96, 160, 3), 40, np.uint8)
            for field in (0, 1):
                left = 10 + 12 * number + 6 * field
                image[field::2, left : left + 12] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    with av.open(str(path)) as container:
        woven = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    video = open_video(path)
    whole = [image for image, _ in video.frames()]
    video.release()

    def comb(image):
        return np.abs(np.diff(image[..., 1].astype(int), axis=0)).mean()

    assert len(whole) == len(woven) == 10
    assert all(comb(after) < comb(before) / 3 for before, after in zip(woven, whole, strict=True))


def test_interlaced_frames_of_other_sizes_may_follow(tmp_path):
    path = tmp_path / "a.mpg"
    sizes = [(64, 48), (96, 64)]
    for width, height in sizes:
        options = {"flags": "+ildct+ilme", "field_order": "tt"}
        with path.open("ab") as file, av.open(file, "w", format="mpeg2video") as container:
            stream = container.add_stream("mpeg2video", rate=25, options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            image = np.full((height, width, 3), 90, np.uint8)
            for _ in range(5):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(stream.encode())
    video = open_video(path)
    found = [image for image, _ in video.frames()]
    video.release()
    # The decoder itself drops the last frame before the change.
    assert [image.shape[1::-1] for image in found] == [sizes[0]] * 4 + [sizes[1]] * 5
    assert all(abs(image.mean() - 90) < 10 for image in found)


@pytest.mark.parametrize(
    ("suffix", "codec", "tag", "named"),
    [
        ("avi", "mpeg4", b"FMP4", " (ZZZZ)"),
        ("mp4", "libx264", b"avc1", " (ZZZZ)"),
        ("mkv", "libvpx", b"V_VP8", ""),
    ],
)
def test_codecs_without_a_decoder_are_named(tmp_path, suffix, codec, tag, named):
    path = tmp_path / f"a.{suffix}"
    with path.open("wb") as file:
        encode(file, codec, container_format={"mkv": "matroska"}.get(suffix, suffix))
    data = path.read_bytes()
    assert tag in data
    path.write_bytes(data.replace(tag, b"V_ZZ8" if suffix == "mkv" else b"ZZZZ"))
    with pytest.raises(VideoError) as caught:
        open_video(path)
    assert str(caught.value) == f"this FFmpeg has no decoder for its codec{named}"


@pytest.fixture
def server():
    """Serves its ``files``, and records the requests."""

    class Files(BaseHTTPRequestHandler):
        files: ClassVar[dict[str, bytes]] = {}
        asked: ClassVar[list[str]] = []

        def do_GET(self):
            self.asked.append(self.path)
            data = self.files[self.path]
            self.send_response(200)
            if self.path == "/camera":
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
            if "unsized" not in self.path:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(data)

        def log_message(self, *words):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    Files.url = f"http://127.0.0.1:{http.server_port}"
    yield Files
    http.shutdown()
    http.server_close()


def unending():
    """A video like the WebM files that browsers record: its header states no length."""

    class Unseekable(io.BytesIO):
        def seekable(self):
            return False

        seek = None

    return encode(Unseekable(), "libvpx", frames=20, container_format="webm").getvalue()


def test_a_file_without_a_length_is_finite_by_http_too(server):
    server.files["/clip.webm"] = unending()
    video = open_video(f"{server.url}/clip.webm")
    frames = list(video.frames())
    video.release()
    assert video.finite
    assert len(frames) == 20
    assert server.asked == ["/clip.webm"]


@pytest.mark.parametrize(("codec", "pixels"), [("gif", "rgb8"), ("apng", "rgb24")])
def test_animations_are_finite_even_if_the_server_states_no_length(server, codec, pixels):
    file = io.BytesIO()
    with av.open(file, "w", format=codec) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        for shade in range(10):
            image = np.full((SIZE[1], SIZE[0], 3), 20 * shade, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode())
    server.files["/unsized"] = file.getvalue()
    video = open_video(f"{server.url}/unsized")
    assert video.finite
    assert len(list(video.frames())) == 10
    video.release()


@pytest.mark.parametrize("finite", [True, False])
def test_playlists_have_a_size_but_perhaps_no_end(server, finite):
    server.files["/1.ts"] = encode(io.BytesIO(), container_format="mpegts").getvalue()
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1.0,", "1.ts"]
    lines += ["#EXT-X-ENDLIST"] * finite
    server.files["/live.m3u8"] = "\n".join(lines).encode()
    video = open_video(f"{server.url}/live.m3u8")
    assert looks_right(video.grab())
    video.release()
    assert video.finite is finite


def test_cameras_that_invent_a_length_are_live(server):
    jpeg = encode(io.BytesIO(), "mjpeg", 1, {"strict": "unofficial"}, "mjpeg").getvalue()
    head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    server.files["/camera"] = (head.encode() + jpeg + b"\r\n") * 5
    video = open_video(f"{server.url}/camera")
    assert not video.finite
    assert looks_right(video.grab())
    video.release()


def test_servers_that_do_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(VideoError, match="no answer within 0.2 s"):
            open_video(url, timeout=0.2)


def test_rtsp_prefers_a_transport_that_loses_nothing():
    """A camera that describes a stream, and records which transport is requested."""
    asked = []

    class Camera(StreamRequestHandler):
        def handle(self):
            while line := self.rfile.readline().decode():
                method, sequence = line.split()[0], "0"
                while (header := self.rfile.readline().decode().strip()) != "":
                    if header.startswith("CSeq"):
                        sequence = header.split()[1]
                    if header.startswith("Transport"):
                        asked.append(header)
                if method == "SETUP":
                    return
                body = "v=0\r\nm=video 0 RTP/AVP 26\r\na=control:1\r\n" * (method == "DESCRIBE")
                reply = f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\nContent-Length: {len(body)}\r\n"
                kind = "Content-Type: application/sdp\r\n" if body else ""
                self.wfile.write(f"{reply}{kind}\r\n{body}".encode())

    with ThreadingTCPServer(("127.0.0.1", 0), Camera) as camera:
        threading.Thread(target=camera.serve_forever, daemon=True).start()
        with pytest.raises(VideoError):
            open_video(f"rtsp://127.0.0.1:{camera.server_address[1]}/live", timeout=60)
        camera.shutdown()
    assert asked
    assert "RTP/AVP/TCP" in asked[0]
