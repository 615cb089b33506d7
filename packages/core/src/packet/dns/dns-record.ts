import type { IpAddress } from '../../net/ip-address.ts'

/** One question (RFC 1035 section 4.1.2). */
export interface DnsQuestion {
  readonly name: string
  readonly type: number
  readonly class: number
}

/** One resource record (RFC 1035 section 4.1.3). */
export interface DnsRecord {
  readonly name: string
  readonly type: number
  readonly class: number
  /** Seconds. */
  readonly ttl: number
  readonly data: DnsRecordData
}

/**
 * What a record says. Text fields have one character per byte. Types that are not listed, and records without data (as in RFC 2136
 * updates), are `raw`.
 */
export type DnsRecordData =
  /** A (RFC 1035) and AAAA (RFC 3596). */
  | { readonly kind: 'address'; readonly address: IpAddress }
  /** NS, CNAME, PTR (RFC 1035), DNAME (RFC 6672). */
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'soa'
      readonly primaryServer: string
      /** The responsible person's mailbox as a name. */
      readonly mailbox: string
      readonly serial: number
      readonly refresh: number
      readonly retry: number
      readonly expire: number
      /** Time to live of negative answers (RFC 2308). */
      readonly minimum: number
    }
  | { readonly kind: 'mx'; readonly preference: number; readonly exchange: string }
  /** TXT and SPF: one string or more of at most 255 bytes. */
  | { readonly kind: 'txt'; readonly strings: readonly string[] }
  | { readonly kind: 'hinfo'; readonly cpu: string; readonly operatingSystem: string }
  /** RFC 2782. */
  | {
      readonly kind: 'srv'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  /** RFC 3403. */
  | {
      readonly kind: 'naptr'
      readonly order: number
      readonly preference: number
      readonly flags: string
      readonly services: string
      readonly regexp: string
      readonly replacement: string
    }
  /** RFC 8659. */
  | { readonly kind: 'caa'; readonly flags: number; readonly tag: string; readonly value: string }
  /** RFC 7553. */
  | { readonly kind: 'uri'; readonly priority: number; readonly weight: number; readonly target: string }
  /** DS and CDS (RFC 4034 section 5, RFC 7344). */
  | {
      readonly kind: 'ds'
      readonly keyTag: number
      readonly algorithm: number
      readonly digestType: number
      readonly digest: Uint8Array
    }
  /** DNSKEY and CDNSKEY (RFC 4034 section 2). */
  | {
      readonly kind: 'dnskey'
      readonly flags: number
      readonly protocol: number
      readonly algorithm: number
      readonly publicKey: Uint8Array
    }
  /** RFC 4034 section 3. */
  | {
      readonly kind: 'rrsig'
      readonly typeCovered: number
      readonly algorithm: number
      readonly labels: number
      readonly originalTtl: number
      /** Seconds since 1970, modulo 2^32. */
      readonly expiration: number
      readonly inception: number
      readonly keyTag: number
      readonly signerName: string
      readonly signature: Uint8Array
    }
  /** RFC 4034 section 4. `types` ascend. */
  | { readonly kind: 'nsec'; readonly nextName: string; readonly types: readonly number[] }
  /** RFC 5155 section 3. */
  | {
      readonly kind: 'nsec3'
      readonly hashAlgorithm: number
      readonly flags: number
      readonly iterations: number
      readonly salt: Uint8Array
      readonly nextHash: Uint8Array
      readonly types: readonly number[]
    }
  /** RFC 5155 section 4. */
  | {
      readonly kind: 'nsec3param'
      readonly hashAlgorithm: number
      readonly flags: number
      readonly iterations: number
      readonly salt: Uint8Array
    }
  /** RFC 4255. */
  | {
      readonly kind: 'sshfp'
      readonly algorithm: number
      readonly fingerprintType: number
      readonly fingerprint: Uint8Array
    }
  /** RFC 6698. */
  | {
      readonly kind: 'tlsa'
      readonly usage: number
      readonly selector: number
      readonly matchingType: number
      readonly association: Uint8Array
    }
  /** SVCB and HTTPS (RFC 9460); parameter keys ascend. */
  | {
      readonly kind: 'svcb'
      readonly priority: number
      readonly target: string
      readonly parameters: readonly Readonly<{ key: number; value: Uint8Array }>[]
    }
  /** OPT (RFC 6891): see `readEdns`. */
  | { readonly kind: 'edns'; readonly options: readonly EdnsOption[] }
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }

/** An EDNS option (RFC 6891 section 6.1.2), e.g. 8 client subnet, 10 cookie, 15 extended error. */
export interface EdnsOption {
  readonly code: number
  readonly data: Uint8Array
}
