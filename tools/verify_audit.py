#!/usr/bin/env python3
"""Checks an export of Parley's audit chain, or a receipt, without Parley. Usage: verify_audit.py FILE KEY.pem [KEY.pem ...]

Uses the standard library, and openssl (3.0 or later) for the signatures. docs/audit.md describes the formats. Exit code 1 where something is wrong.
"""
import hashlib, itertools, json, os, subprocess, sys, tempfile

FIELDS = ("ordinal", "stream", "version", "id", "type", "at", "dataDigest", "metadataDigest")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def entry_hash(previous, entry):
    return hashlib.sha256(b"\0" + compact([previous] + [entry[field] for field in FIELDS])).hexdigest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def is_signed(checkpoint, keys):
    text = compact(["parley/audit-checkpoint/1"] + [checkpoint[field] for field in ("ordinal", "hash", "treeHead", "at")])
    with tempfile.TemporaryDirectory() as folder:
        names = os.path.join(folder, "text"), os.path.join(folder, "signature")
        for name, content in zip(names, (text, bytes.fromhex(checkpoint["signature"]))):
            with open(name, "wb") as file:
                file.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", "-in", names[0], "-sigfile", names[1], "-inkey"]
        return any(subprocess.run(command + [key], capture_output=True).returncode == 0 for key in keys)


def add_leaf(peaks, leaf):
    """Peaks are (leaves, hash) of complete subtrees, largest first: RFC 9162, section 2.1."""
    size = 1
    while peaks and peaks[-1][0] == size:
        leaf, size = node_hash(peaks.pop()[1], leaf), size * 2
    peaks.append((size, leaf))


def tree_head(peaks):
    head = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        head = node_hash(peak, head)
    return head


def head_by_path(leaf, index, size, path):
    """RFC 9162, section 2.1.3.2; None where the path has another length."""
    node, last = index - 1, size - 1
    for sibling in path:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            leaf = node_hash(sibling, leaf)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            leaf = node_hash(leaf, sibling)
        node, last = node // 2, last // 2
    return leaf if last == 0 and 1 <= index <= size else None


def check_receipt(receipt, keys):
    entry, proof, checkpoint = receipt["entry"], receipt["proof"], receipt["checkpoint"]
    head = head_by_path(entry_hash(entry["previousHash"], entry), proof["leaf"], proof["size"], proof["path"])
    if (proof["leaf"], proof["size"], head) != (entry["ordinal"], checkpoint["ordinal"], checkpoint["treeHead"]):
        return "wrong: the entry is not proved"
    return f"right: entry {entry['ordinal']}" if is_signed(checkpoint, keys) else "wrong: the checkpoint is forged"


def check_export(lines, keys):
    previous, entries, complete, peaks = "0" * 64, 0, 0, []
    for number, line in enumerate(lines, 1):
        if number == 1 and line != {"kind": "header", "format": "parley/audit-export/1"}:
            return "wrong: line 1 is not the header of an export"
        if line["kind"] == "entry":
            if line["ordinal"] != entries + 1 or entry_hash(previous, line) != line["hash"]:
                return f"wrong: line {number}, entry {line['ordinal']}; complete up to {complete}"
            previous, entries = line["hash"], entries + 1
            add_leaf(peaks, previous)
        elif line["kind"] == "checkpoint":
            heads = (line["ordinal"], line["hash"], line["treeHead"])
            if not is_signed(line, keys) or not peaks or heads != (entries, previous, tree_head(peaks)):
                return f"wrong: line {number}, checkpoint {line['ordinal']}; complete up to {complete}"
            complete = entries
    return f"right: {entries} entries" if complete == entries > 0 else f"wrong: complete only up to {complete}"


with open(sys.argv[1], encoding="utf-8") as file:
    first = file.readline()
    if '"kind"' in first:
        result = check_export(map(json.loads, itertools.chain([first], file)), sys.argv[2:])
    else:
        receipt = json.loads(first + file.read())
        result = check_receipt(receipt, sys.argv[2:]) if "entry" in receipt else "wrong: neither an export nor a receipt"
print(result)
sys.exit(0 if result.startswith("right") else 1)
