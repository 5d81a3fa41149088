"""Having runs begin by themselves: under cron or systemd, and seeing that they did."""
