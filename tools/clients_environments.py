"""An environment for each client: a venv or a `node_modules` of its own, made from its lock."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tools.clients_table import ROOT, Environment

HOME = ROOT / ".clients"
_READY = "ready"
# A module is looked for beside the file that asks for it; the drivers stand elsewhere.
_LOAD = "export const load = (name) => import(name);\n"


def place(environment: Environment) -> Path:
    """Where it stands, or will."""
    return HOME / environment.name


def is_ready(environment: Environment) -> bool:
    """Whether it was made from the lock as it is now."""
    ready = place(environment) / _READY
    return ready.is_file() and ready.read_text(encoding="utf-8") == _digest(environment)


def make(environment: Environment) -> Path:
    """Make it unless it is ready; return where it stands. Raises CalledProcessError."""
    folder = place(environment)
    if is_ready(environment):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if environment.node:
        _install_node(environment, folder)
    else:
        _install_python(environment, folder)
    (folder / _READY).write_text(_digest(environment), encoding="utf-8")
    return folder


def lock(environment: Environment) -> None:
    """Resolve its packages anew and write its lock. Needs uv, or npm."""
    environment.lock.parent.mkdir(exist_ok=True)
    if environment.node:
        _lock_node(environment)
        return
    command = ["uv", "pip", "compile", "--quiet", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "-"]
    wanted = "\n".join(environment.packages)
    made = subprocess.run(command, input=wanted, check=True, text=True, stdout=subprocess.PIPE)
    environment.lock.write_text(made.stdout, encoding="utf-8")


def command(environment: Environment) -> list[str]:
    """What runs a driver in it."""
    if environment.node:
        return ["node", "--no-warnings"]
    return [str(place(environment) / "bin" / "python"), "-W", "ignore", "-m"]


def _install_python(environment: Environment, folder: Path) -> None:
    venv.create(folder, with_pip=True, symlinks=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
    _run([*pip, "-r", str(environment.lock)], folder)


def _install_node(environment: Environment, folder: Path) -> None:
    locked = json.loads(environment.lock.read_text(encoding="utf-8"))
    package = {"private": True, "dependencies": locked["packages"][""]["dependencies"]}
    (folder / "package.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / "load.mjs").write_text(_LOAD, encoding="utf-8")
    shutil.copy(environment.lock, folder / "package-lock.json")
    _run([*_npm("ci"), "--ignore-scripts"], folder)


def _lock_node(environment: Environment) -> None:
    options = ["--package-lock-only", "--save-exact", "--omit-lockfile-registry-resolved"]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        _run([*_npm("install"), *options, *environment.packages], folder)
        locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    locked["name"] = environment.name
    environment.lock.write_text(json.dumps(locked, indent=2) + "\n", encoding="utf-8")


def _npm(verb: str) -> list[str]:
    # Peers are the page's business, not ours: the packages are rendered, not shipped.
    return ["npm", verb, "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error"]


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


def _digest(environment: Environment) -> str:
    return hashlib.sha256(environment.lock.read_bytes()).hexdigest()
