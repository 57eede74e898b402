/** The Python that has the game: the one of the checkout's environment, or the one in $PYTHON. */

import {existsSync} from "node:fs";
import {delimiter, join} from "node:path";

const root = join(import.meta.dirname, "../..");
const candidates = [join(root, ".venv/bin/python"), join(root, ".venv/Scripts/python.exe")];

export const python = process.env.PYTHON ?? candidates.find((path) => existsSync(path)) ?? "python3";

/** The environment in which Python finds this checkout's game. */
export const pythonPath = {
  ...process.env,
  PYTHONPATH: [root, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
};
