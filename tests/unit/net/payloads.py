"""Hostile URLs, answers and servers by class, after section 9.1 of the security notes.

In a URL, `{port}` stands for a port that the guard permits and on which a listener waits at every
address of this machine, so that whatever slips through is heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

MINIMUM = {
    1: 40, 2: 30, 3: 40, 4: 50, 5: 25, 6: 40, 7: 15, 8: 40, 9: 45,
    10: 25, 11: 15, 12: 15, 13: 20, 14: 20, 15: 30, 16: 10, 17: 24, 18: 20,
}  # fmt: skip

PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


def _with_port(hosts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"http://{host}:{{port}}/cat.png" for host in hosts)


LOOPBACK_SPELLINGS = _with_port((
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "127.000.000.001",
    "127.00.0.1", "0127.0.0.1", "0177.0.0.1", "0177.0.0.01", "0177.1", "00000177.0.0.1",
    "0177.0x0.0.1", "0x7f.1", "0x7f.0.0.1", "0x7F.0X0.0.1", "0x7f.0x0.0x0.0x1", "0x7f000001",
    "0x7f000002", "0x07f000001", "2130706433", "2130706434", "02130706433", "017700000001",
    "0017700000001", "127.0.0x1", "127.0x000001", "127.0.256", "127.65537", "127.16777215",
    "0", "00", "0x0", "0.0", "0.0.0", "0.0.0.0", "0.1", "000.000.000.000", "0x.0x.0x.0x",
    "127.0.0.1.", "127.1.", "127.0.0.1%00", "127.0.0.1%2e", "4294967296", "383", "localhost",
    "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost",
))  # fmt: skip

UNICODE_HOSTS = _with_port((
    "127。0。0。1", "127.0。0.1", "127．0．0．1", "127｡0｡0｡1", "127。1", "１２７.0.0.1",
    "１２７。０。０。１", "①②⑦.⓪.⓪.①", "①②⑦。⓪。⓪。①", "⓪", "⓿", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "𝟙𝟚𝟟.0.0.1",
    "𝟣𝟤𝟩.0.0.1", "𝟭𝟮𝟳.0.0.1", "𝟷𝟸𝟽.0.0.1", "¹²⁷.⁰.⁰.¹", "₁₂₇.₀.₀.₁", "127.0.0.¹", "127.0.0.①",
    "127\u00ad.0.0.1", "127.0.0.1\u00ad", "127\u200b.0.0.1", "127.0.0\u2060.1", "\ufeff127.0.0.1",
    "127\u202e.0.0.1", "１27.0.0.1", "٠.٠.٠.٠", "۱۲۷.۰.۰.۱", "१२७.०.०.१", "０x7f.1", "0ｘ7f.1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ", "lοcalhost", "locаlhost", "loc\u00adalhost", "LOCALHOSŤ",
    "ﬁle.example", "[：：1]", "[::１]", "exаmple.com", "пример.испытание", "例え.テスト",
    "xn--12-0fc.0.0.1", "\u2488.example", "127%E3%80%820%E3%80%820%E3%80%821",
))  # fmt: skip

SPECIAL_IPV4 = _with_port((
    "10.0.0.0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1",
    "192.168.255.255", "100.64.0.1", "100.127.255.254", "169.254.0.1", "169.254.255.255",
    "198.18.0.1", "198.19.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.170",
    "192.0.0.192", "192.0.0.255", "192.0.2.1", "192.0.2.2", "198.51.100.1", "203.0.113.255",
    "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.175.48.1", "168.63.129.16", "0.0.0.1",
    "0.255.255.255", "224.0.0.1", "224.0.0.251", "239.255.255.250", "233.252.0.1", "240.0.0.1",
    "247.1.2.3", "255.0.0.1", "255.255.255.254", "255.255.255.255", "10.1", "0xa.0.0.1",
    "012.0.0.1", "167772161", "192.168.1", "192.11010049", "0300.0250.0.1", "3232235521",
    "0xc0a80001", "172.1048577",
))  # fmt: skip

IPV6_LITERALS = _with_port((
    "[::]", "[::1]", "[::2]", "[0:0:0:0:0:0:0:0]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0001]",
    "[0::1]", "[::0:1]", "[::127.0.0.1]", "[::7f00:1]", "[::10.0.0.1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::FFFF:7F00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]",
    "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:93.184.215.14]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]",
    "[64:ff9b::5db8:d70e]", "[100::1]", "[100:0:0:1::1]", "[2002:7f00:1::]", "[2002:7f00:1::1]",
    "[2002:a00:1::1]", "[2002:a9fe:a9fe::]", "[2001::1]", "[2001:0:7f00:1::]", "[2001:2::1]",
    "[2001:10::1]", "[2001:20::1]", "[2001:30::1]", "[2001:db8::1]", "[3fff::1]", "[3ffe::1]",
    "[2620:4f:8000::1]", "[5f00::1]", "[fc00::1]", "[fd00::1]", "[fd00::2]", "[fdff:ffff::1]",
    "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]", "[::1%1]", "[febf::1]",
    "[fec0::1]",
    "[feff::1]", "[ff00::1]", "[ff02::1]", "[ff05::2]", "[ff0e::1]", "[4000::1]", "[8000::1]",
    "[2606:2800:21F:CB07:6820:80DA:AF6B:8B2C]", "[2606:4700:0:0:0:0:0:1111]",
    "[2606:4700::0:1111]", "[2606:4700:0::1111]", "[2606:4700:::1111]", "[2606:4700::1111::1]",
    "[v1.fe80::a]", "[127.0.0.1]", "[1.1.1.1]", "[]", "[:]", "::1", "[::1", "::1]",
))  # fmt: skip

METADATA = (
    *_with_port((
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.169.123", "169.254.0.23",
        "[fd00:ec2::254]", "[fd00:ec2::23]", "[fd20:ce::254]", "100.100.100.200", "192.0.0.192",
        "168.63.129.16", "[fe80::a9fe:a9fe]", "metadata.google.internal", "metadata.goog",
        "metadata", "instance-data", "instance-data.ec2.internal", "169.254.43518",
        "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.254.169.254.",
        "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]", "169.254.169.254.nip.example",
    )),
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://169.254.169.254/latest/api/token",
    "http://169.254.169.254/metadata/instance?api-version=2021-02-01",
    "http://169.254.169.254/computeMetadata/v1/?recursive=true",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/opc/v2/instance/",
    "http://168.63.129.16/machine?comp=goalstate",
)  # fmt: skip

PARSER_DIFFERENCES = (
    "http://user@127.0.0.1:{port}/", "http://user:secret@127.0.0.1:{port}/",
    "http://public.example@127.0.0.1:{port}/", "http://127.0.0.1:{port}@public.example/",
    "http://public.example:80@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/",
    "http://:@127.0.0.1:{port}/", "http://a@b@127.0.0.1:{port}/", "http://public.example%40x@y/",
    "http://public.example\\@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@public.example/",
    "http:\\\\127.0.0.1:{port}\\", "http://127.0.0.1:{port}\\.public.example/",
    "http://public.example#@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@public.example/",
    "http://public.example?@127.0.0.1:{port}/", "http://127.0.0.1:{port}?@public.example/",
    "http://public.example%2f@127.0.0.1:{port}/", "http://public.example%2f.127.0.0.1:{port}/",
    "http://127.0.0.1%2f.public.example:{port}/", "http://127.0.0.1%23.public.example:{port}/",
    "http://127.0.0.1%00.public.example:{port}/", "http://127.0.0.1\x00.public.example:{port}/",
    "http://127.0.0.1\t:{port}/", "http://127.0.0.1\n:{port}/", "http://127.0.0.1\r\n:{port}/",
    "http://127.0\t.0.1:{port}/", "ht\ntp://127.0.0.1:{port}/", "http://\t127.0.0.1:{port}/",
    "http:// 127.0.0.1:{port}/", "http://127.0.0.1 :{port}/", "http://127.0.0.1 .public.example/",
    "http://127.0.0.1:{port}:80/", "http://127.0.0.1:80:{port}/",
    "http://public.example:80:{port}/",
    "http://[::1]:{port}:80/", "http://[::1%25lo]:{port}/", "http://[::1]public.example:{port}/",
    "http://public.example[::1]:{port}/", "http://[::1]]:{port}/", "http://[[::1]]:{port}/",
    "http://[public.example]:{port}/", "http://[::1:{port}/", "http://::1]:{port}/",
    "http://[::1].public.example:{port}/", "http://", "http:///", "http:///127.0.0.1:{port}/",
    "http:////127.0.0.1:{port}/", "http://:{port}/", "http://?", "http://#", "http://.:{port}/",
    "http://..:{port}/", "http://.127.0.0.1:{port}/", "http://127..0.0.1:{port}/",
    "http://127.0.0.1,public.example:{port}/", "http://127.0.0.1;public.example:{port}/",
    "http://127.0.0.1&public.example:{port}/", "http://127.0.0.1|public.example:{port}/",
    "http://$(hostname):{port}/", "http://{{host}}:{port}/", "http://*:{port}/",
    "http://-a.b:{port}/",
    "http://a-.b:{port}/", "http://127.0.0.1:{port}/\u2028", "http://127.0.0.1:{port}/%zz",
    "http://127.0.0.1:{port}/\ud800", "\x00http://127.0.0.1:{port}/", "127.0.0.1:{port}/cat.png",
    "//127.0.0.1:{port}/", "/cat.png", "cat.png", "", " ", "http", "http:", "http:/",
    "http://" + "a" * 64 + ".example:{port}/", "http://" + "a." * 130 + "example:{port}/",
    "http://public.example:{port}/" + "a" * 9000,
)  # fmt: skip

SCHEMES = (
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "FILE:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "ftps://127.0.0.1:{port}/", "sftp://127.0.0.1:{port}/", "tftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET%20/", "dict://127.0.0.1:{port}/d:cat",
    "ldap://127.0.0.1:{port}/",
    "ldaps://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/", "wss://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}/a.jar!/b", "blob:http://127.0.0.1:{port}/1",
    "data:text/html,hello",
    "javascript:alert(1)", "unix:///run/docker.sock", "http+unix://%2Frun%2Fdocker.sock/info",
    "http://unix:/run/docker.sock:/info", "smb://127.0.0.1/share", "netdoc:///etc/passwd",
    "phar://a.phar/b", "php://input", "view-source:http://127.0.0.1:{port}/", "about:blank",
    "s3://bucket/key", "git://127.0.0.1:{port}/", "ssh://127.0.0.1:{port}/",
    "telnet://127.0.0.1:{port}",
    "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "https:127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/", "hTTp://LOCALHOST:{port}/", " http://127.0.0.1:{port}/",
    "\thttp://127.0.0.1:{port}/", "\nhttp://127.0.0.1:{port}/", "http ://127.0.0.1:{port}/",
    "http:// /", "httpx://127.0.0.1:{port}/", "https+http://127.0.0.1:{port}/",
    "url:http://127.0.0.1/",
    "concat:http://127.0.0.1:{port}/a|http://127.0.0.1:{port}/b", "http%3a//127.0.0.1:{port}/",
    "ｈｔｔｐ://127.0.0.1:{port}/", "http：//127.0.0.1:{port}/",
)  # fmt: skip

PORTS = tuple(
    f"http://public.example:{port}/cat.png"
    for port in (
        "0", "1", "7", "19", "21", "22", "23", "25", "53", "110", "111", "137", "389", "445",
        "2375",
        "3306", "5432", "6379", "8000", "8080", "9200", "11211", "27017", "65535", "65536", "65616",
        "99999", "4294967376", "-1", "-80", "+80", "080", "0080", "00", "", "http", "80a", "8 0",
        "0x50",
        "80.0", "８０", "80%20", "80,443", "1e2", "٨٠",
    )
)  # fmt: skip

SELF_REACH = (
    "http://127.0.0.1:{port}/v1/videos", "http://localhost:{port}/v1/videos",
    "http://{own_address}:{port}/v1/videos", "http://{own_address}:{port}/healthz",
    "http://[fd00::2]:{port}/v1/videos", "http://{own_name}:{port}/v1/videos",
    "http://{own_name}.:{port}/v1/videos", "http://films.example:{port}/v1/videos",
    "https://films.example/console", "http://FILMS.example/admin", "https://films.example:8443/",
    "http://engine.internal:{port}/v1/generate", "http://127.0.0.1:8188/prompt",
    "http://127.0.0.1:5432/", "http://database:{port}/", "http://127.0.0.1:6379/",
    "http://host.docker.internal:{port}/", "http://kubernetes.default.svc:{port}/",
    "http://172.17.0.1:{port}/", "http://10.96.0.1:{port}/api", "http://0.0.0.0:{port}/v1/videos",
)  # fmt: skip

URLS: dict[int, tuple[str, ...]] = {
    1: LOOPBACK_SPELLINGS,
    2: UNICODE_HOSTS,
    3: SPECIAL_IPV4,
    4: IPV6_LITERALS,
    5: METADATA,
    9: PARSER_DIFFERENCES,
    10: SCHEMES,
    11: PORTS,
    12: SELF_REACH,
}

NAMES: dict[str, tuple[str, ...]] = {
    "public.example": (PUBLIC,),
    "localhost": ("127.0.0.1", "::1"),
    "localhost.localdomain": ("127.0.0.1",),
    "ip6-localhost": ("::1",),
    "metadata.google.internal": ("169.254.169.254",),
    "metadata.goog": ("169.254.169.254",),
    "metadata": ("169.254.169.254",),
    "instance-data": ("169.254.169.254",),
    "instance-data.ec2.internal": ("169.254.169.254",),
    "169.254.169.254.nip.example": ("169.254.169.254",),
    "films.example": (PUBLIC,),
    "engine.internal": ("10.1.2.3",),
    "database": ("172.18.0.3",),
    "host.docker.internal": ("192.168.65.254",),
    "kubernetes.default.svc": ("10.96.0.1",),
    "127.0.0.1.public.example": ("127.0.0.1",),
}
"""What the resolver of the tests answers; all that is no number besides has no answer."""

PRIVATE = (
    "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254",
    "100.64.0.1",
    "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A name and what the resolver says of it, one tuple of addresses for each time it is asked."""

    name: str
    rounds: tuple[tuple[str, ...], ...]


