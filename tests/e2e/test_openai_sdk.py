"""The newest OpenAI SDK, unchanged, against a real server with the real engine."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openai
import pytest
from PIL import Image

from tests.e2e.films import check_film
from tests.e2e.serving import ServerProcess

pytestmark = [
    pytest.mark.timeout(180),
    # The SDK marks its whole videos resource as deprecated since OpenAI closed the service.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PROMPT = "A calico cat playing a piano on stage"


@pytest.fixture
def client(server: ServerProcess) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="unused") as made:
        yield made


def test_a_film_is_created_polled_downloaded_listed_and_deleted(
    client: openai.OpenAI, tmp_path: Path
) -> None:
    video = client.videos.create_and_poll(
        model="sora-2", prompt=PROMPT, seconds="4", size="1280x720"
    )
    assert (video.status, video.progress, video.error) == ("completed", 100, None)
    film = tmp_path / "film.mp4"
    client.videos.download_content(video.id).write_to_file(film)
    check_film(film, width_px=1280, height_px=720, seconds=4)
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").read()
    assert Image.open(io.BytesIO(thumbnail)).format == "WEBP"
    sheet = client.videos.download_content(video.id, variant="spritesheet").read()
    assert Image.open(io.BytesIO(sheet)).format == "JPEG"
    assert video.id in [listed.id for listed in client.videos.list(limit=5)]
    assert client.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(video.id)


def test_a_reference_image_is_the_first_frame(client: openai.OpenAI, tmp_path: Path) -> None:
    across, down = np.meshgrid(np.linspace(30, 220, 720), np.linspace(30, 220, 1280))
    picture = np.stack([across, down, np.full_like(across, 90)], -1).astype(np.uint8)
    image = tmp_path / "first.png"
    Image.fromarray(picture).save(image)
    with image.open("rb") as reference:
        video = client.videos.create(
            model="sora-2", prompt="a fox in a meadow", seconds="4", input_reference=reference
        )
    video = client.videos.poll(video.id)
    assert video.status == "completed", video.error
    film = tmp_path / "film.mp4"
    client.videos.download_content(video.id).write_to_file(film)
    decoded = check_film(film, width_px=720, height_px=1280, seconds=4)
    difference = np.abs(decoded.first.astype(float) - picture.astype(float)).mean()
    assert difference < 6


def test_the_same_seed_makes_the_same_film(client: openai.OpenAI) -> None:
    films = []
    for _ in range(2):
        video = client.videos.create_and_poll(
            model="sora-2", prompt="a dog in the snow", seconds="4", extra_body={"seed": 7}
        )
        films.append(client.videos.download_content(video.id).read())
    assert films[0] == films[1]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": PROMPT, "seconds": "3"}, "seconds"),
        ({"prompt": PROMPT, "seconds": "long"}, "seconds"),
        ({"prompt": PROMPT, "size": "100x100"}, "size"),
        ({"prompt": PROMPT, "extra_body": {"style": "cubist"}}, "style"),
        ({"prompt": PROMPT, "input_reference": ("x.png", b"no image")}, "input_reference"),
    ],
)
def test_a_bad_field_is_a_400_that_names_it(
    client: openai.OpenAI, fields: dict[str, object], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create(model="sora-2", **fields)  # type: ignore[arg-type]  # bad on purpose
    assert caught.value.param == param
    assert caught.value.code


def test_an_unknown_model_is_a_404_that_names_the_known_ones(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="sora-2-pro"):
        client.videos.create(model="nothing", prompt=PROMPT)
