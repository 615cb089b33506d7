/**
 * The queries of the reference article "How to inspect VPC, subnet, and EC2 instance traffic in AWS", unchanged but for
 * the bucket and the account of the demo.
 */
export const DEMO_BUCKET = 'amazon-vpc-traffic-mirroring-logs'
export const DEMO_ACCOUNT = '123456789012'
export const DEMO_REGION = 'us-west-2'
export const DEMO_DATABASE = 'amazon_vpc_traffic_mirroring_vpc_flow_logs'

export const CREATE_DATABASE: string = `CREATE DATABASE ${DEMO_DATABASE}`

export const CREATE_TABLE: string = `CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (
  version int,
  account string,
  interfaceid string,
  sourceaddress string,
  destinationaddress string,
  sourceport int,
  destinationport int,
  protocol int,
  numpackets int,
  numbytes bigint,
  starttime int,
  endtime int,
  action string,
  logstatus string,
  vpcid string,
  subnetid string,
  instanceid string,
  tcpflags int,
  type string,
  pktsrcaddr string,
  pktdstaddr string,
  region string,
  azid string,
  sublocationtype string,
  sublocationid string,
  pktsrcawsservice string,
  pktdstawsservice string,
  flowdirection string,
  trafficpath string
)
PARTITIONED BY (aws_region string, day string)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
LOCATION 's3://${DEMO_BUCKET}/AWSLogs/${DEMO_ACCOUNT}/vpcflowlogs/${DEMO_REGION}/'
TBLPROPERTIES
(
  "skip.header.line.count"="1",
  "projection.enabled" = "true",
  "projection.aws_region.type" = "enum",
  "projection.aws_region.values" = "${DEMO_REGION}",
  "projection.day.type" = "date",
  "projection.day.range" = "2021/01/01,NOW",
  "projection.day.format" = "yyyy/MM/dd",
  "storage.location.template" = "s3://${DEMO_BUCKET}/AWSLogs/${DEMO_ACCOUNT}/vpcflowlogs/\${aws_region}/\${day}"
)`

export const SELECTS: readonly string[] = [
  "SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 20;",
  "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101';",
  "SELECT * FROM vpc_flow_logs WHERE destinationaddress='54.246.214.20';",
  "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101' AND destinationport=80;",
]
