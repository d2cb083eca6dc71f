// The reader in JavaScript against the core: on generated sets and requests both say the same, whichever way is asked.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { GateError, compile } from '../index.mjs'
import * as sets from './sets.mjs'

const require = createRequire(import.meta.url)
const native = require('../passgate.node')
const { ASK, CHUNK, Cells, NOWHERE, chunk } = require('../lib/cells.cjs')
const { Learned, UNKNOWN } = require('../lib/learned.cjs')
const { CALLS, SEED = String(Date.now()) } = process.env
const LIMITS = native.readerLimits()
const ROUNDS = Number(CALLS ?? 120)

// `true`, `false`, or the code of the error.
function said(ask) {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof GateError)) throw error
    return error.code
  }
}

function requests(random, count) {
  return Array.from({ length: count }, () => [sets.principal(random), sets.action(random), sets.address(random)])
}

function learned(text, limits = {}) {
  const core = native.compile(text)
  const reader = new Learned(core, { ...LIMITS, calls: 1, ...limits })
  const ask = (principal, action, ip) => {
    const answer = core.allows(principal, action, ip)
    if (typeof answer !== 'number') return answer.code
    if (answer >= 2) reader.learn(principal, action, Math.floor(answer / 2) - 1)
    return answer % 2 === 1
  }
  return { reader, ask }
}

test('the reader gives the answer of the core or none', (t) => {
  const random = sets.randomFrom(Number(SEED))
  t.diagnostic(`seed ${SEED}: CALLS and SEED set others`)
  const counted = { requests: 0, read: 0, allowed: 0, errors: 0 }
  for (let round = 0; round < ROUNDS; round += 1) {
    const text = sets.set(random)
    const { reader, ask } = learned(text)
    for (const [principal, action, ip] of requests(random, 400)) {
      const expected = ask(principal, action, ip)
      const found = reader.allows(principal, action, ip)
      counted.requests += 1
      if (typeof expected === 'string') counted.errors += 1
      if (found === UNKNOWN) continue
      counted.read += 1
      counted.allowed += found
      const told = `${SEED}: ${JSON.stringify([principal, action, ip])} of\n${text}`
      assert.equal(found === 1, expected, told)
    }
  }
  t.diagnostic(JSON.stringify(counted))
  assert.ok(counted.read > counted.requests / 4, 'the reader answers much of what is asked')
  assert.ok(counted.allowed > counted.read / 50 && counted.allowed < (counted.read * 49) / 50, 'both answers occur')
  assert.ok(counted.errors > counted.requests / 50, 'errors occur')
})

test('every way to ask says the same', (t) => {
  const random = sets.randomFrom(Number(SEED) ^ 1)
  t.diagnostic(`seed ${SEED}`)
  for (let round = 0; round < ROUNDS / 12; round += 1) {
    const text = sets.set(random)
    const gate = compile(text)
    const rows = requests(random, 150)
    const expected = rows.map(([principal, action, ip]) => said(() => gate.check({ principal, action, ip }).allowed))
    for (let call = 0; call <= LIMITS.calls; call += 1) {
      rows.forEach(([principal, action, ip], row) => {
        const found = said(() => gate.allows(principal, action, ip))
        assert.equal(found, expected[row], `${SEED}, call ${call}: ${JSON.stringify(rows[row])} of\n${text}`)
      })
    }
    handles(gate, rows, expected)
    batch(gate, rows, expected)
    numbers(gate, rows, random)
  }
})

function handles(gate, rows, expected) {
  rows.forEach(([name, action, ip], row) => {
    let principal
    const refused = said(() => (principal = gate.principal(name)).name)
    if (principal === undefined) return assert.equal(typeof refused, 'string')
    const told = JSON.stringify(rows[row])
    assert.equal(said(() => principal.allows(action, ip)), expected[row], told)
    assert.equal(said(() => principal.check(action, ip).allowed), expected[row], told)
  })
}

function batch(gate, rows, expected) {
  const errors = []
  const column = (at) => rows.map((row) => row[at])
  const answers = gate.allowsMany(column(0), column(1), column(2), errors)
  const codes = new Map(errors.map(({ row, error }) => [row, error.code]))
  expected.forEach((one, row) => assert.equal(codes.get(row) ?? answers[row] === 1, one, JSON.stringify(rows[row])))
  const first = expected.findIndex((one) => typeof one === 'string')
  if (first >= 0) assert.equal(said(() => gate.allowsMany(column(0), column(1), column(2))), expected[first])
}

