import type { RequestLaunchTemplateData, RunInstancesRequest, TagSpecification } from '@aws-sdk/client-ec2'
import { ServiceError } from '../../wire/service-error.ts'
import type { Ec2Context } from './ec2-context.ts'
import { invalidCombination, missingParameter, unsupported } from './ec2-errors.ts'
import type { LaunchTemplateRow, LaunchTemplateVersionRow } from './ec2-rows.ts'
import { existing } from './resource-kinds.ts'
import { membersNotActedOn } from './run-members.ts'

/** Names a launch template and one of its versions. */
export interface TemplateReference {
  readonly LaunchTemplateId?: string | undefined
  readonly LaunchTemplateName?: string | undefined
  /** A number, `$Latest` or `$Default`, which is also what is meant by none. */
  readonly Version?: string | undefined
}

/** A launch template by its id or name. @throws ServiceError. */
export function launchTemplateOf({ tables }: Ec2Context, reference: TemplateReference): LaunchTemplateRow {
  const { LaunchTemplateId: id, LaunchTemplateName: name } = reference
  if (id && name) {
    throw invalidCombination('Either a launch template ID or a launch template name may be specified, not both.')
  }
  if (id) return existing('launchTemplate', tables.launchTemplates, id)
  if (!name) throw missingParameter('LaunchTemplateId or LaunchTemplateName')
  const found = [...tables.launchTemplates.values()].find((row) => row.launchTemplateName === name)
  if (!found) {
    throw new ServiceError(
      'InvalidLaunchTemplateName.NotFoundException',
      'At least one of the launch templates specified in the request does not exist.',
    )
  }
  return found
}

/** A version of a launch template. @throws ServiceError. */
export function templateVersionOf(template: LaunchTemplateRow, version: string | undefined): LaunchTemplateVersionRow {
  const latest = template.versions.at(-1)
  const found =
    version === '$Latest'
      ? latest
      : template.versions.find(
          ({ versionNumber }) =>
            versionNumber ===
            (version === undefined || version === '' || version === '$Default'
              ? template.defaultVersionNumber
              : Number(version)),
        )
  if (found) return found
  throw new ServiceError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find the specified version ${version} for the launch template with ID ${template.launchTemplateId}.`,
  )
}

/** Members of template data that RunInstances does not have under the same name. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(['TagSpecifications', 'SecurityGroups'])

/** A request with what its launch template has: what the request names itself wins. */
export function withLaunchTemplate(
  context: Ec2Context,
  request: RunInstancesRequest,
): {
  readonly request: RunInstancesRequest
  readonly template: { readonly launchTemplateId: string; readonly version: number } | undefined
} {
  const { LaunchTemplate, ...own } = request
  if (!LaunchTemplate) return { request, template: undefined }
  const template = launchTemplateOf(context, LaunchTemplate)
  const { data, versionNumber } = templateVersionOf(template, LaunchTemplate.Version)
  const [refused] = membersNotActedOn(data)
  if (refused !== undefined) {
    throw unsupported(`RunInstances: flowtap does not act on ${refused} of the launch template; leave it out.`)
  }
  const merged: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(data)) if (!OWN_MEMBERS.has(name)) merged[name] = value
  const fromTemplate = data as RequestLaunchTemplateData
  if (fromTemplate.SecurityGroups?.length) merged.SecurityGroups = fromTemplate.SecurityGroups
  for (const [name, value] of Object.entries(own)) if (value !== undefined) merged[name] = value
  const specifications = [
    ...((fromTemplate.TagSpecifications ?? []) as readonly TagSpecification[]),
    ...(own.TagSpecifications ?? []),
  ]
  return {
    request: { ...(merged as unknown as RunInstancesRequest), TagSpecifications: specifications },
    template: { launchTemplateId: template.launchTemplateId, version: versionNumber },
  }
}
