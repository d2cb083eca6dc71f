// JavaScript values as requests: what each becomes, and what is refused under which code and key.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import { GateError, RequestError, compile } from '../index.mjs'

const gate = compile(
  `
  set claims = "policies"
  set opaque = "cvm"
  use intlpartnersmgt
  policy reads { allow read }
  policy several {
    allow cvm:Text when k is "a"
    allow cvm:Number when k is 1.5
    allow cvm:Large when k is 123456789012345678901234567890
    allow cvm:Small when k < 0.000001
    allow cvm:Flag when k is true
    allow cvm:Date when k is 2026-01-01T00:00:00.5Z
    allow cvm:Time since 2026-01-01T00:00:00.25Z until 2026-01-01T00:00:00.251Z
    allow cvm:Absent when k is absent
    allow cvm:Place from 2001:db8::/32, 10.0.0.0/8
    allow cvm:Own on "qcs::cvm:::i/1", "qcs::cvm:::i/2"
    allow cvm:Name when k is "\${uin}"
  }
  group g { attach reads }
  user a { attach several }
  `,
)

const NAMES = { principal: 'user:a' }

function decided(action, given, expected) {
  const request = { ...NAMES, action: `cvm:${action}`, ...given }
  assert.equal(gate.check(request).allowed, expected, JSON.stringify(String(action)))
  const { principal, action: name, ip, ...extra } = request
  assert.equal(gate.allows(principal, name, ip, extra), expected)
  assert.deepEqual(gate.checkMany([request])[0].allowed, expected)
}

function refused(given, code, key) {
  const request = { ...NAMES, action: 'cvm:Text', ...given }
  const [answer] = gate.checkMany([request])
  assert.ok(answer instanceof RequestError, `${code}: ${JSON.stringify(answer)}`)
  assert.deepEqual([answer.code, answer.key], [code, key], answer.message)
  assert.throws(() => gate.check(request), { code, key, name: 'RequestError' })
  const { principal, action, ip, ...extra } = request
  assert.throws(() => gate.allows(principal, action, ip, extra), { code, key, name: 'RequestError' })
}

test('values of the context become what JSON would hold', () => {
  decided('Text', { context: { k: 'a' } }, true)
  decided('Text', { context: { k: ['b', 'a'] } }, true)
  decided('Text', { context: { k: 'b' } }, false)
  decided('Number', { context: { k: 1.5 } }, true)
  decided('Number', { context: { k: '1.50' } }, true)
  decided('Number', { context: { k: -1.5 } }, false)
  decided('Large', { context: { k: 123456789012345678901234567890n } }, true)
  decided('Large', { context: { k: 123456789012345678901234567891n } }, false)
  decided('Small', { context: { k: 1e-7 } }, true)
  decided('Small', { context: { k: -1e21 } }, true)
  decided('Small', { context: { k: 1e21 } }, false)
  decided('Small', { context: { k: -0 } }, true)
  decided('Flag', { context: { k: true } }, true)
  decided('Flag', { context: { k: false } }, false)
  decided('Date', { context: { k: new Date('2026-01-01T00:00:00.500Z') } }, true)
  decided('Date', { context: { k: new Date('2026-01-01T00:00:00.501Z') } }, false)
})

test('a Date is an instant to the millisecond', () => {
  decided('Time', { at: new Date('2026-01-01T00:00:00.250Z') }, true)
  decided('Time', { at: new Date('2026-01-01T00:00:00.251Z') }, false)
  decided('Time', { at: '2026-01-01T00:00:00.2505Z' }, true)
  decided('Time', { at: vm.runInNewContext('new Date("2026-01-01T00:00:00.250Z")') }, true)
  refused({ at: new Date(NaN) }, 'bad-time', 'at')
  refused({ at: new Date(8.64e15) }, 'bad-time', 'at')
  refused({ context: { k: new Date(NaN) } }, 'bad-context', 'k')
  refused({ ip: new Date(NaN) }, 'bad-request', 'ip')
  const broken = new Date(0)
  broken.toISOString = () => 7
  refused({ at: broken }, 'bad-time', 'at')
})

