"""Experiment 4: a whole film, by plain diffusers and by the engine, from the same weights."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import UniPCMultistepScheduler, WanPipeline

from bench.gpu.encoding import encode_plainly
from bench.gpu.measuring import Row, Table, free, synchronize, timed_once
from bench.gpu.scales import Scale
from matinee.core.size import Size
from matinee.core.video import SamplingOptions, VideoSpec
from matinee.engines.diffusers.engine import DiffusersEngine, make_diffusers
from matinee.engines.diffusers.roster import DiffusersOptions
from matinee.ports.engine import Progress, Report, Workspace
from matinee.ports.engine_kind import EngineSetup

MODEL = "wan2.2-ti2v-5b"
PROMPT = "A red fox walks through a forest at sunset"
GUIDANCE = 5.0


def run(scale: Scale, folder: Path) -> Table:
    """`folder` has room for the weights, 25 GB of them."""
    checkpoint = folder / "checkpoint"
    _write(scale, checkpoint)
    rows = _plain_rows(scale, checkpoint, folder)
    for profile in ("exact", "fast"):
        rows += asyncio.run(_our_rows(scale, checkpoint, folder, profile))
    return Table(
        number=4,
        title=f"a whole film, {scale.seconds} s of {scale.width_px}x{scale.height_px}",
        expected="85 to 95 s for 50 steps; below 8 s for 3 (published: 178 s and 16 s)",
        rows=rows,
    )


def _write(scale: Scale, checkpoint: Path) -> None:
    pipe = WanPipeline(
        transformer=scale.make_transformer(),
        transformer_2=None,
        vae=scale.make_vae(),
        text_encoder=scale.make_text_encoder(),
        tokenizer=scale.tokenizer(),
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0
        ),
        expand_timesteps=True,
    )
    pipe.save_pretrained(checkpoint, safe_serialization=True)
    del pipe
    free(scale.device)


def _plain_rows(scale: Scale, checkpoint: Path, folder: Path) -> list[Row]:
    """As diffusers' page on Wan has it: the VAE in 32 bits, the rest in 16."""
    begun_s = time.perf_counter()
    pipe: Any = WanPipeline.from_pretrained(
        checkpoint, dtype={"default": scale.dtype, "vae": torch.float32}, local_files_only=True
    ).to(scale.device)
    pipe.set_progress_bar_config(disable=True)
    synchronize(scale.device)
    loading_s = time.perf_counter() - begun_s

    def film(steps: int, guidance: float) -> dict[str, float]:
        frames = pipe(
            prompt=PROMPT,
            width=scale.width_px,
            height=scale.height_px,
            num_frames=scale.frames,
            num_inference_steps=steps,
            guidance_scale=guidance,
        ).frames[0]
        drawn_s = time.perf_counter()
        whole = (np.nan_to_num(np.asarray(frames)) * 255).round().astype(np.uint8)
        encode_plainly(whole, folder / "plain.mp4", fps=scale.fps)
        return {"encode": time.perf_counter() - drawn_s, "loading": loading_s}

    film(1, GUIDANCE)
    return [
        timed_once(
            f"plain diffusers, {scale.steps} steps",
            scale.device,
            lambda: film(scale.steps, GUIDANCE),
        ),
        timed_once(
            f"plain diffusers, {scale.few_steps} steps, unguided",
            scale.device,
            lambda: film(scale.few_steps, 1.0),
        ),
    ]


async def _our_rows(scale: Scale, checkpoint: Path, folder: Path, profile: str) -> list[Row]:
    options = DiffusersOptions(
        device=scale.device, profile=profile, weights={MODEL: str(checkpoint)}
    )
    engine = make_diffusers(EngineSetup(name="bench", options=options, model=MODEL))
    space = Workspace(folder=folder, model=MODEL)
    loading = await _film(engine, scale, space, steps=1, guidance=GUIDANCE)
    rows = []
    for steps, guidance in ((scale.steps, GUIDANCE), (scale.few_steps, 1.0)):
        took = await _film(engine, scale, space, steps=steps, guidance=guidance)
        guided = "" if guidance > 1 else ", unguided"
        rows.append(
            Row(
                variant=f"ours, {profile}, {steps} steps{guided}",
                seconds=sum(took.values()),
                more=took | {"loading": loading.get("loading", 0.0)},
            )
        )
    await engine.close()
    free(scale.device)
    return rows


async def _film(
    engine: DiffusersEngine, scale: Scale, space: Workspace, *, steps: int, guidance: float
) -> dict[str, float]:
    """Seconds by phase."""
    spec = VideoSpec(
        model=MODEL,
        prompt=PROMPT,
        size=Size(scale.width_px, scale.height_px),
        seconds=scale.seconds,
        seed=7,
        fps=scale.fps,
        options=SamplingOptions(steps=steps, guidance=guidance),
    )
    async with aclosing(engine.generate(spec, space)) as reports:
        return await _phases(reports)


async def _phases(reports: AsyncGenerator[Report, None]) -> dict[str, float]:
    took: dict[str, float] = {}
    last_s = time.perf_counter()
    async for report in reports:
        now_s = time.perf_counter()
        if isinstance(report, Progress):
            took[report.phase] = took.get(report.phase, 0.0) + now_s - last_s
        last_s = now_s
    return took
