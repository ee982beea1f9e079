"""Our description of the protobuf dialect (tws.proto) against that of nautilus-ibapi: the same
messages, the same field numbers, the same types.

usage: tws_proto.py TWS_PROTO
"""

import importlib
import pkgutil
import re
import sys

import ibapi.protobuf

from tws_server import check

sys.path.insert(0, ibapi.protobuf.__path__[0])
KINDS = {1: "double", 3: "int64", 5: "int32", 8: "bool", 9: "string"}


def kind_of(field):
    message = field.message_type
    if message is None:
        kind = KINDS[field.type]
    elif message.GetOptions().map_entry:
        return "map<string,string>"
    else:
        kind = message.name.lower()
    return ("repeated " if field.label == field.LABEL_REPEATED else "") + kind


def theirs():
    found = {}
    for module in pkgutil.iter_modules(ibapi.protobuf.__path__):
        if not module.name.endswith("_pb2"):
            continue
        descriptor = importlib.import_module(f"ibapi.protobuf.{module.name}").DESCRIPTOR
        for name, message in descriptor.message_types_by_name.items():
            found[name.lower()] = {f.number: kind_of(f) for f in message.fields}
    return found


def ours(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"//.*", "", file.read())
    for name, body in re.findall(r"message (\w+) \{([^}]*)\}", text):
        fields = {}
        for kind, _, number in re.findall(r"([\w<>, ]+?) (\w+) = (\d+);", body):
            kind = kind.strip().removeprefix("optional ").replace(" ", "", kind.count("<"))
            repeated = kind.startswith("repeated ")
            kind = kind.removeprefix("repeated ")
            if kind not in KINDS.values():
                kind = kind.replace(" ", "").lower()
            fields[int(number)] = ("repeated " if repeated else "") + kind
        found[name.lower()] = fields
    return found


def main():
    mine, other = ours(sys.argv[1]), theirs()
    mine.pop("bondcontractdata", None)  # the same message under two numbers
    check(len(mine) > 200, f"{len(mine)} messages")
    for name, fields in mine.items():
        if name not in other:
            raise AssertionError(f"{name}: there is no such message")
        if fields != other[name]:
            raise AssertionError(f"{name}: {fields} is not {other[name]}")
    check(set(mine) == set(other), "all of them, and no other")


if __name__ == "__main__":
    main()
