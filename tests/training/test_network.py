"""On local data training touches no network, and writes no files but those in SECURITY.md."""

import os
import re
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("tensorflow_datasets")

CACHES = (".keras", ".cache/matplotlib", ".config/matplotlib")


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_training_on_local_data_sends_nothing(small_tfds, module_command, tmp_path):
    home, trace = tmp_path / "home", tmp_path / "trace"
    home.mkdir()
    hidden = re.compile("CI|GITHUB_ACTIONS|ORT_DISABLE_TELEMETRY|XDG_.*|MPLCONFIGDIR|KERAS_HOME")
    known = module_command["env"] | {"HOME": str(home)}
    words = ("article-cnn", "--data-dir", small_tfds, "--out", tmp_path / "run", "--epochs", 1)
    strace = ("strace", "-f", "-qq", "-e", "trace=socket,bind,connect,sendto,sendmsg", "-o", trace)
    line = (*strace, sys.executable, "-m", "training.train", *words, "--set", "image_size=16")
    done = subprocess.run(
        [str(word) for word in line],
        env={name: value for name, value in known.items() if not hidden.fullmatch(name)},
        cwd=module_command["cwd"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    network = [line for line in trace.read_text().splitlines() if "AF_INET" in line]
    # urllib3 tries whether there is IPv6: a socket at this machine's own address, and no more.
    others = [line for line in network if "socket(AF_INET6" not in line and '"::1"' not in line]
    assert others == []
    written = {os.fspath(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}
    assert {path for path in written if not path.startswith(CACHES)} == set()
