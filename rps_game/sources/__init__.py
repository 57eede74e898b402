"""Sources of frames: cameras, streams, videos, images, and an animated player.

`base` defines frames and sources; `live` and `recorded` are the two kinds of source. `open` opens
what ``--source`` names: `cameras` (`capture` wraps OpenCV, `camera_errors` explains failures),
`video` files and streams (`url` handles addresses), and `images`. `demo` is the animated player.
`pacer` plays recordings at their natural speed.
"""
