"""Files that people sent: taken from where Discord keeps them, within bounds."""

from urllib.parse import urlsplit

import aiohttp

from domain.errors import UserError
from interactions.client import Client

HOSTS = ("cdn.discordapp.com", "media.discordapp.net")
MAX_BYTES = 5 * 2**20  # bytes: 10,000 sessions with long notes
TIMEOUT = 10.0


async def fetch_attachment(client: Client, url: str) -> bytes:
    """Return a file that Discord keeps; raises UserError for anything else, or too much."""
    if not is_discords(url, client.settings.discord_api_url):
        raise UserError("import.gone")
    data = bytearray()
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise UserError("import.gone")
            async for part in answer.content.iter_chunked(2**16):
                data += part
                if len(data) > MAX_BYTES:
                    raise UserError("import.large", text=str(MAX_BYTES // 2**20))
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise UserError("import.gone") from None
    return bytes(data)


def is_discords(url: str, api: str | None) -> bool:
    """Return whether a file is one of Discord's; `api` stands in its place."""
    parts = urlsplit(url)
    if api is not None and (parts.scheme, parts.netloc) == urlsplit(api)[:2]:
        return True
    return parts.scheme == "https" and parts.netloc in HOSTS
