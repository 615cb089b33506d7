import { createHash, createPublicKey } from 'node:crypto'
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair,
  KeyPairInfo,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { selectRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, required, unsupported } from './ec2-errors.ts'
import type { KeyPairRow } from './ec2-rows.ts'
import { makeKeyPair } from './key-material.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Key pairs: told of and named by instances; nobody logs in with them here. */
export function keyPairOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids } = context
  const named = (name: string): KeyPairRow | undefined =>
    [...tables.keyPairs.values()].find(({ keyName }) => keyName === name)
  const put = (row: KeyPairRow): void => {
    if (named(row.keyName)) {
      throw new ServiceError('InvalidKeyPair.Duplicate', `The keypair already exists: ${row.keyName}`)
    }
    tables.keyPairs.put(row.keyPairId, row)
  }
  const output = (row: KeyPairRow): KeyPairInfo => ({
    KeyPairId: row.keyPairId,
    KeyName: row.keyName,
    KeyType: row.keyType,
    KeyFingerprint: row.keyFingerprint,
    CreateTime: new Date(row.createMilliseconds),
    Tags: tags.list(row.keyPairId),
  })

  const create: Operation<CreateKeyPairRequest, KeyPair> = {
    acts: ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications'],
    handle: ({ KeyName, KeyType = 'rsa', KeyFormat = 'pem', TagSpecifications }, { nowMilliseconds }) => {
      checkTagSpecifications(TagSpecifications, ['keyPair'])
      const keyName = required(KeyName, 'KeyName')
      if (KeyFormat !== 'pem') {
        throw unsupported(`CreateKeyPair: flowtap makes keys in the format pem alone, not ${KeyFormat}.`)
      }
      if (KeyType !== 'rsa' && KeyType !== 'ed25519') throw invalidValue(`Invalid value '${KeyType}' for keyType.`)
      const { privateKey, publicKey, fingerprint } = makeKeyPair(KeyType)
      const keyPairId = ids.next('key')
      put({
        keyPairId,
        keyName,
        keyType: KeyType,
        keyFingerprint: fingerprint,
        publicKey,
        createMilliseconds: nowMilliseconds,
      })
      tags.apply(keyPairId, 'keyPair', TagSpecifications)
      return {
        KeyPairId: keyPairId,
        KeyName: keyName,
        KeyFingerprint: fingerprint,
        KeyMaterial: privateKey,
        Tags: tags.list(keyPairId),
      }
    },
  }
  const importKeyPair: Operation<ImportKeyPairRequest, ImportKeyPairResult> = {
    acts: ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'],
    handle: ({ KeyName, PublicKeyMaterial, TagSpecifications }, { nowMilliseconds }) => {
      checkTagSpecifications(TagSpecifications, ['keyPair'])
      const keyName = required(KeyName, 'KeyName')
      const publicKey = Buffer.from(PublicKeyMaterial ?? [])
        .toString()
        .trim()
      const [type = '', body = ''] = publicKey.split(/\s+/)
      const keyType = type === 'ssh-ed25519' ? 'ed25519' : 'rsa'
      if ((type !== 'ssh-rsa' && type !== 'ssh-ed25519') || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) {
        throw new ServiceError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format')
      }
      const keyPairId = ids.next('key')
      const keyFingerprint = importedFingerprint(keyType, body)
      put({ keyPairId, keyName, keyType, keyFingerprint, publicKey, createMilliseconds: nowMilliseconds })
      tags.apply(keyPairId, 'keyPair', TagSpecifications)
      return { KeyPairId: keyPairId, KeyName: keyName, KeyFingerprint: keyFingerprint, Tags: tags.list(keyPairId) }
    },
  }
  const remove: Operation<DeleteKeyPairRequest, DeleteKeyPairResult> = {
    acts: ['KeyName', 'KeyPairId'],
    handle: ({ KeyName, KeyPairId }) => {
      const row = KeyPairId ? tables.keyPairs.get(KeyPairId) : named(required(KeyName, 'KeyName'))
      // EC2 says true of a name that is not there.
      if (row) {
        tables.keyPairs.delete(row.keyPairId)
        tags.forget(row.keyPairId)
      }
      return { Return: true, ...(row && { KeyPairId: row.keyPairId }) }
    },
  }
  const describe: Operation<DescribeKeyPairsRequest, DescribeKeyPairsResult> = {
    acts: ['KeyNames', 'KeyPairIds', 'Filters', 'IncludePublicKey'],
    handle: ({ KeyNames, KeyPairIds, Filters, IncludePublicKey }) => {
      for (const name of KeyNames ?? []) {
        if (!named(name)) throw new ServiceError('InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`)
      }
      for (const id of KeyPairIds ?? []) existing('keyPair', tables.keyPairs, id)
      const rows = selectRows(
        {
          kind: 'keyPair',
          rows: tables.keyPairs.values(),
          id: (row) => row.keyPairId,
          filters: {
            'key-pair-id': (row) => row.keyPairId,
            'key-name': (row) => row.keyName,
            fingerprint: (row) => row.keyFingerprint,
          },
          ids: KeyPairIds,
          tags,
        },
        Filters,
      )
      return {
        KeyPairs: rows
          .filter(({ keyName }) => !KeyNames?.length || KeyNames.includes(keyName))
          .map((row) => ({ ...output(row), ...(IncludePublicKey && { PublicKey: row.publicKey }) })),
      }
    },
  }
  return { CreateKeyPair: create, ImportKeyPair: importKeyPair, DeleteKeyPair: remove, DescribeKeyPairs: describe }
}

/** MD5 of the DER of an imported RSA key, SHA-256 of an ED25519 one. Source: EC2 user guide, "Verify the fingerprint of your key pair". */
function importedFingerprint(keyType: 'rsa' | 'ed25519', body: string): string {
  const blob = Buffer.from(body, 'base64')
  if (keyType === 'ed25519') return createHash('sha256').update(blob).digest('base64')
  const parts: Buffer[] = []
  for (let at = 0; at + 4 <= blob.length; ) {
    const length = blob.readUInt32BE(at)
    parts.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  const [, exponent, modulus] = parts
  if (!exponent?.length || !modulus?.length) {
    throw new ServiceError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format')
  }
  const unsigned = (bytes: Buffer): string => (bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('base64url')
  const key = createPublicKey({ key: { kty: 'RSA', e: unsigned(exponent), n: unsigned(modulus) }, format: 'jwk' })
  const digest = createHash('md5')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return (digest.match(/../g) ?? []).join(':')
}
