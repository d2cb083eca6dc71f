// The bounds of the reader in JavaScript (docs/limits.md), each at N and at N + 1 as they are. What teaches the reader is
// played here: the core would have to be asked hundreds of thousands of times.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'

const require = createRequire(import.meta.url)
const { Cells, NOWHERE } = require('../lib/cells.cjs')
const { Ids } = require('../lib/ids.cjs')
const { Learned, UNKNOWN } = require('../lib/learned.cjs')
const limits = require('../passgate.node').readerLimits()

const ACTIONS = 3
const READER_CALLS = limits.calls
const READER_CALLERS = limits.callers
const READER_ACTIONS = limits.actions
const READER_WORDS = limits.words

// Cell words that allow everything from everywhere, with so many IPv4 starts and rows.
function words(starts = 1, rows = 1) {
  const head = [1, ACTIONS, 1, rows, starts, 1, 0]
  const v4 = Uint32Array.from({ length: 2 * starts }, (_, at) => (at < starts ? at : 0))
  return Uint32Array.from([...head, ...v4, 0, 0, 0, 0, 0, ...Array.from({ length: rows }, (_, row) => (row === 0 ? 0x15 : row))])
}

// A core that knows every action by name and has cells for every signature.
function learned() {
  const core = { fetched: 0 }
  core.action = (text) => [0, text.length % ACTIONS, ACTIONS]
  core.cellWords = () => {
    core.fetched += 1
    return words()
  }
  return { core, reader: new Learned(core, limits) }
}

test('the bounds are those of the page', () => {
  const page = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8')
  for (const [name, value] of Object.entries({ READER_CALLS, READER_CALLERS, READER_ACTIONS, READER_WORDS })) {
    assert.ok(page.includes(`| \`${name}\` | ${value.toLocaleString('en-US')} |`), name)
  }
})

test('cells are fetched at the call READER_CALLS of a signature, not before', () => {
  const { core, reader } = learned()
  for (let call = 1; call < READER_CALLS; call += 1) reader.learn('a', 'Read', 7)
  assert.deepEqual([core.fetched, reader.allows('a', 'Read', '10.0.0.1')], [0, UNKNOWN])
  reader.learn('a', 'Read', 7)
  assert.deepEqual([core.fetched, reader.allows('a', 'Read', '10.0.0.1')], [1, 1])
})

test('READER_CALLERS principals are known, one more is not', () => {
  const { reader } = learned()
  for (let call = 1; call < READER_CALLS; call += 1) reader.learn('a', 'Read', 7)
  for (let caller = 0; caller <= READER_CALLERS; caller += 1) reader.learn(`u${caller}`, 'Read', 7)
  const ask = (caller) => reader.allows(`u${caller}`, 'Read', '10.0.0.1')
  assert.deepEqual([ask(0), ask(READER_CALLERS - 1), ask(READER_CALLERS)], [1, 1, UNKNOWN])
})

test('READER_ACTIONS texts of actions are known, one more is not', () => {
  const { reader } = learned()
  for (let action = 0; action <= READER_ACTIONS; action += 1) reader.actionOf(`Read${action}`)
  assert.equal(reader.action(`Read${READER_ACTIONS - 1}`)?.number, `Read${READER_ACTIONS - 1}`.length % ACTIONS)
  assert.equal(reader.action(`Read${READER_ACTIONS}`), undefined)
})

test('numbers are given to READER_CALLERS principals and READER_ACTIONS actions, to one more not', () => {
  const ids = new Ids(learned().reader, limits, { principalNumber: () => 0, actionNumber: () => 0 })
  const taken = []
  const read = (name) => taken.push(name)
  for (const [column, most] of [['principals', READER_CALLERS], ['actions', READER_ACTIONS]]) {
    const names = Array.from({ length: most }, (_, i) => `n${i}`)
    assert.equal(ids[column](names, read)[most - 1], most - 1)
    const refused = { code: 'bad-request', key: column, message: `\`${column}\` are more than ${most} that a gate numbers` }
    assert.throws(() => ids[column]([`n${most}`], read), refused)
    assert.deepEqual(ids[column](['n7', `n${most - 1}`], read), Uint32Array.of(7, most - 1), 'known ones stay known')
  }
})

test('READER_WORDS words are kept, of one more none', () => {
  const taken = (given) => {
    const budget = { words: READER_WORDS }
    const place = new Cells(ACTIONS, budget).add(given)
    return place === NOWHERE ? undefined : READER_WORDS - budget.words
  }
  // An IPv4 segment takes three words here, a row two.
  const share = READER_WORDS / 16
  const starts = 1 + Math.floor((share - taken(words())) / 3)
  const part = words(starts, 1 + (share - taken(words(starts))) / 2)
  assert.equal(taken(part), share)
  const budget = { words: READER_WORDS }
  const cells = new Cells(ACTIONS, budget)
  for (let n = 0; n < 15; n += 1) assert.notEqual(cells.add(part), NOWHERE)
  const more = { words: share - 1 }
  assert.equal(new Cells(ACTIONS, more).add(part), NOWHERE)
  assert.equal(more.words, share - 1, 'what has no room takes none')
  assert.notEqual(cells.add(part), NOWHERE)
  assert.equal(budget.words, 0)
  assert.equal(cells.add(words()), NOWHERE)
})
