'use strict'

// A reader of cell words (docs/cell-words.md): what all policies of one signature say of the actions of one service, at
// every address. Words are looked through once, when they are added, and laid out anew with those of other signatures;
// a look-up then stays in bounds and ends, whatever the words say.

const { CompiledError } = require('./errors.cjs')
const { readV4, readV6 } = require('./address.cjs')

const FORMAT = 1
// Words before the IPv4 starts.
const HEAD = 7
const CELLS_OF_WORD = 16
// A signature whose cells are not here.
const NOWHERE = -1
const ALLOW = 1
const DEPENDS = 3
// In place of an answer of many: the core is asked.
const ASK = 2

// The head of a signature: place of its index and the shift that leads to a slot of it, as one number; its first
// segment, the last of its IPv4 segments, how many IPv6 segments follow, where the lower words of their starts lie, the
// row without an address, and COARSE.
//
// The index has a slot for each value of some high bits of an IPv4 address: the segment that the first such address lies
// in, counted from the signature's first in steps of 2 ** COARSE, so that it has room in 16 bits. A signature is wide
// where a slot holds more than WALKED further segments, or where COARSE is not 0.
const SLOTS = 0
const FIRST = 1
const LAST_V4 = 2
const V6_COUNT = 3
const V6_LOWER = 4
const NO_ADDRESS = 5
const COARSE = 6
const OWN_HEAD = 8
const WIDE = 0x8000_0000 | 0
const PLACES_OF_INDEX = 2 ** 26
// Most bits of an index.
const INDEX_BITS = 16
const FIRST_LENGTH = 1 << 10
const NARROW_ROWS = 1 << 16
// Rows of one hash that are kept to be shared.
const SAME_HASH = 4
// Segments up to which one is found by walking. So many stand behind the last IPv4 segment once more, at the last
// address: a search in steps of 4, 2 and 1 then needs no end.
const WALKED = 7
const LAST_ADDRESS = 0xffff_ffff
// Rows of a batch that go through each step together.
const CHUNK = 256

// What each cell answers in a batch, two bits each: 0, ALLOW, 0, ASK.
const ANSWERS = (ALLOW << 2) | (ASK << 6)

// The rows of a chunk: places of the callers' cells, or NOWHERE for a row that is left; the first bit of the
// action's cell; IPv4 addresses. Whoever fills them calls nothing of the host before they are decided.
const places = new Int32Array(CHUNK)
const bits = new Int32Array(CHUNK)
const ips = new Uint32Array(CHUNK)
const found = new Int32Array(CHUNK)

// The address that was read last.
const number = new Uint32Array(1)
const sixteen = new Uint32Array(4)

function refuse(what) {
  throw new CompiledError(`cell words do not hold together: ${what}`, { code: 'bad-compiled' })
}

// The parts of words that hold together, for a service of so many actions.
function parts(words, actions) {
  if (words.length < HEAD) refuse('they are too few')
  const [format, width, rowWords, rows, v4, v6, noAddress] = words
  if (format !== FORMAT) refuse(`format ${format} is unknown`)
  if (width !== actions || rowWords !== Math.ceil(width / CELLS_OF_WORD)) refuse('rows are not as wide as the service')
  // Numbers below 2⁶⁴ as doubles: inexact where they are large, and then far from any length.
  if (HEAD + 2 * v4 + 5 * v6 + rows * rowWords !== words.length) refuse('their number is not that of the parts')
  if (v4 === 0 || v6 === 0 || rows === 0 || noAddress >= rows) refuse('a part is missing')
  const v4Rows = HEAD + v4
  const v6Starts = v4Rows + v4
  const v6Rows = v6Starts + 4 * v6
  return { rowWords, rows, v4, v6, noAddress, v4Rows, v6Starts, v6Rows, rowsAt: v6Rows + v6 }
}

