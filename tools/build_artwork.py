"""Build the artwork that ships with the animatic engine, in `src/matinee/engines/animatic/art/`.

    python -m tools.build_artwork                      # only our own vector drawings
    python -m tools.build_artwork --fluent A --flat B --cldr C --emojilib D --unicode E --inter F

Whatever its sources are given for is built; a source that is left out leaves its results as they
are. A to E are unpacked npm packages (`npm pack NAME@VERSION`, then `tar xzf`), F is a folder with
the Inter font files:

    --fluent    @iconify-json/fluent-emoji 1.2.7        coloured glyphs       MIT
    --flat      @iconify-json/fluent-emoji-flat 1.2.6   flat silhouettes      MIT
    --cldr      cldr-annotations-full 48.2.0            words of the glyphs   Unicode-3.0
    --emojilib  emojilib 4.0.3                          words of the glyphs   MIT
    --unicode   unicode-emoji-json 0.9.0                names of the glyphs   MIT
    --inter     Inter 3.19: Inter-Black.otf and Inter-SemiBold.otf            OFL-1.1

Our own drawings are `artwork/parts/*.svg` and `artwork/glyphs/*.svg`. A picture is drawn again only
when its source or a setting below has changed; `tools/artwork/drawn.json` remembers the digests.
The same sources and the same versions of resvg and libwebp give the same bytes.
"""

import argparse
import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import resvg_py
from PIL import Image

from tools import artwork_words

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = REPOSITORY / "artwork" / "parts"
OWN_GLYPHS = REPOSITORY / "artwork" / "glyphs"
LISTS = REPOSITORY / "tools" / "artwork"
ART = REPOSITORY / "src" / "matinee" / "engines" / "animatic" / "art"

GLYPH_BOX_PX = 512
GLYPH_QUALITY = 85
PART_QUALITY = 92
FONT_FACES = ("Inter-Black.otf", "Inter-SemiBold.otf")
FLAT = "flat-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One picture to make: vector source in, WebP out."""

    target: Path
    svg: str
    quality: int
    width_px: int | None = None

    @property
    def digest(self) -> str:
        """Changes whenever the picture would."""
        recipe = f"{self.quality} {self.width_px} {self.svg}"
        return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def main() -> None:
    """Read the options and build what they allow."""
    options = read_options()
    drawings = [*part_drawings(), *own_glyph_drawings()]
    if options.fluent and options.flat:
        drawings += glyph_drawings(read_icons(options.fluent), read_icons(options.flat))
    print(f"drew {draw_all(drawings)} of {len(drawings)} pictures")
    remove_strangers(drawings, glyphs_too=bool(options.fluent and options.flat))
    if options.cldr and options.emojilib and options.unicode:
        write_words(options.cldr, options.emojilib, options.unicode)
    copy_licences(options)
    if options.inter:
        copy_fonts(options.inter)
    report()


