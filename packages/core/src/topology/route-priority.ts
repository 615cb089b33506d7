import type { CidrBlock } from '../net/cidr-block.ts'
import type { Route, TransitGatewayRoute } from './topology.ts'

/** Of two routes to the same block the one of the lower rank is taken. Source: VPC user guide, "How route priority works". */
const ORIGIN_RANK: Readonly<Record<Route['origin'], number>> = { local: 0, static: 1, 'prefix-list': 2, propagated: 3 }

/** A route with the number that settles which of two prefix lists wins. */
export interface RankedRoute {
  readonly route: Route
  readonly tieBreak: number
}

/**
 * Routes in the order in which they are to be tried: IPv4 before IPv6, longest prefix first, then local, static, prefix-list and
 * propagated routes. Where two prefix lists lead to one block, AWS picks one at random and keeps to it; the tie break picks here.
 */
export function sortRoutes(routes: readonly RankedRoute[]): Route[] {
  return [...routes]
    .sort(
      (left, right) =>
        compareBlocks(left.route.destination, right.route.destination) ||
        ORIGIN_RANK[left.route.origin] - ORIGIN_RANK[right.route.origin] ||
        left.tieBreak - right.tieBreak,
    )
    .map(({ route }) => route)
}

/**
 * Routes of a transit gateway in the order in which they are to be tried: longest prefix first, static before propagated.
 * Source: Transit Gateway guide, "Route evaluation order".
 */
export function sortTransitGatewayRoutes(routes: readonly TransitGatewayRoute[]): TransitGatewayRoute[] {
  return [...routes].sort(
    (left, right) =>
      compareBlocks(left.destination, right.destination) || ORIGIN_RANK[left.origin] - ORIGIN_RANK[right.origin],
  )
}

function compareBlocks(left: CidrBlock, right: CidrBlock): number {
  return left.version - right.version || right.prefixLength - left.prefixLength || left.network.compare(right.network)
}
