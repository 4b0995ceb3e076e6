"""Discord's limits, each with where it is written.

Sources: "message" = resources/message, "commands" = interactions/application-commands,
"components" = components/reference, "responding" = interactions/receiving-and-responding,
"gateway" = events/gateway, "rates" = topics/rate-limits, "files" = reference (Uploading Files),
all under docs.discord.com/developers; "spec" = Discord's OpenAPI file; "seen" = what its API was
seen to do, without a page that promises it.
"""

# how long, in seconds
ANSWER_SECONDS = 3.0  # responding: Interaction Callback, first response
TOKEN_SECONDS = 15 * 60.0  # responding: life of a token
HEARTBEAT_SECONDS = 41.25  # seen: heartbeat_interval of HELLO
RESUME_SECONDS = 120.0  # seen: a session can be resumed for minutes; gateway says "short time"

# messages
CONTENT = 2000  # message: content
EMBEDS = 10  # message: embeds
EMBED_TITLE = 256  # message: Embed Limits, and the seven below
EMBED_DESCRIPTION = 4096
EMBED_FIELDS = 25
EMBED_FIELD_NAME = 256
EMBED_FIELD_VALUE = 1024
EMBED_FOOTER = 2048
EMBED_AUTHOR = 256
EMBED_TOTAL = 6000  # over all embeds of a message
URL = 2048  # spec: RichEmbed.url
MENTION_IDS = 100  # message: Allowed Mentions, users and roles
ATTACHMENTS = 10  # spec: attachments maxItems
ATTACHMENT_DESCRIPTION = 1024  # message: Attachment Object
FILE_BYTES = 10 * 1024 * 1024  # files: default limit of one file
REQUEST_BYTES = 25 * 1024 * 1024  # message: maximum request size
FOLLOWUP_FLAGS = 1 << 2 | 1 << 6 | 1 << 12 | 1 << 15  # responding: Message Flags of callbacks
MESSAGE_FLAGS = 1 << 2 | 1 << 12 | 1 << 15  # message: Create Message, flags
EDIT_FLAGS = 1 << 2 | 1 << 15  # message: Edit Message, flags

# components
ROWS = 5  # components: Legacy Message Component Behavior
ROW_BUTTONS = 5  # components: Action Row
COMPONENTS = 40  # components: with IS_COMPONENTS_V2, nested ones counted
CUSTOM_ID = 100  # components: custom_id, 1 to 100
BUTTON_LABEL = 80  # components: Button
BUTTON_URL = 512
SELECT_OPTIONS = 25  # components: String Select
SELECT_TEXT = 100  # label, value and description of an option
PLACEHOLDER = 150  # components: selects
TEXT_DISPLAY_TOTAL = 4000  # components: all text of a V2 message
SECTION_TEXTS = 3  # components: Section
GALLERY_ITEMS = 10  # components: Media Gallery

# modals
MODAL_TITLE = 45  # responding: Modal
MODAL_COMPONENTS = 5  # responding: Modal, 1 to 5
LABEL_TEXT = 45  # components: Label
LABEL_DESCRIPTION = 100
TEXT_INPUT = 4000  # components: Text Input, min_length, max_length and value
TEXT_INPUT_PLACEHOLDER = 100

# commands
CHAT_INPUT_COMMANDS = 100  # commands: Registering a Command
CONTEXT_COMMANDS = 15  # commands: USER and MESSAGE each, change log of 2026-03-03
COMMAND_NAME = 32  # commands: name, 1 to 32
COMMAND_DESCRIPTION = 100  # commands: description, 1 to 100
COMMAND_CHARACTERS = 8000  # commands: names, descriptions and values of one command
OPTIONS = 25  # commands: options
CHOICES = 25  # commands: choices, also of a completion
CHOICE_TEXT = 100  # commands: choice name and string value
STRING_OPTION = 6000  # commands: min_length and max_length
INTEGER_OPTION = 2**53 - 1  # commands: INTEGER, between -2^53 and 2^53
# commands: Application Command Naming, with the scripts Deva and Thai by their Unicode ranges
COMMAND_NAME_PATTERN = r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$"
# reference/locales; ar and he: spec
# fmt: off
LOCALES = frozenset({
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr",
    "he", "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl",
    "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
})
# fmt: on

# gateway
GATEWAY_PAYLOAD_BYTES = 4096  # gateway: Sending Events
GATEWAY_SENDS = 120  # gateway: Rate Limiting, per 60 seconds
IDENTIFIES = 1000  # gateway: session start limit, per day

# requests
GLOBAL_REQUESTS = 50  # rates: Global Rate Limit, per second, of what carries the bot's token
CHANNEL_MESSAGES = (5, 5.0)  # seen: X-RateLimit headers of POST channels/messages
WEBHOOK_MESSAGES = (5, 2.0)  # seen: of webhooks/{id}/{token}
OTHER_REQUESTS = (50, 1.0)

# the sandbox's own memory
REMEMBERED_INTERACTIONS = 20_000
REMEMBERED_REQUESTS = 20_000
REMEMBERED_EVENTS = 10_000
