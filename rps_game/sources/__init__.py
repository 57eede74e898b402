"""Where frames come from: cameras, streams, videos, images, and an animated player.

`base` says what a frame and a source are; `live` and `recorded` are the two kinds. `open` opens
what ``--source`` names, with `cameras` (and `camera_errors`, where one does not open), `videos`,
which gives frames their times, and `capture`, which wraps OpenCV. `demo` is the animated player.
`pacer` plays recordings at their natural speed.
"""
