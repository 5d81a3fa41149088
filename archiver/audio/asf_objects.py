"""The names of ASF objects: GUIDs as files hold them (Advanced Systems Format, section 10)."""

from __future__ import annotations

HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
HEADER_EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
CONTENT_ENCRYPTION = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e")
EXTENDED_CONTENT_ENCRYPTION = bytes.fromhex("14e68a292226174cb935dae07ee9289c")
