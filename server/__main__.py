"""Be the process that listens; `m4sd serve` becomes it (see `server.serving`)."""

from server.serving import listen

if __name__ == "__main__":
    listen()
