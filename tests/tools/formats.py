#!/usr/bin/env python3
"""A second implementation of docs/format.md, written from that page alone: reads tests/vectors/formats.json
and works out everything in it again, from the wire forms and the few secrets of the samples.

    python3 tests/tools/formats.py FILE            checks every vector
    python3 tests/tools/formats.py --control FILE  alters each value in turn and demands that it is noticed
"""
import base64
import hashlib
import json
import sys

from plain_crypto import ed25519_verify, sealed_box_open, xchacha_open

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
SECRETS = {}  # of the samples, as the file gives them


class Wrong(Exception):
    pass


def want(truth, what):
    if not truth:
        raise Wrong(what)


def blake(data, size=32, key=b""):
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


# ---- Deterministic CBOR: bytes, str, int, list, dict, bool, None.


def head(major, n):
    for info, size in ((None, 0), (24, 1), (25, 2), (26, 4), (27, 8)):
        if info is None and n < 24:
            return bytes([major << 5 | n])
        if info is not None and n < 1 << 8 * size:
            return bytes([major << 5 | info]) + n.to_bytes(size, "big")
    raise Wrong("too large")


def encode(item):
    if item is None or item is True or item is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[item]
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, (list, tuple)):
        return head(4, len(item)) + b"".join(map(encode, item))
    pairs = sorted((encode(k), encode(v)) for k, v in item.items())
    return head(5, len(pairs)) + b"".join(k + v for k, v in pairs)


def decode_first(data, at=0):
    want(at < len(data), "the bytes end")
    major, info = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        want(info in (20, 21, 22), "not a simple value of ours")
        return {20: False, 21: True, 22: None}[info], at
    if info >= 24:
        size = 1 << info - 24
        info, at = int.from_bytes(data[at : at + size], "big"), at + size
    if major < 2:
        return (info if major == 0 else -1 - info), at
    if major < 4:
        want(at + info <= len(data), "the bytes end")
        text = data[at : at + info]
        return (text if major == 2 else text.decode()), at + info
    want(major < 6, "a tag")
    items = []
    for _ in range(info * (major - 3)):
        item, at = decode_first(data, at)
        items.append(item)
    return (items if major == 4 else dict(zip(items[::2], items[1::2]))), at


def decode(data):
    item, at = decode_first(data)
    want(at == len(data) and encode(item) == data, "not the one encoding")
    return item


# ---- SSHSIG


def string(data):
    return len(data).to_bytes(4, "big") + data


def public_blob(key):
    return string(b"ssh-ed25519") + string(key)


def sshsig_holds(key, name_space, message, signature):
    digest = hashlib.sha512(message).digest()
    signed = b"SSHSIG" + string(name_space) + string(b"") + string(b"sha512") + string(digest)
    return ed25519_verify(key, signed, signature)


def armour(key, signature):
    blob = (b"SSHSIG" + (1).to_bytes(4, "big") + string(public_blob(key)) + string(b"git") + string(b"")
            + string(b"sha512") + string(string(b"ssh-ed25519") + string(signature)))
    text = base64.b64encode(blob).decode()
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n ".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----"])


