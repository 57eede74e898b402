/** Runs make_assets.py with the Python of the checkout's environment, or the one in $PYTHON. */

import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {delimiter, join} from "node:path";

const web = join(import.meta.dirname, "..");
const root = join(web, "..");
const candidates = [join(root, ".venv/bin/python"), join(root, ".venv/Scripts/python.exe")];
const python = process.env.PYTHON ?? candidates.find((path) => existsSync(path)) ?? "python3";
const paths = [root, process.env.PYTHONPATH].filter(Boolean).join(delimiter);
const {status, error} = spawnSync(python, [join(web, "make_assets.py")], {
  stdio: "inherit",
  env: {...process.env, PYTHONPATH: paths},
});
if (error || status) {
  console.error(
    `${python} could not make the page's files. It needs Python 3.11 and the game: in the ` +
      "checkout, run: python3 -m venv .venv && .venv/bin/pip install -e . (or name a Python in $PYTHON)",
  );
  process.exit(1);
}
