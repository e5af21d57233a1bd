"""The commands, typed in this process: what they print, and with which code they end."""
