'use strict'

// The floor: a check in plain JavaScript over tables that fit it exactly. One service, one set of IPv4 and IPv6 starts
// that all principals share, rows of one bit for each action, and nothing that could depend on more. It reads IPv6
// addresses without a dotted part only, and answers no where it cannot answer.

const USERS = 1000
const ACTIONS = 238
const CLASSES = 64
const V4 = 601
const V6 = 61
const ROWS = 512
const ROW_WORDS = 8

function randomFrom(seed) {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

// Tables, and 4,096 requests: 4 of 100 with an IPv6 address, half of the others near a start.
function make(actionNames) {
  const random = randomFrom(0x2545f491)
  const below = (count) => random() % count
  const actions = actionNames.slice(0, ACTIONS)
  const users = Array.from({ length: USERS }, (_, i) => `user${i}`)
  const v4 = new Set([0])
  while (v4.size < V4) {
    const free = 32 - [12, 16, 20, 24, 24, 24, 28, 32][below(8)]
    const first = 0x01000000 + below(0xde000000)
    v4.add(Math.floor(first / 2 ** free) * 2 ** free)
    v4.add(((Math.floor(first / 2 ** free) + 1) * 2 ** free) % 2 ** 32)
  }
  const starts = Uint32Array.from(v4).sort()
  const highs = [...new Set([0, ...Array.from({ length: V6 - 1 }, () => (0x20000000 + (random() >>> 3)) >>> 0)])]
  const starts6 = Uint32Array.from(highs.sort((a, b) => a - b).flatMap((high) => [high, 0, 0, 0]))
  const segments = starts.length + starts6.length / 4
  const tables = {
    users, actions, starts, starts6, segments,
    classOf: Uint16Array.from(users, () => below(CLASSES)),
    rowOf: Uint16Array.from({ length: CLASSES * segments }, () => below(ROWS)),
    rows: Uint32Array.from({ length: ROWS * ROW_WORDS }, random),
  }
  const group = () => below(0x10000).toString(16)
  const address = () => {
    if (below(100) < 4) return [(0x2000 + below(0x1000)).toString(16), ...Array.from({ length: 7 }, group)].join(':')
    const near = below(2) === 0 ? random() : (starts[below(starts.length)] + below(256)) >>> 0
    return [24, 16, 8, 0].map((shift) => (near >>> shift) & 255).join('.')
  }
  const requests = Array.from({ length: 4096 }, () => [users[below(USERS)], actions[below(ACTIONS)], address()])
  return { tables, requests }
}

// Names by a hash of four characters that tell them apart, then one comparison.
class Sampled {
  constructor(names) {
    this.names = names
    this.mask = 2 ** Math.ceil(Math.log2(names.length * 8)) - 1
    const longest = Math.min(24, Math.max(...names.map((name) => name.length)))
    let most = -1
    for (let turn = 0; turn < 400; turn += 1) {
      const taken = turn === 0 ? [1, 2, 3, 4] : [0, 7, 14, 21].map((shift) => 1 + (((turn * 2654435761) >>> shift) % longest))
      const told = new Set(names.map((name) => `${name.length}:${taken.map((at) => name[name.length - at] ?? '').join('')}`))
      if (told.size > most) [most, [this.a, this.b, this.c, this.d]] = [told.size, taken]
    }
    this.slots = new Int16Array(this.mask + 1).fill(-1)
    names.forEach((name, i) => {
      let slot = this.hash(name)
      while (this.slots[slot] >= 0) slot = (slot + 1) & this.mask
      this.slots[slot] = i
    })
  }

  hash(name) {
    const n = name.length
    const a = n >= this.a ? name.charCodeAt(n - this.a) : 0
    const b = n >= this.b ? name.charCodeAt(n - this.b) : 0
    const c = n >= this.c ? name.charCodeAt(n - this.c) : 0
    const d = n >= this.d ? name.charCodeAt(n - this.d) : 0
    const hash = Math.imul(a | (b << 8) | (c << 16) | (d << 24), 0x9e3779b1) ^ Math.imul(n, 0x85ebca6b)
    return (hash ^ (hash >>> 15)) & this.mask
  }

  get(name) {
    for (let slot = this.hash(name); ; slot = (slot + 1) & this.mask) {
      const i = this.slots[slot]
      if (i < 0 || this.names[i] === name) return i
    }
  }
}

// -1 where the text is no IPv4 address.
function parse4(text) {
  const n = text.length
  if (n > 15 || n < 7) return -1
  let at = 0
  let value = 0
  for (let k = 0; ; k += 1) {
    let octet = text.charCodeAt(at) - 48
    at += 1
    if (octet >>> 0 > 9) return -1
    let next = at < n ? text.charCodeAt(at) - 48 : -2
    at += 1
    if (next >>> 0 < 10) {
      if (octet === 0) return -1
      octet = octet * 10 + next
      next = at < n ? text.charCodeAt(at) - 48 : -2
      at += 1
      if (next >>> 0 < 10) {
        octet = octet * 10 + next
        if (octet > 255) return -1
        next = at < n ? text.charCodeAt(at) - 48 : -2
        at += 1
      }
    }
    value = (value << 8) | octet
    if (next !== -2) return -1
    if (k === 3) return at > n ? value >>> 0 : -1
    if (at >= n) return -1
  }
}

// The highest word of an IPv6 address written with eight groups; the starts of the floor differ in it.
function high6(text) {
  const [a, b] = text.split(':', 2)
  return (Number.parseInt(a, 16) * 0x10000 + Number.parseInt(b, 16)) >>> 0
}

function check({ users, actions, starts, starts6, segments, classOf, rowOf, rows }) {
  const [byUser, byAction] = [new Sampled(users), new Sampled(actions)]
  const top = new Uint16Array(65537)
  let segment = 0
  for (let high = 0; high <= 65536; high += 1) {
    while (segment + 1 < starts.length && starts[segment + 1] <= high * 65536) segment += 1
    top[high] = segment
  }
  const base = Uint32Array.from(users, (_, i) => classOf[i] * segments)
  const segment6 = (text) => {
    const high = high6(text)
    let low = 0
    let end = starts6.length / 4
    while (end - low > 1) {
      const middle = (low + end) >>> 1
      if (starts6[4 * middle] <= high) low = middle
      else end = middle
    }
    return starts.length + low
  }
  return (principal, action, ip) => {
    const user = byUser.get(principal)
    const number = byAction.get(action)
    if (user < 0 || number < 0) return false
    const x = parse4(ip)
    let found
    if (x >= 0) {
      found = top[x >>> 16]
      const end = top[(x >>> 16) + 1]
      while (found < end && starts[found + 1] <= x) found += 1
    } else found = segment6(ip)
    return ((rows[rowOf[base[user] + found] * ROW_WORDS + (number >>> 5)] >>> (number & 31)) & 1) === 1
  }
}

// The same tables as cell words of each class (docs/cell-words.md).
function cellWords({ actions, starts, starts6, segments, rowOf, rows }, number) {
  const rowWords = Math.ceil(actions.length / 16)
  const of = (from, count) => Array.from({ length: count }, (_, i) => rowOf[number * segments + from + i])
  const words = [1, actions.length, rowWords, ROWS, starts.length, starts6.length / 4, 0]
  words.push(...starts, ...of(0, starts.length), ...starts6, ...of(starts.length, starts6.length / 4))
  for (let row = 0; row < ROWS; row += 1) {
    for (let word = 0; word < rowWords; word += 1) {
      let cells = 0
      for (let i = 0; i < 16 && 16 * word + i < actions.length; i += 1) {
        const action = 16 * word + i
        cells |= ((rows[row * ROW_WORDS + (action >>> 5)] >>> (action & 31)) & 1) << (2 * i)
      }
      words.push(cells >>> 0)
    }
  }
  return Uint32Array.from(words)
}

// What stands in for the add-on, so that a gate can be made of these tables.
function standIn(tables, allows) {
  const classes = new Map(tables.users.map((name, i) => [name, tables.classOf[i]]))
  const numbers = new Map(tables.actions.map((name, i) => [name, [0, i, tables.actions.length]]))
  return {
    allows: (principal, action, ip) => 2 * (classes.get(principal) + 1) + (allows(principal, action, ip) ? 1 : 0),
    action: (name) => numbers.get(name),
    cellWords: (signature) => cellWords(tables, signature),
  }
}

module.exports = { check, make, standIn }
