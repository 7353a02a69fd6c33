# mypy: ignore-errors
"""Loads OWAMcap files with the library, and prints each message; pictures are resolved against the file."""

import json
import sys

from mcap_owa.highlevel import OWAMcapReader

for name in sys.argv[1:]:
    with OWAMcapReader(name) as reader:
        for message in reader.iter_messages():
            decoded = message.decoded
            line = {"topic": message.topic, "type": type(decoded).__name__}
            if message.topic == "screen":
                line["shape"] = decoded.resolve_relative_path(name).to_rgb_array().shape
            sys.stdout.write(json.dumps(line) + "\n")
