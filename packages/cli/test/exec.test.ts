import { describe, expect, it } from 'vitest'
import { type CommandOutcome, runCommand } from './memory-streams.ts'

const exec = (...args: readonly string[]): Promise<CommandOutcome> =>
  runCommand(['exec', ...args], { workingDirectory: '.' })

describe('flowtap exec', () => {
  it('prints what the command prints on the instance, in simulated time', async () => {
    const { exitCode, stdout, stderr } = await exec('demo', '--', 'ping', 'google.com', '-c', '3')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^PING google\.com \(142\.250\.\d+\.\d+\) 56\(84\) bytes of data\.\n/)
    expect(stdout).toContain('3 packets transmitted, 3 received, 0% packet loss')
  })

  it('gives the command’s exit code and its words', async () => {
    expect(await exec('demo', '--', 'ping -c 1 no-such-name.example')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'ping: no-such-name.example: Name or service not known\n',
    })
    expect((await exec('demo', '--', 'echo "$(hostname)"; exit 7')).exitCode).toBe(7)
  })

  it('quotes arguments, and takes one argument as a script', async () => {
    expect((await exec('demo', '--', 'echo', "a  b'c", '$HOME')).stdout).toBe("a  b'c $HOME\n")
    expect((await exec('demo', '--', 'echo a  b | tr a-b A-B')).stdout).toBe('A B\n')
  })

  it('ends a loop with simulated time', async () => {
    const run = await exec(
      'demo',
      '--duration',
      '2m',
      '--',
      'while true; do curl -s -o /dev/null google.com; date +%T; sleep 30; done',
    )
    expect(run.stdout).toBe('00:00:00\n00:00:30\n00:01:00\n00:01:30\n')
    expect(run.exitCode).toBe(124)
    expect(run.stderr).toContain('ended after 2m of simulated time')
  })

  it('names the instances that there are', async () => {
    const run = await exec('demon', '--', 'date')
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(/no instance "demon"; it has demo/)
  })
})
