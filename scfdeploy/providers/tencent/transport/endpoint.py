"""The address that calls go to: a base URL given by the user, or each product's own host."""

from __future__ import annotations

from scfdeploy.diagnostics import ScfDeployError, message
from scfdeploy.records import dataclass

_CLOUD = "tencentcloudapi.com"
_REGION_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A scheme and a host, with its port."""

    scheme: str
    host: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Parse a base URL. Raises ScfDeployError when it is invalid."""
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(url if "://" in url else f"https://{url}")
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if (
            not host
            or " " in host
            or parts.scheme not in ("http", "https")
            or parts.path not in ("", "/")
            or "@" in parts.netloc
        ):
            raise ScfDeployError(
                message("{url} is not a valid endpoint", url=repr(url)),
                hint=message("Write scheme and host, such as http://127.0.0.1:9080."),
            )
        return cls(parts.scheme, parts.netloc)

    @classmethod
    def of(cls, url: str | None, *, product: str, region: str) -> Endpoint:
        """The endpoint of a base URL, and without one that of a product. Raises ScfDeployError as both do."""
        return cls.parse(url) if url else cls.of_product(product, region)

    @classmethod
    def of_product(cls, product: str, region: str) -> Endpoint:
        """The public endpoint of a product; finance regions have their own. Raises ScfDeployError for a malformed one.

        The region becomes part of host names, also of COS: with other characters, it would choose another host.
        """
        if not _REGION_CHARACTERS.issuperset(region):
            raise ScfDeployError(
                message("{region} is not the name of a region", region=repr(region)),
                hint=message("Write a name such as ap-guangzhou."),
            )
        return cls("https", f"{product}.{region}.{_CLOUD}" if region.endswith("-fsi") else f"{product}.{_CLOUD}")

    @property
    def is_exposed(self) -> bool:
        """Whether calls go unencrypted to another machine, so that others on the network can read and change them."""
        return self.scheme == "http" and not self.is_loopback

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine."""
        from ipaddress import ip_address
        from urllib.parse import urlsplit

        name = (urlsplit(f"//{self.host}").hostname or "").removesuffix(".")
        if name == "localhost":
            return True
        try:
            # Only an IP address is trusted: the owner of 127.0.0.1.example.com may point it anywhere.
            return ip_address(name).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"
