// Cell words that were altered: they are refused with the one documented error, or every answer is a cell and comes.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { CompiledError } from '../index.mjs'
import * as sets from './sets.mjs'

const require = createRequire(import.meta.url)
const native = require('../passgate.node')
const { Cells } = require('../lib/cells.cjs')
const { SPLICES = '20000', SEED = String(Date.now()) } = process.env
const ROOM = 1 << 16

function samples(random) {
  const found = []
  while (found.length < 12) {
    const core = native.compile(sets.set(random))
    const [service, , actions] = core.action('intlpartnersmgt:PayOrders')
    for (const name of ['a', 'b', 'c']) {
      const words = core.cellWords(core.signature(name), service)
      if (words.length < 4000) found.push({ words, actions })
    }
  }
  return found
}

const EXTREMES = [0, 1, 2, 3, 7, 15, 16, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff]

function altered(random, words) {
  const all = [...words]
  const few = random.chance(40)
  for (let i = few ? 1 : 1 + random.below(3); i > 0; i -= 1) {
    const at = random.below(Math.min(all.length, random.chance(30) ? 12 : all.length) || 1)
    const kind = random.below(few ? 3 : 6)
    if (kind < 3) all[at] = random.pick([random.pick(EXTREMES), random.bits(), (all[at] ^ (1 << random.below(32))) >>> 0])
    else if (kind === 3) all.splice(at, 1 + random.below(8))
    else if (kind === 4) all.splice(at, 0, ...all.slice(random.below(all.length)).slice(0, 1 + random.below(8)))
    else all.length = random.below(all.length + 1)
  }
  return Uint32Array.from(all)
}

function reader(actions, words = ROOM) {
  return new Cells(actions, { words })
}

function ask(cells, place, actions, random) {
  for (let i = 0; i < 20; i += 1) {
    const row = i === 0 ? cells.rowWithout(place) : cells.row(place, sets.address(random) ?? '0.0.0.0')
    if (row < 0) continue
    for (const action of [0, actions - 1, random.below(actions)]) {
      assert.equal(typeof cells.rows[row * cells.rowWords + (action >>> 4)], 'number', 'a row lies within the words')
    }
  }
}

test('altered words are refused, or read in bounds', (t) => {
  const random = sets.randomFrom(Number(SEED))
  const given = samples(random)
  const counted = { refused: 0, read: 0 }
  for (let i = 0; i < Number(SPLICES); i += 1) {
    const { words, actions } = random.pick(given)
    const cells = reader(actions)
    try {
      const place = cells.add(altered(random, words))
      assert.ok(place >= 0)
      ask(cells, place, actions, random)
      counted.read += 1
    } catch (error) {
      if (!(error instanceof CompiledError)) throw Object.assign(error, { message: `seed ${SEED}: ${error.message}` })
      assert.equal(error.code, 'bad-compiled')
      counted.refused += 1
    }
  }
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counted)}; SPLICES and SEED set others`)
  assert.ok(counted.refused > SPLICES / 10 && counted.read > SPLICES / 25)
})

test('every truncation is refused', () => {
  const random = sets.randomFrom(5)
  for (const { words, actions } of samples(random).slice(0, 4)) {
    for (let length = 0; length < words.length; length += 1) {
      assert.throws(() => reader(actions).add(words.slice(0, length)), CompiledError)
    }
    assert.throws(() => reader(actions).add(Uint32Array.from([...words, 0])), CompiledError)
    assert.throws(() => reader(actions + 16).add(words), CompiledError)
  }
})

test('words that are refused leave the others as they were', () => {
  const random = sets.randomFrom(6)
  const [{ words, actions }] = samples(random)
  const cells = reader(actions)
  const place = cells.add(words)
  const before = structuredClone({ ...cells })
  assert.throws(() => cells.add(words.slice(0, -1)), CompiledError)
  assert.deepEqual({ ...cells }, before)
  assert.equal(reader(actions, 16).add(words), -1, 'there is no room')
  assert.notEqual(cells.add(words), place)
})