def fingerprint(key):
    digest = hashlib.sha256(public_blob(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


# ---- Commits


def b64(data):
    return base64.b64encode(data).decode()


def commit(tree, parents, key, federation, time, signature, message):
    fp = fingerprint(key)
    lines = ["tree " + tree, *("parent " + p for p in parents),
             f"author {fp} <{fp}@{federation}> {time} +0000",
             f"committer dossier <dossier@localhost> {time} +0000"]
    signed = "\n".join(lines) + "\n\n" + message
    whole = "\n".join([*lines, "gpgsig " + armour(key, signature)]) + "\n\n" + message
    want(sshsig_holds(key, b"git", signed.encode(), signature), "signature of the commit")
    return whole


def boxes_of(boxes):
    return [f"box {site} {keyno} {b64(box)}" for site, keyno, box in boxes]


def blobs_of(keyword, blobs):
    return [f"{keyword} {comp} {epoch.hex() if epoch else 0} {digest.hex()} {size}"
            for comp, epoch, digest, size in blobs]


def check_change(v):
    wire = decode(bytes.fromhex(v["wire"]))
    (version, time, officer, signature, case, form, root, issuer, node, incarnation, checkpoint, nonce, parents,
     boxes, acts, grants, payloads) = wire
    federation = bytes.fromhex(v["federation"])
    want(version == 1 and parents == sorted(set(parents)), "version or parents")
    want((nonce is None) == bool(parents), "nonce")
    if nonce:
        want(case == blake(encode(["dossier case 1", federation, officer, nonce]), 16), "case")
    lines = ["dossier change 1", "", "case " + case.hex(), "form %d %d" % tuple(form),
             f"charter {root.hex()} {issuer.hex()}", f"node {node.hex()} {incarnation.hex()}",
             "checkpoint " + checkpoint.hex(), *(["nonce " + nonce.hex()] if nonce else []),
             *("parent " + p.hex() for p in parents), *boxes_of(boxes),
             *(f"act {code} {role} {b64(args)}" for code, role, args in acts),
             *blobs_of("grants", grants), *blobs_of("payload", payloads)]
    text = commit(EMPTY_TREE, v["parents_git"], officer, v["federation"], time, signature,
                  "\n".join(lines) + "\n")
    want(text == v["commit"], "commit")
    want(blake(text.encode()).hex() == v["id"], "id")
    for blob, (_, _, digest, size) in zip(v["grants"] + v["payloads"], grants + payloads, strict=True):
        want(blake(bytes.fromhex(blob)) == digest and len(blob) == 2 * size, "blob")
    check_grants(v, federation, case, boxes, acts, grants)
    for blob, (comp, epoch, _, _) in zip(v["payloads"], payloads):
        check_payload(bytes.fromhex(blob), federation, case, comp, officer, parents)


def derive(key, context, data):
    return blake(encode([context, data]), key=key)


def commitment_of(key, federation, case, comp):
    return derive(key, "dossier commitment 1", encode([federation, case, comp]))


def check_grants(v, federation, case, boxes, acts, grants):
    wraps = {site: sealed_box_open(SECRETS[f"site_{site}"], box) for site, _, box in boxes}
    for (_, _, args), blob, (comp, _, _, _) in zip(acts, v["grants"], grants):
        named, epoch, commitment, sites = decode(args)
        shares = bytes.fromhex(blob)
        want(named == comp and epoch == 0 and len(shares) == 32 * len(sites), "grant")
        for i, site in enumerate(sites):
            want(wraps[site] is not None, "box")
            mask = blake(encode(["dossier grant 1", federation, case, comp, commitment]), key=wraps[site])
            key = bytes(a ^ b for a, b in zip(shares[32 * i : 32 * i + 32], mask))
            want(key == SECRETS[f"epoch_{comp}"], "share")
            want(commitment_of(key, federation, case, comp) == commitment, "commitment")


def bucket(size):
    if size <= 256:
        return max(32, (size + 31) // 32 * 32)
    power = 256
    while power * 2 < size:
        power *= 2
    return power * 3 // 2 if size <= power * 3 // 2 else power * 2


def check_payload(blob, federation, case, comp, officer, parents):
    commitment = commitment_of(SECRETS[f"epoch_{comp}"], federation, case, comp)
    key = derive(SECRETS[f"epoch_{comp}"], "dossier payload key 1", encode([federation, case, comp]))
    ad = encode(["dossier payload 1", federation, case, comp, commitment, officer, parents])
    plain = xchacha_open(key, ad, blob)
    want(plain is not None, "payload's seal")
    (role, ops), size = decode_first(plain)
    want(encode([role, ops]) == plain[:size] and not any(plain[size:]), "payload")
    want(len(plain) == bucket(size), "bucket")
    want(role == 2 and all(len(op) in (3, 4) for op in ops), "operations")


# ---- Checkpoints


def check_checkpoint(v):
    federation = bytes.fromhex(v["federation"])
    reader, witness = decode(bytes.fromhex(v["wire_reader"])), decode(bytes.fromhex(v["wire_witness"]))
    want(reader[:-1] == witness[:-1] and witness[-1].hex() == v["tree"], "wire forms")
    (version, node, incarnation, sequence, time, signature, entries, previous, parent, head_, boxes,
     blob) = reader
    lines = ["dossier checkpoint 1", "", f"node {node.hex()} {incarnation.hex()}", f"sequence {sequence}",
             "entries " + entries.hex(), "previous " + previous.hex(), "head " + head_.hex(), *boxes_of(boxes)]
    text = commit(v["tree"], [parent.hex()] if parent else [], node, v["federation"], time, signature,
                  "\n".join(lines) + "\n")
    want(version == 1 and text == v["commit"], "commit")
    want(blake(text.encode()).hex() == v["id"], "id")
    want(blake(blob) == entries, "entries")
    ad = encode(["dossier entries 1", federation, node, incarnation, sequence, previous])
    plain = xchacha_open(derive(SECRETS["journal"], "dossier entries 1", b""), ad, blob)
    want(plain is not None and [e[0] for e in decode(plain)] == [1, 2, 3, 4, 5, 6], "entries' seal")
    for site, _, box in boxes:
        want(sealed_box_open(SECRETS[f"site_{site}"], box) == SECRETS["journal"], "box")


def check_readlog(v, checkpoint):
    _, node, incarnation, *_ = decode(bytes.fromhex(checkpoint["wire_witness"]))
    file, record = bytes.fromhex(v["file"]), 0
    while file:
        size = int.from_bytes(file[:4], "big")
        want(4 + size <= len(file), "record")
        ad = encode(["dossier read log 1", node, incarnation, record])
        plain = xchacha_open(derive(SECRETS["journal"], "dossier read log 1", b""), ad, file[4 : 4 + size])
        want(plain is not None and decode(plain)[0] == 3, "record's seal")
        file, record = file[4 + size :], record + 1
    want(record == 2, "records")


# ---- Statements and files


def check_statement(v):
    body, signatures = decode(bytes.fromhex(v["blob"]))
    version, federation, issuer, position, previous, superior, time, code, args = decode(body)
    want(blake(body).hex() == v["id"] and version == 1, "id")
    want((federation is None) == (superior is None) == (code == 1), "first")
    want((previous is None) == (position == 0), "previous")
    want([k for k, _ in signatures] == sorted({k for k, _ in signatures}), "signatures")
    for key, signature in signatures:
        want(sshsig_holds(key, b"dossier-charter", body, signature), "signature")
    want(issuer is None or [k for k, _ in signatures] == [issuer], "issuer")


def proquints(data):
    consonants, vowels = "bdfghjklmnprstvz", "aiou"
    words = [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2)]
    return "-".join(consonants[w >> 12] + vowels[w >> 10 & 3] + consonants[w >> 6 & 15] + vowels[w >> 4 & 3]
                    + consonants[w & 15] for w in words)


def check_request(v):
    file = bytes.fromhex(v["file"])
    label, body, by_node, by_officer = decode(file)
    _, _, _, node, _, _, officer = decode(body)
    want(label == "dossier request 1", "label")
    want(sshsig_holds(node, b"dossier-request", body, by_node), "node's signature")
    want(sshsig_holds(officer, b"dossier-request", body, by_officer), "officer's signature")
    want(proquints(blake(file, 8)) == v["fingerprint"], "fingerprint")


def check_welcome(v, found):
    file = bytes.fromhex(v["file"])
    label, federation, site, statements, forms, digest = decode(file)
    want(label == "dossier welcome 1" and site == 2 and len(forms) == 1, "welcome")
    want(digest == blake(file[: -len(encode(digest))]), "hash")
    want(statements[0].hex() == found["blob"] and federation.hex() == found["id"], "federation")
    want(proquints(blake(file, 8)) == v["fingerprint"], "fingerprint")


def check(vectors, name):
    v = vectors[name]
    kind = name.split()[0]
    if kind == "change":
        check_change(v)
    elif kind == "statement":
        check_statement(v)
    elif kind == "checkpoint":
        check_checkpoint(v)
    elif kind == "readlog":
        check_readlog(v, vectors["checkpoint 0"])
    elif kind == "request":
        check_request(v)
    else:
        check_welcome(v, vectors["statement found"])


def altered(value, place):
    """The value with one character replaced by another hex digit."""
    was = value[place]
    return value[:place] + ("1" if was == "0" else "0") + value[place + 1 :]


def control(vectors, name):
    """Alters a character of every value of a vector; gives how many alterations passed unnoticed."""
    unnoticed = 0
    for key, value in vectors[name].items():
        texts = value if isinstance(value, list) else [value]
        for i, text in enumerate(texts[:3]):
            changed = [*texts[:i], altered(text, len(text) * 2 // 3), *texts[i + 1 :]]
            copy = dict(vectors)
            copy[name] = {**vectors[name], key: changed if isinstance(value, list) else changed[0]}
            try:
                check(copy, name)
                print(f"unnoticed: {name}, {key}")
                unnoticed += 1
            except (Wrong, ValueError, TypeError, IndexError, KeyError, AttributeError):
                pass
    return unnoticed


def main():
    with open(sys.argv[-1], encoding="utf-8") as file:
        vectors = json.load(file)
    secrets = vectors.pop("secrets of the samples")
    SECRETS.update((name, bytes.fromhex(secret)) for name, secret in secrets.items())
    failed = 0
    for name in vectors:
        if sys.argv[1] == "--control":
            failed += control(vectors, name)
            continue
        try:
            check(vectors, name)
        except Wrong as wrong:
            print(f"{name}: {wrong}")
            failed += 1
    sys.exit(1 if failed else 0)


main()
