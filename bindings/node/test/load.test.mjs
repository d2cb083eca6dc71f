// Loading: paths, options, errors as data, the answer's shape, and both entries of the package.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import * as passgate from '../index.mjs'

const { compile, load, loadAsync, Gate, GateError } = passgate
const require = createRequire(import.meta.url)

const folder = mkdtempSync(join(tmpdir(), 'passgate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function file(name, text) {
  const path = join(folder, name)
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text))
  return path
}

const SET = 'use intlpartnersmgt policy p { allow read from 10.0.0.1/8 deny QueryUser } user a { attach p }'
const set = file('set.gate', SET)
const shop = file('shop.json', { service: 'shop', version: '7', actions: [{ name: 'Buy' }] })
const boundary = file('limit.json', {
  version: '2.0',
  statement: [{ effect: 'allow', action: 'intlpartnersmgt:QueryArea', resource: '*' }],
})

function fails(call, code, key, nearest = []) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof GateError, error)
    assert.deepEqual([error.code, error.key, error.nearest], [code, key, nearest], error.message)
    return true
  })
}

test('both entries hold the same names and the same things', () => {
  const common = require('../index.cjs')
  const named = ({ default: _, ...names }) => names
  assert.deepEqual(named(passgate), common)
  assert.equal(require('passgate'), common)
  assert.equal(passgate.version, require('../package.json').version)
})

test('a set is loaded by path or file URL, at once or off the event loop', async () => {
  for (const path of [set, pathToFileURL(set)]) {
    assert.ok(load(path) instanceof Gate)
    const gate = await loadAsync(path)
    assert.ok(gate instanceof Gate)
    assert.equal(gate.allows('user:a', 'QueryArea', '10.1.1.1'), true)
  }
})

test('loadAsync does not hold the event loop', async () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `user u${i} { attach p }`)
  const large = file('large.gate', `policy p { allow * }\n${names.join('\n')}`)
  let turns = 0
  const timer = setInterval(() => (turns += 1), 0)
  const gates = await Promise.all([loadAsync(large), loadAsync(large)])
  clearInterval(timer)
  assert.ok(turns > 0, 'the event loop turned while the set was loading')
  assert.ok(gates.every((gate) => gate.allows('user:u19999', 'intlpartnersmgt:ForceQN')))
})

test('options are handed on', () => {
  assert.equal(load(set, { catalogs: [shop] }).check({ principal: 'root', action: 'Buy' }).catalog, '7')
  assert.equal(load(set, { catalogs: pathToFileURL(shop) }).check({ principal: 'root', action: 'Buy' }).catalog, '7')
  assert.equal(load(set, { opaque: '*' }).check({ principal: 'root', action: 'x:Y' }).catalog, null)
  assert.equal(load(set, { opaque: ['x'] }).allows('root', 'x:Y'), true)
  const owned = load(set, { opaque: 'x', owner: { uin: '5', uid: '6' } })
  assert.equal(owned.allows('root', 'x:Y', null, { resource: 'qcs::x::uid/6:i/1' }), true)
  assert.equal(owned.allows('root', 'x:Y', null, { resource: 'qcs::x::uid/7:i/1' }), false)
  const bounded = load(set, { boundary: [boundary] })
  assert.equal(bounded.check({ principal: 'user:a', action: 'QueryArea', ip: '10.0.0.1' }).reason, 'allow')
  assert.equal(bounded.check({ principal: 'user:a', action: 'GetTradeConfig', ip: '10.0.0.1' }).reason, 'boundary')
  const text = 'policy p { allow intlpartnersmgt:QueryUser from 10.0.0.0/8 } user a { attach p }'
  const asked = (options) => compile(text, options).allows('user:a', 'QueryUser', '10.0.0.1')
  assert.deepEqual([asked(), asked({ ipUnsupported: 'evaluate' })], [false, true])
  fails(() => asked({ ipUnsupported: 'refuse' }), 'bad-policy', null)
  for (const nothing of [undefined, null, {}, { owner: null, strict: undefined, boundary: null, catalogs: null }]) {
    assert.ok(load(set, nothing) instanceof Gate)
  }
})

