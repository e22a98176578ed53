"""What films cost, from the operator's list: model, then size class or size, then US dollars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matinee.core.errors import SettingsInvalid
from matinee.core.route import MICROS_PER_USD, Price, Route
from matinee.core.size import Size

PriceList = Mapping[str, Mapping[str, float]]
"""US dollars for a second of film, by model and by size class or exact size."""

_MOST_USD = 1000.0


def prices_of(route: Route, prices: PriceList) -> tuple[Price, ...]:
    """What the films of `route` cost by `prices`, exact sizes before classes.

    Raises SettingsInvalid for a size that the model does not make, or an amount that is none.
    """
    sizes = route.capabilities.sizes
    found = [
        Price(
            name=name,
            sizes=_sizes_of(route.model, name, sizes),
            micros_per_second=_micros(route.model, name, usd),
        )
        for name, usd in prices.get(route.model, {}).items()
    ]
    return tuple(sorted(found, key=lambda price: Size.parse(price.name) is None))


def check_models(models: Sequence[str], prices: PriceList) -> None:
    """Raise SettingsInvalid unless every priced model is among `models`."""
    for model in prices:
        if model not in models:
            listed = ", ".join(f"'{each}'" for each in models)
            raise SettingsInvalid(
                f"The setting 'prices' names the model '{model}', which is not here. "
                f"Models here: {listed}.",
                param="prices",
            )


def cost_micros(route: Route, size: Size, seconds: int) -> int:
    """What a film of that size and length costs in millionths of a US dollar; 0 if it is free."""
    price = route.price_of(size)
    return price.micros_per_second * seconds if price else 0


def _sizes_of(model: str, name: str, sizes: Sequence[Size]) -> tuple[Size, ...]:
    named = tuple(size for size in sizes if name in (str(size), _class_of(size)))
    if not named:
        known = [*dict.fromkeys(map(_class_of, sizes)), *map(str, sizes)]
        listed = ", ".join(f"'{each}'" for each in known)
        raise SettingsInvalid(
            f"The setting 'prices' names the size '{name}' of '{model}', which it does not make. "
            f"Right would be: {listed}.",
            param="prices",
        )
    return named


def _class_of(size: Size) -> str:
    """What a size is called by its short side: `720p` for 1280x720."""
    return f"{min(size.width_px, size.height_px)}p"


def _micros(model: str, name: str, usd: float) -> int:
    if math.isfinite(usd) and 0 <= usd <= _MOST_USD:
        micros = round(usd * MICROS_PER_USD)
        if math.isclose(micros / MICROS_PER_USD, usd, rel_tol=1e-9):
            return micros
    raise SettingsInvalid(
        f"The setting 'prices' says {usd} for '{model}' in '{name}': a price is US dollars for a "
        f"second of film, from 0 to {_MOST_USD:.0f}, with at most six decimals.",
        param="prices",
    )
