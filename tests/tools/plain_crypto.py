"""The cryptography of the formats in plain Python, from the RFCs: for checking vectors, far too slow and
too leaky for anything else.

Ed25519 verification (RFC 8032), X25519 (RFC 7748), XChaCha20-Poly1305 (RFC 8439 and
draft-irtf-cfrg-xchacha), the sealed box of NaCl and libsodium (XSalsa20-Poly1305).
"""
import hashlib
import struct

# ---- Ed25519

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _recover_x(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT % P
    if (x * x - x2) % P:
        raise ValueError("no point")
    return P - x if x & 1 != sign else x


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = _recover_x(y, sign)
    return x, y, 1, x * y % P


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = _add(q, p)
        p = _add(p, p)
        n >>= 1
    return q


_Y = 4 * pow(5, P - 2, P) % P
BASE = (_recover_x(_Y, 0), _Y, 1, _recover_x(_Y, 0) * _Y % P)


def ed25519_verify(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    try:
        a, r = _point(key), _point(signature[:32])
    except ValueError:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _multiply(s, BASE), _add(r, _multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# ---- X25519


def x25519(k, u):
    n = int.from_bytes(k, "little") & ~(7 | 1 << 255) | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in range(254, -1, -1):
        bit = n >> t & 1
        if swap ^ bit:
            x2, z2, x3, z3 = x3, z3, x2, z2
        swap = bit
        a, b = x2 + z2, x2 - z2
        aa, bb = a * a % P, b * b % P
        e = aa - bb
        da, cb = (x3 - z3) * a, (x3 + z3) * b
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


# ---- Stream ciphers


def _rotate(n, by):
    n &= 0xFFFFFFFF
    return (n << by | n >> 32 - by) & 0xFFFFFFFF


def _chacha_rounds(x):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15),
                           (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            x[a] = x[a] + x[b] & 0xFFFFFFFF
            x[d] = _rotate(x[d] ^ x[a], 16)
            x[c] = x[c] + x[d] & 0xFFFFFFFF
            x[b] = _rotate(x[b] ^ x[c], 12)
            x[a] = x[a] + x[b] & 0xFFFFFFFF
            x[d] = _rotate(x[d] ^ x[a], 8)
            x[c] = x[c] + x[d] & 0xFFFFFFFF
            x[b] = _rotate(x[b] ^ x[c], 7)


def _salsa_rounds(x):
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11), (0, 1, 2, 3),
                           (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)):
            x[b] ^= _rotate(x[a] + x[d], 7)
            x[c] ^= _rotate(x[b] + x[a], 9)
            x[d] ^= _rotate(x[c] + x[b], 13)
            x[a] ^= _rotate(x[d] + x[c], 18)


CONSTANT = struct.unpack("<4I", b"expand 32-byte k")


def _chacha_state(key, last):
    return [*CONSTANT, *struct.unpack("<8I", key), *struct.unpack("<4I", last)]


def _salsa_state(key, middle):
    k, m = struct.unpack("<8I", key), struct.unpack("<4I", middle)
    return [CONSTANT[0], *k[:4], CONSTANT[1], *m, CONSTANT[2], *k[4:], CONSTANT[3]]


def _block(state, rounds):
    x = list(state)
    rounds(x)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(x, state)))


def _subkey(state, rounds, places):
    x = list(state)
    rounds(x)
    return struct.pack("<8I", *(x[i] for i in places))


def _xor(data, stream):
    return bytes(a ^ b for a, b in zip(data, stream))


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(data), 16):
        total = (total + int.from_bytes(data[i : i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return (total + int.from_bytes(key[16:], "little") & 2**128 - 1).to_bytes(16, "little")


def _pad16(data):
    return data + bytes(-len(data) % 16)


def xchacha_open(key, ad, blob):
    """nonce (24) | ciphertext | tag (16); None when the tag is wrong."""
    nonce, text, tag = blob[:24], blob[24:-16], blob[-16:]
    key = _subkey(_chacha_state(key, nonce[:16]), _chacha_rounds, (0, 1, 2, 3, 12, 13, 14, 15))
    count = len(text) // 64 + 2
    blocks = [_block(_chacha_state(key, struct.pack("<I", i) + bytes(4) + nonce[16:]), _chacha_rounds)
              for i in range(count)]
    mac = _pad16(ad) + _pad16(text) + struct.pack("<QQ", len(ad), len(text))
    if poly1305(blocks[0][:32], mac) != tag:
        return None
    return _xor(text, b"".join(blocks[1:]))


def sealed_box_open(secret, box):
    """crypto_box_seal: ephemeral key (32) | tag (16) | ciphertext; None when the tag is wrong."""
    public = x25519(secret, (9).to_bytes(32, "little"))
    nonce = hashlib.blake2b(box[:32] + public, digest_size=24).digest()
    tag, text = box[32:48], box[48:]
    shared = x25519(secret, box[:32])
    places = (0, 5, 10, 15, 6, 7, 8, 9)
    key = _subkey(_salsa_state(shared, bytes(16)), _salsa_rounds, places)
    key = _subkey(_salsa_state(key, nonce[:16]), _salsa_rounds, places)
    stream = b"".join(_block(_salsa_state(key, nonce[16:] + struct.pack("<Q", i)), _salsa_rounds)
                      for i in range(len(text) // 64 + 2))
    if poly1305(stream[:32], text) != tag:
        return None
    return _xor(text, stream[32:])
