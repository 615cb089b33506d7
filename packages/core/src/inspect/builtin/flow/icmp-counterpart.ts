import { IP_PROTOCOL } from '../../../packet/ip-protocol.ts'

/** Messages of a request and its reply belong to one flow (RFC 792, RFC 950, RFC 4443, RFC 4861). */
const COUNTERPARTS: Readonly<Record<4 | 6, ReadonlyMap<number, number>>> = {
  4: pairs([8, 0], [10, 9], [13, 14], [15, 16], [17, 18]),
  6: pairs([128, 129], [133, 134], [135, 136]),
}

/** The type of the message that answers this type, or that this type answers; the type itself where there is none. */
export function icmpCounterpart(protocol: number, type: number): number {
  return COUNTERPARTS[protocol === IP_PROTOCOL.icmp ? 4 : 6].get(type) ?? type
}

function pairs(...list: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(
    list.flatMap(([request, reply]) => [
      [request, reply],
      [reply, request],
    ]),
  )
}
