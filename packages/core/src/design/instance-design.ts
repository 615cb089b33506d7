import type { ResourceDesign } from './design.ts'
import type { InterfaceAddressDesign } from './vpc-design.ts'

/** Keys that a network interface and an instance with an ENI of its own have in common. */
export interface InterfaceSettings {
  /** The primary IPv4 address; one is allocated unless given. */
  readonly privateIpAddress?: string
  /** Of the primary address: `true` for one out of the pool, or an elastic address of one's own. */
  readonly publicIp?: boolean | string
  readonly secondaryPrivateIpAddresses?: readonly InterfaceAddressDesign[]
  readonly ipv6Addresses?: readonly string[]
  /** IPv6 addresses to allocate. */
  readonly ipv6AddressCount?: number
  /** The VPC's default group unless given. */
  readonly securityGroups?: readonly string[]
  /** `true` unless given; `false` for NAT instances, routers, firewalls. */
  readonly sourceDestCheck?: boolean
  /** Idle timers of connection tracking, of instances on Nitro only. */
  readonly connectionTrackingSpecification?: ConnectionTrackingDesign
}

/** Seconds. EC2: ConnectionTrackingSpecificationRequest. */
export interface ConnectionTrackingDesign {
  /** 60 to 432,000; 432,000 unless given, 350 on Nitro v6 instance types. */
  readonly tcpEstablishedTimeout?: number
  /** 30 to 60; 30 unless given. */
  readonly udpTimeout?: number
  /** 60 to 180; 180 unless given. */
  readonly udpStreamTimeout?: number
}

/** An ENI of its own: attached to an instance by `InstanceDesign.networkInterfaces`, another service's, or to nothing. */
export interface NetworkInterfaceDesign extends ResourceDesign, InterfaceSettings {
  readonly subnet: string
  readonly description?: string
  /** `interface` unless given. The ENIs of gateways, endpoints and load balancers are made with them. */
  readonly interfaceType?: 'interface' | 'efa' | 'lambda'
  /** Made by another service: flow-log records show no instance. `false` unless given. */
  readonly requesterManaged?: boolean
  /** e.g. `amazon-rds`, `amazon-elasticache`. */
  readonly requesterId?: string
  readonly macAddress?: string
}

/** An EC2 instance: with `subnet` it gets an ENI `<instance>/eth0`, with `networkInterfaces` those. */
export interface InstanceDesign extends ResourceDesign, InterfaceSettings {
  /** `t3.micro` unless given. */
  readonly instanceType?: string
  readonly subnet?: string
  /** Id of the ENI that `subnet` makes. */
  readonly networkInterfaceId?: string
  /** Names of ENIs, by device index. */
  readonly networkInterfaces?: readonly string[]
  /** `linux` unless given. */
  readonly platform?: 'linux' | 'windows'
  readonly autoScalingGroup?: string
  /** `running` unless given. */
  readonly state?: 'running' | 'stopped'
}

/** An Auto Scaling group: its tags, for flow-log fields. */
export interface AutoScalingGroupDesign {
  readonly tags?: Readonly<Record<string, string>>
}
