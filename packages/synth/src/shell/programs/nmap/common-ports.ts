/** TCP ports that scans look at first, the most common in front. */
const FIRST_TCP: readonly number[] = [
  80, 23, 443, 21, 22, 25, 3389, 110, 445, 139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888,
  199, 1720, 465, 548, 113, 81, 6001, 10000, 514, 5060, 179, 1026, 2000, 8443, 8000, 32768, 554, 26, 1433, 49152, 2001,
  515, 8008, 49154, 1027, 5666, 646, 5000, 5631, 631, 49153, 8081, 2049, 88, 79, 5800, 106, 2121, 1110, 49155, 6000,
  513, 990, 5357, 427, 49156, 543, 544, 5101, 144, 7, 389, 8009, 3128, 444, 9999, 5009, 7070, 5190, 3000, 5432, 1900,
  3986, 13, 1029, 9, 5051, 6646, 49157, 1028, 873, 1755, 2717, 4899, 9100, 119, 37, 1521, 6379, 9200, 27017, 11211,
  5985, 5601, 9090, 9300, 2375, 2376, 6443, 9042, 5672, 1883, 2181, 9092, 5986, 636, 3268, 1080, 20, 43, 49, 70, 5353,
  161, 162, 50000,
]
const FIRST_UDP: readonly number[] = [
  631, 161, 137, 123, 138, 1434, 445, 135, 67, 53, 139, 500, 68, 520, 1900, 4500, 514, 49152, 162, 69, 5353, 111, 49154,
  1701, 998, 996, 997, 999, 3283, 49153, 1812, 136, 2222, 2049, 32768, 5060, 1025, 1433, 3456, 80, 7, 9, 389, 1194,
  4789,
]

/**
 * That many common ports: those above, then the lowest numbers. nmap takes them from its own statistics; these are the simulation's
 * choice, with all services that it knows among the thousand of a default scan.
 */
export function commonPorts(count: number, protocol: 'tcp' | 'udp'): number[] {
  const ports = new Set((protocol === 'tcp' ? FIRST_TCP : FIRST_UDP).slice(0, count))
  for (let port = 1; ports.size < Math.min(count, 65_535); port += 1) ports.add(port)
  return [...ports]
}
