import { describe, expect, it } from 'vitest'
import type { ShellOutput } from './kernel/terminal.ts'
import { createShell } from './shell.ts'
import { ShellScheduler } from './shell-scheduler.ts'
import { demoNetwork } from './testing/demo-network.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { FakeNetwork } from './testing/fake-network.ts'
import { FakeShellHost } from './testing/fake-shell-host.ts'
import { drive, runInShell, START_MICROSECONDS } from './testing/run-shell.ts'

/** Output as `seconds text` since the start. */
function timed(outputs: readonly ShellOutput[]): string[] {
  return outputs.map(({ text, timeMicroseconds }) => `${(timeMicroseconds - START_MICROSECONDS) / 1_000_000} ${text}`)
}

describe('simulated time', () => {
  it('passes in sleep, and output carries the time at which it was printed', async () => {
    const run = await runInShell('echo a; sleep 1.5; echo b; sleep 1m; date; echo $SECONDS $EPOCHSECONDS')
    expect(timed(run.outputs)).toEqual([
      '0 a\n',
      '1.5 b\n',
      '61.5 Mon Nov  1 12:01:01 UTC 2021\n',
      '61.5 61 1635768061\n',
    ])
    expect(run.exitCode).toBe(0)
  })

  it('streams the output of a loop command by command', async () => {
    const run = await runInShell('for i in 1 2 3; do echo $i; sleep 10; done')
    expect(timed(run.outputs)).toEqual(['0 1\n', '10 2\n', '20 3\n'])
  })

  it('gives EPOCHREALTIME and date to the microsecond', async () => {
    const run = await runInShell('sleep 0.25; echo $EPOCHREALTIME; date +%s.%N; printf "%(%T)T\\n" -1')
    expect(run.stdout).toBe('1635768000.250000\n1635768000.250000000\n12:00:00\n')
  })

  it('is what timeout, read -t and wait count', async () => {
    const run = await runInShell(
      'timeout 3 sleep 10; echo $? $SECONDS; sleep 100 | { read -t 2 x; echo $? $SECONDS; }; sleep 4 & wait; echo $SECONDS',
    )
    expect(run.stdout).toBe('124 3\n142 5\n107\n')
  })

  it('tells the word time', async () => {
    const run = await runInShell('time sleep 75.25; time -p sleep 1')
    expect(run.stderr).toBe('\nreal\t1m15.250s\nuser\t0m0.000s\nsys\t0m0.000s\nreal 1.00\nuser 0.00\nsys 0.00\n')
  })

  it('ends the producer of a pipe whose reader has gone, as SIGPIPE does', async () => {
    const run = await runInShell('while true; do echo $SECONDS; sleep 1; done | head -3; echo "${PIPESTATUS[@]}"')
    expect(run.stdout).toBe('0\n1\n2\n141 0\n')
    expect(run.seconds).toBe(3)
  })

  it('ends only the program that writes, not the loop around it, as in bash', async () => {
    const run = await runInShell('for i in 1 2 3 4 5; do date +%S; sleep 1; done | head -2; echo "${PIPESTATUS[@]}"')
    expect(run.stdout).toBe('00\n01\n0 0\n')
    expect(run.seconds).toBe(5)
  })

  it('holds a writer back whose reader is slow', async () => {
    const run = await runInShell('yes | (sleep 5; head -1); echo $SECONDS')
    expect(run.stdout).toBe('y\n5\n')
  })

  it('lets grep and cut print as their input comes', async () => {
    const run = await runInShell('for i in a b ab; do echo $i-$i; sleep 1; done | grep b | cut -d- -f1')
    expect(timed(run.outputs)).toEqual(['1 b\n', '2 ab\n'])
  })

  it('lets tail -f follow a file', async () => {
    const run = await runInShell('echo a > f; (sleep 2.5; echo b >> f) & timeout 5 tail -f f')
    expect(timed(run.outputs)).toEqual(['0 a\n', '3 b\n'])
  })
})

