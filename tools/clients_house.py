"""What the clients are driven against: two real servers, a picture, and a receiver of webhooks."""

from __future__ import annotations

import io
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from tests.clients.stage import PROMPT, SetUp
from tests.e2e.serving import ServerProcess, serving

QUICK_MODEL = "test-instant"
_SETTINGS = """\
fetch_allow = ["{host}"]
webhook_allow = ["{host}"]
test_models = true
"""
_DELIVERY_S = 60.0
_HOOK, _PICTURE = "/hook", "/first.png"


@dataclass(slots=True)
class Receiver:
    """A site on loopback: shows one picture, takes every webhook, and keeps those of one path."""

    picture: bytes
    arrived: queue.Queue[dict[str, Any]] = field(default_factory=queue.Queue)
    url: str = ""

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        """Answer while the context is open."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def delivery_of(self, video_id: str) -> dict[str, Any]:
        """The webhook about `video_id`, raw. Raises queue.Empty if it does not come."""
        while True:
            delivery = self.arrived.get(timeout=_DELIVERY_S)
            if json.loads(delivery["body"])["data"]["id"] == video_id:
                return delivery


@dataclass(slots=True, kw_only=True)
class ClientsHouse:
    """Both servers with all that lies ready for a client."""

    keyless: ServerProcess
    keyed: ServerProcess
    key: str
    model: str
    picture: Path
    receiver: Receiver
    secret: str = ""

    def set_up(self, *, with_key: bool = False) -> SetUp:
        """What a row is driven with; a webhook was delivered just before."""
        server = self.keyed if with_key else self.keyless
        return SetUp(
            url=server.url,
            key=self.key if with_key else "placeholder",
            model=self.model,
            keyed_url=self.keyed.url,
            good_key=self.key,
            picture=str(self.picture),
            picture_url=f"{self.receiver.url}{_PICTURE}",
            receiver_url=f"{self.receiver.url}/tried",
            delivery=self._delivery(),
        )

    def _delivery(self) -> dict[str, Any]:
        """A webhook of this moment; empty if there is none, which is a row's to report."""
        try:
            with self.keyless.client() as client:
                self.secret = self.secret or self._make_endpoint(client)
                wish = {"model": self.model, "prompt": PROMPT, "seconds": "4", "size": "720x1280"}
                video = client.post("/v1/videos", json=wish).raise_for_status().json()
            delivery = self.receiver.delivery_of(video["id"])
        except (httpx.HTTPStatusError, queue.Empty) as error:
            print(f"no webhook: {error!r}", file=sys.stderr)
            return {}
        return {**delivery, "secret": self.secret, "video_id": video["id"]}

    def _make_endpoint(self, client: httpx.Client) -> str:
        endpoint = {"event_types": ["video.completed"], "name": "The matrix"}
        wish = {**endpoint, "url": f"{self.receiver.url}{_HOOK}"}
        made = client.post("/v1/webhook_endpoints", json=wish).raise_for_status()
        secret: str = made.json()["signing_secret"]
        return secret


@contextmanager
def clients_house(folder: Path, model: str = QUICK_MODEL) -> Iterator[ClientsHouse]:
    """Servers on two new data folders in `folder`; `model` makes the films."""
    picture = folder / "first.png"
    drawn = io.BytesIO()
    Image.linear_gradient("L").resize((720, 1280)).convert("RGB").save(drawn, "PNG")
    picture.write_bytes(drawn.getvalue())
    with Receiver(picture.read_bytes()).listening() as receiver:
        host = receiver.url.removeprefix("http://")
        settings = _SETTINGS.format(host=host)
        keyless, keyed = folder / "keyless", folder / "keyed"
        for data in (keyless, keyed):
            data.mkdir()
            (data / "matinee.toml").write_text(settings, encoding="utf-8")
        key = _make_key(keyed)
        with serving(keyless) as first, serving(keyed) as second:
            yield ClientsHouse(
                keyless=first,
                keyed=second,
                key=key,
                model=model,
                picture=picture,
                receiver=receiver,
            )


def spoken(set_up: SetUp, environment: Path | None = None) -> str:
    """The set-up as a driver reads it; `environment` tells one for Node where its modules are."""
    facts = asdict(set_up)
    return json.dumps({**facts, "environment": str(environment)} if environment else facts)


def _make_key(data: Path) -> str:
    command = [sys.executable, "-m", "matinee", "keys", "create", "--account", "clients"]
    command += ["--data", str(data), "--json"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    key: str = json.loads(made.stdout)["key"]
    return key


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(receiver.picture, "image/png")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            if self.path == _HOOK:
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.arrived.put({"body": body, "headers": headers})
            self._answer(b"", "text/plain")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The servers' own logs say enough."""

    return Handler
