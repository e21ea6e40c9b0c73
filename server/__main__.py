"""Be the process that listens; `m4sd serve` becomes it (see `server.operation.serving`)."""

from server.operation.serving import listen

if __name__ == "__main__":
    listen()
