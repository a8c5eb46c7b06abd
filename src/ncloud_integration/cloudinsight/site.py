"""The three sites of NAVER Cloud, each with an API and accounts of its own."""

from __future__ import annotations

from typing import NamedTuple


class Site(NamedTuple):
    """A site: its API gateway's `base_url`, and its `x-ncp-dmn_cd` (documents: "Cloud Insight request headers")."""

    name: str
    base_url: str
    domain_code: str


PUBLIC = Site("public", "https://cw.apigw.ntruss.com", "PUB")
GOV = Site("gov", "https://cw.apigw.gov-ntruss.com", "GOV")
FIN = Site("fin", "https://cw.apigw.fin-ntruss.com", "FIN")

SITES = {site.name: site for site in (PUBLIC, GOV, FIN)}
"""Every site by the name that `--site` and `NCLOUD_SITE` use."""
