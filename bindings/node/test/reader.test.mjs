// The reader in JavaScript against the core: on generated sets and requests both say the same, whichever way is asked.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { GateError, compile } from '../index.mjs'
import * as sets from './sets.mjs'

const require = createRequire(import.meta.url)
const native = require('../passgate.node')
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
