'use strict'

// A segment as a word: 16 bits of its start, those after the bits that choose a slot of the index; EXACT where the start
// has no bit set behind them; the number of its row.

const EXACT = 0x8000
const ROW = 0x7fff
// What stands below the bits of an address in what is searched for: not below any segment with these bits.
const BELOW = 0xffff

// What is searched for: the bits of an address behind those of the slot, as many as a segment has.
function keyOf(ip, slots) {
  return (ip << -slots) | BELOW
}

// Whether a segment's start has the bits of a key, and more behind them that have to be looked at.
function isTied(segment, key) {
  return (segment ^ key) >>> 15 === 1
}

// What an IPv4 address has behind the bits of a segment; `slots` ends with the shift that leads to a slot, 16 at least.
function restOf(ip, slots) {
  return ip & ((1 << (slots & 15)) - 1)
}

// The 32 bits behind the first of an address of four words; at most 96.
function wordBehind(words, at, bits) {
  const [word, shift] = [at + (bits >>> 5), bits & 31]
  return shift === 0 ? words[word] : ((words[word] << shift) | (words[word + 1] >>> (32 - shift))) >>> 0
}

module.exports = { EXACT, ROW, isTied, keyOf, restOf, wordBehind }
