import { GENEVE_PORT } from '../../packet/geneve.ts'
import { VXLAN_PORT } from '../../packet/vxlan.ts'
import { FLOW_TIMEOUTS } from '../builtin/flow/flow-timeouts.ts'
import { DEFAULT_CLASSIFICATIONS } from '../rules/classifications.ts'
import { DEFAULT_REFERENCES } from '../rules/references.ts'
import { DEFAULT_VARIABLES, type RuleVariables } from '../rules/variables.ts'

/** What Suricata is to do; the rest of its configuration is the same always. */
export interface SuricataConfigurationOptions {
  /** Groups that rules name with `$`; Suricata's own unless given. */
  readonly variables?: RuleVariables
  /** Picks up connections whose start was not captured (`stream.midstream`); not unless asked. */
  readonly midstream?: boolean
  /**
   * Follows connections of which one direction alone is captured (`stream.async-oneside`), as mirror sessions of one direction give them.
   * It is for all traffic, other than in the builtin inspector, and not unless asked. Suricata needs `midstream` besides for them.
   */
  readonly oneSided?: boolean
  /** Digests of files; md5 and sha256 unless given. */
  readonly fileHashes?: readonly ('md5' | 'sha1' | 'sha256')[]
  /** EVE types besides those of {@link EveEvent}, e.g. `smb`; their events are passed on as they are. */
  readonly moreEventTypes?: readonly string[]
}

/** Files that the configuration names. */
export interface SuricataPaths {
  readonly folder: string
  readonly classifications: string
  readonly references: string
  readonly rules: readonly string[]
}

const IS_NAME = /^[a-z][a-z0-9_-]*$/

/**
 * A suricata.yaml: the events that the builtin inspector gives, one thread's order, checksums not looked at, nothing that needs root or
 * depends on chance. It is JSON, of which YAML is a superset, so that no value needs YAML's escapes. RangeError for an event type that is
 * no name.
 */
export function suricataConfiguration(options: SuricataConfigurationOptions, paths: SuricataPaths): string {
  const { variables = DEFAULT_VARIABLES, fileHashes = ['md5', 'sha256'], moreEventTypes = [] } = options
  for (const type of moreEventTypes) {
    if (!IS_NAME.test(type)) throw new RangeError(`an EVE type is a name in small letters such as smb, not "${type}"`)
  }
  const configuration = {
    vars: { 'address-groups': variables.addresses, 'port-groups': variables.ports },
    'default-log-dir': paths.folder,
    'default-rule-path': paths.folder,
    'rule-files': paths.rules,
    'classification-file': paths.classifications,
    'reference-config-file': paths.references,
    logging: {
      'default-log-level': 'notice',
      outputs: [{ console: { enabled: 'yes', type: 'json' } }],
    },
    stats: { enabled: 'yes' },
    outputs: [
      {
        'eve-log': {
          enabled: 'yes',
          filetype: 'regular',
          filename: 'eve.json',
          types: [
            'alert',
            { anomaly: { enabled: 'yes', types: { decode: 'yes', stream: 'yes', applayer: 'yes' } } },
            { http: { extended: 'yes' } },
            'dns',
            { tls: { extended: 'yes' } },
            { files: { 'force-magic': 'no', 'force-hash': fileHashes } },
            'ssh',
            'flow',
            { stats: { totals: 'yes', threads: 'no', deltas: 'no' } },
            ...moreEventTypes,
          ],
        },
      },
    ],
    'unix-command': { enabled: 'no' },
    'pcap-file': { 'checksum-checks': 'no' },
    decoder: {
      vxlan: { enabled: 'true', ports: VXLAN_PORT },
      geneve: { enabled: 'true', ports: GENEVE_PORT },
    },
    'app-layer': { protocols: APPLICATION_PROTOCOLS },
    'flow-timeouts': FLOW_TIMEOUTS,
    stream: {
      memcap: '64mb',
      'checksum-validation': 'no',
      inline: 'no',
      midstream: options.midstream ? 'yes' : 'no',
      'async-oneside': options.oneSided ? 'yes' : 'no',
      reassembly: {
        memcap: '256mb',
        depth: '1mb',
        'toserver-chunk-size': 2560,
        'toclient-chunk-size': 2560,
        'randomize-chunk-size': 'no',
      },
    },
    'host-os-policy': { linux: ['0.0.0.0/0', '::/0'] },
  }
  return `%YAML 1.1\n---\n${JSON.stringify(configuration, null, 2)}\n`
}

const port = (number: number): object => ({ enabled: 'yes', 'detection-ports': { dp: number } })

/** Those that the builtin inspector has too. Protocols that are not named are still told apart, as Suricata does by default. */
const APPLICATION_PROTOCOLS = {
  dns: { tcp: port(53), udp: port(53) },
  http: {
    enabled: 'yes',
    libhtp: {
      'default-config': {
        personality: 'IDS',
        'request-body-limit': '100kb',
        'response-body-limit': '100kb',
        'response-body-decompress-layer-limit': 2,
        'http-body-inline': 'auto',
        'double-decode-path': 'no',
        'double-decode-query': 'no',
      },
    },
  },
  tls: { ...port(443), 'ja3-fingerprints': 'yes' },
  ssh: { enabled: 'yes', hassh: 'no' },
  ntp: { enabled: 'yes' },
} as const

/** A classification.config: the same class types as in the builtin inspector. */
export function classificationFile(): string {
  return Object.entries(DEFAULT_CLASSIFICATIONS)
    .map(([name, { description, priority }]) => `config classification: ${name},${description},${priority}\n`)
    .join('')
}

/** A reference.config: the same systems as in the builtin inspector. */
export function referenceFile(): string {
  return Object.entries(DEFAULT_REFERENCES)
    .map(([name, url]) => `config reference: ${name} ${url}\n`)
    .join('')
}
