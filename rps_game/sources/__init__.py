"""Where frames come from: cameras, streams, videos, images, and an animated player.

`base` says what a frame and a source are; `live` and `recorded` are the two kinds. `open` opens
what ``--source`` names, with `cameras` (`capture` wraps OpenCV, `camera_errors` explains why one
does not open), `video` for video files and streams (`url` says what a stream's address is), and
`images`. `demo` is the animated player. `pacer` plays recordings at their natural speed.
"""
