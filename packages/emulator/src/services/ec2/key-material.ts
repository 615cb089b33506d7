import { createHash, generateKeyPairSync } from 'node:crypto'

/** A key pair that EC2 has made. */
export interface KeyMaterial {
  /** PEM */
  readonly privateKey: string
  /** As OpenSSH writes it. */
  readonly publicKey: string
  readonly fingerprint: string
}

/**
 * Makes a key pair: the one thing here that is not the same for the same seed, as nobody should use a key that others can make. Source of
 * the fingerprints: EC2 user guide, "Verify the fingerprint of your key pair".
 */
export function makeKeyPair(keyType: 'rsa' | 'ed25519'): KeyMaterial {
  if (keyType === 'ed25519') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const { x = '' } = publicKey.export({ format: 'jwk' })
    const blob = sshBlob([Buffer.from('ssh-ed25519'), Buffer.from(x, 'base64url')])
    return {
      privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      publicKey: `ssh-ed25519 ${blob.toString('base64')}`,
      fingerprint: createHash('sha256').update(blob).digest('base64'),
    }
  }
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' })
  const blob = sshBlob([
    Buffer.from('ssh-rsa'),
    signed(Buffer.from(e, 'base64url')),
    signed(Buffer.from(n, 'base64url')),
  ])
  const digest = createHash('sha1')
    .update(privateKey.export({ type: 'pkcs8', format: 'der' }))
    .digest('hex')
  return {
    privateKey: String(privateKey.export({ type: 'pkcs1', format: 'pem' })),
    publicKey: `ssh-rsa ${blob.toString('base64')}`,
    fingerprint: (digest.match(/../g) ?? []).join(':'),
  }
}

/** Source: RFC 4253, section 6.6. */
function sshBlob(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}

/** With a zero in front where the first bit would make it negative. Source: RFC 4251, section 5, mpint. */
function signed(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}
