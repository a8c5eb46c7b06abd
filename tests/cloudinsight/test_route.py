"""The way to the gateway: which setting wins, what of it may be seen, and what is wrong with it before it is used."""

from __future__ import annotations

import itertools
import os
import ssl
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
import trustme
from hypothesis import assume, given
from hypothesis import strategies as st

from ncloud_integration.cloudinsight import route
from ncloud_integration.cloudinsight.gateway import Gateway
from ncloud_integration.cloudinsight.route import Proxy, RouteError
from ncloud_integration.cloudinsight.site import PUBLIC
from ncloud_integration.integration.sentence import Sentence, unprintable

GATEWAY = Gateway(PUBLIC, PUBLIC.base_url)
ON_IPV6 = Gateway(PUBLIC, "https://[2001:db8::1]:8443")
VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
"""In curl's order."""


def found(written: str) -> Proxy:
    proxy = route.proxy(GATEWAY, {"https_proxy": written})
    assert proxy is not None
    return proxy


def proxy_or_refusal(written: str) -> tuple[Proxy | None, Sentence | None]:
    try:
        return route.proxy(GATEWAY, {"https_proxy": written}), None
    except RouteError as error:
        return None, error.sentence


def goes_through_a_proxy(no_proxy: str, gateway: Gateway = GATEWAY, variable: str = "no_proxy") -> bool:
    return route.proxy(gateway, {"https_proxy": "http://proxy:3128", variable: no_proxy}) is not None


class TestWhichProxy:
    def test_none_where_none_is_named(self) -> None:
        assert route.proxy(GATEWAY, {}) is None

    @pytest.mark.parametrize("variable", VARIABLES)
    def test_any_variable_names_one(self, variable: str) -> None:
        environment = {variable: "http://proxy:3128"}
        assert route.proxy(GATEWAY, environment) == Proxy(variable, "http://proxy:3128", "proxy:3128")

    @pytest.mark.parametrize(("first", "second"), list(itertools.combinations(VARIABLES, 2)))
    def test_the_first_in_curls_order_wins(self, first: str, second: str) -> None:
        for environment in ({first: "a", second: "b"}, {second: "b", first: "a"}):
            proxy = route.proxy(GATEWAY, environment)
            assert proxy is not None
            assert (proxy.variable, proxy.host) == (first, "a")

    @pytest.mark.parametrize("blank", ["", " ", "\t\n"])
    def test_a_blank_one_names_none(self, blank: str) -> None:
        assert route.proxy(GATEWAY, dict.fromkeys(VARIABLES, blank)) is None
        proxy = route.proxy(GATEWAY, {**dict.fromkeys(VARIABLES, blank), "ALL_PROXY": "a"})
        assert proxy is not None
        assert proxy.variable == "ALL_PROXY"

    @pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "Https_Proxy", "ftp_proxy", "proxy"])
    def test_other_variables_mean_nothing_over_https(self, variable: str) -> None:
        assert route.proxy(GATEWAY, {variable: "http://proxy:3128"}) is None

    @pytest.mark.parametrize(
        "base_url", ["http://127.0.0.1:8080", "https://127.0.0.1:8443", "http://[::1]:1", "http://localhost:1"]
    )
    @pytest.mark.parametrize("proxy", ["http://proxy:3128", "gopher://proxy"])
    def test_none_to_a_gateway_on_this_machine(self, base_url: str, proxy: str) -> None:
        assert route.proxy(Gateway(PUBLIC, base_url), {"https_proxy": proxy}) is None

    @pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "ALL_PROXY"])
    def test_over_http_those_of_http_are_used_as_curl_uses_them(self, variable: str) -> None:
        over_http = Gateway(PUBLIC, "http://gateway.example")
        environment = dict.fromkeys(["https_proxy", "HTTPS_PROXY", "HTTP_PROXY"], "http://other:1")
        assert route.proxy(over_http, environment) is None
        proxy = route.proxy(over_http, {**environment, variable: "http://proxy:3128"})
        assert proxy is not None
        assert (proxy.variable, proxy.host) == (variable, "proxy:3128")

    def test_the_environment_is_the_process_s_own_as_it_is_at_the_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert route.proxy(GATEWAY) is None
        monkeypatch.setenv("ALL_PROXY", "http://proxy:3128")
        proxy = route.proxy(GATEWAY)
        assert proxy is not None
        assert proxy.variable == "ALL_PROXY"
        monkeypatch.setenv("NO_PROXY", "*")
        assert route.proxy(GATEWAY) is None


