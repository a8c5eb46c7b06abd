"""A usable pair is taken from the environment under either spelling, and an unusable one is told and left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight.keys import Keys
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.credentials import environment
from ncloud_integration.credentials.environment import EnvironmentKeys

ACCESS, SECRET = "ACCESSKEYACCESSKEYAC", "SECRETKEYSECRETKEYSECRETKEYSECRETKEYSECR"
NAMES = ("NCLOUD_ACCESS_KEY", "NCLOUD_ACCESS_KEY_ID", "NCLOUD_SECRET_KEY", "NCLOUD_SECRET_ACCESS_KEY")
VALUE = st.text(st.characters(exclude_characters="\x00"), max_size=6)


def set_to(access: str = "", access_id: str = "", secret: str = "", secret_access: str = "") -> dict[str, str]:
    return dict(zip(NAMES, (access, access_id, secret, secret_access), strict=True))


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        pytest.param(set_to(ACCESS, "", SECRET, ""), (NAMES[0], NAMES[2]), id="the short names"),
        pytest.param(set_to("", ACCESS, "", SECRET), (NAMES[1], NAMES[3]), id="the long names"),
        pytest.param(set_to(ACCESS, "", "", SECRET), (NAMES[0], NAMES[3]), id="one of each"),
        pytest.param(set_to(ACCESS, ACCESS, SECRET, SECRET), (NAMES[0], NAMES[2]), id="both, and the same"),
        pytest.param(set_to(ACCESS, f" {ACCESS}", SECRET), (NAMES[0], NAMES[2]), id="the same but for white space"),
        pytest.param({NAMES[1]: ACCESS, NAMES[2]: SECRET}, (NAMES[1], NAMES[2]), id="the others not set at all"),
        pytest.param(set_to(" ", ACCESS, SECRET, "\t"), (NAMES[1], NAMES[2]), id="the others blank"),
    ],
)
def test_a_pair_is_taken_and_its_names_are_told(variables: dict[str, str], names: tuple[str, ...]) -> None:
    assert environment.read_keys(variables) == EnvironmentKeys(Keys.of(ACCESS, SECRET), names)


def test_white_space_around_a_pair_is_left_out_and_told_by_its_names() -> None:
    found = environment.read_keys(set_to(f"{ACCESS}\n", "", "", f" {SECRET}"))
    assert (found.keys, found.names) == (Keys.of(ACCESS, SECRET), (NAMES[0], NAMES[3]))
    assert all(name in str(found.complaint) for name in found.names)


@pytest.mark.parametrize("variables", [{}, set_to(), set_to(" ", "\t", "\n", "")], ids=["not set", "empty", "blank"])
def test_nothing_set_is_nothing_to_complain_about(variables: dict[str, str]) -> None:
    assert environment.read_keys(variables) == EnvironmentKeys()


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        pytest.param(set_to(ACCESS, "OTHER", SECRET), (NAMES[0], NAMES[1]), id="two access keys"),
        pytest.param(set_to(ACCESS, "", SECRET, "other"), (NAMES[2], NAMES[3]), id="two secret keys"),
        pytest.param(set_to(ACCESS), (NAMES[0], NAMES[2]), id="an access key alone"),
        pytest.param(set_to("", ACCESS), (NAMES[1], NAMES[2]), id="an access key alone, long name"),
        pytest.param(set_to("", "", SECRET), (NAMES[2], NAMES[0]), id="a secret key alone"),
        pytest.param(set_to("AC CESS", "", SECRET), (NAMES[0],), id="a space in the access key"),
        pytest.param(set_to("", ACCESS, "", "sec\x1bret"), (NAMES[3],), id="a control character in the secret key"),
        pytest.param(set_to("접근키", "", SECRET), (NAMES[0],), id="an access key no header can carry"),
        pytest.param(set_to(ACCESS, "", "\udcff"), (NAMES[2],), id="a byte that is not UTF-8, as Python passes it on"),
    ],
)
def test_an_unusable_pair_is_told_by_its_names_and_not_used(variables: dict[str, str], told: tuple[str, ...]) -> None:
    found = environment.read_keys(variables)
    assert found.keys is None
    assert found.complaint is not None
    assert all(name in str(found.complaint) for name in told)


@given(st.builds(set_to, VALUE, VALUE, VALUE, VALUE))
def test_every_environment_gives_a_pair_or_a_complaint_or_nothing(variables: dict[str, str]) -> None:
    found = environment.read_keys(variables)
    is_set = any(value.strip() for value in variables.values())
    assert (found.keys is not None or found.complaint is not None) == is_set
    assert bool(found.names) == (found.keys is not None)


@given(st.text("xyz", min_size=3), st.text("uvw", min_size=3), st.sampled_from(["", " ", "\x1b", "\u200b"]))
def test_no_key_is_ever_in_a_complaint_or_its_repr(access: str, secret: str, between: str) -> None:
    for variables in (
        set_to(access + between + access, "", secret + between + secret),
        set_to(access, secret),
        set_to(access),
        set_to("", "", secret, access),
    ):
        written = f"{environment.read_keys(variables)!r} {environment.read_keys(variables).complaint}"
        assert access not in written
        assert secret not in written


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("public", PUBLIC),
        ("gov", GOV),
        ("fin", FIN),
        ("GOV", GOV),
        (" fin\n", FIN),
        ("", None),
        ("  ", None),
    ],
)
def test_a_site_is_read_by_its_name(name: str, site: Site | None) -> None:
    assert environment.read_site({"NCLOUD_SITE": name}) == (site, None)


def test_no_site_is_nothing_to_complain_about() -> None:
    assert environment.read_site({}) == (None, None)


@pytest.mark.parametrize("name", ["PUB", "korea", "public,gov", "\x1b[31m", "{name}"])
def test_a_site_that_is_none_is_told_and_not_used(name: str) -> None:
    site, complaint = environment.read_site({"NCLOUD_SITE": name})
    assert site is None
    assert "NCLOUD_SITE" in str(complaint)
    assert "\x1b" not in str(complaint)


def test_a_child_process_is_given_everything_but_the_keys() -> None:
    others = {"PATH": "/bin", "NCLOUD_SITE": "gov", "NCLOUD_API_GW": "x"}
    assert environment.without_keys({**set_to(ACCESS, ACCESS, SECRET, SECRET), **others}) == others
    assert frozenset(NAMES) == environment.KEY_NAMES


def test_another_services_gateway_is_not_used() -> None:
    assert environment.read_keys({"NCLOUD_API_GW": "https://other.example"}) == EnvironmentKeys()
    assert environment.read_site({"NCLOUD_API_GW": "https://other.example"}) == (None, None)
