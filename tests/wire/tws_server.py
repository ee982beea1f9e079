"""The simulated TWS as a program, for the tests beside this file."""

import subprocess


class Server:
    """Starts `keel sim tws` on a free port and stops it at the end of a `with`."""

    def __init__(self, keel, *options):
        self.process = subprocess.Popen(
            [keel, "sim", "tws", "--port", "0", *options], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        self.port = int(line.split("listening on ")[1].split(",")[0].rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(10) == 0, "the server did not end in order"


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print(f"ok: {what}", flush=True)
