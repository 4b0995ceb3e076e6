"""Discord's permission bits, the few that the sandbox looks at."""

ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
USE_APPLICATION_COMMANDS = 1 << 31

EVERYTHING = (1 << 53) - 1
# what @everyone may do in a new server, as far as it matters here
MEMBER = (
    1 << 6  # add reactions
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
)


def effective(granted: int) -> int:
    """Return what a set of bits amounts to: an administrator may do everything."""
    return EVERYTHING if granted & ADMINISTRATOR else granted


def allows(granted: int, needed: int) -> bool:
    return effective(granted) & needed == needed