test('undefined is left out, null is the absence of an optional member', () => {
  const nothing = { ip: undefined, resource: undefined, context: undefined, at: undefined, account: undefined }
  decided('Absent', { ...nothing, groups: undefined, roles: undefined, policies: undefined }, true)
  decided('Absent', { ip: null, resource: null, at: null, groups: null, roles: null, policies: null }, true)
  decided('Absent', { context: { k: undefined } }, true)
  decided('Absent', { context: { k: [] } }, true)
  decided('Absent', { context: { k: 'x' } }, false)
  refused({ principal: undefined }, 'bad-request', 'principal')
  refused({ action: undefined }, 'bad-request', 'action')
  refused({ context: { k: null } }, 'bad-context', 'k')
  refused({ context: { k: [undefined] } }, 'bad-context', 'k')
  refused({ resource: [undefined] }, 'bad-request', 'resource')
})

test('plain objects of every kind are read by their own members', () => {
  decided('Text', { context: Object.assign(Object.create(null), { k: 'a' }) }, true)
  decided('Text', { context: new Proxy({ k: 'a' }, {}) }, true)
  decided('Text', { context: vm.runInNewContext('({ k: "a" })') }, true)
  decided('Text', { context: { get k() { return 'a' } } }, true)
  decided('Text', { context: JSON.parse('{"k": "a", "__proto__": "x"}') }, true)
  decided('Absent', { context: Object.defineProperty({}, 'k', { value: 'x', enumerable: false }) }, true)
  Object.prototype.ip = '10.0.0.1'
  try {
    assert.equal(gate.check({ ...NAMES, action: 'cvm:Place' }).allowed, false, 'inherited members play no part')
  } finally {
    delete Object.prototype.ip
  }
})

test('what no request can hold is refused where it stands', () => {
  class Own {
    k = 'a'
  }
  const foreign = [() => 'a', Symbol('a'), new Map([['k', 'a']]), new Set(['a']), new Own(), /a/, new Uint8Array(1)]
  const wrapped = [Object(1), Object('a'), Object(Symbol('a')), new Error('a'), Promise.resolve(1), new Proxy([], {})]
  const hidden = [new Proxy(new Map([['k', 'a']]), {}), new Proxy(() => 1, {}), Object.create({ k: 'a' })]
  for (const value of [...foreign, ...wrapped, ...hidden, NaN, Infinity, -Infinity, 1n << 4096n]) {
    refused({ context: { k: value } }, 'bad-context', 'k')
    refused({ context: { k: ['a', value] } }, 'bad-context', 'k')
    refused({ at: value }, 'bad-time', 'at')
    refused({ ip: value }, 'bad-request', 'ip')
    refused({ resource: ['*', value] }, 'bad-request', 'resource')
    refused({ account: { uin: value } }, 'bad-request', 'uin')
    refused({ principal: value }, 'bad-request', 'principal')
    refused({ unknown: value }, 'bad-request', 'unknown')
  }
  for (const value of [...foreign, ...wrapped, ...hidden]) refused({ context: value }, 'bad-context', 'context')
  refused({ context: { [Symbol('k')]: 'a' } }, 'bad-context', 'context')
})

test('the core says what is wrong with the form', () => {
  refused({ adress: '10.0.0.1' }, 'bad-request', 'adress')
  refused({ ip: 7 }, 'bad-request', 'ip')
  refused({ ip: '10.0.0' }, 'bad-address', 'ip')
  refused({ ip: '10.0.0.1/32' }, 'bad-address', 'ip')
  refused({ groups: 'g' }, 'bad-request', 'groups')
  refused({ account: { uin: 1 } }, 'bad-request', 'uin')
  refused({ account: { uid: '1' } }, 'bad-request', 'uid')
  refused({ context: [] }, 'bad-request', 'context')
  refused({ context: { k: {} } }, 'bad-context', 'k')
  refused({ context: { k: [[]] } }, 'bad-context', 'k')
  refused({ resource: [] }, 'bad-resource', 'resource')
  assert.throws(() => gate.allows('user:a', 'cvm:Text', '::1', { ip: '::1' }), { code: 'bad-request', key: 'ip' })
  assert.throws(() => gate.allows('user:a', 'cvm:Txt:', null, null), { code: 'unknown-action' })
})

