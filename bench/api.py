"""API reads and accepted videos per second, with wrk (PROMISES F1, F2; first version).

One server process, a real key, the real store. Reads are measured idle and while a film renders.
Install wrk first (Debian: apt-get install wrk).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.e2e.serving import ServerProcess, serving

CONNECTIONS, SECONDS = 32, 10
POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer %s"
wrk.body = '{"model":"sora-2","prompt":"a fox in a meadow"}'
"""


def main() -> None:
    """Print what wrk says."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        key = make_key(data)
        settings = {"MATINEE_LOG_LEVEL": "error", "MATINEE_MAX_UNFINISHED": "1000000"}
        with serving(data, **settings) as server:
            with server.client(Authorization=f"Bearer {key}") as client:
                video_id = create(client, 4)
                wait(client, video_id)
            path = f"/v1/videos/{video_id}"
            report("GET one video", read(server, key, path))
            with server.client(Authorization=f"Bearer {key}") as client:
                rendering = create(client, 25)
                report("GET while a film renders", read(server, key, path))
                client.delete(f"/v1/videos/{rendering}")
            script = Path(folder) / "post.lua"
            script.write_text(POST % key)
            report("POST one video", wrk(server, "/v1/videos", "-s", str(script)))


def make_key(data: Path) -> str:
    """A key of a new account."""
    command = [sys.executable, "-m", "matinee", "keys", "create", "--account", "bench", "--json"]
    done = subprocess.run(
        [*command, "--data", str(data)], check=True, capture_output=True, text=True
    )
    key: str = json.loads(done.stdout)["key"]
    return key


def create(client: httpx.Client, seconds: int) -> str:
    """Accept one video."""
    body = {"prompt": "a fox in a meadow", "seconds": seconds}
    video_id: str = client.post("/v1/videos", json=body).raise_for_status().json()["id"]
    return video_id


def wait(client: httpx.Client, video_id: str) -> None:
    """Until it is completed."""
    while client.get(f"/v1/videos/{video_id}").json()["status"] != "completed":
        pass


def read(server: ServerProcess, key: str, path: str) -> str:
    """Read one video for a while."""
    return wrk(server, path, "-H", f"Authorization: Bearer {key}")


def wrk(server: ServerProcess, path: str, *options: str) -> str:
    """What wrk prints."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *options]
    done = subprocess.run([*command, server.url + path], check=True, capture_output=True, text=True)
    return done.stdout


def report(name: str, printed: str) -> None:
    """The lines that matter."""
    wanted = ("50%", "99%", "Requests/sec", "Non-2xx")
    lines = [line.strip() for line in printed.splitlines() if line.strip().startswith(wanted)]
    print(f"{name:26} {' | '.join(' '.join(line.split()) for line in lines)}")


if __name__ == "__main__":
    main()