function lookThrough(words, { rows, v4, v6, v4Rows, v6Starts, v6Rows }) {
  if (words[HEAD] !== 0) refuse('the IPv4 starts do not begin at 0')
  for (let i = 1; i < v4; i += 1) if (words[HEAD + i - 1] >= words[HEAD + i]) refuse('the IPv4 starts do not ascend')
  for (let i = 0; i < v4; i += 1) if (words[v4Rows + i] >= rows) refuse('an IPv4 segment has no row')
  for (let i = 0; i < 4; i += 1) if (words[v6Starts + i] !== 0) refuse('the IPv6 starts do not begin at 0')
  for (let i = 1; i < v6; i += 1) {
    const at = v6Starts + 4 * i
    if (!isBefore(words, at - 4, words, at)) refuse('the IPv6 starts do not ascend')
  }
  for (let i = 0; i < v6; i += 1) if (words[v6Rows + i] >= rows) refuse('an IPv6 segment has no row')
}

// Whether four words are a smaller number than four others.
function isBefore(a, i, b, j) {
  if (a[i] !== b[j]) return a[i] < b[j]
  if (a[i + 1] !== b[j + 1]) return a[i + 1] < b[j + 1]
  if (a[i + 2] !== b[j + 2]) return a[i + 2] < b[j + 2]
  return a[i + 3] < b[j + 3]
}

function hashed(words, from, count) {
  let hash = 0
  for (let i = from; i < from + count; i += 1) hash = Math.imul(hash ^ words[i], 0x9e3779b1) ^ (hash >>> 15)
  return hash
}

// The same numbers in an array with room for so many.
function roomier(numbers, least, Kind = numbers.constructor) {
  if (numbers.length >= least && Kind === numbers.constructor) return numbers
  const larger = new Kind(Math.max(least, 2 * numbers.length))
  larger.set(numbers)
  return larger
}

// Cells of signatures in one service. Every kind of number lies apart and as narrow as it can: what look-ups touch then
// stays in the processor's cache for many more signatures.
class Cells {
  #actions
  #budget
  #headed = 0
  #indexed = 0
  #segments = 0
  #lowers = 0
  #rowCount = 0
  // By hash, the numbers of rows.
  #rows = new Map()
  heads = new Int32Array(FIRST_LENGTH)
  index = new Uint16Array(FIRST_LENGTH)
  // Of each segment the first address, of IPv6 its highest word, and the number of its row.
  starts = new Uint32Array(FIRST_LENGTH)
  rowOf = new Uint16Array(FIRST_LENGTH)
  // The three lower words of the IPv6 starts.
  lowers = new Uint32Array(FIRST_LENGTH)
  rows = new Uint32Array(FIRST_LENGTH)

  // Of a service with so many actions; `budget.words` is what may still be kept, here and elsewhere.
  constructor(actions, budget) {
    this.#actions = actions
    this.#budget = budget
    this.rowWords = Math.ceil(actions / CELLS_OF_WORD)
  }

