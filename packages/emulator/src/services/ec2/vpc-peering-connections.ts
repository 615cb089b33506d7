import type {
  AcceptVpcPeeringConnectionRequest,
  AcceptVpcPeeringConnectionResult,
  CreateVpcPeeringConnectionRequest,
  CreateVpcPeeringConnectionResult,
  DeleteVpcPeeringConnectionRequest,
  DeleteVpcPeeringConnectionResult,
  DescribeVpcPeeringConnectionsRequest,
  DescribeVpcPeeringConnectionsResult,
  RejectVpcPeeringConnectionRequest,
  RejectVpcPeeringConnectionResult,
  VpcPeeringConnection,
  VpcPeeringConnectionVpcInfo,
} from '@aws-sdk/client-ec2'
import { CidrBlock } from '@flowtap/core'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { describeRows } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, required, unsupported } from './ec2-errors.ts'
import type { VpcPeeringConnectionRow, VpcRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

const HOUR_MILLISECONDS = 3_600_000
/** Source: VPC Peering guide, "VPC peering connection lifecycle". */
const PENDING_MILLISECONDS = 7 * 24 * HOUR_MILLISECONDS
/** How long connections that have ended are told of; the guide says two hours for the side that ended it. */
const TOLD_MILLISECONDS = 2 * HOUR_MILLISECONDS

/** Peering connections of two VPCs of the account in its Region. */
export function vpcPeeringConnectionOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId, region } = context
  const vpcInfo = (vpcId: string): VpcPeeringConnectionVpcInfo => {
    const vpc = tables.vpcs.get(vpcId)
    const blocks = vpc?.cidrBlockAssociations.map(({ cidrBlock: CidrBlock }) => ({ CidrBlock })) ?? []
    return {
      VpcId: vpcId,
      OwnerId: accountId,
      Region: region,
      CidrBlock: blocks[0]?.CidrBlock,
      CidrBlockSet: blocks,
      Ipv6CidrBlockSet: vpc?.ipv6CidrBlockAssociations.map(({ cidrBlock }) => ({ Ipv6CidrBlock: cidrBlock })) ?? [],
    }
  }
  const output = (row: VpcPeeringConnectionRow): VpcPeeringConnection => ({
    VpcPeeringConnectionId: row.vpcPeeringConnectionId,
    RequesterVpcInfo: vpcInfo(row.requesterVpcId),
    AccepterVpcInfo: vpcInfo(row.accepterVpcId),
    Status: { Code: row.statusCode, Message: row.statusMessage },
    ...(row.statusCode === 'pending-acceptance' && { ExpirationTime: new Date(row.expirationMilliseconds) }),
    Tags: tags.list(row.vpcPeeringConnectionId),
  })
  /** What is told of, as it is at a time. */
  const told = (nowMilliseconds: number): VpcPeeringConnectionRow[] =>
    [...tables.vpcPeeringConnections.values()]
      .map((row) => atTime(row, nowMilliseconds))
      .filter(({ endMilliseconds: end }) => end === undefined || nowMilliseconds - end < TOLD_MILLISECONDS)
  const found = (id: string | undefined, nowMilliseconds: number): VpcPeeringConnectionRow => {
    const rows = new Map(told(nowMilliseconds).map((row) => [row.vpcPeeringConnectionId, row]))
    return existing('vpcPeeringConnection', rows, id)
  }
  const change = (
    row: VpcPeeringConnectionRow,
    from: readonly VpcPeeringConnectionRow['statusCode'][],
    to: Partial<VpcPeeringConnectionRow>,
  ): VpcPeeringConnectionRow => {
    const id = row.vpcPeeringConnectionId
    if (!from.includes(row.statusCode)) {
      throw new ServiceError(
        'InvalidStateTransition',
        `Invalid state transition for ${id}, attempted to transition from ${row.statusCode} to ${to.statusCode}`,
      )
    }
    const changed = { ...row, ...to }
    tables.vpcPeeringConnections.put(id, changed)
    return changed
  }

  const create: Operation<CreateVpcPeeringConnectionRequest, CreateVpcPeeringConnectionResult> = {
    acts: ['VpcId', 'PeerVpcId', 'PeerOwnerId', 'PeerRegion', 'TagSpecifications'],
    handle: (input, { nowMilliseconds }) => {
      checkTagSpecifications(input.TagSpecifications, ['vpcPeeringConnection'])
      if ((input.PeerOwnerId || accountId) !== accountId || (input.PeerRegion || region) !== region) {
        throw unsupported(`flowtap peers VPCs of its own account ${accountId} and Region ${region} alone.`)
      }
      const vpc = existing('vpc', tables.vpcs, input.VpcId)
      const peer = existing('vpc', tables.vpcs, required(input.PeerVpcId, 'peerVpcId'))
      if (vpc === peer) throw invalidValue(`The VPC ${vpc.vpcId} cannot be peered with itself.`)
      for (const other of told(nowMilliseconds)) {
        const isOpen = other.statusCode === 'active' || other.statusCode === 'pending-acceptance'
        const pair = [other.requesterVpcId, other.accepterVpcId]
        if (!isOpen || !pair.includes(vpc.vpcId) || !pair.includes(peer.vpcId)) continue
        throw new ServiceError(
          'VpcPeeringConnectionAlreadyExists',
          `A VPC peering connection of ${vpc.vpcId} and ${peer.vpcId} exists: ${other.vpcPeeringConnectionId}`,
        )
      }
      const row: VpcPeeringConnectionRow = {
        vpcPeeringConnectionId: ids.next('pcx'),
        requesterVpcId: vpc.vpcId,
        accepterVpcId: peer.vpcId,
        expirationMilliseconds: nowMilliseconds + PENDING_MILLISECONDS,
        ...(overlap(vpc, peer)
          ? {
              statusCode: 'failed',
              statusMessage: 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range',
              endMilliseconds: nowMilliseconds,
            }
          : { statusCode: 'pending-acceptance', statusMessage: `Pending Acceptance by ${accountId}` }),
      }
      tables.vpcPeeringConnections.put(row.vpcPeeringConnectionId, row)
      tags.apply(row.vpcPeeringConnectionId, 'vpcPeeringConnection', input.TagSpecifications)
      return { VpcPeeringConnection: output(row) }
    },
  }
  const accept: Operation<AcceptVpcPeeringConnectionRequest, AcceptVpcPeeringConnectionResult> = {
    acts: ['VpcPeeringConnectionId'],
    handle: ({ VpcPeeringConnectionId }, { nowMilliseconds }) => {
      const row = found(VpcPeeringConnectionId, nowMilliseconds)
      const active = { statusCode: 'active', statusMessage: 'Active' } as const
      return { VpcPeeringConnection: output(change(row, ['pending-acceptance'], active)) }
    },
  }
  const reject: Operation<RejectVpcPeeringConnectionRequest, RejectVpcPeeringConnectionResult> = {
    acts: ['VpcPeeringConnectionId'],
    handle: ({ VpcPeeringConnectionId }, { nowMilliseconds }) => {
      change(found(VpcPeeringConnectionId, nowMilliseconds), ['pending-acceptance'], {
        statusCode: 'rejected',
        statusMessage: `Rejected by ${accountId}`,
        endMilliseconds: nowMilliseconds,
      })
      return { Return: true }
    },
  }
  const remove: Operation<DeleteVpcPeeringConnectionRequest, DeleteVpcPeeringConnectionResult> = {
    acts: ['VpcPeeringConnectionId'],
    handle: ({ VpcPeeringConnectionId }, { nowMilliseconds }) => {
      change(found(VpcPeeringConnectionId, nowMilliseconds), ['pending-acceptance', 'active'], {
        statusCode: 'deleted',
        statusMessage: `Deleted by ${accountId}`,
        endMilliseconds: nowMilliseconds,
      })
      return { Return: true }
    },
  }
  const describe: Operation<DescribeVpcPeeringConnectionsRequest, DescribeVpcPeeringConnectionsResult> = {
    acts: ['VpcPeeringConnectionIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input, { nowMilliseconds }) => {
      const cidr = (vpcId: string): string | undefined => tables.vpcs.get(vpcId)?.cidrBlockAssociations[0]?.cidrBlock
      const { rows, nextToken } = describeRows(
        {
          kind: 'vpcPeeringConnection',
          rows: told(nowMilliseconds),
          id: (row) => row.vpcPeeringConnectionId,
          filters: {
            'vpc-peering-connection-id': (row) => row.vpcPeeringConnectionId,
            'requester-vpc-info.vpc-id': (row) => row.requesterVpcId,
            'requester-vpc-info.owner-id': () => accountId,
            'requester-vpc-info.cidr-block': (row) => cidr(row.requesterVpcId),
            'accepter-vpc-info.vpc-id': (row) => row.accepterVpcId,
            'accepter-vpc-info.owner-id': () => accountId,
            'accepter-vpc-info.cidr-block': (row) => cidr(row.accepterVpcId),
            'status-code': (row) => row.statusCode,
            'status-message': (row) => row.statusMessage,
          },
          ids: input.VpcPeeringConnectionIds,
          tags,
        },
        input,
      )
      return { VpcPeeringConnections: rows.map(output), NextToken: nextToken }
    },
  }
  return {
    CreateVpcPeeringConnection: create,
    AcceptVpcPeeringConnection: accept,
    RejectVpcPeeringConnection: reject,
    DeleteVpcPeeringConnection: remove,
    DescribeVpcPeeringConnections: describe,
  }
}

/** A request that nobody has accepted in time is over. */
function atTime(row: VpcPeeringConnectionRow, nowMilliseconds: number): VpcPeeringConnectionRow {
  if (row.statusCode !== 'pending-acceptance' || nowMilliseconds < row.expirationMilliseconds) return row
  return {
    ...row,
    statusCode: 'expired',
    statusMessage: 'Expired',
    endMilliseconds: row.expirationMilliseconds,
  }
}

function overlap(one: VpcRow, other: VpcRow): boolean {
  const blocks = (vpc: VpcRow): CidrBlock[] =>
    [...vpc.cidrBlockAssociations, ...vpc.ipv6CidrBlockAssociations].flatMap(
      ({ cidrBlock }) => CidrBlock.parse(cidrBlock) ?? [],
    )
  return blocks(one).some((own) => blocks(other).some((theirs) => own.overlaps(theirs)))
}