_MANY = tuple(f"93.184.215.{number}" for number in range(1, 60))

DNS_ANSWERS = (
    *(Answers(name="name.example", rounds=((address,),)) for address in PRIVATE),
    *(Answers(name="mixed.example", rounds=((PUBLIC, address),)) for address in PRIVATE),
    *(Answers(name="mixed.example", rounds=((address, PUBLIC),)) for address in PRIVATE[-10:]),
    Answers(name="many.example", rounds=((*_MANY, "10.0.0.1"),)),
    Answers(name="many.example", rounds=((*_MANY, "::1", *_MANY),)),
    Answers(name="six.example", rounds=((OTHER_PUBLIC, "fd00::1"),)),
    Answers(name="empty.example", rounds=((),)),
    Answers(name="scoped.example", rounds=(("fe80::1%lo",),)),
    Answers(name="scoped.example", rounds=((OTHER_PUBLIC + "%lo",),)),
    Answers(name="127.0.0.1.nip.example", rounds=(("127.0.0.1",),)),
    Answers(name="10-0-0-1.sslip.example", rounds=(("10.0.0.1",),)),
    Answers(name="dot.example.", rounds=((PUBLIC,),)),
    Answers(name="intranet", rounds=((PUBLIC,),)),
    Answers(name="a" * 63 + ".example", rounds=(("127.0.0.1",),)),
    Answers(name=".".join(["a" * 62] * 4), rounds=(("127.0.0.1",),)),
    Answers(name=".".join(["a" * 63] * 4), rounds=((PUBLIC,),)),
    Answers(name="a" * 64 + ".example", rounds=((PUBLIC,),)),
    Answers(name="xn--a.example", rounds=((PUBLIC,),)),
)

