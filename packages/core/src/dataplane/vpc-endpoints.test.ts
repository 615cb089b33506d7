import { describe, expect, it } from 'vitest'
import type { Design } from '../design/design.ts'
import { ping, TestNetwork, tcp, udp } from './network-fixture.ts'

const S3 = '52.218.128.7'
const DYNAMODB = '52.94.10.7'

const design: Design = {
  vpcs: {
    main: {
      cidrBlocks: ['10.0.0.0/16'],
      internetGateway: true,
      subnets: {
        public: { cidrBlock: '10.0.1.0/24', routeTable: 'public' },
        private: { cidrBlock: '10.0.2.0/24', routeTable: 'private' },
        endpoints: { cidrBlock: '10.0.3.0/24' },
      },
      routeTables: {
        public: { routes: [{ destinationCidrBlock: '0.0.0.0/0', internetGateway: true }] },
        private: { routes: [{ destinationCidrBlock: '0.0.0.0/0', natGateway: 'nat' }] },
      },
      natGateways: { nat: { subnet: 'public', privateIpAddress: '10.0.1.200' } },
      vpcEndpoints: {
        s3: { serviceName: 's3', routeTables: ['private'] },
        dynamodb: { serviceName: 'dynamodb', routeTables: ['private', 'public'] },
        ssm: {
          vpcEndpointType: 'Interface',
          serviceName: 'ssm',
          privateDnsEnabled: false,
          subnets: [{ subnet: 'endpoints', privateIpAddress: '10.0.3.10' }],
          securityGroups: ['https'],
        },
      },
      securityGroups: {
        https: { ingress: [{ ipProtocol: 'tcp', fromPort: 443, cidrBlock: '10.0.0.0/16' }] },
        quiet: {},
        open: { ingress: [{ ipProtocol: 'all', cidrBlock: '0.0.0.0/0' }] },
        onlyS3: {
          egress: [{ ipProtocol: 'tcp', fromPort: 443, prefixList: 'com.amazonaws.us-west-2.s3' }],
        },
      },
    },
  },
  instances: {
    host: { subnet: 'private', privateIpAddress: '10.0.2.10', securityGroups: ['quiet'] },
    old: { subnet: 'private', instanceType: 't2.micro', privateIpAddress: '10.0.2.11', securityGroups: ['quiet'] },
    open: { subnet: 'private', privateIpAddress: '10.0.2.12', securityGroups: ['open'] },
    narrow: { subnet: 'private', privateIpAddress: '10.0.2.13', securityGroups: ['onlyS3'] },
    appliance: { subnet: 'private', privateIpAddress: '10.0.2.14', securityGroups: ['open'], sourceDestCheck: false },
  },
}

describe('gateway endpoint', () => {
  it('beats the default route, keeps the public destination and the private source', () => {
    const test = new TestNetwork(design)
    expect(test.send('host', tcp('10.0.2.10:40000', `${S3}:443`))).toEqual([
      `host egress ACCEPT: tcp S 10.0.2.10:40000 > ${S3}:443 to - path 7`,
      `delivered to gateway endpoint s3: tcp S 10.0.2.10:40000 > ${S3}:443`,
    ])
    expect(test.answer()).toEqual([
      `host ingress ACCEPT: tcp SA ${S3}:443 > 10.0.2.10:40000 from -`,
      `delivered to host: tcp SA ${S3}:443 > 10.0.2.10:40000`,
    ])
    expect(test.send('host', tcp('10.0.2.10:40000', '203.0.113.9:443'))[0]).toMatch(/ to nat path 1$/)
  })

  it('is path 2 from instances that are not Nitro', () => {
    expect(new TestNetwork(design).send('old', tcp('10.0.2.11:40000', `${S3}:443`))[0]).toMatch(/ to - path 2$/)
  })

  it('serves the tables alone that it is associated with', () => {
    const test = new TestNetwork(design)
    const viaNat = (service: string): string | undefined => {
      test.network.send(test.networkInterface('nat'), tcp('10.0.1.200:2000', `${service}:443`), 0)
      return test.observer.take()[0]
    }
    expect(viaNat(S3)).toMatch(/^nat egress ACCEPT: .* to - path 2$/)
    expect(viaNat(DYNAMODB)).toMatch(/^nat egress ACCEPT: .* to - path 2$/)
    expect(test.observer.deliveries.map(({ receiver }) => receiver.kind)).toEqual(['internet', 'gateway-endpoint'])
  })

  it('can be named in groups by its prefix list', () => {
    const test = new TestNetwork(design)
    expect(test.send('narrow', tcp('10.0.2.13:40000', `${S3}:443`)).at(-1)).toMatch(/^delivered to gateway endpoint s3/)
    expect(test.send('narrow', tcp('10.0.2.13:40000', `${DYNAMODB}:443`))[0]).toMatch(/^narrow egress REJECT/)
  })

  it('has DynamoDB’s connections tracked in any case, and S3’s not', () => {
    const test = new TestNetwork(design)
    test.send('open', tcp('10.0.2.12:40000', `${DYNAMODB}:443`))
    test.send('open', tcp('10.0.2.12:40000', `${S3}:443`))
    expect(test.observer.captures.map(({ verdict }) => verdict.reason)).toMatchObject([
      { kind: 'security-group-rule', tracked: true },
      { kind: 'security-group-rule', tracked: false },
    ])
  })

  it('serves addresses of its own VPC alone', () => {
    expect(new TestNetwork(design).send('appliance', tcp('10.77.0.1:40000', `${S3}:443`)).at(-1)).toBe(
      `dropped at appliance, not-transitive: tcp S 10.77.0.1:40000 > ${S3}:443`,
    )
  })
})

