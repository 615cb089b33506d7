/** A live capture by Suricata. */
export interface SuricataLiveOptions {
  readonly configuration: string
  /** Where Suricata writes eve.json. */
  readonly folder: string
  /** A network interface's name. */
  readonly interface: string
  /** What is captured, in tcpdump's language, e.g. `udp port 4789`: mandatory, since nobody is to be listened to by accident. */
  readonly filter: string
}

/**
 * The arguments of a Suricata that listens on an interface until it is stopped; it needs the right to capture (root, or CAP_NET_RAW).
 * RangeError without an interface's name or a filter.
 */
export function suricataLiveArguments(options: SuricataLiveOptions): readonly string[] {
  const { configuration, folder, filter } = options
  const name = options.interface
  // Linux allows 15 bytes without blank and slash (netdevice(7)); a hyphen at the start would be an option.
  if (!/^[^\s/-][^\s/]{0,14}$/.test(name)) {
    throw new RangeError(`an interface has a name such as eth0 (see: ip link), not "${name}"`)
  }
  const words = filter.trim().split(/\s+/)
  if (words[0] === '') {
    throw new RangeError(
      'live inspection needs a filter in the language of tcpdump, e.g. "udp port 4789" for mirrored traffic; it is empty',
    )
  }
  if (words[0]?.startsWith('-')) throw new RangeError(`a filter does not begin with a hyphen: "${filter}"`)
  return ['-c', configuration, `--pcap=${name}`, '-l', folder, '-k', 'none', '--runmode', 'single', ...words]
}