test('a request is a plain object', () => {
  for (const whole of [undefined, null, 7, 'x', true, [], () => 1, new Map(), new Date(), Symbol('x'), NaN]) {
    assert.throws(() => gate.check(whole), { code: 'bad-request', key: 'request' })
    assert.ok(gate.checkMany([whole])[0] instanceof RequestError)
    if (whole == null) continue
    assert.throws(() => gate.allows('user:a', 'cvm:Text', null, whole), { code: 'bad-request', key: 'extra' })
  }
  assert.throws(() => gate.check(), { code: 'bad-request', key: 'request' })
  assert.throws(() => gate.allows(), { code: 'bad-request', key: 'principal' })
})

test('a lone surrogate is told and never replaced', () => {
  const lone = 'a\ud800'
  refused({ principal: lone }, 'bad-request', 'principal')
  refused({ action: lone }, 'bad-request', 'action')
  refused({ ip: lone }, 'bad-request', 'ip')
  refused({ at: lone }, 'bad-request', 'at')
  refused({ resource: [lone] }, 'bad-request', 'resource')
  refused({ context: { k: lone } }, 'bad-request', 'k')
  refused({ context: { [lone]: 'a' } }, 'bad-request', 'context')
  refused({ account: { uin: '\udc00' } }, 'bad-request', 'uin')
  assert.throws(() => gate.allows(lone, 'cvm:Text'), { code: 'bad-request', key: 'principal' })
  assert.throws(() => gate.allows('user:a', 'cvm:Text', lone), { code: 'bad-request', key: 'ip' })
  assert.throws(() => gate.check({ ...NAMES, action: 'cvm:Text', [lone]: 1 }), { code: 'bad-request', key: 'request' })
  assert.throws(() => gate.checkJson(`{"principal":"${lone}"}`), { code: 'bad-request', key: 'request' })
  assert.throws(() => compile(`// ${lone}`), { code: 'bad-option', key: 'text' })
  // Paired surrogates are a character.
  assert.equal(gate.check({ principal: 'user:😀', action: 'cvm:Text' }).reason, 'unknown-principal')
})

test('texts of every length arrive whole', () => {
  for (const length of [1, 46, 47, 48, 49, 93, 94, 95, 96, 97, 98, 1000]) {
    for (const unit of ['x', 'é', '😀']) {
      const name = unit.repeat(length)
      const set = compile(`policy p { allow cvm:A when k is "${name}" } user 1 { attach p }`, { opaque: 'cvm' })
      const told = (k) => set.check({ principal: 'user:1', action: 'cvm:A', context: { k } }).allowed
      assert.deepEqual([told(name), told(name + unit), told(name.slice(unit.length))], [true, false, false])
      assert.throws(() => set.allows('user:1', name), { code: 'unknown-action', message: new RegExp(unit) })
    }
  }
})

test('code of the host may throw while a request is read', () => {
  const throws = () => {
    throw new Error('of the host')
  }
  const trap = { get: throws, ownKeys: throws, getPrototypeOf: throws, getOwnPropertyDescriptor: throws }
  const list = ['a']
  Object.defineProperty(list, 1, { get: throws, enumerable: true })
  refused({ context: { get k() { return throws() } } }, 'bad-context', 'context')
  refused({ context: new Proxy({}, trap) }, 'bad-context', 'context')
  refused({ context: { k: list } }, 'bad-context', 'k')
  refused({ resource: list }, 'bad-request', 'resource')
  const late = new Date(0)
  late.toISOString = throws
  refused({ at: late }, 'bad-time', 'at')
  assert.throws(() => gate.check(new Proxy({}, trap)), { code: 'bad-request', key: 'request' })
  assert.throws(() => gate.check({ get principal() { return throws() } }), { code: 'bad-request', key: 'request' })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.throws(() => gate.check(proxy), { code: 'bad-request', key: 'request' })
  refused({ context: proxy }, 'bad-context', 'context')
})

