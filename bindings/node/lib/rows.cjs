'use strict'

// Rows: what is said of every action of one service, one bit each where all is settled. Signatures share equal rows.

// Answers. ASK stands for a cell that depends: the core is asked.
const DENY = 0
const ALLOW = 1
const ASK = 2
// Rows of one hash that are kept to be shared.
const SAME_HASH = 4
const EVEN = 0x5555_5555

class Rows {
  #count = 0
  #actions
  // By hash, the numbers of rows.
  #known = new Map()
  #new
  // A row is `width` words: a bit for each action that is allowed, and behind the last action a bit that says whether some
  // action depends. If one does, the next row has a bit for each that does.
  words
  width

  constructor(actions) {
    this.#actions = actions
    this.width = (actions >>> 5) + 1
    this.words = new Uint32Array(64 * this.width)
    this.#new = new Uint32Array(2 * this.width)
  }

  // The numbers of a signature's rows.
  add(given, { rows, rowWords, rowsAt }) {
    return Uint32Array.from({ length: rows }, (_, row) => {
      const depends = this.#read(given, rowsAt + row * rowWords, rowWords)
      const hash = hashed(this.#new)
      const found = this.#known.get(hash)?.find((number) => this.#is(number, depends))
      return found ?? this.#add(hash, depends)
    })
  }

  // Two bits of each action become one, and one more where it depends; true where some does.
  #read(given, from, rowWords) {
    const [row, { width }] = [this.#new.fill(0), this]
    for (let word = 0; word < rowWords; word += 1) {
      const [low, high] = [given[from + word] & EVEN, (given[from + word] >>> 1) & EVEN]
      const shift = 16 * (word & 1)
      row[word >>> 1] |= squeezed(low & ~high) << shift
      row[width + (word >>> 1)] |= squeezed(low & high) << shift
    }
    // What stands behind the last action means nothing.
    const last = (1 << (this.#actions & 31)) - 1
    row[width - 1] &= last
    row[2 * width - 1] &= last
    const depends = row.subarray(width).some((word) => word !== 0)
    if (depends) row[width - 1] |= last + 1
    return depends
  }

  #is(number, depends) {
    const [at, words] = [number * this.width, depends ? 2 * this.width : this.width]
    for (let i = 0; i < words; i += 1) if (this.words[at + i] !== this.#new[i]) return false
    return true
  }

  #add(hash, depends) {
    const number = this.#count
    this.#count += depends ? 2 : 1
    if (this.words.length < this.#count * this.width) {
      const larger = new Uint32Array(2 * this.#count * this.width)
      larger.set(this.words)
      this.words = larger
    }
    this.words.set(depends ? this.#new : this.#new.subarray(0, this.width), number * this.width)
    const others = this.#known.get(hash)
    if (others === undefined) this.#known.set(hash, [number])
    else if (others.length < SAME_HASH) others.push(number)
    return number
  }
}

// Every second bit of a word, side by side.
function squeezed(word) {
  let bits = word
  bits = (bits | (bits >>> 1)) & 0x3333_3333
  bits = (bits | (bits >>> 2)) & 0x0f0f_0f0f
  bits = (bits | (bits >>> 4)) & 0x00ff_00ff
  return (bits | (bits >>> 8)) & 0xffff
}

function hashed(words) {
  let hash = 0
  for (let i = 0; i < words.length; i += 1) hash = Math.imul(hash ^ words[i], 0x9e3779b1) ^ (hash >>> 15)
  return hash
}

module.exports = { ALLOW, ASK, DENY, Rows }
