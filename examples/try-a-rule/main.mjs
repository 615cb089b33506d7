// What would a stricter security group refuse? Simulates the same hour with today's rules and with the new ones, and lists what the flow
// log of the instance's interface would then say REJECT of.
import { defineDesign, demoDesign } from '@flowtap/core'
import { cataloguedScenario, hours, simulate } from '@flowtap/synth'

const today = demoDesign()
const { main } = today.vpcs
const stricter = defineDesign({
  ...today,
  vpcs: {
    main: {
      ...main,
      securityGroups: {
        ...main.securityGroups,
        demo: {
          ...main.securityGroups.demo,
          egress: [{ ipProtocol: 'tcp', fromPort: 443, cidrBlock: '0.0.0.0/0', description: 'HTTPS alone' }],
        },
      },
    },
  },
})

const traffic = cataloguedScenario('reference', { durationMicroseconds: hours(1) })
const before = refusals(today)
const after = refusals(stricter)
for (const [flow, count] of after) if (!before.has(flow)) console.log(`${count}\t${flow}`)

/** How many records refuse which traffic that the instance sends. */
function refusals(design) {
  const counts = new Map()
  simulate(design, traffic, { seed: 1 }).runSync({
    onRecord: (record, flowLog) => {
      if (flowLog.name !== 'interface-flow-log' || record.action !== 'REJECT') return
      const flow = `${record.srcaddr} → ${record.dstaddr} port ${record.dstport} protocol ${record.protocol}`
      counts.set(flow, (counts.get(flow) ?? 0) + 1)
    },
  })
  return counts
}