test('a getter may ask the gate', () => {
  const context = { get k() { return gate.allows('user:a', 'cvm:Text') ? 'b' : 'a' } }
  decided('Text', { context }, true)
})

test('nesting and the number of values have limits', () => {
  const nested = (depth) => {
    let value = 'a'
    for (let i = 0; i < depth; i += 1) value = [value]
    return value
  }
  // The request and its context are the first two of 64.
  refused({ context: { k: nested(62) } }, 'bad-context', 'k')
  refused({ context: { k: nested(63) } }, 'bad-request', 'k')
  refused({ context: { k: nested(100_000) } }, 'bad-request', 'k')
  const round = {}
  round.k = round
  refused({ context: round }, 'bad-request', 'k')
  let doubled = ['a']
  for (let i = 0; i < 40; i += 1) doubled = [doubled, doubled]
  refused({ context: { k: doubled } }, 'bad-request', 'k')
  // REQUEST_VALUES: principal, action, the list and what is in it.
  decided('Text', { context: { k: Array(200_000 - 3).fill('a') } }, true)
  refused({ context: { k: Array(200_000 - 2).fill('a') } }, 'bad-request', 'k')
  refused({ context: { k: Array(4_294_967_295) } }, 'bad-context', 'k')
})

test('accounts and what a caller brings are handed on', () => {
  decided('Name', { context: { k: '7' }, account: { uin: '7' } }, true)
  decided('Name', { context: { k: '7' }, account: { uin: '8', owner_uin: null } }, false)
  decided('Own', { resource: 'qcs::cvm:::i/1' }, true)
  decided('Own', { resource: ['qcs::cvm:::i/1', 'qcs::cvm:::i/2'] }, true)
  decided('Own', { resource: ['qcs::cvm:::i/1', 'qcs::cvm:::i/3'] }, false)
  const request = { principal: 'user:nobody', action: 'QueryUser' }
  assert.equal(gate.check(request).reason, 'unknown-principal')
  assert.equal(gate.check({ ...request, groups: ['g'] }).reason, 'allow')
  assert.equal(gate.check({ ...request, policies: ['reads'] }).reason, 'allow')
  assert.throws(() => gate.check({ ...request, groups: ['h'] }), { code: 'unknown-group' })
  assert.throws(() => gate.check({ ...request, policies: ['h'] }), { code: 'unknown-policy' })
})

test('many requests stand in order, errors as values in their places', () => {
  function* requests() {
    yield { principal: 'user:a', action: 'cvm:Place', ip: '10.1.1.1' }
    yield { principal: 'user:a', action: 'cvm:Place', ip: 'x' }
    yield { principal: 'user:a', action: 'cvm:Place', ip: '2001:db8::1' }
    yield { principal: 'user:a', action: 'cvm:Place', ip: '::ffff:10.0.0.1' }
  }
  const answers = gate.checkMany(requests())
  assert.deepEqual(answers.map((one) => one.code ?? one.reason), ['allow', 'bad-address', 'allow', 'allow'])
  assert.ok(answers[1] instanceof GateError)
  assert.deepEqual(gate.checkMany([]), [])
})

test('a line of JSON is text', () => {
  assert.equal(gate.checkJson('{"principal":"user:a","action":"cvm:Absent"}').reason, 'allow')
  for (const line of ['', '{', '[]', '{"principal":"\\ud800","action":"cvm:A"}', undefined, null, {}, 7]) {
    assert.throws(() => gate.checkJson(line), { code: 'bad-request', key: 'request' })
  }
})
