import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'

/** The ids of a public subnet with one server in it, and of the server's security group. */
export interface WebServer {
  readonly vpc: string
  readonly subnet: string
  readonly group: string
  readonly instance: string
  readonly eni: string
  readonly privateIp: string
}

/** A rule that lets in what comes to a port over UDP or TCP from anywhere. */
export function portRule(port: number, protocol: 'tcp' | 'udp' = 'tcp'): object {
  return { IpProtocol: protocol, FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
}

/** Sets up a VPC with a public subnet and an instance whose port 8080 is open, by the SDK alone. */
export async function createWebServer(ec2: EC2Client): Promise<WebServer> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }))
  const vpc = Vpc?.VpcId ?? ''
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: '10.7.1.0/24' }))
  const subnet = Subnet?.SubnetId ?? ''
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}))
  const gateway = { InternetGatewayId: InternetGateway?.InternetGatewayId }
  await ec2.send(new AttachInternetGatewayCommand({ ...gateway, VpcId: vpc }))
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: vpc }))
  const table = { RouteTableId: RouteTable?.RouteTableId }
  await ec2.send(
    new CreateRouteCommand({ ...table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway.InternetGatewayId }),
  )
  await ec2.send(new AssociateRouteTableCommand({ ...table, SubnetId: subnet }))
  const { GroupId: group = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: vpc }),
  )
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: [portRule(8080)] }))
  const { instance, eni, privateIp } = await runInstance(ec2, subnet, group)
  return { vpc, subnet, group, instance, eni, privateIp }
}

/** Another instance with a public address. */
export async function runInstance(
  ec2: EC2Client,
  subnet: string,
  group: string,
): Promise<Pick<WebServer, 'instance' | 'eni' | 'privateIp'>> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-0f10a7a1000002023',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet, Groups: [group], AssociatePublicIpAddress: true }],
    }),
  )
  const [made] = Instances ?? []
  return {
    instance: made?.InstanceId ?? '',
    eni: made?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '',
    privateIp: made?.PrivateIpAddress ?? '',
  }
}
