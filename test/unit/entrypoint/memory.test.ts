import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openMemoryGauge } from '../../../src/entrypoint/memory-gauge.ts'
import { MemoryPressure } from '../../../src/entrypoint/memory-pressure.ts'

interface Seen {
  readonly limitBytes: number
  readonly usedBytes: number
}

describe('the memory gauge', () => {
  /** The gauge of a machine with these files, by path; `cgroup` is /proc/self/cgroup. */
  async function gaugeOf(cgroup: string, files: Readonly<Record<string, string>>): Promise<Seen | undefined> {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'muster-cgroup-'))
    const at = (path: string): string => join(directory.path, path)
    await writeFile(at('membership'), cgroup)
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(at(path), '..'), { recursive: true })
      await writeFile(at(path), text)
    }
    const gauge = openMemoryGauge(directory.path, at('membership'))
    return gauge && { limitBytes: gauge.limitBytes, usedBytes: gauge.usedBytes() }
  }

  const stat2 = 'anon 100\nfile 50\ninactive_anon 7\ninactive_file 30\n'
  const stat1 = 'inactive_file 1\ntotal_inactive_anon 7\ntotal_inactive_file 30\n'

  it('reads version 2, in a container and outside', async () => {
    const files = { 'memory.max': '1000\n', 'memory.current': '400\n', 'memory.stat': stat2 }
    const inside = await gaugeOf('0::/\n', files)
    assert.equal(inside?.limitBytes, 1000)
    assert.equal(inside.usedBytes, 370)
    const outside = await gaugeOf(
      '0::/a/b\n',
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`a/b/${path}`, text])),
    )
    assert.equal(outside?.usedBytes, 370)
  })

  it('reads version 1, whose path a container does not see', async () => {
    const gauge = await gaugeOf('5:cpu,memory:/docker/abc\n0::/\n', {
      'memory/memory.limit_in_bytes': '1000\n',
      'memory/memory.usage_in_bytes': '400\n',
      'memory/memory.stat': stat1,
    })
    assert.equal(gauge?.limitBytes, 1000)
    assert.equal(gauge.usedBytes, 370)
  })

  it('is not there without a limit', async () => {
    assert.equal(await gaugeOf('0::/\n', { 'memory.max': 'max\n' }), undefined)
    assert.equal(await gaugeOf('4:memory:/\n', { 'memory/memory.limit_in_bytes': '9223372036854771712\n' }), undefined)
    assert.equal(await gaugeOf('', {}), undefined)
  })
})

describe('memory pressure', () => {
  it('begins at its share of the limit, ends a little below, and tells both once', () => {
    const gauge = { limitBytes: 1000, used: 0, usedBytes: () => gauge.used }
    const changes: unknown[] = []
    using pressure = new MemoryPressure({
      gauge,
      maxPercent: 90,
      onChange: (high, usedBytes) => changes.push([high, usedBytes]),
    })
    const sampled = [899, 900, 950, 890, 870, 869, 899].map((used) => {
      gauge.used = used
      pressure.sample()
      return pressure.high
    })
    assert.deepEqual(sampled, [false, true, true, true, true, false, false])
    assert.deepEqual(changes, [
      [true, 900],
      [false, 869],
    ])
  })
})
