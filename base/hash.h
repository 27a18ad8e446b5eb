/* Hashes: BLAKE2b (RFC 7693) for everything of ours, SHA-256 where RFC 6962 and OpenSSH want it. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bytes.h"
#include "base/id.h"

/* BLAKE2b-256 without a key: what `b2sum -l 256` prints. */
void hash_blake2b_256(uint8_t out[32], struct bytes data);
/* BLAKE2b-128 without a key. */
void hash_blake2b_128(uint8_t out[16], struct bytes data);
/* BLAKE2b-64 without a key: `b2sum -l 64`.  For people to compare, never for identity. */
void hash_blake2b_64(uint8_t out[8], struct bytes data);
/* BLAKE2b-256 with a key of 32 bytes. */
void hash_keyed(uint8_t out[32], const uint8_t key[32], struct bytes data);
void hash_sha256(uint8_t out[32], struct bytes data);
void hash_sha512(uint8_t out[64], struct bytes data);

#endif