test('an option of another name, type or value is refused', async () => {
  fails(() => load(set, { ipUnsuported: 'refuse' }), 'bad-option', 'ipUnsuported', ['ipUnsupported'])
  fails(() => load(set, { ipUnsupported: 'evaluated' }), 'bad-option', 'ip-unsupported', ['evaluate'])
  fails(() => load(set, { owner: { uni: '1' } }), 'bad-option', 'uni', ['uin'])
  for (const wrong of [7, true, () => 1, new Map(), Symbol('x'), '\ud800', [[]], { a: 1 }]) {
    fails(() => load(set, { catalogs: wrong }), 'bad-option', 'catalogs')
    fails(() => load(set, { boundary: [wrong] }), 'bad-option', 'boundary')
    fails(() => load(set, { opaque: wrong }), 'bad-option', 'opaque')
    fails(() => load(set, { owner: { uin: wrong } }), 'bad-option', 'owner')
    fails(() => load(set, { ipUnsupported: wrong }), 'bad-option', 'ipUnsupported')
    if (wrong !== true) fails(() => load(set, { strict: wrong }), 'bad-option', 'strict')
    fails(() => load(wrong), 'bad-option', 'path')
    if (wrong !== '\ud800') fails(() => compile(wrong), 'bad-option', 'text')
    await assert.rejects(loadAsync(wrong), { code: 'bad-option', key: 'path' })
  }
  for (const wrong of [7, 'strict', [], new Map(), () => 1]) fails(() => load(set, wrong), 'bad-option', 'options')
  fails(() => load(new URL('https://host.example/set')), 'bad-option', 'path')
  fails(() => load(new URL('file://host.example/set%2F')), 'bad-option', 'path')
  fails(() => load(), 'bad-option', 'path')
  fails(() => compile(), 'bad-option', 'text')
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  fails(() => load(set, { owner: proxy }), 'bad-option', 'owner')
})

test('each kind of fault has its class and its data', async () => {
  const kinds = [
    [() => load(join(folder, 'missing.gate')), passgate.FileError, 'bad-file'],
    [() => load(`${set}\0`), passgate.FileError, 'bad-file'],
    [() => load(file('set.txt', SET)), passgate.FileError, 'bad-file'],
    [() => load(set, { catalogs: file('no.json', '{}') }), passgate.CatalogError, 'bad-catalog'],
    [() => load(set, { opaque: 'A B' }), passgate.OptionError, 'bad-option'],
    [() => compile('policy p { allow Nothing }'), passgate.PolicyError, 'bad-policy'],
    [() => load(set).allows('user:a', 'QueryUsr'), passgate.RequestError, 'unknown-action'],
  ]
  for (const [call, kind, code] of kinds) {
    assert.throws(call, (error) => {
      assert.ok(error instanceof kind && error instanceof GateError && error instanceof Error, error)
      assert.deepEqual([error.code, error.name], [code, kind.name])
      assert.match(error.stack, new RegExp(`^${kind.name}: .*load\\.test\\.mjs`, 's'))
      return true
    })
  }
  await assert.rejects(loadAsync(join(folder, 'missing.gate')), { code: 'bad-file', name: 'FileError' })
  const [error] = load(set).checkMany([{ principal: 'user:a', action: 'QueryUsr' }])
  assert.equal(error.nearest[0], 'QueryUser')
  const made = new passgate.InternalError('x')
  assert.deepEqual([made.code, made.key, made.nearest, made.diagnostics], ['internal', null, [], []])
})

test('diagnostics are data', () => {
  const found = load(set).diagnostics.find((one) => one.code === 'host-bits-set')
  const place = { file: found.file, line: 1, column: 48, end_line: 1, end_column: 58 }
  assert.equal(found.file.endsWith('set.gate'), true)
  assert.deepEqual(
    { ...found, message: '', help: '', fixes: [] },
    { code: 'host-bits-set', level: 'warning', message: '', ...place, labels: [], notes: [], help: '', fixes: [], nearest: [] },
  )
  assert.deepEqual(found.fixes[0].edits, [{ text: '10.0.0.0/8', ...place }])
  assert.equal(typeof found.fixes[0].safe, 'boolean')
  assert.deepEqual(compile('policy p { allow * }').diagnostics.filter((one) => one.level === 'error'), [])
  assert.throws(() => compile('use intlpartnersmgt policy p { allow reads }'), (error) => {
    assert.equal(error.diagnostics[0].nearest[0], 'read')
    return true
  })
  assert.throws(() => compile('policy p { allow Nothing }\npolicy q { allow Nought }'), (error) => {
    assert.deepEqual(error.diagnostics.map((one) => [one.code, one.level, one.line]), [
      ['unknown-name', 'error', 1],
      ['unknown-name', 'error', 2],
    ])
    return true
  })
})

test('a decision is frozen data with the statements that decided', () => {
  const decision = load(set).check({ principal: 'user:a', action: 'QueryUser', ip: '10.0.0.1' })
  const [{ file: name }] = decision.statements
  assert.equal(name.endsWith('set.gate'), true)
  assert.deepEqual(decision, {
    allowed: false,
    reason: 'explicit-deny',
    catalog: '2025-08-06',
    statements: [{ policy: 'p', id: 'p#2', file: name, line: 1, column: 59 }],
    message: null,
  })
  const { statements } = decision
  for (const part of [decision, statements, statements[0]]) assert.ok(Object.isFrozen(part))
  assert.throws(() => (decision.allowed = true), TypeError)
  assert.throws(() => statements.push(1), TypeError)
})

test('a method torn from its gate throws and does not crash', () => {
  const { allows } = load(set)
  assert.throws(() => allows('root', 'QueryUser'), TypeError)
  assert.throws(() => Gate.prototype.check.call({}, {}), TypeError)
})
