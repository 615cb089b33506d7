import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateResult,
  CreateLaunchTemplateVersionRequest,
  CreateLaunchTemplateVersionResult,
  DeleteLaunchTemplateRequest,
  DeleteLaunchTemplateResult,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplate,
  LaunchTemplateVersion,
  ModifyLaunchTemplateRequest,
  ModifyLaunchTemplateResult,
  ResponseLaunchTemplateData,
} from '@aws-sdk/client-ec2'
import type { Operation, ServiceOperations } from '../../operation/operation.ts'
import { ServiceError } from '../../wire/service-error.ts'
import { once } from './client-token.ts'
import { describeRows, page } from './describe.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidValue, missingParameter } from './ec2-errors.ts'
import type { LaunchTemplateRow, LaunchTemplateVersionRow } from './ec2-rows.ts'
import { launchTemplateOf, templateVersionOf } from './launch-request.ts'
import { existing } from './resource-kinds.ts'
import { checkTagSpecifications } from './resource-tags.ts'

/** Launch templates and their versions. What RunInstances makes of their data is what it makes of a request. */
export function launchTemplateOperations(context: Ec2Context): ServiceOperations {
  const { tables, tags, ids, accountId } = context
  const createdBy = `arn:aws:iam::${accountId}:root`
  const put = (row: LaunchTemplateRow): void => tables.launchTemplates.put(row.launchTemplateId, row)
  const output = (row: LaunchTemplateRow): LaunchTemplate => ({
    LaunchTemplateId: row.launchTemplateId,
    LaunchTemplateName: row.launchTemplateName,
    CreateTime: new Date(row.createMilliseconds),
    CreatedBy: createdBy,
    DefaultVersionNumber: row.defaultVersionNumber,
    LatestVersionNumber: row.versions.at(-1)?.versionNumber,
    Tags: tags.list(row.launchTemplateId),
  })
  const versionOutput = (row: LaunchTemplateRow, version: LaunchTemplateVersionRow): LaunchTemplateVersion => ({
    LaunchTemplateId: row.launchTemplateId,
    LaunchTemplateName: row.launchTemplateName,
    VersionNumber: version.versionNumber,
    VersionDescription: version.versionDescription,
    CreateTime: new Date(version.createMilliseconds),
    CreatedBy: createdBy,
    DefaultVersion: version.versionNumber === row.defaultVersionNumber,
    LaunchTemplateData: version.data as ResponseLaunchTemplateData,
  })
  const plainData = (data: object | undefined): Readonly<Record<string, unknown>> => {
    if (!data || Object.keys(data).length === 0) throw missingParameter('LaunchTemplateData')
    return JSON.parse(JSON.stringify(data)) as Readonly<Record<string, unknown>>
  }

  const create: Operation<CreateLaunchTemplateRequest, CreateLaunchTemplateResult> = {
    acts: ['LaunchTemplateName', 'LaunchTemplateData', 'TagSpecifications', 'ClientToken'],
    keeps: ['VersionDescription'],
    handle: (input, { nowMilliseconds }) => {
      checkTagSpecifications(input.TagSpecifications, ['launchTemplate'])
      const { LaunchTemplateName: name = '' } = input
      if (!/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) {
        throw new ServiceError(
          'InvalidLaunchTemplateName.MalformedException',
          'Launch template names must be between 3 and 128 characters and contain only letters, numbers and these: ( ) . - / _',
        )
      }
      const { ids: made } = once(context, 'CreateLaunchTemplate', input, () => {
        if ([...tables.launchTemplates.values()].some((row) => row.launchTemplateName === name)) {
          throw new ServiceError(
            'InvalidLaunchTemplateName.AlreadyExistsException',
            'Launch template name already in use.',
          )
        }
        const launchTemplateId = ids.next('lt')
        const version = {
          versionNumber: 1,
          createMilliseconds: nowMilliseconds,
          data: plainData(input.LaunchTemplateData),
          ...(input.VersionDescription !== undefined && { versionDescription: input.VersionDescription }),
        }
        put({
          launchTemplateId,
          launchTemplateName: name,
          createMilliseconds: nowMilliseconds,
          defaultVersionNumber: 1,
          versions: [version],
        })
        tags.apply(launchTemplateId, 'launchTemplate', input.TagSpecifications)
        return [launchTemplateId]
      })
      return { LaunchTemplate: output(existing('launchTemplate', tables.launchTemplates, made[0])) }
    },
  }
  const createVersion: Operation<CreateLaunchTemplateVersionRequest, CreateLaunchTemplateVersionResult> = {
    acts: ['LaunchTemplateId', 'LaunchTemplateName', 'SourceVersion', 'LaunchTemplateData', 'ClientToken'],
    keeps: ['VersionDescription'],
    handle: (input, { nowMilliseconds }) => {
      const { launchTemplateId } = launchTemplateOf(context, input)
      const { ids: made } = once(context, 'CreateLaunchTemplateVersion', input, () => {
        const row = existing('launchTemplate', tables.launchTemplates, launchTemplateId)
        const source = input.SourceVersion === undefined ? {} : templateVersionOf(row, input.SourceVersion).data
        const version: LaunchTemplateVersionRow = {
          versionNumber: (row.versions.at(-1)?.versionNumber ?? 0) + 1,
          createMilliseconds: nowMilliseconds,
          data: { ...source, ...plainData(input.LaunchTemplateData) },
          ...(input.VersionDescription !== undefined && { versionDescription: input.VersionDescription }),
        }
        put({ ...row, versions: [...row.versions, version] })
        return [String(version.versionNumber)]
      })
      const row = existing('launchTemplate', tables.launchTemplates, launchTemplateId)
      return { LaunchTemplateVersion: versionOutput(row, templateVersionOf(row, made[0])) }
    },
  }
  const modify: Operation<ModifyLaunchTemplateRequest, ModifyLaunchTemplateResult> = {
    acts: ['LaunchTemplateId', 'LaunchTemplateName', 'DefaultVersion', 'ClientToken'],
    handle: (input) => {
      const row = launchTemplateOf(context, input)
      const { versionNumber } = templateVersionOf(row, input.DefaultVersion)
      put({ ...row, defaultVersionNumber: versionNumber })
      return { LaunchTemplate: output({ ...row, defaultVersionNumber: versionNumber }) }
    },
  }
  const remove: Operation<DeleteLaunchTemplateRequest, DeleteLaunchTemplateResult> = {
    acts: ['LaunchTemplateId', 'LaunchTemplateName'],
    handle: (input) => {
      const row = launchTemplateOf(context, input)
      const shown = output(row)
      tables.launchTemplates.delete(row.launchTemplateId)
      tags.forget(row.launchTemplateId)
      return { LaunchTemplate: shown }
    },
  }
  const describe: Operation<DescribeLaunchTemplatesRequest, DescribeLaunchTemplatesResult> = {
    acts: ['LaunchTemplateIds', 'LaunchTemplateNames', 'Filters', 'NextToken', 'MaxResults'],
    handle: (input) => {
      const named = (input.LaunchTemplateNames ?? []).map(
        (LaunchTemplateName) => launchTemplateOf(context, { LaunchTemplateName }).launchTemplateId,
      )
      const { rows, nextToken } = describeRows(
        {
          kind: 'launchTemplate',
          rows: tables.launchTemplates.values(),
          id: (row) => row.launchTemplateId,
          filters: {
            'launch-template-name': (row) => row.launchTemplateName,
            'create-time': (row) => new Date(row.createMilliseconds).toISOString(),
          },
          ids: [...(input.LaunchTemplateIds ?? []), ...named],
          tags,
          pageSizes: [1, 200],
        },
        input,
      )
      return { LaunchTemplates: rows.map(output), NextToken: nextToken }
    },
  }
  const describeVersions: Operation<DescribeLaunchTemplateVersionsRequest, DescribeLaunchTemplateVersionsResult> = {
    acts: ['LaunchTemplateId', 'LaunchTemplateName', 'Versions', 'MinVersion', 'MaxVersion', 'NextToken', 'MaxResults'],
    ignores: ['ResolveAlias'],
    handle: (input) => {
      const templates =
        input.LaunchTemplateId || input.LaunchTemplateName
          ? [launchTemplateOf(context, input)]
          : [...tables.launchTemplates.values()]
      if (templates.length !== 1 && !input.Versions?.length) throw missingParameter('LaunchTemplateId')
      const least = bound(input.MinVersion, 0)
      const most = bound(input.MaxVersion, Number.POSITIVE_INFINITY)
      const shown = templates.flatMap((row) => {
        const versions = input.Versions?.length
          ? input.Versions.map((version) => templateVersionOf(row, version))
          : [...row.versions].reverse()
        return versions
          .filter(({ versionNumber }) => versionNumber >= least && versionNumber <= most)
          .map((version) => versionOutput(row, version))
      })
      const id = (each: LaunchTemplateVersion): string => `${each.LaunchTemplateId} ${each.VersionNumber}`
      const { rows, nextToken } = page(shown, id, input, [1, 200])
      return { LaunchTemplateVersions: [...rows], NextToken: nextToken }
    },
  }
  return {
    CreateLaunchTemplate: create,
    CreateLaunchTemplateVersion: createVersion,
    ModifyLaunchTemplate: modify,
    DeleteLaunchTemplate: remove,
    DescribeLaunchTemplates: describe,
    DescribeLaunchTemplateVersions: describeVersions,
  }
}

function bound(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise
  if (!/^\d+$/.test(text)) throw invalidValue(`Value (${text}) for parameter version is invalid. It is a number.`)
  return Number(text)
}