function numbers(gate, rows, random) {
  const known = rows.filter(([principal, action]) => typeof said(() => gate.principal(principal) && gate.allows('root', action)) !== 'string')
  const addresses = Uint32Array.from(known, () => random.bits())
  const principals = gate.principalIds(known.map(([principal]) => principal))
  const actions = gate.actionIds(known.map(([, action]) => action))
  const errors = []
  const answers = gate.allowsManyIds(principals, actions, addresses, errors)
  const codes = new Map(errors.map(({ row, error }) => [row, error.code]))
  known.forEach(([principal, action], row) => {
    const ip = sets.dotted(addresses[row])
    const expected = said(() => gate.check({ principal, action, ip }).allowed)
    assert.equal(codes.get(row) ?? answers[row] === 1, expected, JSON.stringify([principal, action, ip]))
  })
}

// What cells say: none, allow, deny, depends.
const SAID = [0, 1, 0, ASK]

// Words of segments with such starts, whose rows say: none, allow, deny, depends by turns.
function words(v4, v6) {
  const rows = [0, 1, 2, 3]
  const head = [1, 3, 1, rows.length, v4.length, v6.length, 1]
  const turns = (starts) => starts.map((_, i) => i % 4)
  return Uint32Array.from([...head, ...v4, ...turns(v4), ...v6.flat(), ...turns(v6), ...rows])
}

function ascending(random, count, next) {
  const all = new Set([0])
  while (all.size < count) all.add(next())
  return [...all].sort((a, b) => a - b)
}

test('every address finds its segment, however the starts lie', () => {
  const random = sets.randomFrom(Number(SEED) ^ 2)
  const bits = (count) => random.bits() >>> (32 - count)
  const lay = {
    one: ascending(random, 1),
    few: ascending(random, 9, () => bits(32)),
    many: ascending(random, 3000, () => bits(32)),
    crowded: ascending(random, 3000, () => (0xcb007100 + bits(12)) >>> 0),
    low: ascending(random, 200, () => bits(9)),
    last: ascending(random, 40, () => (0xffffffff - bits(6)) >>> 0),
    'too many for 16 bits': ascending(random, 150_000, () => bits(32)),
  }
  const v6 = [0, 1, 5, 9].flatMap((high) => [0, 3].map((low) => [high, 0, 7 * low, low]))
  for (const [name, v4] of Object.entries(lay)) {
    const cells = new Cells(3, { words: 1 << 22 })
    // Another signature before and one behind.
    const [, place] = [lay.few, v4, lay.low].map((starts) => cells.add(words(starts, v6)))
    const ips = Array.from({ length: 600 }, () => (random.chance(50) ? (random.pick(v4) + random.below(3) - 1) >>> 0 : bits(32)))
    ips.push(0, 1, 0xffffffff, 0xfffffffe)
    const expected = ips.map((ip) => SAID[lastAtOrBefore(v4, ip) % 4])
    ips.forEach((ip, i) => {
      const row = cells.row(place, sets.dotted(ip))
      assert.equal(cells.answer(row, 0), expected[i], `${SEED}: ${name}, ${sets.dotted(ip)}`)
      assert.equal(cells.row(place, `::ffff:${sets.dotted(ip)}`), row)
    })
    for (let from = 0; from < ips.length; from += CHUNK) together(cells, place, ips, expected, from)
    v6.forEach(([high, , third, low], i) => {
      const text = `${high.toString(16)}::${third.toString(16)}:0:${low}`.replace(/^/, '0:')
      assert.equal(cells.answer(cells.row(place, text), 0), SAID[i % 4], text)
    })
    assert.equal(cells.answer(cells.rowWithout(place), 0), 1)
  }
})

