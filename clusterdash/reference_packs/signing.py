"""Signatures of reference packs: Ed25519 (RFC 8032), over the bytes of a pack's description."""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .. import files
from ..domain import ClusterdashError

ALGORITHM = "Ed25519"
_KEY_BYTES = 32


def create_key(path: Path) -> str:
    """Write a new private key into a file that only its owner can read; returns the public key.

    Raises ClusterdashError if the file exists: whoever has pinned its public key would refuse all later packs.
    """
    if path.exists():
        raise ClusterdashError("reference_pack.key_exists", path=path)
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files.write_output(path, content)
    return _text(key.public_key())


def read_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a file. Raises ClusterdashError if there is none."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ClusterdashError("reference_pack.no_key", path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ClusterdashError("reference_pack.no_key", path=path)
    return key


def sign(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """The file that holds the signature of a content, with the public key."""
    told = {
        "algorithm": ALGORITHM,
        "publicKey": _text(key.public_key()),
        "signature": base64.b64encode(key.sign(content)).decode(),
    }
    return json.dumps(told, indent=2).encode() + b"\n"


def verify(content: bytes, signature: bytes) -> str:
    """The public key by which a content is signed. Raises ClusterdashError if the signature is not valid."""
    try:
        told = json.loads(signature)
        if told["algorithm"] != ALGORITHM:
            raise ValueError(told["algorithm"])
        key = public_key(told["publicKey"])
        key.verify(base64.b64decode(told["signature"], validate=True), content)
    except (ValueError, TypeError, KeyError, InvalidSignature, RecursionError) as error:
        raise ClusterdashError("reference_pack.forged") from error
    return _text(key)


def public_key(text: str) -> Ed25519PublicKey:
    """The public key in a text. Raises ValueError if it holds none."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError) as error:
        raise ValueError(text) from error
    if len(raw) != _KEY_BYTES:
        raise ValueError(text)
    return Ed25519PublicKey.from_public_bytes(raw)


def _text(key: Ed25519PublicKey) -> str:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()
