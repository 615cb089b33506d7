import type { NetworkInterface } from '../topology/topology.ts'

/**
 * Whether anything is behind the interface: a running instance, a gateway, another service. What arrives at the interface of a stopped
 * instance, or at one that is attached to nothing, is lost without a record.
 */
export function isRunning(networkInterface: NetworkInterface): boolean {
  const { attachment } = networkInterface
  switch (attachment.kind) {
    case 'instance':
      return attachment.instance.running
    case 'none':
      return networkInterface.isRequesterManaged
    case 'nat-gateway':
    case 'transit-gateway':
    case 'interface-endpoint':
    case 'load-balancer':
    case 'gateway-load-balancer':
    case 'gateway-load-balancer-endpoint':
      return true
  }
}

/** Whether packets end at the interface, with a host behind it that must have the address, rather than passing through. */
export function isHost(networkInterface: NetworkInterface): boolean {
  const { kind } = networkInterface.attachment
  return kind === 'instance' || kind === 'none'
}
