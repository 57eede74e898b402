"""The sounds of a match: which one is due, its samples, their mix, and the device that plays them.

`cues` knows when a sound is due, `synthesis` makes the samples, `mixer` adds them up, `speaker`
plays the mix, and `announcer` connects them to a match.

The package re-exports nothing: without a window none of it is imported.
"""