describe('background jobs', () => {
  it('run beside the shell and each other', async () => {
    const run = await runInShell('(sleep 2; echo b) & (sleep 1; echo a) & echo first; wait; echo last')
    expect(timed(run.outputs)).toEqual(['0 first\n', '1 a\n', '2 b\n', '2 last\n'])
  })

  it('go on when the script has ended', async () => {
    const run = await runInShell('(sleep 5; echo late) & echo done')
    expect(timed(run.outputs)).toEqual(['0 done\n', '5 late\n'])
    expect(run.seconds).toBe(0)
  })

  it('are told of by jobs, and ended by kill', async () => {
    const run = await runInShell('sleep 100 & sleep 200 & jobs; kill %1; sleep 1; jobs; kill $!; wait; echo $SECONDS')
    expect(run.stdout).toBe(
      [
        '[1]-  Running                 sleep 100 &',
        '[2]+  Running                 sleep 200 &',
        '[1]-  Terminated              sleep 100',
        '[2]+  Running                 sleep 200 &',
        '1\n',
      ].join('\n'),
    )
  })

  it('wait -n gives the first that ends', async () => {
    const run = await runInShell(
      '(sleep 3; exit 3) & (sleep 1; exit 1) & wait -n; echo $? $SECONDS; wait -n; echo $? $SECONDS',
    )
    expect(run.stdout).toBe('1 1\n3 3\n')
  })
})

describe('signals and traps', () => {
  it('Ctrl-C ends a loop with its command', async () => {
    const clock = new FakeClock(START_MICROSECONDS)
    const scheduler = new ShellScheduler()
    const outputs: ShellOutput[] = []
    const host = new FakeShellHost(new FakeNetwork(clock), '10.0.1.101')
    const shell = createShell(host, { scheduler, onOutput: (output) => outputs.push(output) })
    const run = shell.run('while true; do echo x; sleep 2; done; echo never')
    clock.callAt(START_MICROSECONDS + 5_000_000, () => shell.interrupt())
    expect((await drive(clock, scheduler, run)).exitCode).toBe(130)
    expect(timed(outputs)).toEqual(['0 x\n', '2 x\n', '4 x\n'])
  })

  it('Ctrl-C lets ping print its statistics, and the loop around it goes on, as in bash', async () => {
    const clock = new FakeClock(START_MICROSECONDS)
    const scheduler = new ShellScheduler()
    const network = new FakeNetwork(clock)
    demoNetwork(network)
    let text = ''
    const shell = createShell(new FakeShellHost(network, '10.0.1.101'), {
      scheduler,
      onOutput: (output) => (text += output.text),
    })
    const run = shell.run('for i in 1 2; do ping -q 10.0.2.5; done; echo end')
    clock.callAt(START_MICROSECONDS + 2_500_000, () => shell.interrupt())
    clock.callAt(START_MICROSECONDS + 3_700_000, () => shell.interrupt())
    expect((await drive(clock, scheduler, run)).exitCode).toBe(0)
    expect(text.match(/\d packets transmitted, \d received/g)).toEqual([
      '3 packets transmitted, 3 received',
      '2 packets transmitted, 2 received',
    ])
    expect(text.endsWith('end\n')).toBe(true)
  })

  it('runs traps for signals when the command has ended, and for EXIT at the end', async () => {
    const script = `trap 'echo term $SECONDS' TERM; trap 'echo bye' EXIT; (sleep 1; kill $$) & sleep 3; echo after; exit 4`
    const run = await runInShell(script)
    expect(timed(run.outputs)).toEqual(['3 term 3\n', '3 after\n', '3 bye\n'])
    expect(run.exitCode).toBe(4)
  })

  it('interrupts wait for a trap', async () => {
    const run = await runInShell(
      `trap 'echo usr' USR1; sleep 10 & (sleep 2; kill -USR1 $$) & wait %1; echo $? $SECONDS`,
    )
    expect(run.stdout).toBe('usr\n138 2\n')
  })

  it('runs the EXIT trap of a shell that timeout ends', async () => {
    const run = await runInShell(`timeout 5 bash -c 'trap "echo bye \\$SECONDS" EXIT; sleep 100; echo never'; echo $?`)
    expect(run.stdout).toBe('bye 5\n124\n')
  })

  it('refuses what it does not have by name', async () => {
    const run = await runInShell(
      'trap x DEBUG; fc; kill -STOP $$; set -o posix; find / -mtime 1; awk "BEGIN{print rand()}"',
    )
    expect(run.stderr.split('\n')).toEqual([
      'bash: line 1: trap: DEBUG: not simulated',
      'bash: line 1: fc: not simulated',
      'bash: line 1: kill: SIGSTOP: stopping processes is not simulated',
      'bash: line 1: set: posix: option not simulated',
      'find: -mtime: not simulated; compare with a file by -newer',
      'awk: rand(): not simulated; give the value by -v, e.g. -v now=$EPOCHSECONDS or -v r=$RANDOM',
      '',
    ])
  })
})

