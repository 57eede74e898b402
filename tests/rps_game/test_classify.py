import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from rps_game import Classifier, Prediction, __version__
from rps_game.classify import classify_files, main

COLOURS = {"rock": (0, 0, 255), "paper": (0, 255, 0), "scissors": (255, 0, 0), "none": (0, 0, 0)}
NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder with an image of every gesture, in BGR as OpenCV writes them."""
    folder = tmp_path / "images"
    (folder / "more").mkdir(parents=True)
    for name, colour in COLOURS.items():
        place = folder / "more" if name == "none" else folder
        cv2.imwrite(str(place / f"{name}.png"), np.full((9, 9, 3), colour, np.uint8))
    return folder


@pytest.fixture
def mixed(images: Path) -> Path:
    """The same folder with a text file, an empty file and truncated images added."""
    (images / "notes.txt").write_text("rock beats scissors\n")
    (images / "empty.jpg").touch()
    for suffix in (".jpg", ".png"):
        data = cv2.imencode(suffix, NOISE)[1].tobytes()
        (images / f"cut{suffix}").write_bytes(data[:-20])
    return images


def run(*arguments: object, model: Path | None = None, stdin: str = "") -> Result:
    options = ["--model", model] if model else []
    return CliRunner().invoke(main, [str(a) for a in (*arguments, *options)], input=stdin)


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "rps_game.classify", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_one_line_per_file(images: Path, tiny_model: Path) -> None:
    result = run(images, model=tiny_model)
    assert result.exit_code == 0
    assert result.stderr == ""
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [(Path(path).stem, gesture) for path, gesture, _ in rows] == [
        (name, name) for name in ("paper", "rock", "scissors", "none")
    ]
    assert all(0.9 < float(confidence) <= 1 for *_, confidence in rows)


def test_json(images: Path, tiny_model: Path) -> None:
    result = run("--json", images / "rock.png", images / "lizard.png", model=tiny_model)
    assert result.exit_code == 1
    assert result.stderr == ""
    rock, missing = map(json.loads, result.stdout.splitlines())
    assert set(rock) == {"path", "gesture", "confidence", "probabilities", "box"}
    assert rock["box"] is None, "this model does not find hands"
    assert rock["path"] == str(images / "rock.png")
    assert rock["gesture"] == "rock"
    assert list(rock["probabilities"]) == ["rock", "paper", "scissors", "none"]
    assert rock["confidence"] == rock["probabilities"]["rock"]
    assert missing == {
        "path": str(images / "lizard.png"),
        "error": "no such file or directory",
    }


def test_json_says_where_the_hand_is(tmp_path: Path, make_pair: Callable[..., Path]) -> None:
    model = make_pair(sizes=(40, 64))
    image = np.zeros((1500, 2000, 3), np.uint8)
    image[400:900, 1200:1600] = COLOURS["paper"]
    cv2.imwrite(str(tmp_path / "large.png"), image)
    cv2.imwrite(str(tmp_path / "small.png"), image[::8, ::8])
    (tmp_path / "notes.png").write_text("no image")
    result = run("--json", tmp_path, "--batch-size", 2, model=model)
    large, notes, small = map(json.loads, result.stdout.splitlines())
    assert large["box"] == pytest.approx([1200, 400, 400, 500], abs=9)
    assert small["box"] == pytest.approx([150, 50, 50, 62], abs=2)
    assert large["gesture"] == small["gesture"] == "paper"
    assert "box" not in notes
    # One image gives the same result by all ways.
    prediction = Classifier(model).classify_file(tmp_path / "large.png")
    assert prediction.box is not None
    assert list(prediction.box) == large["box"]
    with (tmp_path / "large.png").open("rb") as piped:
        line = command("--stdin-image", "--json", "--model", model, stdin=piped).stdout
    assert json.loads(line)["box"] == large["box"]


def test_a_finder_named_as_the_model_is_one_line(images: Path, tiny_pair: Path) -> None:
    finder = tiny_pair.with_name("tiny-finder.onnx")
    result = run(images, model=finder)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {finder} only finds hands, as a part of another model: name {tiny_pair} instead\n"
    )


def test_bad_files_are_reported_and_the_others_classified(mixed: Path, tiny_model: Path) -> None:
    # As a command, because only then libpng and libjpeg could print past Python.
    result = command(mixed, "--model", tiny_model)
    assert result.returncode == 1
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == [
        "paper",
        "rock",
        "scissors",
        "none",
    ]
    assert result.stderr.splitlines() == [
        f"{mixed / 'cut.jpg'}: damaged or cut short",
        f"{mixed / 'cut.png'}: damaged or cut short",
        f"{mixed / 'empty.jpg'}: an empty file",
        "skipped 1 file that is not an image",
    ]
    named = run(mixed / "notes.txt", model=tiny_model)
    assert named.stderr == f"{mixed / 'notes.txt'}: not an image that OpenCV reads\n"
    assert named.exit_code == 1


def test_csv(images: Path, tiny_model: Path) -> None:
    awkward = images / 'two, "lines"\n.png'
    (images / "paper.png").rename(awkward)
    result = run("--csv", images / "rock.png", awkward, "missing.png", model=tiny_model)
    assert result.exit_code == 1
    assert result.stderr == ""
    rock, paper, missing = csv.DictReader(io.StringIO(result.stdout, newline=""))
    labels = ["rock", "paper", "scissors", "none"]
    assert list(rock) == ["path", "gesture", "confidence", *labels, "error"]
    assert (rock["path"], rock["gesture"]) == (str(images / "rock.png"), "rock")
    assert rock["confidence"] == rock["rock"]
    assert sum(float(rock[label]) for label in labels) == pytest.approx(1, abs=1e-5)
    assert (paper["path"], paper["gesture"], paper["error"]) == (str(awkward), "paper", "")
    assert missing == dict.fromkeys(rock, "") | {
        "path": "missing.png",
        "error": "no such file or directory",
    }


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",)])
def test_gestures_below_the_threshold_are_unsure(
    form: tuple[str, ...], images: Path, tiny_model: Path
) -> None:
    cv2.imwrite(str(images / "dark.png"), np.full((9, 9, 3), (0, 0, 61), np.uint8))
    paths = images / "dark.png", images / "paper.png"  # rock at 0.52, paper at 1.00
    assert "unsure" not in run(*paths, *form, "--threshold", 0.5, model=tiny_model).stdout
    result = run(*paths, *form, "--threshold", 0.6, model=tiny_model)
    assert result.exit_code == 0
    assert [line.count("unsure") for line in result.stdout.splitlines()][-2:] == [1, 0]


def test_a_piped_image_is_classified(images: Path, tiny_model: Path) -> None:
    for name in ("rock", "paper"):
        with (images / f"{name}.png").open("rb") as image:
            result = command("--stdin-image", "--json", "--model", tiny_model, stdin=image)
        assert result.returncode == 0
        line = json.loads(result.stdout)
        assert (line["path"], line["gesture"]) == ("-", name)
    bad = run("--stdin-image", model=tiny_model, stdin="rock.png")
    assert (bad.exit_code, bad.stderr) == (1, "-: not an image that OpenCV reads\n")
    empty = run("--stdin-image", model=tiny_model)
    assert (empty.exit_code, empty.stderr) == (1, "-: an empty file\n")


def test_paths_are_printed_as_they_were_given(
    images: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(images)
    given = ["./rock.png", "more//none.png", "more/../paper.png", "https://x/y.png", "./more//"]
    result = run("--json", *given, model=tiny_model)
    assert [json.loads(line)["path"] for line in result.stdout.splitlines()] == [
        *given[:4],
        "./more//none.png",
    ]


def test_an_empty_path_is_an_error(
    images: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(images)
    result = run("", "rock.png", model=tiny_model)
    assert result.exit_code == 1
    assert result.stderr == "the path is empty\n"
    assert result.stdout.startswith("rock.png\trock\t")
    assert len(result.stdout.splitlines()) == 1


def test_a_file_that_is_missing_is_not_wrong_usage(tiny_model: Path) -> None:
    result = run("missing.png", model=tiny_model)
    assert (result.exit_code, result.stdout) == (1, "")
    help_text = " ".join(run("--help").stdout.split())
    assert "the exit status is then 1, even if no file could be read" in help_text


def test_guesses_are_warnings(images: Path, tiny_model: Path) -> None:
    path = images / "deep.png"
    cv2.imwrite(str(path), np.full((9, 9, 3), (0, 0, 4095), np.uint16))
    result = run(path, model=tiny_model)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{path}\trock\t")
    assert result.stderr == (
        f"Warning: {path}: its 16-bit values use only 12 bits and are scaled accordingly\n"
    )
    in_json = run(path, "--json", model=tiny_model)
    assert in_json.stderr == ""
    assert "12 bits" in json.loads(in_json.stdout)["warning"]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX file names")
def test_names_that_are_not_utf8_do_not_end_the_command(images: Path, tiny_model: Path) -> None:
    # Any OpenCV function that takes a path crashes on them.
    for name, data in ((b"z\xe9.txt", b"text"), (b"z\xe9.jpg", b"text"), (b"\xe9.png", b"")):
        (images / os.fsdecode(name)).write_bytes(data)
    result = command(images, "--model", tiny_model)
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == 4
    assert len(result.stderr.splitlines()) == 3
    assert "skipped 1 file" in result.stderr


@pytest.mark.parametrize("count", [1, 3])
def test_a_folder_without_images_is_named(count: int, tmp_path: Path, tiny_model: Path) -> None:
    for number in range(count):
        (tmp_path / f"{number}.txt").write_text("text")
    result = run(tmp_path, model=tiny_model)
    assert result.exit_code == 1
    first, last = result.stderr.splitlines()
    assert first == f"{tmp_path}: no images in this folder"
    kind = "file that is not an image" if count == 1 else "files that are not images"
    assert last == f"skipped {count} {kind}"


def test_files_in_folders_come_in_natural_order(images: Path, tiny_model: Path) -> None:
    for number in (10, 9, 100):
        (images / f"f{number}.png").write_bytes((images / "rock.png").read_bytes())
    result = run(images, model=tiny_model)
    names = [Path(line.split("\t")[0]).name for line in result.stdout.splitlines()]
    assert names[:3] == ["f9.png", "f10.png", "f100.png"]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 4096])
def test_order_does_not_depend_on_the_batch_size(
    mixed: Path, tiny_model: Path, batch_size: int
) -> None:
    result = run(mixed, "--json", "--batch-size", batch_size, model=tiny_model)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    names = "cut.jpg cut.png empty.jpg paper.png rock.png scissors.png none.png"
    assert [Path(row["path"]).name for row in rows] == names.split()
    assert all(Path(row["path"]).stem == row["gesture"] for row in rows if "gesture" in row)


def test_paths_from_standard_input(images: Path, tiny_model: Path) -> None:
    lines = f"{images / 'rock.png'}\r\n\n{images / 'more'}"
    result = run(images / "paper.png", "-", model=tiny_model, stdin=lines)
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["paper", "rock", "none"]
    assert result.exit_code == 0


def encoded(images: Path, encoding: str) -> bytes:
    return f"\ufeff{images / 'rock.png'}\r\n{images / 'paper.png'}\r\n".encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_paths_as_windows_writes_them(images: Path, tiny_model: Path, encoding: str) -> None:
    result = CliRunner().invoke(
        main, ["-", "--model", str(tiny_model)], input=encoded(images, encoding)
    )
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["rock", "paper"]
    assert result.exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX file names")
@pytest.mark.parametrize("option", ["-0", "--null"])
def test_paths_from_find(option: str, images: Path, tiny_model: Path) -> None:
    (images / "rock.png").rename(images / "two\nlines.png")
    find = ["find", str(images), "-name", "*.png", "-print0"]
    paths = subprocess.run(find, capture_output=True, check=True).stdout
    result = CliRunner().invoke(main, ["-", option, "--model", str(tiny_model)], input=paths)
    assert sorted(line.split("\t")[1] for line in result.stdout.splitlines()) == sorted(COLOURS)
    assert "two\\nlines.png\trock" in result.stdout
    forgotten = CliRunner().invoke(main, ["-", "--model", str(tiny_model)], input=paths)
    assert forgotten.exit_code == 2
    assert "null characters: use --null" in forgotten.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_closed_input_is_one_line(tiny_model: Path) -> None:
    line = f"{sys.executable} -m rps_game.classify - --model {tiny_model} <&-"
    result = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert result.stderr == "Error: standard input is closed: there are no paths to read\n"
    assert result.returncode == 2


def test_results_stream_and_reading_ahead_is_limited(
    images: Path, tiny_model: Path, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    drawn = []

    def endless() -> Iterator[str]:
        while True:
            drawn.append(1)
            yield str(images / "rock.png")

    with closing(classify_files(Classifier(tiny_model), endless(), batch_size=3)) as results:
        for _ in range(4):
            next(results)
        wait_until(lambda: len(drawn) >= 2 * 3 + 32)
        time.sleep(0.2)  # in which the threads would continue if nothing stopped them
        assert len(drawn) == 2 * 3 + 32


def test_files_are_classified_on_all_processors(
    images: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=10)

    class Busy(Classifier):
        def classify(self, image: object, *, bgr: bool = False) -> Prediction:
            both.wait()  # for the other thread
            return super().classify(image, bgr=bgr)

    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 1}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    paths = [str(images / "paper.png"), str(images / "rock.png")] * 2
    results = list(classify_files(Busy(tiny_model), paths, batch_size=1))
    assert [Path(result.path).stem for result in results] == ["paper", "rock"] * 2


def test_an_empty_folder_is_named(tmp_path: Path, tiny_model: Path) -> None:
    result = run(tmp_path, model=tiny_model)
    assert result.exit_code == 1
    assert result.stderr == f"{tmp_path}: no files in this folder\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'PATH...'"),
        (["x", "--batch-size", "0"], "--batch-size"),
        (["x", "--threads", "none"], "--threads"),
        (["x", "--lizard"], "No such option"),
        (["x", "--csv", "--json"], "--json and --csv cannot be combined"),
        (["x", "--threshold", "2"], "--threshold"),
        (["x", "--stdin-image"], "omit PATH"),
        (["x", "--model", ""], "the path of the model is empty"),
        (["x", "--model", "nowhere.onnx"], "cannot read the model nowhere.onnx"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_version_and_help_load_nothing_heavy() -> None:
    assert command("--version").stdout == f"rps-classify, version {__version__}\n"
    code = (
        "import sys\nfrom rps_game.classify import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "assert not {'cv2', 'numpy', 'onnxruntime', 'rich'} & set(sys.modules)"
    )
    line = [sys.executable, "-c", code]
    result = subprocess.run(line, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    assert "rock, paper, scissors or none" in result.stdout


def test_a_missing_system_library_is_explained(tmp_path: Path) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open')")
    result = command("x", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert result.returncode == 2
    assert "libGL.so.1: cannot open" in result.stderr
    assert "apt install libgl1" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_huge_images_are_refused_before_they_fill_the_memory(
    tmp_path: Path, tiny_model: Path
) -> None:
    data = bytearray(cv2.imencode(".jpg", NOISE)[1].tobytes())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xf0\x00\xf0\x00"  # 61440 x 61440
    (tmp_path / "bomb.jpg").write_bytes(data)
    result = command(tmp_path / "bomb.jpg", "--model", tiny_model)
    assert result.returncode == 1
    assert "bomb.jpg: too many pixels" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and file names")
def test_awkward_names_and_readers(images: Path, tiny_model: Path) -> None:
    awkward = os.fsencode(images) + b"/a\xff\n\x1b[31m.png"
    (images / "rock.png").rename(os.fsdecode(awkward))
    result = command(images, "--model", tiny_model)
    assert result.returncode == 0
    assert result.stdout.splitlines()[0].startswith(f"{images}/a\\udcff\\n\\x1b[31m.png\trock")

    plain = command(images / "é.png", "--model", tiny_model, env={"PYTHONIOENCODING": "ascii"})
    assert plain.stderr == f"{images}/\\xe9.png: no such file or directory\n"

    head = f"{sys.executable} -m rps_game.classify --batch-size 1 --model {tiny_model} - | head -1"
    lines = f"{images / 'paper.png'}\n" * 5000
    piped = subprocess.run(
        head, shell=True, input=lines, capture_output=True, text=True, check=False
    )
    assert len(piped.stdout.splitlines()) == 1
    assert piped.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_interrupt_is_one_line(images: Path, tiny_model: Path) -> None:
    line = [sys.executable, "-m", "rps_game.classify", "-", "--model", str(tiny_model)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*line, "--batch-size", "1"], stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{images / 'rock.png'}\n")
        process.stdin.flush()
        assert process.stdout.readline().split("\t")[1] == "rock"
        process.send_signal(signal.SIGINT)
        errors = process.communicate()[1]
    assert process.returncode == 130
    assert errors == "Interrupted.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_interrupt_in_the_middle_of_work_ends_all_threads(images: Path, tiny_model: Path) -> None:
    # Python aborts if it ends while a thread is in OpenCV.
    line = [sys.executable, "-m", "rps_game.classify", "-", "--model", str(tiny_model)]
    cv2.imwrite(str(images / "big.png"), cv2.resize(NOISE, (1500, 1500)))
    paths = f"{images / 'big.png'}\n" * 500
    with subprocess.Popen(
        [*line, "--batch-size", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(paths)
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "Interrupted.\n"
    assert len(output.splitlines()) < 499


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_closed_output_is_one_line(images: Path, tiny_model: Path) -> None:
    line = f"{sys.executable} -m rps_game.classify {images} --model {tiny_model} >&-"
    result = subprocess.run(line, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines() == [
        "Error: standard output is closed: there is nowhere to write results"
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_stderr_does_not_change_the_status(images: Path, tiny_model: Path) -> None:
    line = f"{sys.executable} -m rps_game.classify missing.png {images / 'rock.png'} "
    line += f"--model {tiny_model} 2>/dev/full"
    result = subprocess.run(line, shell=True, stdout=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout.split("\t")[1] == "rock"


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_table_on_a_terminal(mixed: Path, tiny_model: Path) -> None:
    import pty

    leader, follower = pty.openpty()
    line = [sys.executable, "-m", "rps_game.classify", str(mixed), "--model", str(tiny_model)]
    with subprocess.Popen(line, stdout=follower, stderr=subprocess.PIPE, text=True) as process:
        os.close(follower)
        shown = b""
        try:
            while block := os.read(leader, 4096):
                shown += block
        except OSError:  # how a closed pseudo-terminal ends on Linux
            pass
        errors = process.communicate()[1]
    os.close(leader)
    rows = shown.decode().splitlines()
    assert "gesture   confidence  file" in rows[0]
    assert [row.split()[0] for row in rows[1:]] == ["paper", "rock", "scissors", "none"]
    assert len(errors.splitlines()) == 4
