// Batches: what columns may be, and what becomes of rows that cannot be answered.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestError, compile } from '../index.mjs'

const gate = compile(`
  set opaque = "cvm"
  use intlpartnersmgt
  policy p { allow PayOrders from 10.0.0.0/8 allow cvm:* allow QueryArea when mfa is true }
  user a { attach p }
`)
const numbers = (...all) => Uint32Array.from(all)
const TEN = 0x0a000001

function refused(call, key) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof RequestError, error)
    assert.deepEqual([error.code, error.key], ['bad-request', key], error.message)
    return true
  })
}

test('columns are of one kind and one length', () => {
  for (const wrong of [undefined, null, 'a', { length: 1, 0: 'a' }, new Set(['a']), new Uint32Array(1)]) {
    refused(() => gate.allowsMany(wrong, ['PayOrders'], [null]), 'principals')
    refused(() => gate.allowsMany(['a'], wrong, [null]), 'actions')
    if (wrong != null) refused(() => gate.allowsMany(['a'], ['PayOrders'], wrong), 'ips')
    refused(() => gate.principalIds(wrong), 'principals')
    refused(() => gate.actionIds(wrong), 'actions')
  }
  refused(() => gate.allowsMany(['a'], ['PayOrders', 'PayOrders'], [null]), 'actions')
  refused(() => gate.allowsMany(['a'], ['PayOrders'], []), 'ips')
  for (const wrong of [undefined, null, [0], new Int32Array(1), new Float64Array(1), new Proxy(numbers(0), {})]) {
    refused(() => gate.allowsManyIds(wrong, numbers(0), numbers(0)), 'principals')
    refused(() => gate.allowsManyIds(numbers(0), wrong, numbers(0)), 'actions')
    refused(() => gate.allowsManyIds(numbers(0), numbers(0), wrong), 'ips')
  }
  refused(() => gate.allowsMany(['a'], ['PayOrders'], [null], {}), 'errors')
  assert.equal(gate.allowsMany([], [], []).length, 0)
  assert.equal(gate.allowsManyIds(numbers(), numbers(), numbers()).length, 0)
})

test('addresses may be left out, all or some', () => {
  assert.deepEqual([...gate.allowsMany(['a', 'a'], ['cvm:X', 'PayOrders'])], [1, 0])
  assert.deepEqual([...gate.allowsMany(['a', 'a'], ['PayOrders', 'PayOrders'], ['10.0.0.1', undefined])], [1, 0])
})

test('a row that cannot be answered is an error, never a silent deny', () => {
  const principals = ['a', 'a', 'a', 7, 'a', 'a']
  const actions = ['PayOrders', 'PayOrder', 'PayOrders', 'PayOrders', Symbol('x'), 'PayOrders']
  const ips = ['10.0.0.1', '10.0.0.1', '10.0.0.01', null, null, {}]
  const errors = []
  assert.deepEqual([...gate.allowsMany(principals, actions, ips, errors)], [1, 0, 0, 0, 0, 0])
  assert.deepEqual(
    errors.map(({ row, error }) => [row, error.code, error.key]),
    [[1, 'unknown-action', 'action'], [2, 'bad-address', 'ip'], [3, 'bad-request', 'principal'], [4, 'bad-request', 'action'], [5, 'bad-request', 'ip']],
  )
  assert.throws(() => gate.allowsMany(principals, actions, ips), { code: 'unknown-action' })
})

test('numbers are those that the gate gave out', () => {
  const other = compile('policy p { allow * } user a { attach p }')
  const [a, nobody, again] = gate.principalIds(['a', 'nobody', 'a'])
  const [pay, opaque, area] = gate.actionIds(['PayOrders', 'cvm:X', 'QueryArea'])
  assert.equal(again, a)
  const answers = () => gate.allowsManyIds(numbers(a, nobody, a, a, a), numbers(pay, pay, opaque, area, pay), numbers(TEN, TEN, TEN, TEN, 0xffffffff))
  for (let call = 0; call < 40; call += 1) assert.deepEqual([...answers()], [1, 0, 1, 0, 0], `call ${call}`)
  const errors = []
  const wrong = gate.allowsManyIds(numbers(99, a, 0xffffffff), numbers(pay, 99, pay), numbers(TEN, TEN, TEN), errors)
  assert.deepEqual([...wrong], [0, 0, 0])
  assert.deepEqual(errors.map(({ row, error }) => [row, error.code, error.key]), [
    [0, 'bad-request', 'principals'],
    [1, 'bad-request', 'actions'],
    [2, 'bad-request', 'principals'],
  ])
  refused(() => other.allowsManyIds(numbers(a), numbers(pay), numbers(TEN)), 'principals')
  assert.throws(() => gate.actionIds(['PayOrders', 'PayOrder']), { code: 'unknown-action' })
  assert.throws(() => gate.principalIds(['group:none']), { code: 'unknown-group' })
})

