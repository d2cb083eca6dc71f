'use strict'

// A reader of cell words (docs/cell-words.md): what all policies of one signature say of the actions of one service, at
// every address. Words are looked through once, when they are added (`words.cjs`), and laid out anew with those of other
// signatures, as narrow as they can be; a look-up then stays in bounds and ends, whatever the words say.

const { readV4, readV6 } = require('./address.cjs')
const { compact, compactV6 } = require('./compact.cjs')
const { ASK, Rows } = require('./rows.cjs')
const { ROW, isTied, keyOf, restOf, wordBehind } = require('./segment.cjs')
const { Wide } = require('./wide.cjs')
const { isBefore, parts } = require('./words.cjs')

// A signature whose cells are not here.
const NOWHERE = -1

// The head of a signature: of its IPv4 segments the place of the index and the shift that leads to a slot of it, as one
// number, and the first segment; the same of its IPv6 segments; how many of those there are, the bits that their starts
// share, and where the starts lie; the row without an address.
//
// A segment is a word (`segment.cjs`). The index has for each slot how many segments of the signature begin before it.
const SLOTS = 0
const FIRST = 1
const SLOTS_V6 = 2
const FIRST_V6 = 3
const COUNT_V6 = 4
const SHARED_V6 = 5
const STARTS_V6 = 6
const NO_ADDRESS = 7
const OWN_HEAD = 8
// In a head beside the index: a slot holds more segments than are walked.
const CROWDED = 0x8000_0000 | 0
// In place of the index: the signature is a `Wide`.
const WIDE = CROWDED | 31
const PLACES_OF_INDEX = 2 ** 26
// Places of the index that a shift alone leads to, and that no signature has.
const UNUSED = 2
const FIRST_LENGTH = 1 << 10
// Segments of a slot up to which one is found by walking, in a batch by steps of 4, 2 and 1.
const WALKED = 7
// Rows of a batch that go through each step together.
const CHUNK = 256

// The rows of a chunk: places of the callers' cells, or NOWHERE for a row that is left; actions; IPv4 addresses.
// Whoever fills them calls nothing of the host before they are decided.
const places = new Int32Array(CHUNK)
const actions = new Int32Array(CHUNK)
const ips = new Uint32Array(CHUNK)
// What is found of each: the segment before the first that may hold it, the last that may, what is searched for.
const lows = new Int32Array(CHUNK)
const highs = new Int32Array(CHUNK)
const keys = new Int32Array(CHUNK)

// The address that was read last.
const number = new Uint32Array(1)
const sixteen = new Uint32Array(4)

// The same numbers in an array with room for so many and a few more: a batch may look behind the last.
function roomier(numbers, least) {
  if (numbers.length >= least + CHUNK) return numbers
  const larger = new numbers.constructor(2 * (least + CHUNK))
  larger.set(numbers)
  return larger
}

// Cells of signatures in one service.
class Cells {
  #actions
  #budget
  #headed = 0
  #indexed = UNUSED
  #segmented = 0
  #started = 0
  #rows
  #wide = []
  heads = new Int32Array(FIRST_LENGTH)
  index = new Uint16Array(FIRST_LENGTH)
  segments = new Uint32Array(FIRST_LENGTH)
  // Of each segment what its start has behind the bits of its word; of IPv6 segments that lies in `starts`.
  rests = new Uint16Array(FIRST_LENGTH)
  // IPv6 starts, four words each.
  starts = new Uint32Array(FIRST_LENGTH)
  // Words of rows; `rows.cjs` says what is in them.
  rows

  // Of a service with so many actions; `budget.words` is what may still be kept, here and elsewhere.
  constructor(actions, budget) {
    this.#actions = actions
    this.#budget = budget
    this.#rows = new Rows(actions)
    this.rows = this.#rows.words
    this.rowWords = this.#rows.width
    this.lastWord = this.rowWords - 1
    this.lastBit = actions & 31
  }

