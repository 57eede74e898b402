"""Which models are packed into the wheel."""

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("hatchling")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def models(tmp_path, make_pair):
    """A folder with a model of two networks, in float32 and in 8 bits."""
    for suffix in ("", "-int8"):
        pair = make_pair(finder=f"rps-finder{suffix}.onnx")
        (tmp_path / f"rps{suffix}.onnx").write_bytes(pair.read_bytes())
        finder = pair.with_name("tiny-finder.onnx").read_bytes()
        (tmp_path / f"rps-finder{suffix}.onnx").write_bytes(finder)
    return tmp_path


def included(hook, root, version="standard"):
    build_data = {"force_include": {}}
    one = hook.ModelsHook(str(root), {}, None, None, str(root), "wheel")
    one.initialize(version, build_data)
    return build_data["force_include"]


def test_only_the_8_bit_files_are_packed(hook, models, tiny_model):
    names = [path.name for path in hook.shipped_models(models)]
    assert names == ["rps-int8.onnx", "rps-finder-int8.onnx"]
    # Of a model with one network, that file alone, whatever else is in the folder.
    (models / "rps-int8.onnx").write_bytes(tiny_model.read_bytes())
    assert [path.name for path in hook.shipped_models(models)] == ["rps-int8.onnx"]


@pytest.mark.parametrize("missing", ["rps-int8.onnx", "rps-finder-int8.onnx"])
def test_no_wheel_without_a_complete_model(hook, models, missing):
    (models / missing).unlink()
    with pytest.raises(FileNotFoundError, match=f"models/{missing} is missing"):
        hook.shipped_models(models)


def test_a_wheel_has_the_models_in_its_package_and_an_editable_install_none(hook):
    files = included(hook, ROOT)
    assert files[str(ROOT / "models" / "rps-int8.onnx")] == "rps_game/models/rps-int8.onnx"
    assert not any("int8" not in name for name in files.values())
    assert not included(hook, ROOT, "editable")
