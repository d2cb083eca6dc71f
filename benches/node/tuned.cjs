'use strict'

// What a careful person writes by hand: a map of actions for each policy, merged ranges, binary search. IPv6 addresses
// through ipaddr.js.

const ip = require('ipaddr.js')
const { actions } = require('./workload.cjs')

// The number of an IPv4 address, -1 where the text is none.
function v4(text) {
  let value = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i) - 48
    if (c >= 0 && c < 10) {
      octet = octet * 10 + c
      if (octet > 255) return -1
      digits = 1
    } else if (c === -2 && digits) {
      value = value * 256 + octet
      octet = 0
      digits = 0
      dots += 1
    } else return -1
  }
  return dots === 3 && digits ? value * 256 + octet : -1
}

function big(text) {
  return ip.parse(text).toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function merged(ranges) {
  ranges.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  const all = []
  for (const [low, high] of ranges) {
    const last = all[all.length - 1]
    if (last && low <= last[1]) last[1] = high > last[1] ? high : last[1]
    else all.push([low, high])
  }
  return all
}

function ranges(prefixes) {
  const [four, six] = [[], []]
  for (const prefix of prefixes) {
    const [address, length] = prefix.split('/')
    if (address.includes(':')) six.push([big(address), big(address) + (1n << BigInt(128 - length)) - 1n])
    else four.push([v4(address), v4(address) + 2 ** (32 - length) - 1])
  }
  const [m4, m6] = [merged(four), merged(six)]
  const column = (all, at) => all.map((range) => range[at])
  return {
    low: Float64Array.from(column(m4, 0)),
    high: Float64Array.from(column(m4, 1)),
    low6: column(m6, 0),
    high6: column(m6, 1),
  }
}

function inside(r, x, y) {
  const low = x >= 0 ? r.low : r.low6
  const high = x >= 0 ? r.high : r.high6
  const value = x >= 0 ? x : y
  let a = 0
  let z = low.length
  while (a < z) {
    const middle = (a + z) >> 1
    if (low[middle] <= value) a = middle + 1
    else z = middle
  }
  return a > 0 && value <= high[a - 1]
}

function pattern(text) {
  return new RegExp(`^${text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)
}

// By action: whether it is always allowed and denied, and the conditions under which it is.
function compiled(statements, names) {
  const entries = new Map()
  for (const { effect, actions: patterns, ip: test } of statements) {
    const condition = test ? { op: test.op === 'in', ranges: ranges(test.cidrs) } : null
    const deny = effect === 'deny' ? 1 : 0
    for (const action of new Set(patterns.flatMap(names))) {
      if (!entries.has(action)) entries.set(action, { always: [false, false], tests: [[], []] })
      const entry = entries.get(action)
      if (condition) entry.tests[deny].push(condition)
      else entry.always[deny] = true
    }
  }
  return entries
}

function make(workload) {
  const known = actions()
  const cache = new Map()
  const names = (one) => {
    if (!cache.has(one)) cache.set(one, known.filter((name) => pattern(one).test(name)))
    return cache.get(one)
  }
  const policies = new Map(workload.policies.map(({ id, statements }) => [id, compiled(statements, names)]))
  const principals = new Map()
  for (const [name, attached] of Object.entries(workload.principals)) principals.set(name, attached.map((id) => policies.get(id)))
  return function allows(principal, action, address) {
    const attached = principals.get(principal)
    if (!attached) return false
    const x = v4(address)
    const y = x < 0 ? big(address) : 0n
    let allowed = false
    for (const policy of attached) {
      const entry = policy.get(action)
      if (!entry) continue
      if (entry.always[1]) return false
      for (const test of entry.tests[1]) if (inside(test.ranges, x, y) === test.op) return false
      if (allowed) continue
      if (entry.always[0]) allowed = true
      else allowed = entry.tests[0].some((test) => inside(test.ranges, x, y) === test.op)
    }
    return allowed
  }
}

module.exports = { make }