  // Adds the words of a signature: its place, or NOWHERE where there is no room.
  add(given) {
    const of = parts(given, this.#actions)
    const most = OWN_HEAD + 3 * (of.v4 + 1) + 6 * (of.v6 + 1) + 2 * of.rows * this.rowWords
    if (most > this.#budget.words) return NOWHERE
    this.#budget.words -= most
    const rows = this.#rows.add(given, of)
    this.rows = this.#rows.words
    const [v4, v6] = [compact(given, of, rows), compactV6(given, of, rows)]
    if (v4 === undefined || v6 === undefined || this.#indexed + v4.index.length + v6.index.length >= PLACES_OF_INDEX) {
      this.#wide.push(new Wide(given, of, rows))
      return this.#layHead([WIDE, this.#wide.length - 1, WIDE, 0, 0, 0, 0, rows[of.noAddress]])
    }
    const starts = this.#layStarts(given, of)
    const [first, slots] = this.#laySegments(v4)
    const [firstV6, slotsV6] = this.#laySegments(v6)
    return this.#layHead([slots, first, slotsV6, firstV6, of.v6, v6.shared, starts, rows[of.noAddress]])
  }

  #layHead(head) {
    const place = this.#headed
    this.#headed += OWN_HEAD
    this.heads = roomier(this.heads, this.#headed)
    this.heads.set(head, place)
    return place
  }

  // Where the segments of a family begin, and their index with its shift.
  #laySegments({ index, segments, rests, bits }) {
    const [first, at] = [this.#segmented, this.#indexed]
    this.#segmented += segments.length
    this.#indexed += index.length
    this.segments = roomier(this.segments, this.#segmented)
    this.rests = roomier(this.rests, this.#segmented)
    this.index = roomier(this.index, this.#indexed)
    this.segments.set(segments, first)
    this.rests.set(rests, first)
    this.index.set(index, at)
    const crowded = index.some((count, slot) => slot > 0 && count - index[slot - 1] > WALKED) ? CROWDED : 0
    return [first, crowded | (at << 5) | (32 - bits)]
  }

  #layStarts(given, { v6, v6Starts }) {
    const at = this.#started
    this.#started += 4 * v6
    this.starts = roomier(this.starts, this.#started)
    this.starts.set(given.subarray(v6Starts, v6Starts + 4 * v6), at)
    return at
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
    const slots = this.heads[at]
    if (slots < 0) return this.#rowOfCrowded(at, ip)
    const { index, segments } = this
    const slot = ((slots >>> 5) + (ip >>> slots)) | 0
    const before = (this.heads[(at + FIRST) | 0] - 1) | 0
    const base = (before + index[slot]) | 0
    const high = (before + index[(slot + 1) | 0]) | 0
    const key = keyOf(ip, slots)
    let low = base
    while (low < high && segments[(low + 1) | 0] <= key >>> 0) low = (low + 1) | 0
    const segment = segments[low]
    if (isTied(segment, key) && low !== base) return segments[this.#settled(low, base, key, restOf(ip, slots))] & ROW
    return segment & ROW
  }

  // Of segments whose word is that of the address, the last that begins at or before it.
  #settled(low, base, key, rest) {
    const { segments, rests } = this
    let at = low
    while (at !== base && isTied(segments[at], key) && rests[at] > rest) at -= 1
    return at
  }

  #rowOfCrowded(at, ip) {
    const { heads, index, segments, rests } = this
    const slots = heads[at] & ~CROWDED
    if (heads[at] === WIDE) return this.#wide[heads[at + FIRST]].rowV4(ip)
    const slot = (slots >>> 5) + (ip >>> slots)
    const before = heads[at + FIRST] - 1
    const key = keyOf(ip, slots) >>> 0
    const rest = restOf(ip, slots)
    let low = before + index[slot]
    let high = before + index[slot + 1]
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (segments[middle] <= key && !(isTied(segments[middle], key) && rests[middle] > rest)) low = middle
      else high = middle - 1
    }
    return segments[low] & ROW
  }

  // The row of the IPv6 address that was read. All starts but the first share some bits: what lies before them is in the
  // first segment, what lies behind them in the last.
  #rowV6(at) {
    const { heads, index, segments, starts } = this
    const slots = heads[at + SLOTS_V6] & ~CROWDED
    if (heads[at + SLOTS_V6] === WIDE) return this.#wide[heads[at + FIRST]].rowV6(sixteen)
    const first = heads[at + FIRST_V6]
    const count = heads[at + COUNT_V6]
    if (count === 1) return segments[first] & ROW
    const shared = heads[at + SHARED_V6]
    const from = heads[at + STARTS_V6]
    const side = this.#beside(from + 4, shared)
    if (side !== 0) return segments[side < 0 ? first : first + count - 1] & ROW
    const ip = wordBehind(sixteen, 0, shared)
    const slot = (slots >>> 5) + (ip >>> slots)
    const key = keyOf(ip, slots) >>> 0
    let low = first - 1 + index[slot]
    let high = first - 1 + index[slot + 1]
    const base = low
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (segments[middle] <= key) low = middle
      else high = middle - 1
    }
    while (low !== base && isTied(segments[low], key) && isBefore(sixteen, 0, starts, from + 4 * (low - first))) low -= 1
    return segments[low] & ROW
  }

  // 0 where the address that was read begins with the first bits of a start, else on which side of it it lies.
  #beside(start, shared) {
    for (let word = 0, bits = shared; bits > 0; word += 1, bits -= 32) {
      const [own, other] = [sixteen[word], this.starts[start + word]]
      if ((own ^ other) >>> Math.max(0, 32 - bits) !== 0) return own < other ? -1 : 1
    }
    return 0
  }

