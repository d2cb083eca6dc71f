// A check starts no process and opens no file. Shown twice: in a process that can open nothing any more, and, where
// strace is there and may trace, by what the process asks of the system between two marks.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const CHILD = fileURLToPath(new URL('isolation.child.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'passgate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const linux = process.platform === 'linux'
const straced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

function child(...tracer) {
  const set = join(mkdtempSync(join(folder, 'set-')), 'set.gate')
  writeFileSync(set, 'use intlpartnersmgt policy p { allow read from 10.0.0.0/8 } user a { attach p }')
  const limited = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, CHILD, set]
  const [program, ...args] = [...tracer, ...limited]
  const ran = spawnSync(program, args, { encoding: 'utf8' })
  assert.equal(ran.status, 0, ran.stderr)
  return JSON.parse(ran.stdout)
}

test('checks go on where no file can be opened and the set is gone', { skip: !linux && 'needs /proc' }, () => {
  const told = child()
  assert.deepEqual(told.control, ['EMFILE', 'bad-file'], 'nothing can be opened, by Node or by passgate')
  assert.equal(told.checks, 30_000)
  assert.deepEqual(told.after, told.before, 'threads, children and open files stay as they were')
})

test('strace sees no call that opens a file or starts a process', { skip: !straced && 'strace is missing' }, () => {
  const trace = join(folder, 'trace')
  child('strace', '-f', '-qq', '-o', trace, '-e', 'trace=%file,%process')
  const lines = readFileSync(trace, 'utf8').split('\n')
  const mark = (name) => lines.findIndex((line) => line.includes(`/passgate-mark-${name}`))
  const [open, control, close] = ['open', 'control', 'close'].map(mark)
  assert.ok(0 <= open && open < control && control < close, 'the marks are in the trace')
  // The process itself opens a file after the control mark: the trace would show one.
  assert.ok(lines.slice(control + 1, close).some((line) => /open(at)?\(/.test(line)), 'the control is seen')
  assert.deepEqual(lines.slice(open + 1, control), [])
})
