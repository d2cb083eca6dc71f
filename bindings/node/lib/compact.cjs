'use strict'

// Segments laid out narrowly, as `cells.cjs` searches them: a word each, an index before them.

const { EXACT, ROW, wordBehind } = require('./segment.cjs')

// Most segments of a family: an index counts them in 16 bits.
const MOST = 0xffff
// Most bits of an index; then nothing is left of an IPv4 address behind a segment's word.
const INDEX_BITS = 16

// The IPv4 segments of a signature; undefined where they are too many, or their rows have too large numbers.
function compact(given, { v4, v4Starts, v4Rows }, rows) {
  if (v4 > MOST) return undefined
  const starts = given.subarray(v4Starts, v4Starts + v4)
  return laid(starts, () => true, given.subarray(v4Rows, v4Rows + v4), rows, 0)
}

// The same of its IPv6 segments, by the 32 bits behind those that all starts but the first share. The first begins
// before all others whatever these bits say.
function compactV6(given, { v6, v6Starts, v6Rows }, rows) {
  if (v6 > MOST) return undefined
  const shared = sharedBits(given, v6Starts, v6)
  const at = (segment) => v6Starts + 4 * segment
  const starts = Uint32Array.from({ length: v6 }, (_, i) => (i === 0 ? 0 : wordBehind(given, at(i), shared)))
  const isWhole = (i) => i === 0 || isZeroBehind(given, at(i), shared + 32)
  const segments = laid(starts, isWhole, given.subarray(v6Rows, v6Rows + v6), rows, 1)
  return segments && { ...segments, shared }
}

// Segments whose starts are words, and whether nothing is set behind these; `before` segments begin before every slot.
function laid(starts, isWhole, rowOf, rows, before) {
  const bits = Math.min(INDEX_BITS, Math.max(1, Math.floor(Math.log2(starts.length))))
  const rest = 2 ** (INDEX_BITS - bits) - 1
  const segments = new Uint32Array(starts.length)
  const rests = new Uint16Array(starts.length)
  for (let i = 0; i < starts.length; i += 1) {
    const row = rows[rowOf[i]]
    if (row > ROW) return undefined
    rests[i] = starts[i] & rest
    const exact = rests[i] === 0 && isWhole(i) ? EXACT : 0
    segments[i] = (((starts[i] << bits) & ~0xffff) | exact | row) >>> 0
  }
  return { segments, rests, bits, index: indexOf(starts, bits, before) }
}

// For each slot how many segments begin before it, and at the end how many there are.
function indexOf(starts, bits, before) {
  const slots = 2 ** bits
  const index = new Uint16Array(slots + 1).fill(starts.length)
  for (let slot = 0, count = before; slot < slots; slot += 1) {
    while (count < starts.length && starts[count] < slot * 2 ** (32 - bits)) count += 1
    index[slot] = count
  }
  return index
}

// How many first bits all starts but the first share; at most 96, so that a word is left.
function sharedBits(given, v6Starts, count) {
  let shared = 96
  for (let i = 2; i < count; i += 1) {
    for (let word = 0; 32 * word < shared; word += 1) {
      const other = given[v6Starts + 4 + word] ^ given[v6Starts + 4 * i + word]
      if (other !== 0) shared = Math.min(shared, 32 * word + Math.clz32(other))
    }
  }
  return shared
}

// Whether no bit of a start is set from a bit on.
function isZeroBehind(given, at, bit) {
  for (let word = bit >>> 5; word < 4; word += 1) {
    const mask = word === bit >>> 5 ? 0xffff_ffff >>> (bit & 31) : 0xffff_ffff
    if ((given[at + word] & mask) !== 0) return false
  }
  return true
}

module.exports = { compact, compactV6 }
