'use strict'

// The segments of a signature that has too many of them, or too many rows, to be laid out narrowly: whole starts, whole
// numbers of rows, found by halving what an index leaves.

const { isBefore } = require('./words.cjs')

// Most bits of an index.
const INDEX_BITS = 16

class Wide {
  #starts
  #rowOf
  #index
  #shift
  #startsV6
  #rowOfV6

  constructor(given, { v4, v6, v4Starts, v4Rows, v6Starts, v6Rows }, rows) {
    this.#starts = given.slice(v4Starts, v4Starts + v4)
    this.#rowOf = given.slice(v4Rows, v4Rows + v4).map((row) => rows[row])
    this.#startsV6 = given.slice(v6Starts, v6Starts + 4 * v6)
    this.#rowOfV6 = given.slice(v6Rows, v6Rows + v6).map((row) => rows[row])
    this.#layIndex(Math.min(INDEX_BITS, Math.max(1, Math.floor(Math.log2(v4)))))
  }

  // For each value of some high bits the segment that the first such address lies in, and at the end the last segment.
  #layIndex(bits) {
    const [slots, last] = [2 ** bits, this.#starts.length - 1]
    this.#shift = 32 - bits
    this.#index = new Uint32Array(slots + 1).fill(last)
    for (let slot = 0, segment = 0; slot < slots; slot += 1) {
      while (segment < last && this.#starts[segment + 1] <= slot * 2 ** this.#shift) segment += 1
      this.#index[slot] = segment
    }
  }

  // The row of an IPv4 address.
  rowV4(ip) {
    const slot = ip >>> this.#shift
    let low = this.#index[slot]
    let high = this.#index[slot + 1]
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#starts[middle] <= ip) low = middle
      else high = middle - 1
    }
    return this.#rowOf[low]
  }

  // The row of an IPv6 address of four words.
  rowV6(words) {
    let low = 0
    let high = this.#rowOfV6.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (isBefore(words, 0, this.#startsV6, 4 * middle)) high = middle
      else low = middle
    }
    return this.#rowOfV6[low]
  }
}

module.exports = { Wide }
