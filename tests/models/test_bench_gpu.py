"""The measurement for GPUs runs from end to end without one, so that it will on one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ONLY_ON_A_GPU = {"_native_cudnn", "compiled, _native_cudnn", "h264_nvenc"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_experiment_runs_at_its_smallest(tmp_path: Path) -> None:
    out = tmp_path / "gpu.json"
    command = [sys.executable, "-m", "bench.gpu", "--tiny", "--out", str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    experiments = json.loads(out.read_text())["experiments"]
    assert [each["number"] for each in experiments] == [1, 2, 3, 4, 5]
    rows = [row for each in experiments for row in each["rows"]]
    failed = {row["variant"]: row["why_not"] for row in rows if row["seconds"] is None}
    assert set(failed) <= ONLY_ON_A_GPU, failed
    assert all(row["variant"] in ran.stdout for row in rows)


def test_the_first_three_experiments_need_torch_and_diffusers_alone() -> None:
    program = (
        "import sys; sys.modules.update(av=None, msgspec=None, cv2=None); "
        "import bench.gpu.drawing, bench.gpu.decoding, bench.gpu.reading"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_without_a_gpu_it_says_how_to_run_dry() -> None:
    command = [sys.executable, "-m", "bench.gpu", "--device", "cuda:0"]
    environment = {"CUDA_VISIBLE_DEVICES": ""}
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert "No GPU is here. `--tiny` is a dry run without one." in ran.stderr
