"""The composition root: names every adapter, hands settings down, and starts and stops it all."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import matinee
from matinee.crew import make_crew
from matinee.data_folder import DataFolder
from matinee.dialects import unified
from matinee.engine_room import (
    configured_engines,
    engine_facts,
    routes_to,
)
from matinee.entrances import UseCases, routes_of_entrances
from matinee.foundations import Foundations
from matinee.housekeeping import make_cleaner, make_janitor
from matinee.net.guard import Guard
from matinee.net.post import check_receiver, post_letter
from matinee.net.signing import SigningSecrets
from matinee.services.access import Access
from matinee.services.answers import Answers
from matinee.services.characters import Characters
from matinee.services.creation import CreationLimits
from matinee.services.engines import Engines
from matinee.services.files import Files
from matinee.services.films import Films
from matinee.services.materials import Materials
from matinee.services.ports import Ports
from matinee.services.references import References
from matinee.services.sources import Sources
from matinee.services.tools import film_tools, image_tools
from matinee.services.videos import Videos
from matinee.services.webhooks import Webhooks
from matinee.settings import Settings
from matinee.web.auth import Gate
from matinee.web.body import BodyLimits
from matinee.web.context import DialectContext, DialectSettings
from matinee.web.cors import Origins
from matinee.web.links import Links
from matinee.web.site import Site
from matinee.webhooks.office import OfficePorts, PostOffice
from matinee.worker.janitor import Chore

_MIB = 1024 * 1024


class Application:
    """Everything that one server process is made of, wired together."""

    def __init__(
        self,
        settings: Settings,
        folder: DataFolder,
        foundations: Foundations,
        *,
        needs_key: bool,
        has_workers: bool = True,
    ) -> None:
        """`needs_key` is whether requests need a key as the server begins.

        Without workers of its own others make the films, with the same database.
        """
        ports = foundations.ports
        self._foundations = foundations
        self.store = foundations.store
        self.clock = foundations.clock
        self.blobs = foundations.blobs
        self.uploads = folder.uploads
        self.check_room = foundations.room.check
        self.announcements = foundations.announcements
        engines = configured_engines(settings, folder)
        routes = routes_to(engines, settings, needs_key=needs_key)
        served = engines.keys() if has_workers else ()
        self.crew = make_crew(settings, folder, foundations, engines, routes, served)
        self.engines = Engines(
            ports.store,
            ports.clock,
            engine_facts(engines, routes),
            silence=timedelta(seconds=settings.lease_s),
        )
        pepper = foundations.pepper
        self.access = Access(ports.store, ports.clock, ports.identities, pepper=pepper)
        self.webhooks, self.office = _webhooks(settings, ports, pepper)
        foundations.announcements.on_final(self.office.outbox.wake)
        library = _library(settings, folder, ports, pepper)
        videos = Videos(
            ports,
            routes,
            library.materials,
            CreationLimits(max_unfinished=settings.max_unfinished, max_faults=settings.max_faults),
            self.webhooks,
            self.crew.condition.is_usable,
        )
        self.site = _site(settings, self, videos, library)
        farewells = Chore(name="submissions", do=self.crew.farewells.forget)
        self._janitor = make_janitor(settings, foundations, library.files, [farewells])
        self._cleaner = make_cleaner(foundations, folder)
        self._folder = folder

    async def work(self) -> None:
        """Make films and tell of them, until cancelled."""
        duties = self.crew.duties
        async with asyncio.TaskGroup() as group:
            group.create_task(self._foundations.keep_going(), name="foundations")
            group.create_task(self.crew.run(), name="crew")
            group.create_task(duties.do("outbox", self.office.outbox.run), name="outbox")
            group.create_task(duties.do("janitor", self._janitor.run), name="janitor")
            group.create_task(self._cleaner.run(), name="cleaner")

    async def sweep(self) -> None:
        """Remove what a server that was killed left unfinished. Only before anything is done."""
        await asyncio.to_thread(self._folder.clear_work)
        await self.blobs.sweep()


def _webhooks(settings: Settings, ports: Ports, pepper: bytes) -> tuple[Webhooks, PostOffice]:
    signing = SigningSecrets(pepper)
    # Two of them: look-ups for whoever names a URL must not use up those of deliveries.
    asking, sending = (
        Guard(allow=settings.webhook_allow, deny=_own_names(settings)) for _ in range(2)
    )
    check = partial(check_receiver, guard=asking)
    office_ports = OfficePorts(
        store=ports.store,
        clock=ports.clock,
        identities=ports.identities,
        secrets=signing,
        post=partial(post_letter, guard=sending),
        render_callback=unified.render_callback,
        chance=secrets.SystemRandom().random,
    )
    webhooks = Webhooks(ports.store, ports.clock, ports.identities, signing, check)
    return webhooks, PostOffice(office_ports)


def _site(settings: Settings, parts: Application, videos: Videos, library: _Library) -> Site:
    origins = Origins(settings.allow_origins, parts.access.needs_key)
    context = _context(settings, parts, videos, Gate(parts.access, origins))
    return Site(
        routes_of_entrances(
            context,
            UseCases(
                files=library.files,
                characters=library.characters,
                webhooks=parts.webhooks,
                engines=parts.engines,
            ),
            send_sample=parts.office.send_sample,
            ping=parts.store.ping,
        ),
        new_request_id=lambda: f"req_{secrets.token_hex(12)}",
        origins=origins,
    )


def _context(settings: Settings, parts: Application, videos: Videos, gate: Gate) -> DialectContext:
    largest_mb = max(settings.max_film_mb, settings.max_file_mb)
    return DialectContext(
        videos=videos,
        answers=Answers(parts.store, parts.clock),
        gate=gate,
        clock=parts.clock,
        links=Links(public_url=settings.public_url, trusted_proxies=settings.trusted_proxies),
        blobs=parts.blobs,
        settings=DialectSettings(
            version=matinee.__version__,
            model_variants=settings.model_variants,
            chat_progress=settings.chat_progress,
            chat_video_tag=settings.chat_video_tag,
            chat_auxiliary_filter=settings.chat_auxiliary_filter,
            wrap_generations=settings.wrap_generations,
            chat_auxiliary_prompts=settings.chat_auxiliary_prompts,
            chat_remix=settings.chat_remix,
            chat_language=settings.chat_language,
        ),
        limits=BodyLimits(
            json_bytes=min(32, settings.max_body_mb) * _MIB,
            form_bytes=(settings.max_body_mb + largest_mb) * _MIB,
            file_bytes=largest_mb * _MIB,
            folder=parts.uploads,
            check_room=parts.check_room,
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Library:
    """What films are made from, and what is kept of it between requests."""

    files: Files
    characters: Characters
    materials: Materials


def _library(settings: Settings, folder: DataFolder, ports: Ports, pepper: bytes) -> _Library:
    guard = Guard(allow=settings.fetch_allow, deny=_own_names(settings))
    inspect, fetch = image_tools(guard, max_bytes=settings.max_image_mb * _MIB)
    tools = film_tools(guard, max_bytes=settings.max_film_mb * _MIB)
    stored = Files(ports, max_bytes=settings.max_file_mb * _MIB, retention=settings.retention)
    films = Films(stored, tools, folder=folder.uploads)
    sources = Sources(ports, films)
    characters = Characters(ports, films, sources, pepper=pepper)
    references = References(ports.blobs, stored, inspect=inspect, fetch=fetch)
    return _Library(
        files=stored,
        characters=characters,
        materials=Materials(ports.blobs, references, sources, characters),
    )


def _own_names(settings: Settings) -> list[str]:
    """Under which clients know this server: it must not be made to ask itself."""
    own = urlsplit(settings.public_url).hostname if settings.public_url else None
    return [own] if own else []
