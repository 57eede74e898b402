/** Runs make_assets.py. */

import {spawnSync} from "node:child_process";
import {join} from "node:path";

import {python, pythonPath} from "./python.js";

const script = join(import.meta.dirname, "../make_assets.py");
const {status} = spawnSync(python, [script], {stdio: "inherit", env: pythonPath});
if (status !== 0) {
  console.error(
    `${python} could not make the page's files. It needs Python 3.11 and the game: in the checkout, ` +
      "run: python3 -m venv .venv && .venv/bin/pip install -e . (or name a Python in $PYTHON)",
  );
  process.exit(1);
}