class TestExceptions:
    @pytest.mark.parametrize(
        "no_proxy",
        [
            pytest.param("*", id="all"),
            pytest.param("cw.apigw.ntruss.com", id="the host"),
            pytest.param("CW.APIGW.NTRUSS.COM", id="the host in capitals"),
            pytest.param("ntruss.com", id="a domain"),
            pytest.param(".ntruss.com", id="a domain after a dot"),
            pytest.param("localhost, .ntruss.com ,example.com", id="one of several"),
            pytest.param("com", id="a top-level domain"),
        ],
    )
    def test_an_excepted_gateway_is_called_directly(self, no_proxy: str) -> None:
        for variable in ("no_proxy", "NO_PROXY"):
            assert not goes_through_a_proxy(no_proxy, variable=variable)

    @pytest.mark.parametrize(
        "no_proxy",
        [
            pytest.param("", id="nothing"),
            pytest.param(",", id="a comma"),
            pytest.param("example.com", id="another host"),
            pytest.param("russ.com", id="the end of a name alone"),
            pytest.param("www.cw.apigw.ntruss.com", id="a host below it"),
            pytest.param("cw.apigw.ntruss.com.example", id="a host that begins like it"),
            pytest.param("cw.apigw.ntruss.com:8443", id="another port"),
            pytest.param("cw-apigw-ntruss-com", id="no pattern"),
            pytest.param("cw.*.ntruss.com", id="a star within"),
        ],
    )
    def test_any_other_is_not(self, no_proxy: str) -> None:
        assert goes_through_a_proxy(no_proxy)

    def test_a_port_is_part_of_an_exception(self) -> None:
        gateway = Gateway(PUBLIC, "https://gateway.example:8443")
        assert not goes_through_a_proxy("gateway.example:8443", gateway)
        assert not goes_through_a_proxy("gateway.example", gateway)
        assert goes_through_a_proxy("gateway.example:443", gateway)

    @pytest.mark.parametrize("no_proxy", ["[2001:db8::1]", "[2001:db8::1]:8443", "*"])
    def test_an_address_over_ipv6_is_excepted(self, no_proxy: str) -> None:
        assert not goes_through_a_proxy(no_proxy, ON_IPV6)
        assert goes_through_a_proxy("[2001:db8::2]", ON_IPV6)

    def test_the_lower_case_name_wins(self) -> None:
        environment = {"https_proxy": "a", "no_proxy": "example.com", "NO_PROXY": "*"}
        assert route.proxy(GATEWAY, environment) is not None
        assert route.proxy(GATEWAY, {**environment, "no_proxy": ""}) is None

    def test_a_proxy_that_is_not_used_is_not_complained_of(self) -> None:
        assert route.proxy(GATEWAY, {"https_proxy": "gopher://proxy", "NO_PROXY": "*"}) is None


