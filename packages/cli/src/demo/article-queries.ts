const BUCKET = 'amazon-vpc-traffic-mirroring-logs'
const ACCOUNT = '123456789012'
const REGION = 'us-west-2'

/** The database of the reference article, "How to inspect VPC, subnet, and EC2 instance traffic in AWS". */
export const ARTICLE_DATABASE = 'amazon_vpc_traffic_mirroring_vpc_flow_logs'

export const CREATE_DATABASE: string = `CREATE DATABASE ${ARTICLE_DATABASE}`

/** The article's table-creation query, with the bucket and the account of the reference design. */
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
LOCATION 's3://${BUCKET}/AWSLogs/${ACCOUNT}/vpcflowlogs/${REGION}/'
TBLPROPERTIES
(
  "skip.header.line.count"="1",
  "projection.enabled" = "true",
  "projection.aws_region.type" = "enum",
  "projection.aws_region.values" = "${REGION}",
  "projection.day.type" = "date",
  "projection.day.range" = "2021/01/01,NOW",
  "projection.day.format" = "yyyy/MM/dd",
  "storage.location.template" = "s3://${BUCKET}/AWSLogs/${ACCOUNT}/vpcflowlogs/\${aws_region}/\${day}"
)`

/** The article's four questions, word for word. */
export const ARTICLE_SELECTS: readonly string[] = [
  "SELECT * FROM vpc_flow_logs WHERE day > '2021/10/25' limit 20;",
  "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101';",
  "SELECT * FROM vpc_flow_logs WHERE destinationaddress='54.246.214.20';",
  "SELECT * FROM vpc_flow_logs WHERE sourceaddress='10.0.1.101' AND destinationport=80;",
]

/** The article's chart: the demo instance's traffic by destination. */
export const BY_DESTINATION = `SELECT destinationaddress, destinationport, action, count(*) AS records, sum(numpackets) AS packets, sum(numbytes) AS bytes
FROM vpc_flow_logs
WHERE sourceaddress = '10.0.1.101' AND flowdirection = 'egress'
GROUP BY 1, 2, 3
ORDER BY bytes DESC
LIMIT 5`
