const COLUMNS = `version int, account string, interfaceid string, sourceaddress string,
  destinationaddress string, sourceport int, destinationport int, protocol int, numpackets int, numbytes bigint,
  starttime int, endtime int, action string, logstatus string, vpcid string, subnetid string, instanceid string,
  tcpflags int, type string, pktsrcaddr string, pktdstaddr string, region string, azid string, sublocationtype string,
  sublocationid string, pktsrcawsservice string, pktdstawsservice string, flowdirection string, trafficpath string`

/** The article's statement that makes the table, of the logs below `s3://…/vpcflowlogs`. */
export function articleTable(vpcFlowLogs: string): string {
  return `CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs (
  ${COLUMNS}
)
PARTITIONED BY (aws_region string, day string)
ROW FORMAT DELIMITED
FIELDS TERMINATED BY ' '
LOCATION '${vpcFlowLogs}/us-west-2/'
TBLPROPERTIES
(
"skip.header.line.count"="1",
"projection.enabled" = "true",
"projection.aws_region.type" = "enum",
"projection.aws_region.values" = "us-west-2",
"projection.day.type" = "date",
"projection.day.range" = "2021/01/01,NOW",
"projection.day.format" = "yyyy/MM/dd",
"storage.location.template" = "${vpcFlowLogs}/\${aws_region}/\${day}"
)`
}
