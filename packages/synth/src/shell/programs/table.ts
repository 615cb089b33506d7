import type { BashExecutor } from '../bash/bash-executor.ts'
import type { Program } from '../program.ts'
import { makeBash } from './bash.ts'
import {
  echo,
  env,
  falseProgram,
  kill,
  nohup,
  printenv,
  printf,
  pwd,
  startCommand,
  sudo,
  trueProgram,
} from './coreutils-environment.ts'
import { ls, mktemp, shuf, touch } from './coreutils-files.ts'
import { cat, head, seq, tail, tee, yes } from './coreutils-streams.ts'
import { date, sleep, timeout } from './coreutils-time.ts'
import { diff } from './diff.ts'
import { curl } from './net/curl.ts'
import { dig } from './net/dig.ts'
import { ip } from './net/ip.ts'
import { nc } from './net/nc.ts'
import { host, nslookup } from './net/nslookup.ts'
import { ping } from './net/ping.ts'
import { ssh } from './net/ssh.ts'
import { traceroute } from './net/traceroute.ts'
import { wget } from './net/wget.ts'
import { nmap } from './nmap/nmap.ts'
import { sort } from './sort.ts'
import { hostname, id, nproc, ps, uname, uptime, which, whoami } from './system.ts'
import { TEXT_PROGRAM_NAMES, type TextPrograms } from './text-programs.ts'
import { xargs } from './xargs.ts'

/** The programs of an instance by name. */
export function programTable(executor: () => BashExecutor, texts: TextPrograms): ReadonlyMap<string, Program> {
  const bash = makeBash(executor)
  const programs = new Map<string, Program>(TEXT_PROGRAM_NAMES.map((name) => [name, texts.program(name)]))
  const own: Readonly<Record<string, Program>> = {
    bash,
    cat,
    curl,
    date,
    diff,
    dig,
    echo,
    env,
    false: falseProgram,
    head,
    host,
    hostname,
    id,
    ionice: startCommand,
    ip,
    kill,
    ls,
    mktemp,
    nc,
    netcat: nc,
    nice: startCommand,
    nmap,
    nohup,
    nproc,
    nslookup,
    ping,
    printenv,
    printf,
    ps,
    pwd,
    seq,
    setsid: startCommand,
    sh: bash,
    shuf,
    sleep,
    sort,
    ssh,
    stdbuf: startCommand,
    sudo,
    tail,
    tee,
    timeout,
    touch,
    traceroute,
    true: trueProgram,
    uname,
    uptime,
    wget,
    which,
    whoami,
    xargs,
    yes,
  }
  for (const [name, program] of Object.entries(own)) programs.set(name, program)
  return programs
}
