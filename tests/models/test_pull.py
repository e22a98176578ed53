"""Models come from the hub whole, checked, and only once."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event

import pytest
from diffusers import DiffusionPipeline

from matinee.weights.folder import installed_models
from tests.models.hub import FakeHub, Repository, fake_hub, repository_of

OPEN, NAME = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers", "wan2.1-t2v-1.3b"
GATED, GATED_NAME = "Lightricks/LTX-2.5-Diffusers", "ltx-2.5"
HELD_BYTES = 2_500_000
WEIGHTS = "transformer/diffusion_pytorch_model.safetensors"

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with fake_hub() as hub:
        hub.repositories[OPEN] = a_repository()
        yield hub


def a_repository() -> Repository:
    """As large as it must be to be broken off in the middle, with what nobody needs beside it."""
    weights = hashlib.shake_128(b"weights").digest(3_500_000)
    index = {
        "_class_name": "WanPipeline",
        "transformer": ["diffusers", "WanTransformer3DModel"],
        "tokenizer": ["transformers", "T5TokenizerFast"],
        "image_encoder": [None, None],
    }
    return Repository(
        {
            "model_index.json": json.dumps(index).encode(),
            "LICENSE": b"Apache",
            "README.md": b"# Wan",
            "all-in-one.safetensors": weights,
            "transformer/config.json": b"{}",
            WEIGHTS: weights,
            "transformer/diffusion_pytorch_model.fp16.safetensors": weights,
            "transformer/diffusion_pytorch_model.bin": weights,
            "transformer/modeling.py": b"raise SystemExit",
            "tokenizer/spiece.model": b"pieces",
            "upsampler/model.safetensors": weights,
        }
    )


def environment(hub: FakeHub, folder: Path, token: str | None = None) -> dict[str, str]:
    return {**os.environ, **hub.environment(folder / "hub", token)}


def command(name: str, folder: Path, *options: str) -> list[str]:
    words = ("models", "pull", name, "--data", str(folder), *options)
    return [sys.executable, "-m", "matinee", *words]


def pull(
    hub: FakeHub, folder: Path, name: str = NAME, *options: str, token: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, folder, *options),
        env=environment(hub, folder, token),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def pull_until_held(hub: FakeHub, folder: Path) -> Popen[str]:
    """A pull that has brought all but half of the weights, and waits for the rest."""
    hub.holds[WEIGHTS] = HELD_BYTES
    process = Popen(
        command(NAME, folder),
        env=environment(hub, folder),
        stdout=PIPE,
        stderr=PIPE,
        text=True,
        # A shell has what it runs in the background, perhaps these tests, ignore the signal.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    part = folder / "models" / f"{NAME}.part"
    unfinished = part / f"{WEIGHTS}.incomplete"
    wait_until(lambda: unfinished.is_file() and unfinished.stat().st_size > HELD_BYTES // 2)
    wait_until((part / "tokenizer/spiece.model").is_file)
    wait_until((part / "transformer/config.json").is_file)
    return process


def wait_until(happened: Callable[[], bool]) -> None:
    """What happens in another process can only be looked for."""
    moment = Event()
    for _ in range(3_000):
        if happened():
            return
        moment.wait(0.01)
    pytest.fail("it did not happen")


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_pulled_model_is_its_checkpoint_and_no_code(hub: FakeHub, tmp_path: Path) -> None:
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / NAME
    assert done.stdout.strip() == str(folder)
    assert files_of(folder) == {
        "LICENSE",
        "matinee.json",
        "model_index.json",
        "tokenizer/spiece.model",
        "transformer/config.json",
        WEIGHTS,
    }
    assert (folder / WEIGHTS).read_bytes() == hub.repositories[OPEN].files[WEIGHTS]
    here = installed_models(tmp_path / "models")[NAME]
    assert (here.repository, here.revision) == (OPEN, hub.repositories[OPEN].revision)


def test_a_killed_pull_leaves_no_model_and_goes_on(hub: FakeHub, tmp_path: Path) -> None:
    process = pull_until_held(hub, tmp_path)
    process.kill()
    process.communicate()
    assert installed_models(tmp_path / "models") == {}
    hub.go_on.set()
    hub.asked.clear()
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    weights = [asked for asked in hub.asked if asked.startswith(WEIGHTS)]
    assert len(weights) == 1
    assert int(weights[0].rpartition(" ")[2]) > HELD_BYTES // 2
    assert [asked for asked in hub.asked if asked.startswith("tokenizer")] == []
    content = (tmp_path / "models" / NAME / WEIGHTS).read_bytes()
    assert content == hub.repositories[OPEN].files[WEIGHTS]


def test_a_pull_that_is_interrupted_says_that_it_goes_on(hub: FakeHub, tmp_path: Path) -> None:
    process = pull_until_held(hub, tmp_path)
    process.send_signal(signal.SIGINT)
    hub.go_on.set()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Pull again to go on" in said
    assert installed_models(tmp_path / "models") == {}


def test_a_connection_that_breaks_off_is_taken_up_again(hub: FakeHub, tmp_path: Path) -> None:
    hub.breaks_off[WEIGHTS] = [2_200_000]
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    weights = [asked for asked in hub.asked if asked.startswith(WEIGHTS)]
    assert [int(asked.rpartition(" ")[2]) > 0 for asked in weights] == [False, True]


def test_a_server_without_ranges_is_begun_anew(hub: FakeHub, tmp_path: Path) -> None:
    hub.breaks_off[WEIGHTS] = [2_200_000]
    hub.ignores_ranges = True
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    content = (tmp_path / "models" / NAME / WEIGHTS).read_bytes()
    assert content == hub.repositories[OPEN].files[WEIGHTS]


def test_wrong_bytes_never_become_a_model(hub: FakeHub, tmp_path: Path) -> None:
    hub.spoils.add(WEIGHTS)
    done = pull(hub, tmp_path)
    assert done.returncode == 1
    assert "is not what the hub has" in done.stderr
    assert installed_models(tmp_path / "models") == {}
    hub.spoils.clear()
    assert pull(hub, tmp_path).returncode == 0


def test_a_second_pull_of_the_same_model_at_once_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    first = pull_until_held(hub, tmp_path)
    second = pull(hub, tmp_path)
    assert second.returncode == 1
    assert "Another process fetches" in second.stderr
    hub.go_on.set()
    first.communicate(timeout=60)
    assert first.returncode == 0


def test_a_model_that_is_up_to_date_is_not_fetched_again(hub: FakeHub, tmp_path: Path) -> None:
    pull(hub, tmp_path)
    hub.asked.clear()
    done = pull(hub, tmp_path)
    assert "here already" in done.stdout
    assert hub.asked == ["model_index.json from 0"]


def test_of_a_new_revision_only_what_changed_is_fetched(hub: FakeHub, tmp_path: Path) -> None:
    pull(hub, tmp_path)
    hub.asked.clear()
    repository = hub.repositories[OPEN]
    repository.revision = "b" * 40
    repository.files["transformer/config.json"] = b'{"ffn_dim": 1}'
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert hub.asked == ["model_index.json from 0", "transformer/config.json from 0"]
    here = installed_models(tmp_path / "models")[NAME]
    assert here.revision == "b" * 40


def test_a_pull_whose_revision_is_gone_begins_with_the_new_one(
    hub: FakeHub, tmp_path: Path
) -> None:
    process = pull_until_held(hub, tmp_path)
    process.kill()
    process.communicate()
    hub.go_on.set()
    hub.repositories[OPEN].revision = "c" * 40
    hub.repositories[OPEN].files[WEIGHTS] = hashlib.shake_128(b"others").digest(200_000)
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    assert installed_models(tmp_path / "models")[NAME].revision == "c" * 40


def test_a_gated_model_says_how_its_door_is_opened(hub: FakeHub, tmp_path: Path) -> None:
    hub.repositories[GATED] = a_repository()
    hub.repositories[GATED].tokens = frozenset({"hf_right"})
    for token in (None, "hf_other"):
        done = pull(hub, tmp_path, GATED_NAME, "--yes", token=token)
        assert done.returncode == 1
        assert f"https://huggingface.co/{GATED}" in done.stderr
        assert "HF_TOKEN" in done.stderr
    done = pull(hub, tmp_path, GATED_NAME, "--yes", token="hf_right")
    assert done.returncode == 0, done.stderr
    assert hub.leaked == []


def test_a_licence_that_is_not_free_must_be_agreed_to(hub: FakeHub, tmp_path: Path) -> None:
    hub.repositories[GATED] = a_repository()
    done = pull(hub, tmp_path, GATED_NAME)
    assert done.returncode == 2
    assert "10 million US dollars" in done.stderr
    assert "--yes" in done.stderr
    assert hub.asked == []


def test_weights_that_could_run_code_are_refused(hub: FakeHub, tmp_path: Path) -> None:
    del hub.repositories[OPEN].files[WEIGHTS]
    del hub.repositories[OPEN].files["transformer/diffusion_pytorch_model.fp16.safetensors"]
    done = pull(hub, tmp_path)
    assert done.returncode == 4
    assert "diffusion_pytorch_model.bin" in done.stderr
    assert files_of(tmp_path / "models") == set()


def test_a_disk_with_too_little_room_is_told_before(hub: FakeHub, tmp_path: Path) -> None:
    hub.repositories[OPEN].claims_bytes = {WEIGHTS: 10**15}
    done = pull(hub, tmp_path)
    assert done.returncode == 1
    assert "1000000.0 GB more" in done.stderr
    assert "models_folder" in done.stderr


def test_a_repository_that_is_gone_is_told(hub: FakeHub, tmp_path: Path) -> None:
    del hub.repositories[OPEN]
    done = pull(hub, tmp_path)
    assert done.returncode == 4
    assert OPEN in done.stderr


def test_a_hub_that_is_not_there_is_told(hub: FakeHub, tmp_path: Path) -> None:
    hub.url = "http://127.0.0.1:9"
    done = pull(hub, tmp_path)
    assert done.returncode == 1
    assert "does not answer" in done.stderr


def test_a_library_that_was_told_to_stay_offline_is_heeded(hub: FakeHub, tmp_path: Path) -> None:
    variables = {**environment(hub, tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command(NAME, tmp_path),
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "HF_HUB_OFFLINE is set" in done.stderr
    assert hub.asked == []


@pytest.mark.parametrize(
    "tiny",
    ["wan2.2-i2v-a14b", "wan2.1-i2v", "ltx-2", "hunyuanvideo-1.5-i2v", "cogvideox"],
)
def test_what_is_pulled_can_be_loaded(
    tiny: str, hub: FakeHub, checkpoint: Callable[[str], Path], tmp_path: Path
) -> None:
    hub.repositories[OPEN] = repository_of(checkpoint(tiny))
    done = pull(hub, tmp_path)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "models" / NAME
    assert DiffusionPipeline.from_pretrained(folder, local_files_only=True).components
