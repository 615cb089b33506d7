import type {
  AddPrefixListEntry,
  CreateManagedPrefixListRequest,
  CreateManagedPrefixListResult,
  DeleteManagedPrefixListRequest,
  DeleteManagedPrefixListResult,
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
  ManagedPrefixList,
  ModifyManagedPrefixListRequest,
  ModifyManagedPrefixListResult,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { parseBlock } from './cidr.ts'
import { once } from './client-token.ts'
import { describeRows, page } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { dependencyViolation, invalidValue, required } from './ec2-errors.ts'
import type { PrefixListEntryRow, PrefixListRow } from './ec2-rows.ts'
import { existing, notFound } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Source: "Amazon VPC quotas". */
const MOST_ENTRIES = 1000

/** Prefix lists: customers' own, and AWS's. */
export function prefixListOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId, region, topology } = context
  const arn = (id: string, owner: string): string => `arn:aws:ec2:${region}:${owner}:prefix-list/${id}`
  const output = (row: PrefixListRow): ManagedPrefixList => ({
    PrefixListId: row.prefixListId,
    PrefixListName: row.prefixListName,
    PrefixListArn: arn(row.prefixListId, accountId),
    AddressFamily: row.addressFamily,
    MaxEntries: row.maxEntries,
    State: row.state as NonNullable<ManagedPrefixList['State']>,
    Version: row.version,
    OwnerId: accountId,
    Tags: tags.list(row.prefixListId),
  })
  const managed = (): ManagedPrefixList[] =>
    topology().prefixLists.flatMap(({ id, name, service }) =>
      service === undefined
        ? []
        : [
            {
              PrefixListId: id,
              PrefixListName: name,
              PrefixListArn: arn(id, 'aws'),
              AddressFamily: 'IPv4',
              State: 'create-complete',
              OwnerId: 'AWS',
              Tags: [],
            },
          ],
    )
  const all = (): ManagedPrefixList[] => [...managed(), ...[...tables.prefixLists.values()].map(output)]
  const id = ({ PrefixListId }: ManagedPrefixList): string => PrefixListId ?? ''

  const create: Operation<CreateManagedPrefixListRequest, CreateManagedPrefixListResult> = {
    acts: ['PrefixListName', 'Entries', 'MaxEntries', 'AddressFamily', 'TagSpecifications', 'ClientToken'],
    handle: (input) => {
      checkTagSpecifications(input.TagSpecifications, ['prefixList'])
      const prefixListName = required(input.PrefixListName, 'PrefixListName')
      if (prefixListName.startsWith('com.amazonaws')) {
        throw invalidValue(`Prefix list name '${prefixListName}' may not start with com.amazonaws`)
      }
      const { AddressFamily: addressFamily, MaxEntries: maxEntries = 0 } = input
      if (addressFamily !== 'IPv4' && addressFamily !== 'IPv6') {
        throw invalidValue(`Value (${addressFamily}) for parameter AddressFamily is invalid. It is IPv4 or IPv6.`)
      }
      if (maxEntries < 1 || maxEntries > MOST_ENTRIES) {
        throw invalidValue(
          `Value (${maxEntries}) for parameter MaxEntries is invalid. It is from 1 to ${MOST_ENTRIES}.`,
        )
      }
      const { ids: made } = once(context, 'CreateManagedPrefixList', input, () => {
        const prefixListId = ids.next('pl')
        const entries = withEntries([], input.Entries ?? [], addressFamily)
        checkCount(entries, maxEntries)
        const state = 'create-complete'
        tables.prefixLists.put(prefixListId, {
          prefixListId,
          prefixListName,
          addressFamily,
          maxEntries,
          state,
          version: 1,
          versions: [entries],
        })
        tags.apply(prefixListId, 'prefixList', input.TagSpecifications)
        return [prefixListId]
      })
      const row = existing('prefixList', tables.prefixLists, made[0])
      return { PrefixList: { ...output(row), State: 'create-in-progress' } }
    },
  }
  const modify: Operation<ModifyManagedPrefixListRequest, ModifyManagedPrefixListResult> = {
    acts: ['PrefixListId', 'CurrentVersion', 'PrefixListName', 'AddEntries', 'RemoveEntries', 'MaxEntries'],
    handle: (input) => {
      const row = ownList(context, input.PrefixListId)
      if (input.CurrentVersion !== undefined && input.CurrentVersion !== row.version) {
        throw new ServiceError('PrefixListVersionMismatch', 'The prefix list has the incorrect version number')
      }
      const current = row.versions.at(-1) ?? []
      for (const { Cidr } of input.RemoveEntries ?? []) {
        if (!current.some(({ cidr }) => cidr === Cidr)) {
          throw invalidValue(`The prefix list ${row.prefixListId} has no entry ${Cidr}.`)
        }
      }
      const kept = current.filter(({ cidr }) => !input.RemoveEntries?.some(({ Cidr }) => Cidr === cidr))
      const entries = withEntries(kept, input.AddEntries ?? [], row.addressFamily)
      const maxEntries = input.MaxEntries ?? row.maxEntries
      checkCount(entries, maxEntries)
      const isOther = (input.AddEntries?.length ?? 0) + (input.RemoveEntries?.length ?? 0) > 0
      const changed: PrefixListRow = {
        ...row,
        prefixListName: input.PrefixListName ?? row.prefixListName,
        maxEntries,
        state: 'modify-complete',
        ...(isOther && { version: row.version + 1, versions: [...row.versions, entries] }),
      }
      tables.prefixLists.put(row.prefixListId, changed)
      return { PrefixList: { ...output(changed), State: 'modify-in-progress' } }
    },
  }
  const remove: Operation<DeleteManagedPrefixListRequest, DeleteManagedPrefixListResult> = {
    acts: ['PrefixListId'],
    handle: ({ PrefixListId }) => {
      const row = ownList(context, PrefixListId)
      const isUsed =
        [...tables.securityGroupRules.values()].some((rule) => rule.prefixListId === row.prefixListId) ||
        [...tables.routeTables.values()].some(({ routes }) =>
          routes.some((route) => route.destinationPrefixListId === row.prefixListId),
        )
      if (isUsed)
        throw dependencyViolation(`The prefix list '${row.prefixListId}' has dependencies and cannot be deleted.`)
      const shown = output(row)
      tables.prefixLists.delete(row.prefixListId)
      tags.forget(row.prefixListId)
      return { PrefixList: { ...shown, State: 'delete-in-progress' } }
    },
  }
  const describe: Operation<DescribeManagedPrefixListsRequest, DescribeManagedPrefixListsResult> = {
    acts: ['PrefixListIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'prefixList',
          rows: all(),
          id,
          filters: {
            'prefix-list-id': id,
            'prefix-list-name': (row) => row.PrefixListName,
            'owner-id': (row) => row.OwnerId,
          },
          ids: input.PrefixListIds,
          tags,
          pageSizes: [1, 100],
        },
        input,
      )
      return { PrefixLists: [...rows], NextToken: nextToken }
    },
  }
  const entriesOf: Operation<GetManagedPrefixListEntriesRequest, GetManagedPrefixListEntriesResult> = {
    acts: ['PrefixListId', 'TargetVersion', 'NextToken', 'MaxResults'],
    handle: ({ PrefixListId, TargetVersion, ...paging }) => {
      const row = tables.prefixLists.get(PrefixListId ?? '')
      const list = topology().prefixLists.find((each) => each.id === PrefixListId)
      if (!row && !list) throw notFound('prefixList', [PrefixListId ?? ''])
      const entries: readonly PrefixListEntryRow[] = row
        ? (row.versions[(TargetVersion ?? row.version) - 1] ?? [])
        : (list?.entries ?? []).map((block) => ({ cidr: block.toString() }))
      const { rows, nextToken } = page(entries, ({ cidr }) => cidr, paging, [1, 100])
      return {
        Entries: rows.map(({ cidr, description }) => ({ Cidr: cidr, Description: description })),
        NextToken: nextToken,
      }
    },
  }
  const describeAws: Operation<DescribePrefixListsRequest, DescribePrefixListsResult> = {
    acts: ['PrefixListIds', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const { rows, nextToken } = describeRows(
        {
          kind: 'prefixList',
          rows: managed(),
          id,
          filters: { 'prefix-list-id': id, 'prefix-list-name': (row) => row.PrefixListName },
          ids: input.PrefixListIds,
        },
        input,
      )
      const blocks = new Map(topology().prefixLists.map((list) => [list.id, list.entries]))
      return {
        PrefixLists: rows.map((row) => ({
          PrefixListId: row.PrefixListId,
          PrefixListName: row.PrefixListName,
          Cidrs: (blocks.get(id(row)) ?? []).map(String),
        })),
        NextToken: nextToken,
      }
    },
  }
  return {
    CreateManagedPrefixList: create,
    ModifyManagedPrefixList: modify,
    DeleteManagedPrefixList: remove,
    DescribeManagedPrefixLists: describe,
    GetManagedPrefixListEntries: entriesOf,
    DescribePrefixLists: describeAws,
  }
}