  // The row without an address.
  rowWithout(at) {
    return this.heads[at + NO_ADDRESS]
  }

  // What a row says of an action: ALLOW, DENY, or ASK where the core has to be asked.
  answer(row, action) {
    const { rows } = this
    const at = Math.imul(row, this.rowWords)
    const word = (at + (action >>> 5)) | 0
    const allowed = (rows[word] >>> action) & 1
    if (((rows[(at + this.lastWord) | 0] >>> this.lastBit) & 1) === 0) return allowed
    return (rows[(word + this.rowWords) | 0] >>> action) & 1 ? ASK : allowed
  }

  // Answers for `count` rows of a chunk, which begin at `from` in `answers`.
  //
  // Many rows take each step together, so that the processor fetches for all of them at once what it needs next. Loops
  // without calls, arrays that are constants and int32 sums without checks are what V8 makes fast code of.
  decide(count, answers, from) {
    if (this.#near(count)) return this.#oneByOne(count, answers, from)
    this.#search(count)
    this.#read(count, answers, from)
  }

  // Between which segments an address lies; true where some signature has too many in a slot.
  #near(count) {
    const { heads, index } = this
    let crowded = 0
    for (let i = 0; i < count; i += 1) {
      const at = places[i]
      if (at === NOWHERE) continue
      const ip = ips[i] | 0
      const slots = heads[at]
      crowded |= slots
      const slot = (((slots & ~CROWDED) >>> 5) + (ip >>> slots)) | 0
      const before = (heads[(at + FIRST) | 0] - 1) | 0
      lows[i] = (before + index[slot]) | 0
      highs[i] = (before + index[(slot + 1) | 0]) | 0
      keys[i] = keyOf(ip, slots)
    }
    return crowded < 0
  }

  #oneByOne(count, answers, from) {
    for (let i = 0; i < count; i += 1) {
      if (places[i] !== NOWHERE) answers[from + i] = this.answer(this.rowV4(places[i], ips[i]), actions[i])
    }
  }

  // The row of the last segment that begins at or before an address.
  #search(count) {
    const { segments, heads } = this
    for (let i = 0; i < count; i += 1) {
      if (places[i] === NOWHERE) continue
      const key = keys[i]
      const base = lows[i]
      const high = highs[i]
      let low = base
      low = (low + (reaches(segments[(low + 4) | 0] | 0, key, (high - low - 4) | 0) << 2)) | 0
      low = (low + (reaches(segments[(low + 2) | 0] | 0, key, (high - low - 2) | 0) << 1)) | 0
      low = (low + reaches(segments[(low + 1) | 0] | 0, key, (high - low - 1) | 0)) | 0
      let segment = segments[low] | 0
      if (isTied(segment, key) && low !== base) {
        segment = segments[this.#settled(low, base, key, restOf(ips[i] | 0, heads[places[i]] | 0))] | 0
      }
      lows[i] = segment & ROW
    }
  }

  #read(count, answers, from) {
    const { rows, rowWords, lastWord, lastBit } = this
    for (let i = 0; i < count; i += 1) {
      if (places[i] === NOWHERE) continue
      const action = actions[i]
      const at = Math.imul(lows[i], rowWords)
      const word = (at + (action >>> 5)) | 0
      const allowed = (rows[word] >>> action) & 1
      const open = (rows[(at + lastWord) | 0] >>> lastBit) & 1
      answers[(from + i) | 0] = open !== 0 && ((rows[(word + rowWords) | 0] >>> action) & 1) !== 0 ? ASK : allowed
    }
  }
}

// 1 where a segment's word is not above a key and it is one of those that are left, else 0; without a branch that could be
// guessed wrong.
function reaches(segment, key, left) {
  return 1 ^ (((~key & segment) | (~(key ^ segment) & (key - segment)) | left) >>> 31)
}

module.exports = { ASK, CHUNK, Cells, NOWHERE, chunk: { actions, ips, places, isTaken: false } }