def read_options() -> argparse.Namespace:
    """The command line, as the module's docstring describes it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for source in ("fluent", "flat", "cldr", "emojilib", "unicode", "inter"):
        parser.add_argument(f"--{source}", type=Path)
    return parser.parse_args()


def wanted_glyphs() -> tuple[str, ...]:
    """The names in `tools/artwork/glyphs.txt`, in order."""
    lines = (LISTS / "glyphs.txt").read_text(encoding="utf-8").splitlines()
    return tuple(name for line in lines for name in line.partition("#")[0].split())


def read_icons(package: Path) -> Mapping[str, str]:
    """Every icon of an Iconify package as a whole SVG document, by name."""
    icon_set = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    return {name: svg_of(icon, icon_set) for name, icon in icon_set["icons"].items()}


def svg_of(icon: Mapping[str, object], icon_set: Mapping[str, object]) -> str:
    """An SVG document around an Iconify icon body. Source: the IconifyJSON format."""
    left, top = icon.get("left", 0), icon.get("top", 0)
    width = icon.get("width", icon_set.get("width", 16))
    height = icon.get("height", icon_set.get("height", 16))
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    frame = f'width="{width}" height="{height}" viewBox="{left} {top} {width} {height}"'
    return f"<svg {namespaces} {frame}>{icon['body']}</svg>"


def glyph_drawings(colour: Mapping[str, str], flat: Mapping[str, str]) -> Iterator[Drawing]:
    """The glyphs that are wanted, as drawings. Raises KeyError for a name that is in no set."""
    for name in wanted_glyphs():
        svg = flat[name.removeprefix(FLAT)] if name.startswith(FLAT) else colour[name]
        target = ART / "glyphs" / f"{name}.webp"
        yield Drawing(target=target, svg=svg, quality=GLYPH_QUALITY, width_px=GLYPH_BOX_PX)


def part_drawings() -> Iterator[Drawing]:
    """Our own vector parts, each at the size its SVG states."""
    for source in sorted(PARTS.glob("*.svg")):
        svg = source.read_text(encoding="utf-8")
        if not re.search(r"<svg[^>]*\bwidth=", svg):
            raise ValueError(f"{source.name}: the <svg> element states no width")
        target = ART / "parts" / f"{source.stem}.webp"
        yield Drawing(target=target, svg=svg, quality=PART_QUALITY)


def own_glyph_drawings() -> Iterator[Drawing]:
    """Glyphs of our own, for nouns that the coloured set lacks."""
    for source in sorted(OWN_GLYPHS.glob("*.svg")):
        svg = source.read_text(encoding="utf-8")
        target = ART / "glyphs" / f"{source.stem}.webp"
        yield Drawing(target=target, svg=svg, quality=GLYPH_QUALITY, width_px=GLYPH_BOX_PX)


def draw_all(drawings: list[Drawing]) -> int:
    """Draw what changed, remember the digests, and return how many were drawn."""
    memory = LISTS / "drawn.json"
    drawn: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    count = 0
    for drawing in drawings:
        key = drawing.target.relative_to(ART).as_posix()
        if drawn.get(key) == drawing.digest and drawing.target.exists():
            continue
        draw(drawing)
        drawn[key] = drawing.digest
        count += 1
    known = {key: digest for key, digest in sorted(drawn.items()) if (ART / key).exists()}
    replace_text(memory, json.dumps(known, indent=0) + "\n")
    return count


def draw(drawing: Drawing) -> None:
    """Rasterise one drawing to its WebP file."""
    fonts = [str(ART / "fonts" / face) for face in FONT_FACES if (ART / "fonts" / face).exists()]
    png = resvg_py.svg_to_bytes(
        svg_string=drawing.svg,
        width=drawing.width_px,
        skip_system_fonts=True,
        font_files=fonts,
        font_family="Inter",
    )
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    drawing.target.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=drawing.quality, method=4)
    replace_bytes(drawing.target, buffer.getvalue())


def remove_strangers(drawings: list[Drawing], *, glyphs_too: bool) -> None:
    """Delete pictures that no source stands for any more."""
    wanted = {drawing.target for drawing in drawings}
    folders = ("parts", "glyphs") if glyphs_too else ("parts",)
    for folder in folders:
        for picture in (ART / folder).glob("*.webp"):
            if picture not in wanted:
                picture.unlink()


def write_words(cldr: Path, emojilib: Path, unicode: Path) -> None:
    """Write `words.json` and print how well it knows the typical nouns."""
    words = artwork_words.build(
        artwork_words.Sources(cldr=cldr, emojilib=emojilib, unicode=unicode, lists=LISTS),
        (*wanted_glyphs(), *(source.stem for source in sorted(OWN_GLYPHS.glob("*.svg")))),
    )
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    replace_text(ART / "words.json", text + "\n")
    print(artwork_words.accuracy(words["en"], LISTS / "typical.txt"))


def copy_licences(options: argparse.Namespace) -> None:
    """Put every licence beside the artwork, in the wording its package ships."""
    for name, package in (
        ("unicode-cldr", options.cldr),
        ("emojilib", options.emojilib),
        ("unicode-emoji-json", options.unicode),
    ):
        if package:
            text = (package / "LICENSE").read_text(encoding="utf-8")
            replace_text(ART / "LICENSES" / f"{name}.txt", text)
    # The Iconify packages name the licence and its holder but ship no text: this is the set's own.
    fluent = (LISTS / "fluent-emoji-licence.txt").read_text(encoding="utf-8")
    replace_text(ART / "LICENSES" / "fluent-emoji.txt", fluent)


def copy_fonts(folder: Path) -> None:
    """Copy the two Inter faces and their licence."""
    for face in FONT_FACES:
        (ART / "fonts").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / face, ART / "fonts" / face)
    licence = (LISTS / "inter-licence.txt").read_text(encoding="utf-8")
    replace_text(ART / "LICENSES" / "inter.txt", licence)


def replace_text(path: Path, text: str) -> None:
    """Write a whole text file at once."""
    replace_bytes(path, text.encode())


def replace_bytes(path: Path, content: bytes) -> None:
    """Write a whole file at once, so that another run never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + ".new")
    half.write_bytes(content)
    half.replace(path)


def report() -> None:
    """Print what the artwork folder now holds."""
    for folder in ("glyphs", "parts", "fonts", "LICENSES"):
        files = [file for file in (ART / folder).glob("*") if file.is_file()]
        size = sum(file.stat().st_size for file in files)
        print(f"{folder:9} {len(files):4} files {size / 1e6:6.2f} MB")


if __name__ == "__main__":
    main()
