import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LogObjectFolder } from './log-object-folder.ts'

const OBJECT = {
  bucket: 'flow-logs',
  key: 'AWSLogs/123456789010/vpcflowlogs/file.log.gz',
  body: Buffer.from('content'),
  deliveredAtMicroseconds: 1_700_000_000_500_000,
  flowLogId: 'fl-01',
  recordCount: 1,
}

describe('LogObjectFolder', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flowtap-folder-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('writes folder/bucket/key with the time of delivery, and leaves nothing else', async () => {
    await new LogObjectFolder(folder).put(OBJECT)
    const path = join(folder, OBJECT.bucket, OBJECT.key)
    expect(await readFile(path, 'utf8')).toBe('content')
    expect((await stat(path)).mtimeMs).toBe(1_700_000_000_500)
    expect(await readdir(join(path, '..'))).toEqual(['file.log.gz'])
  })

  it('takes the place of a file of the same name', async () => {
    const sink = new LogObjectFolder(folder)
    await sink.put(OBJECT)
    await sink.put({ ...OBJECT, body: Buffer.from('other') })
    expect(await readFile(join(folder, OBJECT.bucket, OBJECT.key), 'utf8')).toBe('other')
  })

  it.each([
    ['flow-logs', '../../outside'],
    ['..', 'file'],
    ['a/b', 'file'],
    ['', 'file'],
    ['flow-logs', ''],
  ])('refuses bucket "%s" with key "%s"', async (bucket, key) => {
    await expect(new LogObjectFolder(folder).put({ ...OBJECT, bucket, key })).rejects.toThrow(
      /do not name a file inside/,
    )
  })

  it('removes its partial file and says what is wrong where it cannot write', async () => {
    await writeFile(join(folder, 'flow-logs'), 'a file in the way')
    await expect(new LogObjectFolder(folder).put(OBJECT)).rejects.toThrow(/ENOTDIR|EEXIST/)
  })
})