describe('running', () => {
  it('gives standard input and arguments to a script', async () => {
    const run = await runInShell('echo "$1-$2"; tr a-z A-Z', { args: ['x', 'y z'], stdin: 'hello\n' })
    expect(run.stdout).toBe('x-y z\nHELLO\n')
  })

  it('keeps files between runs, but not variables', async () => {
    const clock = new FakeClock(START_MICROSECONDS)
    const scheduler = new ShellScheduler()
    let text = ''
    const host = new FakeShellHost(new FakeNetwork(clock), '10.0.1.101')
    const shell = createShell(host, {
      scheduler,
      onOutput: (output) => (text += output.text),
      files: { '/data/x': 'X\n' },
    })
    await drive(clock, scheduler, shell.run('v=1; echo kept > f; cat /data/x'))
    await drive(clock, scheduler, shell.run('cat f; echo "<$v>"'))
    expect(text).toBe('X\nkept\n<>\n')
  })

  it('runs a command without a shell', async () => {
    const clock = new FakeClock(START_MICROSECONDS)
    const scheduler = new ShellScheduler()
    let text = ''
    const host = new FakeShellHost(new FakeNetwork(clock), '10.0.1.101')
    const shell = createShell(host, { scheduler, onOutput: (output) => (text += output.text) })
    const ended = await drive(clock, scheduler, shell.execute(['printf', '%s|', 'a b', '*']))
    const missing = await drive(clock, scheduler, shell.execute(['nope']))
    expect([text, ended.exitCode, missing.exitCode]).toEqual(['a b|*|nope: command not found\n', 0, 127])
  })

  it('starts a second run before time moves, where the first one’s end is awaited', async () => {
    const clock = new FakeClock(START_MICROSECONDS)
    const scheduler = new ShellScheduler()
    const outputs: ShellOutput[] = []
    const network = new FakeNetwork(clock)
    const options = { scheduler, onOutput: (output: ShellOutput): unknown => outputs.push(output) }
    const first = createShell(new FakeShellHost(network, '10.0.1.101'), options)
    const other = createShell(new FakeShellHost(network, '10.0.1.102'), options)
    const both = (async () => {
      await first.run('sleep 1; echo one')
      await first.run('echo two')
    })()
    await drive(clock, scheduler, Promise.all([both, other.run('sleep 1.000001; echo other')]))
    expect(outputs.map(({ text }) => text)).toEqual(['one\n', 'two\n', 'other\n'])
  })

  it('refuses limits that are none', () => {
    const host = new FakeShellHost(new FakeNetwork(new FakeClock(0)), '10.0.1.101')
    const make = (): unknown => createShell(host, { scheduler: new ShellScheduler(), limits: { processes: 0 } })
    expect(make).toThrow(new RangeError("the shell's limit processes must be a natural number, not 0"))
  })

  it('answers like the instance it is', async () => {
    const run = await runInShell(
      'hostname; hostname -f; hostname -I; whoami; pwd; echo $HOME $USER; sudo whoami; uname -n; cat /etc/resolv.conf',
    )
    expect(run.stdout).toBe(
      [
        'ip-10-0-1-101',
        'ip-10-0-1-101.us-west-2.compute.internal',
        '10.0.1.101 ',
        'ssm-user',
        '/home/ssm-user',
        '/home/ssm-user ssm-user',
        'root',
        'ip-10-0-1-101',
        'nameserver 10.0.0.2',
        'options edns0 trust-ad',
        'search us-west-2.compute.internal\n',
      ].join('\n'),
    )
  })
})