test('many rows of numbers are answered as each of them alone, errors included', () => {
  const own = compile(`
    use intlpartnersmgt
    policy p { allow PayOrders, QueryArea from 10.0.0.0/8  deny QueryArea from 10.2.0.0/16  allow QueryOrgClient when mfa is true }
    group g { attach p } user a { attach p } user b { in g }
  `)
  const names = ['a', 'b', 'nobody', 'root', 'user:a']
  const actions = ['PayOrders', 'QueryArea', 'QueryOrgClient', 'intlpartnersmgt:PayOrders']
  const [who, what] = [own.principalIds(names), own.actionIds(actions)]
  const places = [TEN, 0x0a020001, 0x0b000000, 0xffffffff]
  const rows = []
  for (let turn = 0; turn < 8; turn += 1) {
    for (const [p] of names.entries()) for (const [a] of actions.entries()) for (const ip of places) rows.push([p, a, ip])
  }
  const column = (from, at, numbered) => Uint32Array.from(from, (row) => (numbered ? numbered[row[at]] : row[at]))
  const ask = (own, from, errors) => [...own.allowsManyIds(column(from, 0, who), column(from, 1, what), column(from, 2), errors)]
  assert.equal(rows.length, 640)
  const [together, alone] = [[], []]
  const expected = rows.flatMap((row) => ask(own, [row], alone))
  for (let round = 0; round < 3; round += 1) assert.deepEqual(ask(own, rows, []), expected)
  assert.deepEqual(ask(own, rows, together), expected)
  assert.equal(together.length, alone.length)
  const dotted = (ip) => [24, 16, 8, 0].map((shift) => (ip >>> shift) & 255).join('.')
  rows.forEach(([p, a, ip], row) => assert.equal(own.check({ principal: names[p], action: actions[a], ip: dotted(ip) }).allowed, expected[row] === 1))
  // A number that was not given out, and memory that others may write to, change no answer of the other rows.
  const wrong = rows.map(([p, a, ip], row) => (row === 40 ? [99, a, ip] : [p, a, ip]))
  const errors = []
  const numbered = Uint32Array.from(wrong, ([p]) => who[p] ?? 99)
  const answers = own.allowsManyIds(numbered, column(wrong, 1, what), column(wrong, 2), errors)
  assert.deepEqual([...answers], expected.map((one, row) => (row === 40 ? 0 : one)))
  assert.deepEqual(errors.map(({ row, error }) => [row, error.code]), [[40, 'bad-request']])
  const shared = new Uint32Array(new SharedArrayBuffer(4 * rows.length))
  shared.set(column(rows, 2))
  assert.deepEqual([...own.allowsManyIds(column(rows, 0, who), column(rows, 1, what), shared)], expected)
})

test('an array that only says that it holds such numbers is refused', () => {
  const small = Object.setPrototypeOf(new Uint8Array(80), Uint32Array.prototype)
  refused(() => gate.allowsManyIds(small, new Uint32Array(80), new Uint32Array(80)), 'principals')
})

test('a column that runs code while it is read changes no answer', () => {
  const inner = () => gate.allowsMany(['a', 'nobody'], ['PayOrders', 'PayOrders'], ['10.0.0.1', '10.0.0.1'])
  const rows = Array.from({ length: 300 }, () => '10.0.0.1')
  const ips = new Proxy(rows, { get: (target, key) => (key === '150' ? (inner(), '11.0.0.1') : Reflect.get(target, key)) })
  const column = (text) => rows.map(() => text)
  const answers = gate.allowsMany(column('a'), column('PayOrders'), ips)
  assert.deepEqual([...answers], rows.map((_, row) => (row === 150 ? 0 : 1)))
})
