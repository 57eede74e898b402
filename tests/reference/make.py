"""Writes the reference vectors: `python -m tests.reference.make`.

After a change of the models alone, `python -m tests.reference.make --answers` writes just what they
answer. Images that exist are kept: other systems would draw them differently in the last bit.
"""

import argparse

from tests.reference import answers, images, matches, networks, preprocessing, tracks
from tests.reference.files import FOLDER, write_image, write_json


def main() -> None:
    """Write the files, and print how large they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference.make", description=__doc__)
    parser.add_argument("--answers", action="store_true", help="only the answers of the models")
    if not parser.parse_args().answers:
        _make_all_but_answers()
    for old in (FOLDER / "answers").glob("*.json"):
        old.unlink()
    for model in answers.models():
        answers.write(model)
    sizes = [path.stat().st_size for path in FOLDER.rglob("*") if path.suffix in _SUFFIXES]
    print(f"{len(sizes)} files, {sum(sizes) / 1e6:.2f} MB, in {FOLDER}")


_SUFFIXES = (".json", ".onnx", ".png")


def _make_all_but_answers() -> None:
    images.draw_missing()
    content, views = preprocessing.compute()
    for old in (FOLDER / "views").glob("*.png"):
        old.unlink()
    for path, view in views.items():
        write_image(path, view)
    write_json("preprocessing.json", content)
    write_json("networks.json", networks.compute())
    write_json("tracking.json", tracks.compute())
    write_json("rules.json", matches.compute())
    answers.write_tiny()


if __name__ == "__main__":
    main()