describe('interface endpoint', () => {
  it('is an interface with groups of its own in front of the service', () => {
    const test = new TestNetwork(design)
    expect(test.send('host', tcp('10.0.2.10:40000', '10.0.3.10:443'))).toEqual([
      'host egress ACCEPT: tcp S 10.0.2.10:40000 > 10.0.3.10:443 to ssm-a path 1',
      'ssm-a ingress ACCEPT: tcp S 10.0.2.10:40000 > 10.0.3.10:443 from host',
      'delivered to service com.amazonaws.us-west-2.ssm: tcp S 10.0.2.10:40000 > 10.0.3.10:443',
    ])
    expect(test.answer()).toEqual([
      'ssm-a egress ACCEPT: tcp SA 10.0.3.10:443 > 10.0.2.10:40000 to host path 1',
      'host ingress ACCEPT: tcp SA 10.0.3.10:443 > 10.0.2.10:40000 from ssm-a',
      'delivered to host: tcp SA 10.0.3.10:443 > 10.0.2.10:40000',
    ])
    expect(test.send('host', tcp('10.0.2.10:40000', '10.0.3.10:80')).at(-2)).toMatch(/^ssm-a ingress REJECT/)
  })

  it('has its connections tracked at the host, whatever the rules', () => {
    const test = new TestNetwork(design)
    test.send('open', tcp('10.0.2.12:40000', '10.0.3.10:443'))
    expect(test.observer.captures[0]?.verdict.reason).toMatchObject({ kind: 'security-group-rule', tracked: true })
  })

  it('swallows what is above 8,500 bytes, in both directions, and lowers the maximum segment size', () => {
    const everything = { ingress: [{ ipProtocol: 'all', cidrBlock: '10.0.0.0/16' }] } as const
    const main = design.vpcs.main as Design['vpcs'][string]
    const test = new TestNetwork({
      ...design,
      vpcs: { main: { ...main, securityGroups: { ...main.securityGroups, https: everything } } },
    })
    const large = udp('10.0.2.10:4000', '10.0.3.10:443', { payloadLength: 8600, dontFragment: true })
    expect(test.send('host', large).slice(1)).toEqual([
      'ssm-a ingress ACCEPT: udp 10.0.2.10:4000 > 10.0.3.10:443 from host',
      'dropped at ssm-a, mtu-exceeded: udp 10.0.2.10:4000 > 10.0.3.10:443',
    ])
    test.send('host', tcp('10.0.2.10:40000', '10.0.3.10:443', { tcpOptions: Uint8Array.of(2, 4, 0x23, 0x01) }))
    expect([...(test.observer.deliveries.at(-1)?.packet.tcpOptions ?? [])]).toEqual([2, 4, 8460 >> 8, 8460 & 255])
    expect(test.answer({ payloadLength: 8600 })).toEqual([
      'dropped at -, mtu-exceeded: tcp SA 10.0.3.10:443 > 10.0.2.10:40000',
    ])
  })
})

