"""The quirks of servers with OpenAI's format, each by a server that has it.

Source of every quirk: inference-peers 1.3.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matinee.core.errors import EngineError
from matinee.core.video import Reference, SamplingOptions
from matinee.ports.engine import Withdrawn
from tests.integration.upstreams.servers import (
    FILM,
    Answer,
    Asked,
    Made,
    Upstream,
    Videos,
    a_space,
    a_spec,
    an_engine,
    make,
    resumed,
    upstream,
)

DONE = ({"status": "completed", "progress": 100},)
PICTURE = b"\x89PNG picture"
REFERENCE = Reference(blob_key="r", media_type="image/png", width_px=1280, height_px=720)


async def with_image(kind: str, server: Upstream, folder: Path) -> Made:
    """Have a film made that begins with an image."""
    (folder / "reference-0").write_bytes(PICTURE)
    space = a_space(folder, references=(folder / "reference-0",))
    return await make(an_engine(kind, server.url), space, a_spec(references=(REFERENCE,)))


class OldSGLang(Videos):
    """Wants an image in every form, and has no code in its errors."""

    def create(self, asked: Asked) -> Answer:
        """Take a film on."""
        is_form = asked.headers["content-type"].startswith("multipart/")
        if is_form and "input_reference" not in asked.files:
            return Answer.of({"detail": "input_reference file is required"}, 400)
        return super().create(asked)


async def test_sglang_gets_a_film_without_an_image_in_json(tmp_path: Path) -> None:
    videos = OldSGLang(steps=DONE)
    async with upstream(videos) as server:
        sampling = SamplingOptions(negative_prompt="blur", steps=30, guidance=4.5)
        made = await make(
            an_engine("sglang", server.url), a_space(tmp_path), a_spec(options=sampling)
        )
    assert made.error is None
    assert videos.created[0].json == {
        "prompt": "a fox in the snow",
        "negative_prompt": "blur",
        "seconds": 5,
        "size": "1280x720",
        "fps": 16,
        "num_frames": 81,
        "seed": 7,
        "num_inference_steps": 30,
        "guidance_scale": 4.5,
    }


async def test_sglang_gets_an_image_as_bytes_in_a_form(tmp_path: Path) -> None:
    videos = OldSGLang(steps=DONE)
    async with upstream(videos) as server:
        made = await with_image("sglang", server, tmp_path)
    assert made.error is None
    assert videos.created[0].files == {"input_reference": ("reference.png", PICTURE)}
    assert videos.created[0].form["num_frames"] == "81"


async def test_sglang_with_a_bucket_gives_a_link_that_is_followed_without_the_key(
    tmp_path: Path,
) -> None:
    async with upstream(lambda _: Answer(body=FILM)) as bucket:
        stored = {"status": "completed", "url": f"{bucket.url}/bucket/video_1.mp4"}
        videos = Videos(steps=(stored,))

        def without_content(asked: Asked) -> Answer:
            if asked.target.endswith("/content"):
                return Answer.of({"detail": "Video has been uploaded to cloud storage."}, 400)
            return videos(asked)

        async with upstream(without_content) as server:
            allowed = [f"127.0.0.1:{bucket.port}"]
            engine = an_engine("sglang", server.url, api_key="k", download_allow=allowed)
            made = await make(engine, a_space(tmp_path))
    assert made.error is None
    assert (tmp_path / "film.mp4").read_bytes() == FILM
    assert "authorization" not in bucket.asked[0].headers


async def test_a_bucket_of_the_inner_network_must_be_allowed(tmp_path: Path) -> None:
    async with upstream(lambda _: Answer(body=FILM)) as bucket:
        stored = {"status": "completed", "url": f"{bucket.url}/bucket/video_1.mp4"}
        async with upstream(Videos(steps=(stored,))) as server:
            made = await make(an_engine("sglang", server.url), a_space(tmp_path))
    assert type(made.error) is EngineError
    assert "download_allow" in str(made.error)
    assert bucket.asked == []


async def test_sglang_answers_a_cancel_with_a_whole_video(tmp_path: Path) -> None:
    deleted = Answer.of({"id": "video_1", "object": "video", "status": "deleted"})
    async with upstream(lambda _: deleted) as server:
        engine = an_engine("sglang", server.url)
        await engine.abandon(resumed("video_1"), "wan")
        await engine.close()
    assert server.lines() == ["DELETE /v1/videos/video_1"]


async def test_an_error_without_a_code_is_still_told(tmp_path: Path) -> None:
    failed = {"status": "failed", "error": {"message": "Scheduler died"}}
    async with upstream(Videos(steps=(failed,))) as server:
        made = await make(an_engine("sglang", server.url), a_space(tmp_path))
    assert str(made.error) == "Scheduler died"
    assert made.reports[-1] == Withdrawn()


class VllmOmni(Videos):
    """Reads forms only, and refuses every model but the one it serves."""

    def create(self, asked: Asked) -> Answer:
        """Take a film on."""
        if not asked.headers["content-type"].startswith("multipart/"):
            return Answer.of({"detail": [{"loc": ["body", "prompt"], "msg": "required"}]}, 422)
        if asked.form.get("model", "Wan-AI/Wan2.2") != "Wan-AI/Wan2.2":
            return Answer.of({"error": {"message": "Model mismatch"}}, 400)
        return super().create(asked)


async def test_vllm_omni_gets_a_form_without_a_model(tmp_path: Path) -> None:
    videos = VllmOmni(steps=DONE)
    async with upstream(videos) as server:
        made = await make(an_engine("vllm-omni", server.url), a_space(tmp_path))
    assert made.error is None
    assert videos.created[0].form == {
        "prompt": "a fox in the snow",
        "seconds": "5",
        "size": "1280x720",
        "fps": "16",
        "num_frames": "81",
        "seed": "7",
    }


async def test_the_exact_name_of_a_model_is_sent_where_the_settings_know_it(
    tmp_path: Path,
) -> None:
    videos = VllmOmni(steps=DONE)
    model = {"like": "wan2.2-ti2v-5b", "served_as": "Wan-AI/Wan2.2", "sound": True}
    async with upstream(videos) as server:
        engine = an_engine("vllm-omni", server.url, models={"wan": model})
        made = await make(engine, a_space(tmp_path))
    assert made.error is None
    assert videos.created[0].form["model"] == "Wan-AI/Wan2.2"
    assert videos.created[0].form["generate_sound"] == "true"


async def test_fastvideo_is_always_told_a_seed(tmp_path: Path) -> None:
    videos = Videos(steps=DONE)
    async with upstream(videos) as server:
        made = await with_image("fastvideo", server, tmp_path)
    assert made.error is None
    assert videos.created[0].form["seed"] == "7"
    assert "output_path" not in videos.created[0].form


class TensorRT(Videos):
    """Says 202, derives the pictures from the length, and tells errors as bare texts."""

    def create(self, asked: Asked) -> Answer:
        """Take a film on."""
        return replace(super().create(asked), status=202)


async def test_tensorrt_llm_derives_the_right_number_of_pictures(tmp_path: Path) -> None:
    videos = TensorRT(steps=DONE)
    async with upstream(videos) as server:
        made = await make(an_engine("tensorrt-llm", server.url), a_space(tmp_path))
    assert made.error is None
    form = videos.created[0].form
    assert int(float(form["seconds"]) * int(form["fps"])) == 81
    assert form["output_format"] == "mp4"
    assert "num_frames" not in form


async def test_a_newer_tensorrt_llm_calls_the_container_otherwise(tmp_path: Path) -> None:
    videos = TensorRT(steps=DONE)
    async with upstream(videos) as server:
        engine = an_engine("tensorrt-llm", server.url, format_field="format")
        await make(engine, a_space(tmp_path))
    assert videos.created[0].form["format"] == "mp4"
    assert "output_format" not in videos.created[0].form


async def test_tensorrt_llm_tells_an_error_as_a_bare_text(tmp_path: Path) -> None:
    failed = {"status": "failed", "error": "Video generation failed: output.video is None"}
    async with upstream(TensorRT(steps=(failed,))) as server:
        made = await make(an_engine("tensorrt-llm", server.url), a_space(tmp_path))
    assert str(made.error) == "Video generation failed: output.video is None"


async def test_the_official_contract_gets_official_fields_only(tmp_path: Path) -> None:
    videos = Videos(steps=DONE)
    async with upstream(videos) as server:
        made = await with_image("openai", server, tmp_path)
    assert made.error is None
    assert videos.created[0].form == {
        "model": "wan",
        "prompt": "a fox in the snow",
        "seconds": "5",
        "size": "1280x720",
    }
    assert videos.created[0].files == {"input_reference": ("reference.png", PICTURE)}


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"fields": ["seed", "num_frames"]}, {"seed": "7", "num_frames": "81"}),
        ({"is_matinee": True}, {"seed": "7", "fps": "16", "watermark": "false"}),
    ],
)
async def test_a_server_that_takes_more_fields_gets_them(
    options: dict[str, object], fields: dict[str, str], tmp_path: Path
) -> None:
    videos = Videos(steps=DONE)
    async with upstream(videos) as server:
        engine = an_engine("openai", server.url, **options)
        await make(engine, a_space(tmp_path), a_spec(watermark=False))
    form = videos.created[0].form
    official = {"model", "prompt", "seconds", "size"}
    assert {name: text for name, text in form.items() if name not in official} == fields


async def test_a_model_that_the_settings_do_not_name_is_asked_for_by_its_name(
    tmp_path: Path,
) -> None:
    videos = Videos(steps=DONE)
    async with upstream(videos) as server:
        engine = an_engine("openai", server.url, models={})
        await make(engine, replace(a_space(tmp_path), model="sora-2-pro"))
    assert videos.created[0].form["model"] == "sora-2-pro"
