"""Reference vectors: what other implementations are held to (docs/other-languages.md).

`make` writes them from Python. `test_python` holds Python to them, and `test_port` an independent
implementation without OpenCV (`port`), which follows docs/other-languages.md and nothing else.
"""
