"""The demo: serve, send the chat format's example request, show its progress, save the film.

The server keeps running afterwards, so that the film's link works; `make demo-stop` ends it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from matinee.data_folder import DataFolder, RunningServer

ROOT = Path(__file__).resolve().parent.parent
FOLDER = DataFolder(ROOT / "demo" / "data")
FILM = ROOT / "demo" / "film.mp4"
LOG = ROOT / "demo" / "server.log"
PORT = 8642
START_S = 30.0
PROMPT = (
    "an astronaut golden retriever named Sora levitates around an intergalactic pup-themed space "
    "station with a tiny jet back that propels him. gorgeous specular lighting and comets fly "
    "through the sky, retro-future astro-themed music plays in the background. light glimmers off "
    "the dog's eyes. the dog initially propels towards the space station with the doors opening to "
    "let him in. the shot then changes. now inside the space station, many tennis balls are flying "
    "around in zero gravity. the dog's astronaut helmet opens up so he can grab one. 35mm film, "
    "the intricate details and texturing of the dog's hair are clearly visible and the light of "
    "the comets shimmers off the fur."
)
REQUEST = {
    "model": "sora-2",
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": PROMPT}],
    "stream": True,
}


def main() -> None:
    """Run the demo, or stop the server that it left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stop", action="store_true", help="stop the server")
    if parser.parse_args().stop:
        stop()
        return
    started_s = time.monotonic()
    server = FOLDER.running_server() or start()
    print(f"Matinee serves at {server.url}")
    print("POST /v1/chat/completions, the example of the chat format, streamed:\n")
    link = watch(server.url)
    FILM.write_bytes(httpx.get(link, trust_env=False, timeout=60).raise_for_status().content)
    print(f"The film:   {FILM} ({FILM.stat().st_size / 1e6:.1f} MB)")
    print(f"Its link:   {link}")
    if not server.url.endswith(f":{PORT}"):
        print(f"Another program has port {PORT}, so it listens elsewhere:")
    print(f"The server: {server.url} keeps running; `make demo-stop` ends it.")
    print(f"It took {time.monotonic() - started_s:.0f} s.")


def start() -> RunningServer:
    """Start a server in the background and wait until it is ready."""
    FOLDER.prepare()
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "matinee", "serve"),
                *("--data", str(FOLDER.root), "--port", str(free_port())),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    give_up_s = time.monotonic() + START_S
    while time.monotonic() < give_up_s and process.poll() is None:
        server = FOLDER.running_server()
        if server is not None and server.process_id == process.pid:
            return server
        time.sleep(0.05)
    sys.exit(f"The server did not start; {LOG} says why.")


def free_port() -> int:
    """The usual port if it is free, else any (0)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return 0
    return PORT


def watch(url: str) -> str:
    """Send the request, print the stream's text as it comes, and return the film's link."""
    text = ""
    for piece in stream(url):
        print(piece, end="", flush=True)
        text += piece
    found = re.search(r"\((https?://\S+?\.mp4)\)", text)
    if found is None:
        sys.exit(f"The stream ended without a film; {LOG} says why.")
    return found.group(1)


def stream(url: str) -> Iterator[str]:
    """The content of each event of the stream."""
    with httpx.stream(
        "POST", f"{url}/v1/chat/completions", json=REQUEST, trust_env=False, timeout=300
    ) as reply:
        if not reply.is_success:
            sys.exit(f"The server answered {reply.status_code}: {reply.read().decode()}")
        for line in reply.iter_lines():
            if line.startswith("data: {"):
                for choice in json.loads(line.removeprefix("data: ")).get("choices", []):
                    yield choice["delta"].get("content") or ""


def stop() -> None:
    """End the demo's server."""
    server = FOLDER.running_server()
    if server is None:
        print("No demo server is running.")
        return
    os.kill(server.process_id, signal.SIGTERM)
    while FOLDER.running_server() is not None:
        time.sleep(0.05)
    print("Stopped.")


if __name__ == "__main__":
    main()
