import type { NetworkFailure } from '../../shell-host.ts'

/** The texts of the C library for connections that fail (strerror(3)). */
export const FAILURE_TEXTS: Readonly<Record<NetworkFailure, string>> = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  'host-unreachable': 'No route to host',
  'network-unreachable': 'Network is unreachable',
  prohibited: 'No route to host',
  'address-in-use': 'Address already in use',
}
