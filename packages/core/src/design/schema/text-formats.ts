import { z } from 'zod'
import { isRegion } from '../../aws/region.ts'
import { isResourceId, type ResourceIdKind, resourceIdForm } from '../../aws/resource-id.ts'
import { CidrBlock } from '../../net/cidr-block.ts'
import { IpAddress } from '../../net/ip-address.ts'
import type { Named } from '../design.ts'
import type { IpProtocolDesign } from '../ip-protocol-design.ts'
import { type OptionalSchema, optional, type Shape, textOf } from './object-schema.ts'

const version = (text: string): 4 | 6 | undefined => CidrBlock.parse(text)?.version

/** An IPv4 block. */
export const ipv4Block: z.ZodType<string> = textOf((text) => version(text) === 4, 'an IPv4 block such as 10.0.0.0/16')

/** An IPv6 block. */
export const ipv6Block: z.ZodType<string> = textOf(
  (text) => version(text) === 6,
  'an IPv6 block such as 2001:db8:1234:1a00::/56',
)

/** A block of either version. */
export const anyBlock: z.ZodType<string> = textOf(
  (text) => version(text) !== undefined,
  'a block such as 10.0.0.0/16 or 2001:db8::/32; one address is a /32 or a /128',
)

/** An IPv4 address. */
export const ipv4Address: z.ZodType<string> = textOf(
  (text) => IpAddress.parse(text)?.version === 4,
  'an IPv4 address such as 10.0.1.101',
)

/** An IPv6 address. */
export const ipv6Address: z.ZodType<string> = textOf(
  (text) => IpAddress.parse(text)?.version === 6,
  'an IPv6 address such as 2001:db8:1234:1a00::10',
)

/** An address of either version. */
export const anyAddress: z.ZodType<string> = textOf(
  (text) => IpAddress.parse(text) !== undefined,
  'an address such as 203.0.113.10 or 2001:db8::10',
)

/** A name of another resource. Whether there is one is not the schema's matter. */
export const reference: z.ZodType<string> = textOf((text) => text !== '', 'the name of a resource')

/** An account id. */
export const accountId: z.ZodType<string> = textOf((text) => /^\d{12}$/.test(text), 'the 12 digits of an account')

/** A region's code. */
export const region: z.ZodType<string> = textOf(isRegion, 'the code of a region such as us-west-2')

/** An id of a kind of EC2 resource. */
export function resourceId(kind: ResourceIdKind): z.ZodType<string> {
  return textOf((text) => isResourceId(kind, text), resourceIdForm(kind))
}

/** Tags as EC2 allows them. Source: EC2 user guide, "Tag restrictions". */
const tags: z.ZodType<Readonly<Record<string, string>>> = z.record(
  textOf(
    (key) => key.length > 0 && key.length <= 128 && !/^aws:/i.test(key),
    'a tag key of 1 to 128 characters that does not begin with aws:',
  ),
  textOf((value) => value.length <= 256, 'a text of at most 256 characters'),
)

/** The keys of every resource of a kind. */
export function resourceShape(kind: ResourceIdKind): Shape<{ id?: string; tags?: Readonly<Record<string, string>> }> {
  return { id: optional(resourceId(kind)), tags: optional(tags) }
}

/** The keys of a resource whose id is an ARN or has another form of its own. */
export function resourceShapeWithId(
  isId: (text: string) => boolean,
  form: string,
): Shape<{ id?: string; tags?: Readonly<Record<string, string>> }> {
  return { id: optional(textOf(isId, form)), tags: optional(tags) }
}

/** Tags alone. */
export const optionalTags: OptionalSchema<Readonly<Record<string, string>>> = optional(tags)

/** What the design's names look like. */
export const NAME_FORM = 'a letter and then letters, digits, - or _, at most 128 in all'

const name = textOf((text) => /^[A-Za-z][\w-]{0,127}$/.test(text), NAME_FORM)

/** Resources by name. */
export function named<T>(schema: z.ZodType<T>): z.ZodType<Named<T>> {
  return z.record(name, schema) as unknown as z.ZodType<Named<T>>
}

/** A protocol by name or number. */
export const ipProtocol: z.ZodType<IpProtocolDesign> = z.custom<IpProtocolDesign>(
  (value) =>
    (typeof value === 'number' && Number.isInteger(value) && value >= -1 && value <= 255) ||
    (typeof value === 'string' && ['all', 'tcp', 'udp', 'icmp', 'icmpv6'].includes(value)),
  { params: { allowed: "'all', 'tcp', 'udp', 'icmp', 'icmpv6' or a protocol number from 0 to 255" } },
)

/** A text of free form. */
export const anyText: z.ZodType<string> = z.string()

/** `true` alone. */
export const onlyTrue: z.ZodType<true> = z.literal(true)