_FLIPPED = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1")

FLIPS = tuple(
    Answers(name=f"{moment}.example", rounds=((PUBLIC,), (address,)))
    for moment, address in product(("connect", "redirect", "again"), _FLIPPED)
)
"""A name that is public when first asked for and private after it."""

REDIRECT_STATUSES = (301, 302, 303, 307, 308)
REDIRECTS = (
    *((status, "http://127.0.0.1:{port}/cat.png") for status in REDIRECT_STATUSES),
    *((status, "http://169.254.169.254/latest/meta-data/") for status in REDIRECT_STATUSES),
    *((302, url) for url in (
        "http://[::1]:{port}/", "http://localhost:{port}/", "http://10.0.0.1/", "http://0/",
        "http://2130706433:{port}/", "http://metadata.google.internal/computeMetadata/v1/",
        "http://engine.internal/", "//127.0.0.1:{port}/", "///127.0.0.1:{port}/", "//localhost",
        "/\\127.0.0.1:{port}/", "\\\\127.0.0.1:{port}\\", "http:127.0.0.1:{port}/", "http:cat.png",
        "http:/127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1:{port}/_x", "data:image/png;base64,AAAA", "javascript:alert(1)",
        "HTTP://127.0.0.1:{port}/", "http://user:secret@127.0.0.1:{port}/",
        "//user@127.0.0.1:{port}/",
        "http://public.example@127.0.0.1:{port}/", "http://public.example:22/",
        "http://127.0.0.1:{port}\t/", " http://127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/ cat.png",
        "/ cat.png", "/\tcat.png", "/%zz", "http://127。0。0。1:{port}/", "", "#", "?again",
        "/front.png",
        "front.png", "./front.png", "../../front.png", "http://front.example:{front}/front.png",
        "//front.example:{front}/front.png", "mailto:a@b.example", "a:b",
    )),
)  # fmt: skip
"""A status and a `Location`. The last few lead back to the server itself, without end."""

IGNORED_REDIRECTS = (
    b"Refresh: 0; url=http://127.0.0.1:{port}/\r\n",
    b"Link: <http://127.0.0.1:{port}/>; rel=preload\r\n",
    b"Content-Location: http://127.0.0.1:{port}/\r\n",
    b"Alt-Svc: h2=\"127.0.0.1:{port}\"\r\n",
    b"Location: http://127.0.0.1:{port}/\r\n",
)  # fmt: skip
"""Heads of a 200 that name another place, which must not be visited."""

URL_FIELDS = (
    "input_reference", "input_reference.image_url", "messages[0].content[1].image_url.url",
    "images[0]",
    "image", "frame_images[0].image_url.url", "webhook_url", "storyboard.cards[0].image",
)  # fmt: skip
FIELD_URLS = (
    "http://192.168.0.1/cat.png",
    "http://mixed.example/cat.png",
    "http://public.example\\@127.0.0.1:{port}/",
)

SECOND_ORDER = tuple(
    Answers(name=f"{purpose}.example", rounds=((PUBLIC,), (address,)))
    for purpose, address in product(
        ("reference", "webhook", "polling-url", "film-url"),
        ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"),
    )
)
"""A stored URL, or one from an upstream's answer, whose name changes before the next use."""