test('more rows than 16 bits can number', () => {
  const [count, actions, rowWords] = [70_000, 20, 2]
  const numbers = Array.from({ length: count }, (_, i) => i)
  // The row of a segment says its number, a bit for each action.
  const row = (i) => [0, 1].map((word) => numbers.slice(0, 16).reduce((all, bit) => all | (((i >>> (16 * word + bit)) & 1) << (2 * bit)), 0))
  const head = [1, actions, rowWords, count, count, 1, 0]
  const all = Uint32Array.from([...head, ...numbers, ...numbers, 0, 0, 0, 0, 0, ...numbers.flatMap(row)])
  const cells = new Cells(actions, { words: 1 << 22 })
  const small = cells.add(Uint32Array.from([1, actions, rowWords, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x5555, 0]))
  const place = cells.add(all)
  for (const i of [0, 1, 255, 65_535, 65_536, 65_537, 69_999]) {
    const found = cells.row(place, sets.dotted(i))
    const told = numbers.slice(0, actions).reduce((sum, action) => sum + cells.answer(found, action) * 2 ** action, 0)
    assert.equal(told, i)
  }
  assert.equal(cells.answer(cells.row(small, '10.0.0.1'), 0), 1, 'what was there before is there still')
})

// An IPv6 address of 128 bits as text.
function sixteen(number) {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((group) => ((number >> BigInt(16 * group)) & 0xffffn).toString(16)).join(':')
}

function wordsOf(number) {
  return [3, 2, 1, 0].map((word) => Number((number >> BigInt(32 * word)) & 0xffff_ffffn))
}

test('every IPv6 address finds its segment, whatever starts share', () => {
  const random = sets.randomFrom(Number(SEED) ^ 3)
  const wide = () => [0, 1, 2, 3].reduce((all) => (all << 32n) | BigInt(random.bits()), 0n)
  for (let round = 0; round < 60; round += 1) {
    // Starts under one prefix, some of them cut off so that they end in zeros, some next to others.
    const [shared, prefix] = [BigInt(random.below(127)), wide()]
    const under = () => ((prefix >> (128n - shared)) << (128n - shared)) | (wide() & ((1n << (128n - shared)) - 1n))
    const starts = new Set([0n])
    for (let i = random.below(400); i >= 0; i -= 1) {
      const free = BigInt(random.below(128))
      const start = (under() >> free) << free
      starts.add(start)
      if (random.chance(40)) starts.add(start + BigInt(1 + random.below(3)))
    }
    const sorted = [...starts].filter((start) => start < 1n << 128n).sort((a, b) => (a < b ? -1 : 1))
    const cells = new Cells(3, { words: 1 << 22 })
    cells.add(words([0, 7], [[0, 0, 0, 0], [0, 0, 0, 5]]))
    const place = cells.add(words([0], sorted.map(wordsOf)))
    const near = () => (random.pick(sorted) + BigInt(random.below(3) - 1) + (1n << 128n)) % (1n << 128n)
    for (let i = 0; i < 300; i += 1) {
      const ip = i % 3 === 0 ? near() : i % 3 === 1 ? under() : wide()
      if (ip >> 32n === 0xffffn) continue
      const segment = sorted.findLastIndex((start) => start <= ip)
      assert.equal(cells.answer(cells.row(place, sixteen(ip)), 0), SAID[segment % 4], `${SEED}: ${sixteen(ip)} of ${sorted}`)
    }
  }
})

test('starts that differ only behind the bits of a segment', () => {
  const random = sets.randomFrom(Number(SEED) ^ 4)
  for (let round = 0; round < 100; round += 1) {
    // Few slots, and in them groups of starts that are next to each other.
    const v4 = new Set([0])
    for (let i = random.below(12); i >= 0; i -= 1) {
      const start = (random.bits() >>> 0) & ~random.pick([0, 0xff, 0xffff])
      for (let j = random.below(4); j >= 0; j -= 1) v4.add(((start >>> 0) + random.below(40)) >>> 0)
    }
    const starts = [...v4].sort((a, b) => a - b)
    const cells = new Cells(3, { words: 1 << 22 })
    const place = cells.add(words(starts, [[0, 0, 0, 0]]))
    const ips = Array.from({ length: CHUNK }, () => (random.pick(starts) + random.below(50) - 5) >>> 0)
    const expected = ips.map((ip) => SAID[lastAtOrBefore(starts, ip) % 4])
    ips.forEach((ip, i) => assert.equal(cells.answer(cells.rowV4(place, ip), 0), expected[i], `${SEED}: ${ip} of ${starts}`))
    together(cells, place, ips, expected, 0)
  }
})

