// What the kernel has written down about a proxy: the processor time and the memory of its whole process tree.
import { readFileSync, readdirSync } from 'node:fs'

/** /proc/<pid>/stat counts in these; Linux shows user space no other number. */
const tickUs = 10_000

/** Processor time, user and system, that a tree of processes has used since it started, in microseconds. */
export function cpuUs(root: number): number {
  return sum(treeOf(root), (pid) => Math.max(tickedUs(pid), scheduledUs(pid)))
}

/** Memory of a tree in bytes: proportional set size, so that pages shared by two processes count once. */
export function memoryBytes(root: number): number {
  return sum(treeOf(root), (pid) => {
    const rollup = readProc(`${pid}/smaps_rollup`)
    const kib = /^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? /^VmRSS:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1]
    return Number(kib ?? 0) * 1024
  })
}

/** The process and all that descend from it. */
function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (/^\d/.test(name)) parents.set(Number(name), Number(statFields(Number(name))[1]))
  }
  const tree = [root]
  // Grows while it is walked: a child found now is a parent later.
  for (const parent of tree) for (const [pid, its] of parents) if (its === parent) tree.push(pid)
  return tree
}

/** utime + stime of proc(5): it includes threads that have ended, but only full ticks of 10 ms. */
function tickedUs(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickUs
}

/** The same time to the nanosecond, of the threads that live; 0 where the kernel keeps no scheduler statistics. */
function scheduledUs(pid: number): number {
  const threads = entriesOf(`/proc/${pid}/task`)
  return sum(threads, (thread) => Number(readProc(`${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0) / 1000)
}

/** The fields after the name, which is in parentheses and may contain anything: state is [0], the parent [1]. */
function statFields(pid: number): string[] {
  const stat = readProc(`${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Empty for a process that has just ended. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
