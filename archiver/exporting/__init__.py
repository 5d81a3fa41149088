"""What exporting needs beside the writing: the rights, and the account in the log."""
