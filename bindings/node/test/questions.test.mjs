// Questions about whole sets: the vectors that every language runs (tests/vectors/questions), and what JavaScript adds.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { GateError, compile, load } from '../index.mjs'
import { VECTORS, answer, options, written } from './suites.mjs'

const FOLDER = join(VECTORS, 'questions')
// What a question is asked about, which the methods take before their options.
const ABOUT = {
  what: ['principal'],
  who: ['action'],
  conflicts: ['pair'],
  forecast: ['since', 'until'],
  prove: ['asserts'],
  suggest: ['log'],
  lock: ['lock']
}
let asked = 0

function longList({ some, others }, found) {
  const wanted = [...some]
  for (const element of found) {
    if (wanted.length > 0 && same(element, wanted[0])) wanted.shift()
    else for (const [name, value] of Object.entries(others)) assert.deepEqual(element[name], value, JSON.stringify(element))
  }
  assert.deepEqual(wanted, [], 'is missing')
}

function same(one, other) {
  try {
    assert.deepEqual(one, other)
    return true
  } catch {
    return false
  }
}

function ask([gate, ...others], { question, options: given }) {
  const { ...beside } = given
  const about = (ABOUT[question] ?? []).map((name) => {
    const value = beside[name]
    delete beside[name]
    return value
  })
  const options = Object.keys(beside).length > 0 ? [beside] : []
  return gate[question](...others, ...about, ...options)
}

function expectRefusal(found, { code, key, nearest = [] }) {
  assert.ok(found instanceof GateError, `expected ${code}, found ${JSON.stringify(found)}`)
  assert.equal(found.code, code, found.message)
  if (key !== undefined) assert.equal(found.key, key)
  assert.deepEqual(found.nearest.slice(0, nearest.length), nearest)
}

function runCase(gates, one, folder) {
  asked += 1
  const told = answer(() => ask(gates, one))
  if (one.error !== undefined) return expectRefusal(told, one.error)
  if (told instanceof GateError) throw told
  const found = JSON.parse(JSON.stringify(told).replaceAll(`${folder}/`, ''))
  for (const [name, list] of Object.entries(one.lists ?? {})) {
    longList(list, found[name])
    delete found[name]
  }
  assert.deepEqual(found, one.answer)
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json')).sort()) {
  test(`vectors/questions/${file}`, async (t) => {
    for (const suite of JSON.parse(readFileSync(join(FOLDER, file), 'utf8')).suites) {
      const folder = written(suite)
      const gates = suite.sets.map((name) => load(join(folder, name), options(folder, suite.load)))
      for (const one of suite.cases) {
        if (!(one.languages ?? ['node']).includes('node')) continue
        await t.test(`${suite.name}: ${one.name}`, () => runCase(gates, one, folder))
      }
    }
  })
}

test('enough vectors ran', () => assert.ok(asked >= 20, `${asked} questions`))

test('values of JavaScript are options', () => {
  const gate = compile(`
    use intlpartnersmgt
    policy desk { allow PayOrders until 2027-01-01T00:00:00Z }
    user alice { attach desk }`)
  const told = gate.what('alice', { at: new Date(Date.UTC(2026, 0, 1)), ip: undefined, resource: null })
  assert.deepEqual([told.at, told.ip, told.resource], ['2026-01-01T00:00:00Z', null, null])
  assert.deepEqual(told.actions.filter((action) => action.answer !== 'never').map((action) => action.action), [
    'intlpartnersmgt:PayOrders',
  ])
  assert.deepEqual(gate.who('PayOrders', null), gate.who('PayOrders'))
  const slips = [[() => gate.what('alice', 7), 'options'], [() => gate.what(7), 'principal'], [() => gate.who(), 'action']]
  for (const [slip, key] of slips) {
    const found = answer(slip)
    assert.ok(found instanceof GateError)
    assert.deepEqual([found.code, found.key], ['bad-request', key])
  }
  assert.equal(answer(() => gate.what('alice', { at: new Date(NaN) })).code, 'bad-time')
})

test('two gates are compared, and nothing else', () => {
  const set = (from) => compile(`use intlpartnersmgt policy desk { allow PayOrders from ${from} } user alice { attach desk }`)
  const [gate, wider] = [set('203.0.113.0/24'), set('203.0.112.0/23')]
  assert.deepEqual(gate.diff(wider).changes[0].gains[0].on[0].always, ['203.0.112.0/24'])
  assert.deepEqual(wider.diff(gate, null).changes[0].losses[0].on[0].always, ['203.0.112.0/24'])
  assert.ok(gate.diff(gate, { principal: undefined }).empty)
  assert.deepEqual(gate.exposure(null), gate.exposure(wider).old)
  for (const other of [7, 'set.gate', {}, []]) {
    for (const question of ['diff', 'exposure', 'drift']) {
      const found = answer(() => gate[question](other))
      assert.ok(found instanceof GateError)
      assert.deepEqual([found.code, found.key], ['bad-request', question])
    }
  }
})

test('a lock is kept as text', () => {
  const gate = compile('use intlpartnersmgt policy p { allow Pay* } user 1 { attach p }')
  const told = gate.lock()
  assert.deepEqual(told.patterns.map((one) => [one.pattern, one.places[0].column]), [['intlpartnersmgt:Pay*', 38]])
  assert.ok(gate.lock(told.text).same)
  assert.deepEqual(gate.lock(null), told)
  const [{ added, removed }] = gate.lock(told.text.replace('PayOrders', 'PayBills')).changed
  assert.deepEqual([...added, ...removed].map((one) => one.action), ['intlpartnersmgt:PayOrders', 'intlpartnersmgt:PayBills'])
  for (const text of ['format = 2', 7]) {
    const found = answer(() => gate.lock(text))
    assert.ok(found instanceof GateError)
    assert.deepEqual([found.code, found.key], ['bad-request', 'lock'])
  }
  assert.deepEqual(gate.drift(gate).changes, [])
})

test('all actions at once are those that are allowed one by one', () => {
  const gate = load(fileURLToPath(new URL('../../../examples/partners', import.meta.url)))
  const names = gate.actionNames()
  assert.ok(names.length >= 238)
  let some = 0
  for (const principal of ['root', 'user:100001', 'user:100004', 'role:support', 'user:stranger']) {
    for (const ip of [undefined, null, '203.0.113.9', '198.51.100.130']) {
      const told = gate.actions(principal, ip)
      assert.deepEqual([...told], names.filter((name) => gate.allows(principal, name, ip)))
      const bits = gate.actionBits(principal, ip)
      assert.equal(bits.length, Math.ceil(names.length / 8))
      assert.deepEqual([...told], names.filter((_, at) => (bits[at >> 3] >> (at & 7)) & 1))
      some += Number(told.size > 0 && told.size < names.length)
    }
  }
  assert.ok(some >= 4)
  const slips = [['group:none', null, 'unknown-group'], [7, null, 'bad-request'], ['root', '10.0.0', 'bad-address']]
  for (const [principal, ip, code] of slips) assert.equal(answer(() => gate.actions(principal, ip)).code, code)
})
