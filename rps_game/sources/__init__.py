"""Where frames come from: cameras, streams, films, pictures, and a drawn player.

`frames` is what a frame and a source are, live or recorded. `opening` opens what ``--source``
names, with `cameras` (and `camera_help`, where one does not open) and `capture`, which hides
OpenCV's ways. `demo` is the drawn player. Which part of a frame is looked at: regions.py.
"""
