"""The celebration of a won match, a few seconds long.

`clash` draws the winning hand coming down on the losing one, `confetti` what falls afterwards, and
`scene` puts them on the screen. `motion` asks the system whether its user wants less motion.
"""