test('a column that asks for a batch while it is read', () => {
  const gate = compile('use intlpartnersmgt policy p { allow PayOrders from 10.0.0.0/8 } user a { attach p }')
  const [ips, wanted] = [['10.0.0.1', '11.0.0.1', '10.0.0.2'], [1, 0, 1]]
  const rows = ips.map(() => 'a')
  const names = ips.map(() => 'PayOrders')
  for (let call = 0; call < LIMITS.calls; call += 1) gate.allows('a', 'PayOrders', '10.0.0.1')
  const [ids, actions] = [gate.principalIds(rows), gate.actionIds(names)]
  let asked = 0
  const asking = new Proxy(rows, {
    get(target, key) {
      if (key === '1') {
        asked += 1
        assert.deepEqual([...gate.allowsMany(rows, names, ['11.0.0.1', '10.0.0.9', '10.0.0.9'])], [0, 1, 1])
        assert.deepEqual([...gate.allowsManyIds(ids, actions, Uint32Array.of(0x0a000001, 0, 0))], [1, 0, 0])
      }
      return target[key]
    },
  })
  assert.deepEqual([...gate.allowsMany(asking, names, ips)], wanted)
  assert.equal(asked > 0, true)
  const thrown = new Proxy(rows, { get: (target, key) => { if (key === '1') throw new RangeError('no'); return target[key] } })
  assert.throws(() => gate.allowsMany(thrown, names, ips), RangeError)
  assert.deepEqual([...gate.allowsMany(rows, names, ips)], wanted, 'what was left half done is over')
})

function lastAtOrBefore(starts, ip) {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (starts[middle] <= ip) low = middle
    else high = middle
  }
  return low
}

function together(cells, place, ips, expected, from) {
  const count = Math.min(CHUNK, ips.length - from)
  const answers = new Uint8Array(ips.length).fill(9)
  for (let i = 0; i < count; i += 1) {
    chunk.places[i] = i % 7 === 3 ? NOWHERE : place
    chunk.ips[i] = ips[from + i]
    chunk.actions[i] = 0
  }
  cells.decide(count, answers, from)
  for (let i = 0; i < count; i += 1) assert.equal(answers[from + i], i % 7 === 3 ? 9 : expected[from + i])
}

test('what the reader keeps is bounded', () => {
  const users = Array.from({ length: 40 }, (_, i) => `user u${i} { attach ${i % 2 ? 'p' : 'q'} }`)
  const text = `use intlpartnersmgt policy p { allow read from 10.0.0.0/8 } policy q { allow write } ${users.join(' ')}`
  const ask = (limits) => {
    const { reader, ask: core } = learned(text, limits)
    for (const action of ['QueryUser', 'PayOrders', 'intlpartnersmgt:PayOrders']) {
      for (let i = 0; i < 40; i += 1) core(`u${i}`, action, '10.0.0.1')
    }
    const answers = users.map((_, i) => reader.allows(`u${i}`, 'PayOrders', '10.0.0.1'))
    return answers.map((answer) => answer !== UNKNOWN).filter(Boolean).length
  }
  assert.equal(ask({}), 40)
  assert.equal(ask({ callers: 7 }), 7)
  assert.equal(ask({ actions: 1 }), 0, 'the second action is not learned')
  assert.equal(ask({ words: 16 }), 0, 'no cells have room')
  assert.equal(ask({ words: 60 }), 20, 'the cells of one signature have room')
  assert.equal(ask({ calls: 70 }), 0, 'each signature was asked for 60 times')
  assert.equal(ask({ calls: 60 }) > 0, true)
})

test('a name is compared, not only hashed', () => {
  const users = Array.from({ length: 3000 }, (_, i) => `u${i}${'x'.repeat(40)}${i % 7}`)
  const text = `policy p { allow * } ${users.map((name) => `user ${name} { ${name.endsWith('3') ? '' : 'attach p'} }`).join(' ')}`
  const { reader, ask } = learned(text)
  for (const name of users) ask(name, 'intlpartnersmgt:PayOrders', null)
  for (const name of users) {
    assert.equal(reader.allows(name, 'intlpartnersmgt:PayOrders', null), name.endsWith('3') ? 0 : 1)
    assert.equal(reader.allows(name.replace('x', 'y'), 'intlpartnersmgt:PayOrders', null), UNKNOWN)
    assert.equal(reader.allows(`${name} `, 'intlpartnersmgt:PayOrders', null), UNKNOWN)
  }
})
