"""Hosts on this machine: network namespaces on a switch, with links that a test cuts and mends.

Nothing has a name outside: a namespace is held by a process that waits for its standard input to
end, so all of it is gone with whoever began it, however that ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

_OWN = "/proc/thread-self/ns/net"
_NETWORK = "10.77.0"
_CLONE_NEWNET = 0x40000000
# Nobody has it: what is sent there gets no answer, not even that there is nobody.
_NOBODY = "02:00:00:00:00:fe"


def enter(namespace: str) -> None:
    """Let the calling thread, and what it begins from now on, live in `namespace`, a file."""
    handle = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"{namespace} can't be entered")
    finally:
        os.close(handle)


def lack() -> str | None:
    """Why there can be no hosts here; None if there can."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    missing = [name for name in ("ip", "unshare", "nsenter") if shutil.which(name) is None]
    if missing:
        return f"{' and '.join(missing)} not installed: Debian's iproute2 and util-linux"
    try:
        with a_network() as network:
            network.a_host("probe")
    except (OSError, subprocess.CalledProcessError) as error:
        return f"this machine lets nobody make network namespaces: {error}"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A namespace with one address on the switch."""

    name: str
    address: str
    holder: subprocess.Popen[bytes]

    @property
    def namespace(self) -> str:
        """Its namespace, as a file."""
        return f"/proc/{self.holder.pid}/ns/net"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Let the calling thread live there while the context is open."""
        before = os.open(_OWN, os.O_RDONLY | os.O_CLOEXEC)
        try:
            enter(self.namespace)
            try:
                yield
            finally:
                enter(f"/proc/self/fd/{before}")
        finally:
            os.close(before)

    def run(self, *command: str) -> None:
        """Run a command there that ends at once."""
        within = ("nsenter", f"--net={self.namespace}", "--")
        subprocess.run([*within, *command], check=True, capture_output=True)

    def processes(self) -> list[int]:
        """Everyone who lives there, but for who holds it."""
        own = Path(self.namespace).stat().st_ino
        found = []
        for each in Path("/proc").glob("[0-9]*/ns/net"):
            # Others end while one looks, and some may not be looked at.
            with contextlib.suppress(OSError):
                if each.stat().st_ino == own:
                    found.append(int(each.parts[2]))
        return [each for each in found if each != self.holder.pid]

    def kill(self) -> None:
        """End everyone there at once, as a power cut would."""
        while alive := self.processes():
            for process_id in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process_id, signal.SIGKILL)


class Network:
    """A switch, and the hosts at it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._count = 0
        self._switch = self._a_namespace("switch", "")
        self._switch.run("ip", "link", "add", "every", "type", "bridge")
        self._switch.run("ip", "link", "set", "every", "up")

    def a_host(self, name: str) -> Host:
        """One more host."""
        self._count += 1
        host = self._a_namespace(name, f"{_NETWORK}.{self._count}")
        ends = ("type", "veth", "peer", "name", "wire", "netns", str(host.holder.pid))
        self._switch.run("ip", "link", "add", name, *ends)
        self._switch.run("ip", "link", "set", name, "master", "every", "up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "wire")
        host.run("ip", "link", "set", "wire", "up")
        return host

    def cut(self, host: Host) -> None:
        """Carry nothing to or from the host, silently, as a switch that has failed does."""
        self._switch.run("ip", "link", "set", host.name, "nomaster")

    def mend(self, host: Host) -> None:
        """Carry again."""
        self._switch.run("ip", "link", "set", host.name, "master", "every")

    def cut_between(self, one: Host, other: Host) -> None:
        """Let what these two send each other get lost; everyone else still hears both."""
        for sender, receiver in ((one, other), (other, one)):
            wrong = (receiver.address, "lladdr", _NOBODY, "nud", "permanent", "dev", "wire")
            sender.run("ip", "neighbour", "replace", *wrong)

    def mend_between(self, one: Host, other: Host) -> None:
        """Let them find each other again."""
        for sender, receiver in ((one, other), (other, one)):
            sender.run("ip", "neighbour", "del", receiver.address, "dev", "wire")

    def _a_namespace(self, name: str, address: str) -> Host:
        holder = subprocess.Popen(
            ["unshare", "--net", "--", "/bin/sh", "-c", "ip link set lo up && echo && exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._stack.callback(_let_go, holder)
        assert holder.stdout is not None
        if not holder.stdout.readline():
            raise OSError(f"the namespace of {name} could not be made")
        return Host(name=name, address=address, holder=holder)


@contextmanager
def a_network() -> Iterator[Network]:
    """A switch without hosts; all that is added is gone at the end."""
    with ExitStack() as stack:
        yield Network(stack)


def _let_go(holder: subprocess.Popen[bytes]) -> None:
    with holder:
        assert holder.stdin is not None
        holder.stdin.close()
