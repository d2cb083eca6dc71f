"use strict"
// The check in plain JS over tables exported once by the Rust side.
class Table {
  constructor (bytes, names) {
    const ab = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    const h = new Uint32Array(ab, 0, 12)
    const view = (T, i) => new T(ab, h[2 * i], h[2 * i + 1] / T.BYTES_PER_ELEMENT)
    this.cls = view(Uint16Array, 0)
    this.starts = view(Uint32Array, 1)
    this.top = view(Uint16Array, 2)
    this.starts6 = view(Uint32Array, 3)
    this.rowmap = view(Uint16Array, 4)
    this.bits = view(Uint32Array, 5)
    this.n4 = this.starts.length
    this.nseg = this.n4 + this.starts6.length / 4
    const [us, ac] = names.split('\n\n').map(x => x.split('\n'))
    this.userNames = us; this.actionNames = ac
    this.users = new Map(us.map((u, i) => [u, this.cls[i] * this.nseg]))   // principal -> row base
    this.actions = new Map(ac.map((a, i) => [a, i]))
    this.us = new Sampled(us); this.as = new Sampled(ac); this.base = Uint32Array.from(us, (u, i) => this.cls[i] * this.nseg)
    this.usersObj = Object.assign(Object.create(null), Object.fromEntries(this.users))
    this.actionsObj = Object.assign(Object.create(null), Object.fromEntries(this.actions))
  }
  seg (x) {
    const t = x >>> 16, top = this.top, starts = this.starts
    let a = top[t]; const b = top[t + 1]
    while (a < b && starts[a + 1] <= x) a++
    return a
  }
  segBinary (x) {
    const starts = this.starts
    let lo = 0, hi = starts.length
    while (hi - lo > 1) { const m = (lo + hi) >>> 1; if (starts[m] <= x) lo = m; else hi = m }
    return lo
  }
  seg6 (s) {
    const w = parse6(s)
    if (w === null) return -1
    if (w[0] === 0 && w[1] === 0 && w[2] === 0xffff) return this.seg(w[3])
    const t = this.starts6
    let lo = 0, hi = t.length >>> 2
    while (hi - lo > 1) {
      const m = (lo + hi) >>> 1, j = m << 2
      let le = true
      for (let k = 0; k < 4; k++) if (t[j + k] !== w[k]) { le = t[j + k] < w[k]; break }
      if (le) lo = m; else hi = m
    }
    return this.n4 + lo
  }
  check (principal, action, ip) {
    const base = this.users.get(principal)
    if (base === undefined) return false
    const a = this.actions.get(action)
    if (a === undefined) return false
    const x = parse4(ip)
    const s = x >= 0 ? this.seg(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  checkBinary (principal, action, ip) {
    const base = this.users.get(principal)
    if (base === undefined) return false
    const a = this.actions.get(action)
    if (a === undefined) return false
    const x = parse4(ip)
    const s = x >= 0 ? this.segBinary(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  checkDict (principal, action, ip) {
    const base = this.usersObj[principal]
    if (base === undefined) return false
    const a = this.actionsObj[action]
    if (a === undefined) return false
    const x = parse4(ip)
    const s = x >= 0 ? this.seg(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  checkLoop (principal, action, ip) {
    const base = this.users.get(principal)
    if (base === undefined) return false
    const a = this.actions.get(action)
    if (a === undefined) return false
    const x = parse4loop(ip)
    const s = x >= 0 ? this.seg(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  // names found by a hash of a few characters, then one string comparison: V8's own string hash is never computed
  checkSampled (principal, action, ip) {
    const u = this.us.get(principal)
    if (u < 0) return false
    const a = this.as.get(action)
    if (a < 0) return false
    const x = parse4(ip)
    const s = x >= 0 ? this.seg(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[this.base[u] + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  checkSampledAction (principal, action, ip) {
    const base = this.users.get(principal)
    if (base === undefined) return false
    const a = this.as.get(action)
    if (a < 0) return false
    const x = parse4(ip)
    const s = x >= 0 ? this.seg(x) : this.seg6(ip)
    if (s < 0) return false
    return (this.bits[(this.rowmap[base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  checkObj (r) { return this.check(r.principal, r.action, r.ip) }
  decide (principal, action, ip) { const allowed = this.check(principal, action, ip); return { allowed, reason: allowed ? 1 : 0 } }
  checkIds (u, a, x) { return (this.bits[(this.rowmap[this.cls[u] * this.nseg + this.seg(x)] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1 }
  subject (p) { return new Subject(this, this.users.get(p)) }
}
class Sampled {
  constructor (names) {
    this.names = names
    this.mask = 1; while (this.mask < names.length * 8) this.mask <<= 1; this.mask--
    // four distances from the end that separate the names best
    let best = [1, 2, 3, 4], score = -1
    const max = Math.min(24, Math.max(...names.map(n => n.length)))
    for (let t = 0; t < 400; t++) {
      const d = t === 0 ? [1, 2, 3, 4] : [0, 0, 0, 0].map((_, k) => 1 + ((t * 2654435761 >>> (k * 7)) % max))
      const n = new Set(names.map(s => s.length + ':' + d.map(k => k <= s.length ? s[s.length - k] : '').join(''))).size
      if (n > score) { score = n; best = d }
    }
    [this.d0, this.d1, this.d2, this.d3] = best
    this.t = new Int16Array(this.mask + 1).fill(-1)
    names.forEach((s, i) => { let k = this.hash(s); while (this.t[k] >= 0) k = (k + 1) & this.mask; this.t[k] = i })
  }
  hash (s) {
    const n = s.length
    const c0 = n >= this.d0 ? s.charCodeAt(n - this.d0) : 0, c1 = n >= this.d1 ? s.charCodeAt(n - this.d1) : 0
    const c2 = n >= this.d2 ? s.charCodeAt(n - this.d2) : 0, c3 = n >= this.d3 ? s.charCodeAt(n - this.d3) : 0
    const h = Math.imul(c0 | c1 << 8 | c2 << 16 | c3 << 24, 0x9E3779B1) ^ Math.imul(n, 0x85EBCA6B)
    return (h ^ h >>> 15) & this.mask
  }
  get (s) {
    let k = this.hash(s)
    for (;;) {
      const i = this.t[k]
      if (i < 0 || this.names[i] === s) return i
      k = (k + 1) & this.mask
    }
  }
}
class Subject {
  constructor (t, base) { this.t = t; this.base = base }
  can (action, ip) {
    const t = this.t
    const a = t.actions.get(action)
    if (a === undefined) return false
    const x = parse4(ip)
    const s = x >= 0 ? t.seg(x) : t.seg6(ip)
    if (s < 0) return false
    return (t.bits[(t.rowmap[this.base + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  canId (a, x) { const t = this.t; return (t.bits[(t.rowmap[this.base + t.seg(x)] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1 }
}
function parse4loop (s) {
  const n = s.length
  if (n > 15 || n < 7) return -1
  let v = 0, o = 0, d = 0, dots = 0
  for (let i = 0; i < n; i++) {
    const c = s.charCodeAt(i) - 48
    if (c >>> 0 < 10) { if (d > 0 && o === 0) return -1; o = o * 10 + c; d++; if (o > 255) return -1 } else if (c === -2 && d > 0) { v = v << 8 | o; o = 0; d = 0; dots++ } else return -1
  }
  return dots === 3 && d > 0 ? (v << 8 | o) >>> 0 : -1
}
// octet by octet; at most one test per character
function parse4 (s) {
  const n = s.length
  if (n > 15 || n < 7) return -1
  let i = 0, v = 0
  for (let k = 0; ; k++) {
    let o = s.charCodeAt(i++) - 48
    if (o >>> 0 > 9) return -1
    let stop = -2
    if (i < n) {
      let c = s.charCodeAt(i++) - 48
      if (c >>> 0 < 10) {
        if (o === 0) return -1
        o = o * 10 + c
        if (i < n) {
          c = s.charCodeAt(i++) - 48
          if (c >>> 0 < 10) {
            o = o * 10 + c
            if (o > 255) return -1
            if (i < n) c = s.charCodeAt(i++) - 48; else c = -49
          }
        } else c = -49
      }
      stop = c
    } else stop = -49
    v = v << 8 | o
    if (k === 3) return stop === -49 ? v >>> 0 : -1
    if (stop !== -2 || i >= n) return -1
  }
}
const W6 = new Uint32Array(4), OUT6 = new Uint16Array(8)
function parse6 (s) {      // full form and one '::'; the mapped dotted form is left out of this benchmark
  const w = W6, out = OUT6
  let g = 0, gap = -1, v = 0, d = 0
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i)
    if (c === 58) {
      if (d > 0) { if (g > 7) return null; out[g++] = v; v = 0; d = 0; if (i === s.length - 1) return null; if (s.charCodeAt(i + 1) === 58) { if (gap >= 0) return null; gap = g; i++ } } else if (i === 0 && s.charCodeAt(1) === 58) { gap = 0; i++ } else return null
    } else {
      let h = c - 48
      if (h >>> 0 > 9) { h = (c | 32) - 97; if (h >>> 0 > 5) return null; h += 10 }
      if (++d > 4) return null
      v = v << 4 | h
    }
  }
  if (d > 0) { if (g > 7) return null; out[g++] = v }
  if (gap >= 0) { const tail = g - gap; for (let k = 0; k < tail; k++) { out[7 - k] = out[g - 1 - k]; if (g - 1 - k < 8 - tail) out[g - 1 - k] = 0 } for (let k = gap; k < 8 - tail; k++) out[k] = 0 } else if (g !== 8) return null
  for (let k = 0; k < 4; k++) w[k] = (out[2 * k] << 16 | out[2 * k + 1]) >>> 0
  return w
}
// The same as one closure over constants: no property loads, everything small enough to inline.
function makeCheck (T) {
  const { users, actions, top, starts, rowmap, bits, us, as, base } = T
  const check = (principal, action, ip) => {
    const b = users.get(principal), a = actions.get(action)
    if (b === undefined || a === undefined) return false
    const x = parse4(ip)
    let s
    if (x >= 0) {
      const t = x >>> 16
      s = top[t]; const e = top[t + 1]
      while (s < e && starts[s + 1] <= x) s++
    } else { s = T.seg6(ip); if (s < 0) return false }
    return (bits[(rowmap[b + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  const sampled = (principal, action, ip) => {
    const u = us.get(principal), a = as.get(action)
    if (u < 0 || a < 0) return false
    const x = parse4(ip)
    let s
    if (x >= 0) {
      const t = x >>> 16
      s = top[t]; const e = top[t + 1]
      while (s < e && starts[s + 1] <= x) s++
    } else { s = T.seg6(ip); if (s < 0) return false }
    return (bits[(rowmap[base[u] + s] << 3) + (a >>> 5)] >>> (a & 31) & 1) === 1
  }
  return { check, sampled }
}
module.exports = { makeCheck, Table, Subject, parse4, parse4loop, parse6 }
