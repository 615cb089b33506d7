import { basename } from 'node:path'

/** A container image that has Suricata, run by a Docker engine. */
export interface SuricataContainer {
  /** {@link SURICATA_IMAGE} unless given. It has to be there: nothing is downloaded. */
  readonly image?: string
  /** Docker's command or its path; `docker` on PATH unless given. */
  readonly command?: string
}

/** An image of Suricata on Docker Hub. */
export const SURICATA_IMAGE = 'jasonish/suricata:7.0'

/**
 * `docker run` of Suricata with arguments: without a network, without a download, as this user, with the folder of `-l` under its own path,
 * in which all files of a run are. Ending Docker's client does not end a container: `endOnKill` does. Docker's own documentation, "docker
 * container run".
 */
export function containerCommand(
  args: readonly string[],
  { image = SURICATA_IMAGE, command = 'docker' }: SuricataContainer,
): {
  readonly command: string
  readonly args: readonly string[]
  readonly endOnKill?: readonly [command: string, ...args: readonly string[]]
} {
  const at = args.indexOf('-l')
  const folder = at < 0 ? undefined : args[at + 1]
  // The folder's name is of mkdtemp's making, and no two of its runs go on at a time.
  const name = folder === undefined ? '' : basename(folder)
  const user = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`] : []
  return {
    command,
    args: [
      ...['run', '--rm', '--pull', 'never', '--network', 'none', '--env', 'TZ=UTC', ...user],
      ...(folder === undefined ? [] : ['--name', name, '--volume', `${folder}:${folder}`]),
      ...['--entrypoint', 'suricata', image, ...args],
    ],
    ...(folder !== undefined && { endOnKill: [command, 'kill', name] as const }),
  }
}
