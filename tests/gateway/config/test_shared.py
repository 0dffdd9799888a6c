"""Where replicas meet is said in the file; what lets them in is not."""

import pytest

from sources.spi.settings import ValkeySettings

TOP = "calendar: GROUP\n"


def cache(text: str) -> tuple[str, str]:
    return TOP, f"{TOP}cache: {{{text}}}\n"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("valkey://cache", ValkeySettings("cache")),
        ("valkey://cache/", ValkeySettings("cache")),
        ("redis://10.0.0.1:6380/12", ValkeySettings("10.0.0.1", 6380, 12)),
        ("valkeys://cache.example/1", ValkeySettings("cache.example", database=1, tls=True)),
        ("valkey://[::1]:6379/0", ValkeySettings("::1")),
    ],
)
def test_the_address_says_where(changed, loaded, url, expected):
    assert loaded(changed(cache(f"url: '{url}'"))).shared == expected


def test_the_way_in_stands_elsewhere(changed, loaded):
    shared = loaded(changed(cache("url: 'valkey://c', username: app, password: env:SAP_PASSWORD"))).shared
    assert shared.username == "app"
    assert shared.password.reveal() == "s3cret-from-env"
    assert "s3cret" not in repr(shared)


def test_without_an_address_nothing_is_shared(valid, changed, loaded):
    assert loaded(valid).shared is None
    assert loaded(changed(cache("maxBytes: 5"))).shared is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("url: 'http://cache'", "must be an address such as valkey://host:6379/0"),
        ("url: 'valkey://'", "must be an address such as valkey://host:6379/0"),
        ("url: 'valkey://cache/first'", "must be an address such as valkey://host:6379/0"),
        ("url: 'valkey://cache:99999'", "must be an address such as valkey://host:6379/0"),
        ("url: 'valkey://cache?db=1'", "must be an address such as valkey://host:6379/0"),
        ("url: 'valkey://me:hunter2@cache'", "must not hold credentials"),
        ("url: 'valkey://cache', password: hunter2", "must not stand in the file: write env:NAME"),
        ("url: 'valkey://cache', password: env:NOBODY", "names the variable NOBODY, which is not set"),
        ("password: env:SAP_PASSWORD", "cache.password: is for a cache with a url"),
        ("username: app", "cache.username: is for a cache with a url"),
    ],
)
def test_what_is_wrong_with_it_is_said_without_showing_it(changed, wrong, text, said):
    found = wrong(changed(cache(text)))
    assert any(said in problem for problem in found)
    assert not any("hunter2" in problem for problem in found)
