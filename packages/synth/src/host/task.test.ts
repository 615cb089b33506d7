import { describe, expect, it } from 'vitest'
import { seconds } from '../duration.ts'
import type { ActivityRecord } from '../labels.ts'
import type { Host } from './host.ts'
import { TestWire } from './network-fixture.ts'
import { NetworkError, type Process, type ProcessHandle } from './process.ts'

function lonely(): { wire: TestWire; host: Host; log: string[] } {
  const wire = new TestWire()
  return { wire, host: wire.host('alone', '10.0.0.1').view, log: [] }
}

function* sleeper(host: Host, log: string[], name: string, microseconds: number): Process<string> {
  log.push(`${name} begins at ${host.nowMicroseconds - 1_000_000}`)
  try {
    yield* host.sleep(microseconds)
    log.push(`${name} wakes at ${host.nowMicroseconds - 1_000_000}`)
    return name
  } finally {
    log.push(`${name} ends`)
  }
}

describe('a process', () => {
  it('sleeps, is joined and gives its result', () => {
    const { wire, host, log } = lonely()
    host.spawn('parent', function* (parent): Process {
      const child = parent.spawn('child', (own) => sleeper(own, log, 'child', 500), { delayMicroseconds: 100 })
      log.push(`${child.name} ${child.state}`)
      log.push(`joined ${yield* child.join()}`)
      log.push(child.state)
      log.push(`joined again ${yield* child.join()}`)
    })
    wire.run()
    expect(log).toEqual([
      'alone/parent/child waiting-to-start',
      'child begins at 100',
      'child wakes at 600',
      'child ends',
      'joined child',
      'finished',
      'joined again child',
    ])
  })

  it('takes its children with it when it ends, but for those that are detached', () => {
    const { wire, host, log } = lonely()
    host.spawn('parent', function* (parent): Process {
      parent.spawn('child', (own) => sleeper(own, log, 'child', seconds(10)))
      parent.spawn('daemon', (own) => sleeper(own, log, 'daemon', seconds(10)), { detached: true })
      parent.spawn('late', (own) => sleeper(own, log, 'late', 1), { delayMicroseconds: seconds(5) })
      yield* parent.sleep(100)
    })
    wire.run()
    expect(log).toEqual([
      'child begins at 0',
      'daemon begins at 0',
      'child ends',
      'daemon wakes at 10000000',
      'daemon ends',
    ])
  })

  it('is stopped where it waits, or at its next wait', () => {
    const { wire, host, log } = lonely()
    const waiting = host.spawn('waiting', (own) => sleeper(own, log, 'waiting', seconds(10)))
    const self: { stop?: () => void } = {}
    const running = host.spawn('running', function* (own): Process {
      self.stop?.()
      log.push('still here')
      yield* own.sleep(0)
      log.push('never')
    })
    self.stop = () => running.stop()
    const unborn = host.spawn('unborn', (own) => sleeper(own, log, 'unborn', 1), { delayMicroseconds: 50 })
    host.spawn('killer', function* (own): Process {
      yield* own.sleep(10)
      waiting.stop()
      unborn.stop()
      waiting.stop()
      try {
        yield* waiting.join()
      } catch (error) {
        log.push(error instanceof NetworkError ? error.code : 'other')
      }
    })
    wire.run()
    expect(log).toEqual(['waiting begins at 0', 'still here', 'waiting ends', 'ESTOPPED'])
    expect([waiting.state, running.state, unborn.state]).toEqual(['stopped', 'stopped', 'stopped'])
  })

  it('may wait while it cleans up', () => {
    const { wire, host, log } = lonely()
    const careful = host.spawn('careful', function* (own): Process {
      try {
        yield* own.sleep(seconds(10))
      } finally {
        yield* own.sleep(100)
        log.push(`clean at ${own.nowMicroseconds - 1_000_000}`)
      }
    })
    host.spawn('killer', function* (own): Process {
      yield* own.sleep(10)
      careful.stop()
    })
    wire.run()
    expect(log).toEqual(['clean at 110'])
    expect(careful.state).toBe('stopped')
  })

  it('cleans up undisturbed by what would have woken it', () => {
    const { wire, host, log } = lonely()
    const third = host.spawn('third', (own) => own.sleep(10))
    // The third's end wakes both at once; the first to run stops the other, which was to run next.
    const victim: { handle?: ProcessHandle } = {}
    host.spawn('killer', function* (): Process {
      yield* third.join()
      victim.handle?.stop()
    })
    victim.handle = host.spawn('victim', function* (own): Process {
      try {
        yield* third.join()
      } finally {
        yield* own.sleep(100)
        log.push(`clean at ${own.nowMicroseconds - 1_000_000}`)
      }
    })
    wire.run()
    expect(log).toEqual(['clean at 110'])
  })

  it('ends alone by a network error, and ends the simulation by any other', () => {
    const { wire, host } = lonely()
    const failing = host.spawn('failing', function* (own): Process {
      yield* own.sleep(1)
      throw new NetworkError('ECONNREFUSED', 'no')
    })
    const other = host.spawn('other', (own) => own.sleep(5))
    wire.run()
    expect([failing.state, other.state]).toEqual(['failed', 'finished'])
    expect(failing.failure?.message).toBe('ECONNREFUSED: no')
    host.spawn('broken', function* (own): Process {
      yield* own.sleep(1)
      throw new TypeError('a mistake')
    })
    expect(() => wire.run()).toThrow("process 'alone/broken': a mistake")
  })

  it('closes what it opened', () => {
    const { wire, host } = lonely()
    host.spawn('server', function* (own): Process {
      own.listen({ port: 80 })
      own.openUdp({ port: 53 })
      own.listenUdp({ port: 123 })
      expect(() => own.listen({ port: 80 })).toThrow('EADDRINUSE')
      expect(() => own.openUdp({ port: 123 })).toThrow('EADDRINUSE')
      yield* own.sleep(100)
    })
    wire.run()
    host.listen({ port: 80 }).close()
    host.listen({ port: 80 })
    host.openUdp({ port: 53 })
    host.listenUdp({ port: 123 })
  })

  it('has a random stream of its own, whatever other processes are there', () => {
    const draw = (others: number): readonly number[] => {
      const { wire, host } = lonely()
      const drawn: number[] = []
      for (let i = 0; i < others; i += 1) {
        host.spawn(`other ${i}`, function* (own): Process {
          own.random.uint32()
          yield* own.sleep(i)
        })
      }
      for (const name of ['mine', 'mine']) {
        host.spawn(name, function* (own): Process {
          drawn.push(own.random.uint32())
          yield* own.sleep(0)
        })
      }
      wire.run()
      return drawn
    }
    expect(draw(0)).toEqual(draw(5))
    expect(new Set(draw(0)).size).toBe(2)
  })

  it('refuses times that cannot be', () => {
    const { wire, host } = lonely()
    host.spawn('backwards', (own) => own.sleep(-1))
    expect(() => wire.run()).toThrow(
      "process 'alone/backwards': the time to sleep must be a number of microseconds from 0 on, not -1",
    )
    expect(() => host.spawn('x', (own) => own.sleep(1), { delayMicroseconds: Number.NaN })).toThrow('delayMicroseconds')
  })

  it('labels what it and others do because of it, nested labels included', () => {
    const wire = new TestWire()
    const client = wire.host('client', '10.0.0.1')
    wire.host('server', '10.0.0.2')
    const records: ActivityRecord[] = []
    wire.world.activities.onRecord = (record) => records.push(record)
    const activities: (readonly [string, number])[] = []
    wire.changes = (packet) => {
      activities.push([packet.source.toString(), wire.clock.activity])
      return packet
    }
    client.view.spawn('work', function* (own): Process {
      yield* own.ping({ to: '10.0.0.2', count: 1 })
      yield* own.during(
        { kind: 'outer', intent: 'benign' },
        (function* (): Process {
          yield* own.ping({ to: '10.0.0.2', count: 1 })
          yield* own.during({ kind: 'inner', intent: 'malicious' }, own.ping({ to: '10.0.0.2', count: 1 }))
          own.spawn(
            'child',
            function* (child): Process {
              yield* child.ping({ to: '10.0.0.2', count: 1 })
            },
            { detached: true },
          )
        })(),
      )
      yield* own.ping({ to: '10.0.0.2', count: 1 })
    })
    wire.run()
    wire.world.activities.closeAll()
    expect(activities.map(([source, activity]) => `${source.slice(-1)}:${activity}`)).toEqual([
      '1:0',
      '2:0',
      '1:1',
      '2:1',
      '1:2',
      '2:2',
      '1:0',
      '1:1',
      '2:0',
      '2:1',
    ])
    expect(records.map(({ label, host, isLastPart }) => [label.kind, host, isLastPart])).toEqual([
      ['inner', 'client', true],
      ['outer', 'client', true],
    ])
  })
})
