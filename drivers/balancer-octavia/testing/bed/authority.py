"""Makes the authority with which Octavia signs its amphorae's certificates, in /etc/octavia. There are no amphorae here."""
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "octavia")])
now = datetime.datetime.utcnow()
builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=7300))
certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
encryption = serialization.BestAvailableEncryption(b"none")
with open("/etc/octavia/authority.pem", "wb") as file:
    file.write(certificate.public_bytes(serialization.Encoding.PEM))
with open("/etc/octavia/authority.key", "wb") as file:
    file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