class TestWhatIsSeen:
    @pytest.mark.parametrize(
        ("written", "host", "is_encrypted"),
        [
            pytest.param("http://proxy:3128", "proxy:3128", False, id="http"),
            pytest.param("https://proxy:3129", "proxy:3129", True, id="https"),
            pytest.param("http://proxy", "proxy", False, id="no port"),
            pytest.param("http://proxy:", "proxy", False, id="an empty port"),
            pytest.param("http://proxy:3128/", "proxy:3128", False, id="a slash after it"),
            pytest.param("proxy:3128", "proxy:3128", False, id="no scheme"),
            pytest.param("10.0.0.1:3128", "10.0.0.1:3128", False, id="an address without a scheme"),
            pytest.param(" http://proxy:3128\n", "proxy:3128", False, id="white space around it"),
            pytest.param("HTTP://Proxy.Example:3128", "proxy.example:3128", False, id="capitals"),
            pytest.param("HTTPS://Proxy.Example", "proxy.example", True, id="https in capitals"),
            pytest.param("http://[2001:db8::1]:3128", "[2001:db8::1]:3128", False, id="IPv6"),
            pytest.param("http://[2001:db8::1]", "[2001:db8::1]", False, id="IPv6 without a port"),
            pytest.param("[::1]:3128", "[::1]:3128", False, id="IPv6 without a scheme"),
            pytest.param("http://user:pw@proxy:3128", "proxy:3128", False, id="user and password"),
            pytest.param("https://user@proxy", "proxy", True, id="a user"),
            pytest.param("user:pw@proxy:3128", "proxy:3128", False, id="user and password without a scheme"),
            pytest.param("http://us%40er:p%3Aw@[::1]:3128", "[::1]:3128", False, id="escaped, and IPv6"),
            pytest.param("http://user:p@w@proxy:3128", "proxy:3128", False, id="an at sign in the password"),
        ],
    )
    def test_host_and_port_are_what_is_called(self, written: str, host: str, is_encrypted: bool) -> None:
        proxy = found(written)
        assert (proxy.host, proxy.is_encrypted) == (host, is_encrypted)
        called = httpx.Proxy(proxy.url)
        assert called.url.netloc.decode() == proxy.host
        assert (called.url.scheme == "https") == is_encrypted

    def test_what_it_is_logged_in_with_is_in_its_url_and_nowhere_else(self) -> None:
        proxy = found("http://someone:swordfish@proxy:3128")
        assert httpx.Proxy(proxy.url).raw_auth == (b"someone", b"swordfish")
        assert "swordfish" not in repr(proxy)
        assert "someone" not in repr(proxy)
        assert repr(proxy) == "Proxy(variable='https_proxy', host='proxy:3128')"

    @given(
        st.sampled_from(["", "http://", "https://", "HTTP://"]),
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1).filter(lambda text: text != "proxy"),
        st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1),
    )
    def test_no_user_and_no_password_is_seen(self, scheme: str, user: str, password: str) -> None:
        assume("secret" not in user + password)
        proxy, sentence = proxy_or_refusal(f"{scheme}{user}secret:{password}secret@proxy:3128")
        assert "secret" not in repr((proxy, sentence))
        if proxy:
            assert proxy.host == "proxy:3128"
            assert httpx.Proxy(proxy.url).url.netloc == b"proxy:3128"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "written",
        [
            pytest.param("socks5://proxy:1080", id="SOCKS"),
            pytest.param("socks5h://proxy:1080", id="SOCKS that resolves"),
            pytest.param("gopher://proxy:70", id="an old scheme"),
            pytest.param("ftp://proxy", id="FTP"),
            pytest.param("file:///etc/passwd", id="a file"),
            pytest.param("://proxy", id="an empty scheme"),
            pytest.param("http://", id="nothing after the scheme"),
            pytest.param("http:///", id="a path alone"),
            pytest.param("http://:3128", id="a port alone"),
            pytest.param(":3128", id="a port without a scheme"),
            pytest.param("http://user:pw@", id="a user alone"),
            pytest.param("http://user:pw@:3128", id="a user and a port"),
            pytest.param("http://proxy:port", id="a port in words"),
            pytest.param("http://proxy:65536", id="a port past the last"),
            pytest.param("http://proxy:-1", id="a port below the first"),
            pytest.param("http://proxy:3128 ,http://other", id="two"),
            pytest.param("http://pro xy:3128", id="a space"),
            pytest.param("http://proxy\n:3128", id="a line feed"),
            pytest.param("http://pro\x1bxy", id="an escape"),
            pytest.param("http://프록시", id="a name that is not ASCII"),
            pytest.param("http://[::1:3128", id="half a bracket"),
            pytest.param("http://[proxy]:3128", id="a name in brackets"),
            pytest.param("http://[v1.x]:3128", id="an address of a version to come"),
            pytest.param("http://999.1.1.1:3128", id="an address that is none"),
            pytest.param("http://user:1234/5@proxy:3128", id="a password that reads as a port and a path"),
            pytest.param("http://user#pw@proxy:3128", id="a password that reads as a fragment"),
            pytest.param("http://user?pw@proxy:3128", id="a password that reads as a query"),
        ],
    )
    def test_a_proxy_that_cannot_be_used_is_named_by_its_variable_alone(self, written: str) -> None:
        for variable in VARIABLES:
            with pytest.raises(RouteError) as raised:
                route.proxy(GATEWAY, {variable: written})
            assert variable in str(raised.value.sentence)
            assert str(raised.value) == str(raised.value.sentence)
            assert raised.value.sentence.values == {"variable": variable}

    @given(
        st.text(st.characters())
        | st.text(st.sampled_from("htps:/[]@.%#?\\01ax-_ ")).map("http://{}".format)
        | st.from_regex(r"(https?://)?([a-z:@]*@)?[a-z0-9.\[\]:-]{1,10}(:[0-9]{0,6})?", fullmatch=True)
    )
    def test_what_is_not_refused_can_be_used(self, written: str) -> None:
        assume("xn--" not in written.lower())  # whether that is a name is told by the resolver
        proxy, sentence = proxy_or_refusal(written)
        assert not unprintable.search(str(sentence))
        assert proxy or sentence or not written.strip()
        if proxy:
            httpx.Proxy(proxy.url)
            assert not unprintable.search(proxy.host)
            assert "@" not in proxy.host

    def test_one_that_would_be_passed_over_by_another_is_not_looked_at(self) -> None:
        assert found("a") == route.proxy(GATEWAY, {"https_proxy": "a", "ALL_PROXY": "gopher://proxy"})

    def test_one_that_cannot_be_used_is_not_passed_over(self) -> None:
        with pytest.raises(RouteError, match="https_proxy"):
            route.proxy(GATEWAY, {"https_proxy": "gopher://proxy", "ALL_PROXY": "http://proxy:3128"})


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(ca: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return path


def trusts(context: ssl.SSLContext, ca: trustme.CA) -> bool:
    return ssl.PEM_cert_to_DER_cert(ca.cert_pem.bytes().decode()) in context.get_ca_certs(binary_form=True)


def refusal(environment: Mapping[str, str]) -> str:
    with pytest.raises(RouteError) as raised:
        route.trust(environment)
    assert not unprintable.search(str(raised.value.sentence))
    return str(raised.value)


class TestTrust:
    def test_certificates_and_names_are_checked(self, ca_file: Path) -> None:
        for context in (route.trust({}), route.trust({"SSL_CERT_FILE": str(ca_file)})):
            assert context.verify_mode == ssl.CERT_REQUIRED
            assert context.check_hostname
            assert context.minimum_version >= ssl.TLSVersion.TLSv1_2

    def test_what_a_file_names_is_trusted(self, ca: trustme.CA, ca_file: Path) -> None:
        assert trusts(route.trust({"SSL_CERT_FILE": str(ca_file)}), ca)
        assert not trusts(route.trust({}), ca)

    def test_what_the_process_s_own_environment_names_is_trusted(
        self, ca: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        assert trusts(route.trust(), ca)
        monkeypatch.delenv("SSL_CERT_FILE")
        assert not trusts(route.trust(), ca)

    def test_the_store_is_read_once_for_the_same_settings(self, ca_file: Path) -> None:
        assert route.trust({"SSL_CERT_FILE": str(ca_file)}) is route.trust({"SSL_CERT_FILE": str(ca_file)})
        assert route.trust({"SSL_CERT_FILE": str(ca_file)}) is not route.trust({})

    def test_a_blank_variable_names_nothing(self) -> None:
        assert route.trust({"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}) is route.trust({})

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            pytest.param(b"", "no certificates", id="nothing"),
            pytest.param(b"hello\n", "no certificates", id="words"),
            pytest.param(bytes(range(256)), "no certificates", id="bytes"),
            pytest.param(
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificates", id="a broken one"
            ),
            pytest.param(None, "No such file", id="no file"),
        ],
    )
    def test_a_file_without_certificates_is_refused(self, content: bytes | None, says: str, tmp_path: Path) -> None:
        path = tmp_path / "ca.pem"
        if content is not None:
            path.write_bytes(content)
        said = refusal({"SSL_CERT_FILE": str(path)})
        assert said.startswith("SSL_CERT_FILE names ")
        assert str(path) in said
        assert says in said

    def test_a_private_key_is_no_certificate(self, ca: trustme.CA, tmp_path: Path) -> None:
        ca.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
        assert "no certificates" in refusal({"SSL_CERT_FILE": str(tmp_path / "key.pem")})

    @pytest.mark.parametrize("path", ["", "missing/ca.pem"])
    def test_a_folder_is_no_file(self, path: str, tmp_path: Path) -> None:
        assert "SSL_CERT_FILE" in refusal({"SSL_CERT_FILE": str(tmp_path / path)})

    @pytest.mark.parametrize("path", ["\0", "a\0b", "\ud800"])
    def test_what_is_no_path_is_refused_in_words(self, path: str) -> None:
        assert "(it is not a path)" in refusal({"SSL_CERT_FILE": path})

    @pytest.mark.parametrize("path", ["\x1b[2J", "{path}", "x" * 5_000])
    def test_what_a_variable_holds_is_shown_as_text_and_cut(self, path: str) -> None:
        said = refusal({"SSL_CERT_FILE": path})
        assert said.startswith("SSL_CERT_FILE names ")
        assert len(said) < 500

    def test_a_file_that_is_mended_is_read_again(self, ca: trustme.CA, tmp_path: Path) -> None:
        path = tmp_path / "ca.pem"
        refusal({"SSL_CERT_FILE": str(path)})
        ca.cert_pem.write_to_path(str(path))
        assert trusts(route.trust({"SSL_CERT_FILE": str(path)}), ca)

    def test_a_folder_of_certificates_is_taken(self, tmp_path: Path) -> None:
        for folders in (str(tmp_path), f"{tmp_path / 'missing'}{os.pathsep}{tmp_path}"):
            assert route.trust({"SSL_CERT_DIR": folders}).verify_mode == ssl.CERT_REQUIRED

    @pytest.mark.parametrize("folders", ["missing", "file", "missing:file", "missing:", ":", "file/below"])
    def test_what_is_no_folder_is_refused(self, folders: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file").touch()
        said = refusal({"SSL_CERT_DIR": folders.replace(":", os.pathsep)})
        assert said.startswith("SSL_CERT_DIR names ")
        assert "not a folder" in said

    def test_both_are_looked_at(self, ca: trustme.CA, ca_file: Path, tmp_path: Path) -> None:
        assert trusts(route.trust({"SSL_CERT_FILE": str(ca_file), "SSL_CERT_DIR": str(tmp_path)}), ca)
        assert "SSL_CERT_DIR" in refusal({"SSL_CERT_FILE": str(ca_file), "SSL_CERT_DIR": str(tmp_path / "missing")})
        assert "SSL_CERT_FILE" in refusal({"SSL_CERT_FILE": str(tmp_path), "SSL_CERT_DIR": str(tmp_path)})


class TestComplaint:
    def test_none_where_all_can_be_used(self, ca_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert route.complaint(GATEWAY) is None
        monkeypatch.setenv("HTTPS_PROXY", "http://someone:swordfish@proxy:3128")
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        assert route.complaint(GATEWAY) is None

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("https_proxy", "socks5://someone:swordfish@proxy:1080"),
            ("HTTPS_PROXY", "http://someone:swordfish@"),
            ("all_proxy", "http://someone:swordfish@proxy:port"),
            ("ALL_PROXY", "someone:swordfish@pro xy"),
            ("SSL_CERT_FILE", "/swordfish/../missing"),
            ("SSL_CERT_DIR", "/swordfish/../missing"),
        ],
    )
    def test_a_setting_that_cannot_be_used_is_named(
        self, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(variable, value)
        sentence = route.complaint(GATEWAY)
        assert variable in str(sentence)
        assert ("swordfish" in repr(sentence)) == variable.startswith("SSL")

    def test_a_certificate_setting_matters_over_tls_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/missing")
        assert route.complaint(Gateway(PUBLIC, "http://127.0.0.1:8080")) is None
        assert "SSL_CERT_FILE" in str(route.complaint(Gateway(PUBLIC, "https://127.0.0.1:8443")))

    def test_a_proxy_setting_matters_where_a_proxy_is_used_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "gopher://proxy")
        assert route.complaint(Gateway(PUBLIC, "https://127.0.0.1:8443")) is None
        monkeypatch.setenv("NO_PROXY", "ntruss.com")
        assert route.complaint(GATEWAY) is None

    def test_both_settings_are_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
        monkeypatch.setenv("SSL_CERT_FILE", "/missing")
        assert "SSL_CERT_FILE" in str(route.complaint(GATEWAY))
