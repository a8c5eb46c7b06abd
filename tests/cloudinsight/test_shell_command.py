from __future__ import annotations

import shlex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import shell_command
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.shell_command import BODY_END
from ncloud_integration.cloudinsight.site import FIN, GOV, PUBLIC, Site
from ncloud_integration.integration import body
from ncloud_integration.integration.draft import unchecked
from ncloud_integration.integration.model import Header, Integration
from ncloud_integration.practice.sample import PRACTICE_DRAFT

PRACTICE_INTEGRATION = unchecked(PRACTICE_DRAFT)
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("'\"\\$`\n\r\tE가")
INTEGRATIONS = st.builds(Integration, TEXT, TEXT, st.lists(st.builds(Header, TEXT, TEXT), max_size=3).map(tuple), TEXT)


def written(site: Site = PUBLIC, base_url: str = "", timeout: float = 30) -> str:
    return shell_command.write(Gateway(site, base_url or site.base_url, timeout), PRACTICE_INTEGRATION)


@given(INTEGRATIONS)
@example(Integration(f"\n{BODY_END}\n", f"\n{BODY_END}\n", (Header(BODY_END, f"\n{BODY_END}"),), f"{BODY_END}\n"))
def test_the_body_ends_where_its_end_is_marked(integration: Integration) -> None:
    command = shell_command.write(Gateway(PUBLIC, PUBLIC.base_url), integration)
    whole = body.write(integration).decode()
    # A shell ends a line with LF alone, and so does this.
    start = command.split("\n").index(whole.split("\n", maxsplit=1)[0])
    lines = command.split("\n")[start:]
    assert "\n".join(lines[: lines.index(BODY_END)]) == whole


@pytest.mark.parametrize("site", [PUBLIC, GOV, FIN], ids=lambda site: site.name)
def test_it_calls_the_gateway_of_its_site(site: Site) -> None:
    assert f"' {site.base_url} /cw_fea/real/cw/api/integration/create {site.domain_code} <<" in written(site)


@pytest.mark.parametrize(
    ("base_url", "has", "has_not"),
    [
        pytest.param("https://cw.apigw.ntruss.com", "--proto '=https'", "--noproxy", id="https"),
        pytest.param("http://127.0.0.1:8000", "--proto '=http' --noproxy '*'", "=https", id="this machine"),
        pytest.param("https://127.0.0.1:8443", "--proto '=https' --noproxy '*'", "=http'", id="this machine, https"),
    ],
)
def test_it_takes_no_other_way_than_the_wizard(base_url: str, has: str, has_not: str) -> None:
    command = written(base_url=base_url)
    assert has in command
    assert has_not not in command


def test_it_waits_as_long_as_the_wizard() -> None:
    assert "--max-time 2.5 " in written(timeout=2.5)


def test_the_signer_is_one_word_of_the_shell() -> None:
    words = shlex.split(written().partition("<<")[0], comments=True)
    assert words[:3] == ["python3", "-I", "-c"]
    assert words[4:] == [PUBLIC.base_url, "/cw_fea/real/cw/api/integration/create", "PUB"]


def test_it_says_what_running_it_does() -> None:
    said = " ".join(line.lstrip("# ") for line in written().splitlines() if line.startswith("#"))
    assert "Each run creates one more" in said
    assert "never repeated" in said