function ownList({ tables, topology }: Ec2Context, id: string | undefined): PrefixListRow {
  if (topology().prefixLists.some((list) => list.id === id && list.service !== undefined)) {
    throw new ServiceError(
      'UnauthorizedOperation',
      `You are not authorized to change the AWS-managed prefix list ${id}.`,
      {
        status: 403,
      },
    )
  }
  return existing('prefixList', tables.prefixLists, id)
}

function withEntries(
  entries: readonly PrefixListEntryRow[],
  added: readonly AddPrefixListEntry[],
  family: 'IPv4' | 'IPv6',
): readonly PrefixListEntryRow[] {
  const all = [...entries]
  for (const { Cidr, Description } of added) {
    const cidr = parseBlock(Cidr, 'Cidr', family === 'IPv4' ? 4 : 6).toString()
    const entry = { cidr, ...(Description !== undefined && { description: Description }) }
    const at = all.findIndex((each) => each.cidr === cidr)
    if (at < 0) all.push(entry)
    else all[at] = entry
  }
  return all
}

function checkCount(entries: readonly PrefixListEntryRow[], most: number): void {
  if (entries.length <= most) return
  throw new ServiceError(
    'PrefixListMaxEntriesExceeded',
    `The prefix list would have ${entries.length} entries, and has room for ${most}.`,
  )
}
