"""What each command of ``gegenprobe`` does; `gegenprobe.cli` holds the options."""
