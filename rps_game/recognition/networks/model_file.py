"""Opens a model file, or says in one line why that is impossible."""

from pathlib import Path

import onnxruntime as ort

from rps_game.recognition.files import FileError, is_file, is_folder, read_file
from rps_game.recognition.networks.model_refusals import other_format, too_new, unknown_operator
from rps_game.recognition.networks.onnx_guard import unsafe_reason

_MAX_BYTES = 256 * 1024 * 1024  # thirty times the shipped model


class ModelError(ValueError):
    """A model file that cannot be used; the message says why and what to do, in one line."""


def open_session(path: Path, threads: int, spinning: bool) -> ort.InferenceSession:
    """Load a model with any signature.

    Args:
        path: The file.
        threads: Processor threads for one prediction.
        spinning: Whether waiting threads keep their processors busy.

    Raises:
        ModelError: If the file cannot be read, is unsafe, or is not a model that onnxruntime loads.
    """
    if is_folder(path):
        saved = is_file(path / "saved_model.pb")
        kind = "a TensorFlow SavedModel" if saved else "a folder"
        raise ModelError(f"{path} is {kind}: name the .onnx file itself")
    try:
        model = read_file(path, _MAX_BYTES)
    except FileError as error:
        raise ModelError(f"cannot read the model {path}: {error}") from error
    try:
        unsafe = unsafe_reason(model)
    except ValueError as error:
        raise _refusal(path, model) from error
    if unsafe:
        raise unsuitable(path, unsafe)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
    # The only format that has been checked for safety.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    options.log_severity_level = 4  # failures are raised; the log would only repeat them
    try:
        return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no narrower base class
        raise _refusal(path, model, str(error)) from error


def unsuitable(path: Path, reason: str) -> ModelError:
    """The error for a model that does not fit this game.

    Examples:
        >>> print(unsuitable(Path("hand.onnx"), "it has no labels"))
        hand.onnx is not a model for this game (it has no labels): make one with python -m ...
    """
    return ModelError(
        f"{path} is not a model for this game ({reason}): make one with python -m training.export"
    )


def _refusal(path: Path, model: bytes, error: str = "") -> ModelError:
    """The error for a file that onnxruntime does not load."""
    reason = too_new(error)
    if reason:
        return ModelError(
            f"{path} is too new for onnxruntime {ort.__version__} ({reason}): "
            "update onnxruntime, or export the model for an older version"
        )
    operator = unknown_operator(error)
    if operator:
        return unsuitable(path, f"onnxruntime {ort.__version__} has no operator {operator}")
    kind = other_format(model, path.name)
    if kind:
        return ModelError(f"{path} is not an ONNX model but {kind}")
    return ModelError(
        f"{path} is not an ONNX model that onnxruntime {ort.__version__} can load, or damaged: "
        "fetch it again, or make one with python -m training.export"
    )