describe('link-local services', () => {
  it.each([
    ['10.0.0.2', 'amazon-dns'],
    ['169.254.169.253', 'amazon-dns'],
    ['169.254.169.254', 'instance-metadata'],
    ['169.254.169.123', 'time-sync'],
    ['169.254.169.250', 'windows-activation'],
    ['10.0.2.1', 'vpc-router'],
  ])('%s is %s: neither groups nor ACLs judge it, there and back', (address, service) => {
    const main = design.vpcs.main as Design['vpcs'][string]
    const closed: Design = {
      vpcs: {
        main: {
          ...main,
          defaultNetworkAcl: {},
          securityGroups: { ...main.securityGroups, quiet: { egress: [] } },
        },
      },
      instances: { host: { subnet: 'private', privateIpAddress: '10.0.2.10', securityGroups: ['quiet'] } },
    }
    const test = new TestNetwork(closed)
    expect(test.send('host', udp('10.0.2.10:4000', `${address}:53`))).toEqual([
      `host egress ACCEPT: udp 10.0.2.10:4000 > ${address}:53 to - path -`,
      `delivered to ${service} of host: udp 10.0.2.10:4000 > ${address}:53`,
    ])
    expect(test.answer()).toEqual([
      `host ingress ACCEPT: udp ${address}:53 > 10.0.2.10:4000 from -`,
      `delivered to host: udp ${address}:53 > 10.0.2.10:4000`,
    ])
    expect(test.observer.captures.map(({ verdict }) => verdict.reason.kind)).toEqual(['not-filtered', 'not-filtered'])
  })

  it('DHCP goes by broadcast or to the router', () => {
    const test = new TestNetwork(design)
    expect(test.send('host', udp('10.0.2.10:68', '255.255.255.255:67')).at(-1)).toMatch(/^delivered to dhcp of host/)
    expect(test.send('host', udp('10.0.2.10:68', '10.0.2.1:67')).at(-1)).toMatch(/^delivered to dhcp of host/)
    // Before it has an address.
    expect(test.send('host', udp('0.0.0.0:68', '255.255.255.255:67')).at(-1)).toMatch(/^delivered to dhcp of host/)
    expect(test.send('host', udp('0.0.0.0:68', '10.0.2.11:67'))).toEqual([
      'dropped at host, source-destination-check: udp 0.0.0.0:68 > 10.0.2.11:67',
    ])
    expect(test.send('host', udp('10.0.2.10:68', '255.255.255.255:99'))).toEqual([
      'dropped at host, no-such-address: udp 10.0.2.10:68 > 255.255.255.255:99',
    ])
  })

  it('the resolver is silent where the VPC has DNS support off', () => {
    const main = design.vpcs.main as Design['vpcs'][string]
    const test = new TestNetwork({ ...design, vpcs: { main: { ...main, enableDnsSupport: false } } })
    for (const address of ['10.0.0.2', '169.254.169.253']) {
      expect(test.send('host', udp('10.0.2.10:4000', `${address}:53`))).toEqual([
        `dropped at host, no-such-address: udp 10.0.2.10:4000 > ${address}:53`,
      ])
    }
    expect(test.send('host', udp('10.0.2.10:4000', '169.254.169.123:123')).at(-1)).toMatch(/^delivered to time-sync/)
  })

  it('1,024 packets a second and interface reach them together; the router is not counted', () => {
    const test = new TestNetwork(design)
    const sendAt = (timeMicroseconds: number, host = 'host', address = '10.0.2.10'): number => {
      let delivered = 0
      for (let count = 0; count < 600; count++) {
        for (const service of ['10.0.0.2:53', '169.254.169.123:123']) {
          const lines = test.send(host, udp(`${address}:4000`, service), timeMicroseconds)
          if (lines.at(-1)?.startsWith('delivered')) delivered += 1
          else expect(lines).toEqual([`dropped at ${host}, link-local-rate: udp ${address}:4000 > ${service}`])
        }
      }
      return delivered
    }
    expect(sendAt(10_000_000)).toBe(1024)
    expect(sendAt(10_999_999)).toBe(0)
    expect(test.send('host', ping('10.0.2.10', '10.0.2.1'), 10_999_999).at(-1)).toMatch(/^delivered/)
    expect(sendAt(10_999_999, 'open', '10.0.2.12')).toBe(1024)
    expect(sendAt(11_000_000)).toBe(1024)
  })
})
