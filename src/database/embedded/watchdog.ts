import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Home } from './home.ts'
import { spawnOptions } from './run-program.ts'

/**
 * Reads the postmaster's pid from the service and then waits for the pipe to close, which the system does for a service
 * killed with -9. What it stops must be named in the cluster's own postmaster.pid and be a postgres: a pid alone may by
 * then be another program's. A fast shutdown first; a server that cannot finish one is made to recover at next start.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT PIPE
cluster=$1
pid=
while read -r line; do pid=$line; done
is_ours() {
  [ -n "$pid" ] && read -r named < "$cluster/postmaster.pid" && [ "$named" = "$pid" ] || return 1
  if [ -r "/proc/$pid/comm" ]; then read -r program < "/proc/$pid/comm"; else program=$(ps -o comm= -p "$pid"); fi
  case $program in *postgres*|*postmaster*) ;; *) return 1 ;; esac
}
stop() {
  is_ours || exit 0
  kill -s "$1" "$pid" || exit 0
  left=$2
  while [ "$left" -gt 0 ]; do
    sleep 1
    is_ours || exit 0
    left=$((left - 1))
  done
}
stop INT 60
stop QUIT 15
stop KILL 5
`

export interface Watchdog {
  /** Names the server to stop when this process is gone. */
  watch(pid: number): void
  /** Ends it. A server that is still running then is stopped. */
  release(): void
}

/** Started before the server, so that there is no moment in which a killed service leaves one behind. */
export function startWatchdog(home: Home): Watchdog {
  // A session of its own: neither a terminal's Ctrl-C nor the end of the terminal reaches it.
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'waspada-watchdog', home.cluster], {
    ...spawnOptions(home.account),
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Without a watchdog the server works all the same; what it would have cleaned up, the next start does.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  const pipe = child.stdin as unknown as Socket
  pipe.unref()
  return {
    watch: (pid) => void child.stdin.write(`${pid}\n`),
    release: () => void child.stdin.end(),
  }
}
