"""Who asks: bearer tokens of configured issuers, and keys of the gateway's own.

Authorization: Bearer eyJ…          a token (JWT) of one of the issuers         tokens.py  jwks.py
Authorization: Bearer tfk_…         a key                                       keys.py
X-API-Key: tfk_…                    a key
Authorization: Basic any:tfk_…      a key as the password, for Excel and Power BI
"""

from gateway.identity.door import Identity
from gateway.identity.keys import Keys
from gateway.identity.principal import ANYONE, Principal, UnknownError
from gateway.identity.tokens import Issuer, Tokens

__all__ = ["ANYONE", "Identity", "Issuer", "Keys", "Principal", "Tokens", "UnknownError"]
