"""The dependency rules of both packages, read from their imports (docs/architecture.md)."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Bottom to top: a part may import those on the lines above its own.
LAYERS = {
    "rps_game": """
        arrays json_text toml_text
        gestures blending
        recognition match hands calibration
        sources sound ui
        game collection
        cli
        distributed
        play classify collect batch
        entry_points
        __init__ __main__
    """,
    "training": """
        console
        recipes
        data models
        augmentation
        fitting
        evaluation
        exporting reporting
        train evaluate export compare crossvalidate lr_finder samples aims ablation find_landmarks
        __init__
    """,
}


def imports(package: str) -> Iterator[tuple[Path, str, str]]:
    """Every import of the package's own modules: file, its part, the part that it imports."""
    for file in sorted((ROOT / package).rglob("*.py")):
        part = file.relative_to(ROOT / package).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: imports are absolute"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                head, _, rest = name.partition(".")
                if head == package and rest != "__version__":
                    yield file, part, rest.split(".")[0]


@pytest.mark.parametrize("package", LAYERS)
def test_imports_point_downwards(package):
    layers = [line.split() for line in LAYERS[package].split("\n") if line.strip()]
    level = {part: number for number, line in enumerate(layers) for part in line}
    wrong = [
        f"{file.relative_to(ROOT)} imports {package}.{imported}"
        for file, part, imported in imports(package)
        if part != imported and level[imported] >= level[part]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_game_does_not_know_training():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "rps_game").rglob("*.py"))
    assert "import training" not in text
    assert "from training" not in text
    assert "import tensorflow" not in text
    assert "from tensorflow" not in text


def test_frames_do_not_know_the_rules():
    source = (ROOT / "rps_game" / "sources" / "base.py").read_text(encoding="utf-8")
    assert "rps_game.match" not in source


@pytest.mark.parametrize("package", LAYERS)
def test_no_module_imports_itself_in_a_circle(package):
    graph = graphlib.TopologicalSorter()
    for file in (ROOT / package).rglob("*.py"):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and file.stem != "__init__":
                for alias in node.names:
                    longer = f"{node.module}.{alias.name}"
                    graph.add(name, longer if is_module(longer) else node.module)
    graph.prepare()  # raises CycleError with the modules of a circle


@pytest.mark.parametrize("package", LAYERS)
def test_a_listing_fits_on_a_screen(package):
    for folder in (ROOT / package).rglob("*/"):
        assert len(list(folder.glob("*.py"))) <= 15, folder
    for file in (ROOT / package).rglob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 300, file


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()
