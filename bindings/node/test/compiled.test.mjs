// Compiled files: they answer as their sets do, keep their settings, and are refused where they are damaged. The command of
// this checkout compiles them.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { CompiledError, FileError, OptionError, load, loadAsync } from '../index.mjs'
import { LEAST, faults, files, ran, root, written } from './suites.mjs'

const FLAGS = { catalogs: '--catalog', boundary: '--boundary', opaque: '--opaque' }

// The command that was built last.
function command() {
  const paths = ['release', 'debug'].map((name) => fileURLToPath(new URL(`../../../target/${name}/passgate`, import.meta.url)))
  const built = paths.map((path) => [path, statSync(path, { throwIfNoEntry: false })?.mtimeMs]).filter(([, time]) => time)
  assert.notEqual(built.length, 0, 'there is no command: `make cli` builds it')
  return built.sort(([, a], [, b]) => b - a)[0][0]
}

// Options of a load, as the command takes them.
function args(folder, given = {}) {
  return Object.entries(given).flatMap(([name, value]) => {
    if (name === 'strict') return value ? ['--strict'] : []
    if (name === 'owner') return ['--owner', Object.entries(value).map((pair) => pair.join('=')).join(',')]
    if (name === 'ip_unsupported') return ['--ip-unsupported', value]
    return value.flatMap((one) => [FLAGS[name], name === 'opaque' ? one : join(folder, one)])
  })
}

function compiled(set, to, given = []) {
  const done = spawnSync(command(), ['compile', set, '-o', to, ...given], { encoding: 'utf8' })
  assert.equal(done.status, 0, done.stderr)
  return to
}

for (const [file, suites] of files()) {
  test(`vectors/${file}, compiled`, async (t) => {
    for (const suite of suites.filter((suite) => suite.refused === undefined)) {
      await t.test(suite.name, () => {
        const folder = written(suite)
        const gate = load(compiled(join(folder, suite.set), `${folder}.gatec`, args(folder, suite.options)))
        const failed = faults(gate, suite)
        assert.equal(failed.length, 0, failed.join('\n'))
      })
    }
  })
}

test('enough vectors ran', () => {
  assert.ok(ran.check + ran.checkJson >= LEAST, `only ${ran.check + ran.checkJson} cases ran`)
})

const SET = 'use intlpartnersmgt set owner.uin = "1" policy p { allow PayOrders from 10.0.0.0/8 } user a { attach p }'
const set = join(root, 'set.gate')
writeFileSync(set, SET)
const file = compiled(set, join(root, 'set.gatec'))

test('a compiled file is loaded at once or off the event loop, and carries no diagnostics', async () => {
  for (const gate of [load(file), await loadAsync(file)]) {
    assert.equal(gate.allows('user:a', 'PayOrders', '10.1.2.3'), true)
    assert.deepEqual(gate.diagnostics, [])
  }
})

test('an option that would change it is refused, one that says the same is taken', async () => {
  const changing = {
    catalog: { catalogs: 'shop.json' },
    boundary: { boundary: 'limit.json' },
    opaque: { opaque: 'cvm' },
    owner: { owner: { uin: '2' } },
    'ip-unsupported': { ipUnsupported: 'evaluate' },
    strict: { strict: true },
  }
  for (const [key, options] of Object.entries(changing)) {
    const refused = { name: OptionError.name, code: 'bad-option', key }
    assert.throws(() => load(file, options), refused)
    await assert.rejects(loadAsync(file, options), refused)
  }
  const same = { owner: { uin: '1' }, ipUnsupported: 'withhold', strict: false }
  assert.equal(load(file, same).allows('user:a', 'PayOrders', '10.1.2.3'), true)
})

test('another file is no compiled file', async () => {
  const whole = readFileSync(file)
  const middle = Math.floor(whole.length / 8) * 4
  const flipped = Buffer.from(whole)
  flipped[middle] ^= 1
  const damaged = {
    empty: Buffer.alloc(0),
    text: Buffer.from(SET),
    cut: whole.subarray(0, middle),
    longer: Buffer.concat([whole, Buffer.alloc(4)]),
    flipped,
    odd: whole.subarray(0, -1),
  }
  for (const [name, bytes] of Object.entries(damaged)) {
    const path = join(root, `${name}.gatec`)
    writeFileSync(path, bytes)
    const refused = { name: CompiledError.name, code: 'bad-compiled' }
    assert.throws(() => load(path), refused, name)
    await assert.rejects(loadAsync(path), refused, name)
  }
  assert.throws(() => load(join(root, 'missing.gatec')), { name: FileError.name, code: 'bad-file' })
})
