/** What a certificate says. */
export interface CertificateFields {
  readonly subject: string
  readonly issuer: string
  readonly notBeforeMicroseconds: number
  /** Filled up to about this size; no smaller than it needs. */
  readonly bytes: number
  /** Random bytes for serial number, key and signature: 600 of them. */
  readonly random: Uint8Array
}

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const NULL = Uint8Array.of(0x05, 0)
const OBJECT = 0x06
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17

const COMMON_NAME = Uint8Array.of(0x55, 4, 3)
const ALTERNATIVE_NAME = Uint8Array.of(0x55, 0x1d, 0x11)
const RSA = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1)
const SHA256_WITH_RSA = Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b)
/** An object below 1.3.6.1.4.1 of nobody's, for an extension that only takes up room. */
const FILLING = Uint8Array.of(0x2b, 6, 1, 4, 1, 0x8f, 0x65, 0x7f)

/**
 * A certificate in DER with the structure that RFC 5280 asks for (section 4.1) and an RSA key of 2,048 bits. Key and signature are
 * random: it can be read, not verified.
 */
export function makeCertificate(fields: CertificateFields): Uint8Array {
  const plain = certificateWith(fields, 0)
  const filling = fields.bytes - plain.length - 24
  return filling > 0 ? certificateWith(fields, filling) : plain
}

function certificateWith(fields: CertificateFields, filling: number): Uint8Array {
  const { subject, issuer, notBeforeMicroseconds, random } = fields
  const algorithm = der(SEQUENCE, der(OBJECT, SHA256_WITH_RSA), NULL)
  const year = 365 * 86_400_000_000
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Uint8Array.of(2))),
    der(INTEGER, positive(random.subarray(0, 16))),
    algorithm,
    nameOf(issuer),
    der(SEQUENCE, der(UTC_TIME, utcTime(notBeforeMicroseconds)), der(UTC_TIME, utcTime(notBeforeMicroseconds + year))),
    nameOf(subject),
    publicKey(random.subarray(16, 272)),
    der(
      0xa3,
      der(
        SEQUENCE,
        extension(ALTERNATIVE_NAME, der(SEQUENCE, der(0x82, text(subject)))),
        ...(filling > 0 ? [extension(FILLING, der(OCTET_STRING, new Uint8Array(filling)))] : []),
      ),
    ),
  )
  return der(SEQUENCE, body, algorithm, der(BIT_STRING, Uint8Array.of(0), random.subarray(272, 528)))
}

function publicKey(modulus: Uint8Array): Uint8Array {
  const key = der(SEQUENCE, der(INTEGER, positive(modulus)), der(INTEGER, Uint8Array.of(1, 0, 1)))
  return der(SEQUENCE, der(SEQUENCE, der(OBJECT, RSA), NULL), der(BIT_STRING, Uint8Array.of(0), key))
}

function nameOf(commonName: string): Uint8Array {
  return der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT, COMMON_NAME), der(UTF8_STRING, text(commonName)))))
}

function extension(id: Uint8Array, value: Uint8Array): Uint8Array {
  return der(SEQUENCE, der(OBJECT, id), der(OCTET_STRING, value))
}

/** `YYMMDDhhmmssZ` (RFC 5280, 4.1.2.5.1). */
function utcTime(microseconds: number): Uint8Array {
  const iso = new Date(Math.floor(microseconds / 1_000)).toISOString()
  return text(`${iso.slice(2, 19).replace(/[-:T]/g, '')}Z`)
}

/** A number that DER reads as positive, without zeros that it would not have. */
function positive(bytes: Uint8Array): Uint8Array {
  const number = bytes.slice()
  number[0] = ((number[0] ?? 0) & 0x7f) | 0x40
  return number
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

/** Tag, length and contents (X.690, 8.1). */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >>> 8, length & 255]
  const bytes = new Uint8Array(head.length + length)
  bytes.set(head)
  let at = head.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
