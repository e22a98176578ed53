"""What is stored while the first key is made has an owner, or is not stored at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from matinee.core.errors import AuthenticationFailed
from matinee.core.wish import ClipWish, Upload
from matinee.services.access import LOCAL_ACCOUNT
from matinee.services.files import FileWish
from tests.fakes import a_film
from tests.houses import a_house


async def test_nothing_is_stored_for_nobody(tmp_path: Path) -> None:
    upload = Upload(param="file", data=a_film())
    file = FileWish(upload=upload, name="a", purpose="vision", media_type="video/mp4")
    async with a_house(tmp_path) as house:
        await house.access.create_key("alice")
        with pytest.raises(AuthenticationFailed):
            await house.files.create(LOCAL_ACCOUNT, file)
        with pytest.raises(AuthenticationFailed):
            await house.characters.create(LOCAL_ACCOUNT, "A", ClipWish(param="v", upload=upload))
        assert house.blob_files == set()
        assert house.uploads == []
