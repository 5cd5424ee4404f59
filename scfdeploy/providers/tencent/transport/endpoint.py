"""Where calls go: a base URL given by the user, or each product's own host."""

from __future__ import annotations

from dataclasses import dataclass

from scfdeploy.diagnostics import ScfDeployError

_CLOUD = "tencentcloudapi.com"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`scheme` and `host` (with its port) that every product's calls go to."""

    scheme: str
    host: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Read a base URL. Raises ScfDeployError when it is none."""
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
                f"{url!r} is not an endpoint", hint="Write scheme and host, such as http://127.0.0.1:9080."
            )
        return cls(parts.scheme, parts.netloc)

    @classmethod
    def of_product(cls, product: str, region: str) -> Endpoint:
        """The cloud's own: the nearest entrance; the finance regions have theirs only."""
        return cls("https", f"{product}.{region}.{_CLOUD}" if region.endswith("-fsi") else f"{product}.{_CLOUD}")

    @property
    def is_loopback(self) -> bool:
        """Whether it lies on this machine."""
        from ipaddress import ip_address
        from urllib.parse import urlsplit

        name = (urlsplit(f"//{self.host}").hostname or "").removesuffix(".")
        if name == "localhost":
            return True
        try:
            # Only a number is: 127.0.0.1.example.com is whatever its owner says.
            return ip_address(name).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}"
