"""One module a form of sidecar; each a pure function from bytes to what they assert."""