  // Adds the words of a signature: its place, or NOWHERE where there is no room.
  add(given) {
    const of = parts(given, this.#actions)
    lookThrough(given, of)
    const bits = Math.min(INDEX_BITS, Math.max(1, Math.floor(Math.log2(of.v4))))
    const segments = of.v4 + WALKED + of.v6
    const most = OWN_HEAD + 2 ** bits + 2 * segments + 3 * of.v6 + of.rows * of.rowWords
    if (most > this.#budget.words) return NOWHERE
    this.#budget.words -= most
    const rows = this.#rowNumbers(given, of)
    const first = this.#laySegments(given, of, rows)
    const lower = this.#layLower(given, of)
    const coarse = Math.max(0, Math.ceil(Math.log2(of.v4)) - 16)
    const index = this.#layIndex(given, of, bits, coarse)
    if (index >= PLACES_OF_INDEX) return NOWHERE
    const wide = coarse > 0 || this.#isCrowded(index, 2 ** bits) ? WIDE : 0
    return this.#layHead([wide | (index << 5) | (32 - bits), first, first + of.v4 - 1, of.v6, lower, rows[of.noAddress], coarse])
  }

  #layHead(head) {
    const place = this.#headed
    this.#headed += OWN_HEAD
    this.heads = roomier(this.heads, this.#headed)
    this.heads.set(head, place)
    return place
  }

  #laySegments(given, { v4, v6, v4Rows, v6Starts, v6Rows }, rows) {
    const first = this.#segments
    this.#segments += v4 + WALKED + v6
    this.starts = roomier(this.starts, this.#segments)
    this.rowOf = roomier(this.rowOf, this.#segments, this.#rowCount > NARROW_ROWS ? Uint32Array : this.rowOf.constructor)
    this.starts.set(given.subarray(HEAD, v4Rows), first)
    for (let i = 0; i < v4; i += 1) this.rowOf[first + i] = rows[given[v4Rows + i]]
    const last = first + v4
    this.starts.fill(LAST_ADDRESS, last, last + WALKED)
    this.rowOf.fill(this.rowOf[last - 1], last, last + WALKED)
    const firstV6 = last + WALKED
    for (let i = 0; i < v6; i += 1) {
      this.starts[firstV6 + i] = given[v6Starts + 4 * i]
      this.rowOf[firstV6 + i] = rows[given[v6Rows + i]]
    }
    return first
  }

  #layLower(given, { v6, v6Starts }) {
    const lower = this.#lowers
    this.#lowers += 3 * v6
    this.lowers = roomier(this.lowers, this.#lowers)
    for (let i = 0; i < v6; i += 1) {
      const at = v6Starts + 4 * i
      this.lowers.set(given.subarray(at + 1, at + 4), lower + 3 * i)
    }
    return lower
  }

  #layIndex(given, { v4 }, bits, coarse) {
    const index = this.#indexed
    const slots = 2 ** bits
    this.#indexed += slots + 1
    this.index = roomier(this.index, this.#indexed)
    let segment = 0
    for (let slot = 0; slot < slots; slot += 1) {
      const lowest = slot * 2 ** (32 - bits)
      while (segment + 1 < v4 && given[HEAD + segment + 1] <= lowest) segment += 1
      this.index[index + slot] = segment >>> coarse
    }
    this.index[index + slots] = (v4 - 1) >>> coarse
    return index
  }

  // Whether a slot holds more segments than are walked.
  #isCrowded(index, slots) {
    for (let slot = index; slot < index + slots; slot += 1) {
      if (this.index[slot + 1] - this.index[slot] > WALKED) return true
    }
    return false
  }

  // The number of each row of a signature. Signatures share rows.
  #rowNumbers(given, { rows, rowWords, rowsAt }) {
    return Uint32Array.from({ length: rows }, (_, row) => {
      const from = rowsAt + row * rowWords
      const hash = hashed(given, from, rowWords)
      for (const number of this.#rows.get(hash) ?? []) if (this.#isRow(number, given, from)) return number
      return this.#newRow(given.subarray(from, from + rowWords), hash)
    })
  }

  #isRow(number, given, from) {
    const at = number * this.rowWords
    for (let i = 0; i < this.rowWords; i += 1) if (this.rows[at + i] !== given[from + i]) return false
    return true
  }

  #newRow(row, hash) {
    const number = this.#rowCount
    this.#rowCount += 1
    this.rows = roomier(this.rows, this.#rowCount * this.rowWords)
    this.rows.set(row, number * this.rowWords)
    const others = this.#rows.get(hash)
    if (others === undefined) this.#rows.set(hash, [number])
    else if (others.length < SAME_HASH) others.push(number)
    return number
  }

  // The row of an address, of the signature at a place: -1 where the text is not read here.
  row(at, ip) {
    if (readV4(ip, number, 0)) return this.rowV4(at, number[0])
    if (!readV6(ip, sixteen)) return -1
    if (sixteen[0] === 0 && sixteen[1] === 0 && sixteen[2] === 0xffff) return this.rowV4(at, sixteen[3])
    return this.#rowV6(at)
  }

  // The row of an IPv4 address.
  rowV4(at, ip) {
    return this.rowOf[this.segmentV4(at, ip)]
  }

  // The segment of an IPv4 address.
  segmentV4(at, ip) {
    const slots = this.heads[at + SLOTS]
    if (slots < 0) return this.#segmentOfWide(at, ip)
    const { index, starts } = this
    const slot = ((slots >>> 5) + (ip >>> slots)) | 0
    const first = this.heads[at + FIRST]
    let low = (first + index[slot]) | 0
    const high = (first + index[(slot + 1) | 0]) | 0
    while (low < high && starts[(low + 1) | 0] <= ip) low = (low + 1) | 0
    return low
  }

  #segmentOfWide(at, ip) {
    const { heads, index, starts } = this
    const slots = heads[at + SLOTS] & ~WIDE
    const slot = (slots >>> 5) + (ip >>> slots)
    const first = heads[at + FIRST]
    const coarse = heads[at + COARSE]
    let low = first + (index[slot] << coarse)
    let high = Math.min(first + ((index[slot + 1] + 1) << coarse) - 1, heads[at + LAST_V4])
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (starts[middle] <= ip) low = middle
      else high = middle - 1
    }
    return low
  }

  // The row of the IPv6 address that was read.
  #rowV6(at) {
    const first = this.heads[at + LAST_V4] + 1 + WALKED
    let low = 0
    let high = this.heads[at + V6_COUNT]
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if (this.#isBefore(first + middle, this.heads[at + V6_LOWER] + 3 * middle)) high = middle
      else low = middle
    }
    return this.rowOf[first + low]
  }

  // Whether the IPv6 address that was read lies before a start.
  #isBefore(segment, lower) {
    const highest = this.starts[segment]
    if (sixteen[0] !== highest) return sixteen[0] < highest
    if (sixteen[1] !== this.lowers[lower]) return sixteen[1] < this.lowers[lower]
    if (sixteen[2] !== this.lowers[lower + 1]) return sixteen[2] < this.lowers[lower + 1]
    return sixteen[3] < this.lowers[lower + 2]
  }

  // The row without an address.
  rowWithout(at) {
    return this.heads[at + NO_ADDRESS]
  }

  // What a row says of the action whose cell begins at a bit of it.
  cell(row, bit) {
    return (this.rows[(Math.imul(row, this.rowWords) + (bit >>> 5)) | 0] >>> (bit & 31)) & 3
  }

  // Answers for `count` rows of a chunk, which begin at `from` in `answers`.
  //
  // Many rows take each step together, so that the processor fetches for all of them at once what it needs next. Loops
  // without calls, arrays that are constants and int32 sums without checks are what V8 makes fast code of.
  decide(count, answers, from) {
    if (this.#near(count)) this.#walk(count)
    this.#search(count)
    this.#read(count, answers, from)
  }

  // The first segment that may hold an address; true where some signature is wide.
  #near(count) {
    const { heads, index } = this
    let wide = 0
    for (let i = 0; i < count; i += 1) {
      const at = places[i]
      found[i] = NOWHERE
      if (at === NOWHERE) continue
      const slots = heads[at]
      wide |= slots
      const slot = (((slots & ~WIDE) >>> 5) + (ips[i] >>> slots)) | 0
      found[i] = (heads[(at + FIRST) | 0] + index[slot]) | 0
    }
    return wide < 0
  }

  // The segment itself, one row after the other.
  #walk(count) {
    for (let i = 0; i < count; i += 1) if (found[i] !== NOWHERE) found[i] = this.segmentV4(places[i], ips[i])
  }

  // The last segment that begins at or before an address.
  #search(count) {
    const starts = this.starts
    for (let i = 0; i < count; i += 1) {
      const ip = ips[i] | 0
      let low = found[i]
      if (low === NOWHERE) continue
      low = (low + (reaches(starts[(low + 4) | 0] | 0, ip) << 2)) | 0
      low = (low + (reaches(starts[(low + 2) | 0] | 0, ip) << 1)) | 0
      found[i] = (low + reaches(starts[(low + 1) | 0] | 0, ip)) | 0
    }
  }

  #read(count, answers, from) {
    const { rows, rowOf, rowWords } = this
    for (let i = 0; i < count; i += 1) {
      const segment = found[i]
      if (segment === NOWHERE) continue
      const bit = bits[i]
      const cell = (rows[(Math.imul(rowOf[segment], rowWords) + (bit >>> 5)) | 0] >>> (bit & 31)) & 3
      answers[(from + i) | 0] = (ANSWERS >>> (2 * cell)) & 3
    }
  }
}

// 1 where a start is not above an address, else 0; without a branch that could be guessed wrong.
function reaches(start, ip) {
  return 1 ^ (((~ip & start) | (~(ip ^ start) & (ip - start))) >>> 31)
}

module.exports = { CHUNK, Cells, chunk: { bits, ips, places }, ALLOW, ASK, DEPENDS, NOWHERE }
