'use strict'

// Names to numbers, for texts that are new in every call: V8 hashes the whole of such a text before a Map can look for
// it. Here a few characters are hashed, those that tell the names apart best, and the text found is compared once.

// Where characters are taken, counted from the end; 1 is the last.
const REACH = 32
const TAKEN = 4
// Names that are looked at to choose the places.
const SAMPLE = 256
const FIRST_SLOTS = 64
// Slots for each name, at least.
const ROOM = 4
// Slots that are looked at; names that find none of so many free lie in a Map.
const PROBES = 8
const NO_NAME = -1
// In a slot without a name: a text, so that texts are compared with texts. No name holds a lone surrogate; whoever asks
// for this one finds the number of no name.
const NOTHING = '\ud800'

function characterFrom(text, distance) {
  const at = text.length - distance
  return at >= 0 ? text.charCodeAt(at) : 0
}

// A copy of a text: one that was cut out of a longer text would keep that alive, and is slow to compare.
function own(text) {
  return Buffer.from(text, 'utf8').toString('utf8')
}

class Names {
  #texts
  #numbers
  #mask
  #rest = new Map()
  #known = []
  #numbered = []
  #a = 1
  #b = 2
  #c = 3
  #d = 4

  constructor() {
    this.#empty(FIRST_SLOTS)
  }

  get size() {
    return this.#known.length
  }

  // The number of a name, NO_NAME where there is none.
  get(text) {
    const length = text.length
    const a = length >= this.#a ? text.charCodeAt(length - this.#a) : 0
    const b = length >= this.#b ? text.charCodeAt(length - this.#b) : 0
    const c = length >= this.#c ? text.charCodeAt(length - this.#c) : 0
    const d = length >= this.#d ? text.charCodeAt(length - this.#d) : 0
    const hash = Math.imul(a ^ (b << 8) ^ (c << 16) ^ (d << 24), 0x9e3779b1) ^ Math.imul(length, 0x85ebca6b)
    const slot = (hash ^ (hash >>> 15)) & this.#mask
    const found = this.#texts[slot]
    if (found === text) return this.#numbers[slot]
    return found === NOTHING ? NO_NAME : this.#further(text, slot)
  }

  #further(text, first) {
    for (let i = 1; i < PROBES; i += 1) {
      const slot = (first + i) & this.#mask
      const found = this.#texts[slot]
      if (found === text) return this.#numbers[slot]
      if (found === NOTHING) return NO_NAME
    }
    return this.#rest.get(text) ?? NO_NAME
  }

  // Adds a name that is not there.
  add(given, number) {
    const text = own(given)
    this.#known.push(text)
    this.#numbered.push(number)
    if (this.#known.length * ROOM > this.#texts.length) this.#lay()
    else this.#place(text, number)
  }

  #empty(slots) {
    this.#texts = new Array(slots).fill(NOTHING)
    this.#numbers = new Int32Array(slots).fill(NO_NAME)
    this.#mask = slots - 1
    this.#rest.clear()
  }

  #lay() {
    this.#choose()
    this.#empty(2 * this.#texts.length)
    this.#known.forEach((text, i) => this.#place(text, this.#numbered[i]))
  }

  #place(text, number) {
    let slot = this.#slot(text)
    for (let i = 0; i < PROBES; i += 1) {
      if (this.#texts[slot] === NOTHING) {
        this.#texts[slot] = text
        this.#numbers[slot] = number
        return
      }
      slot = (slot + 1) & this.#mask
    }
    this.#rest.set(text, number)
  }

  #slot(text) {
    const [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d].map((distance) => characterFrom(text, distance))
    const hash = Math.imul(a ^ (b << 8) ^ (c << 16) ^ (d << 24), 0x9e3779b1) ^ Math.imul(text.length, 0x85ebca6b)
    return (hash ^ (hash >>> 15)) & this.#mask
  }

  // Chooses the places one after the other, each the one that tells most names apart together with those before it.
  #choose() {
    const step = Math.ceil(this.#known.length / SAMPLE)
    const sample = this.#known.filter((_, i) => i % step === 0)
    let classes = sample.map((text) => text.length)
    const chosen = []
    while (chosen.length < TAKEN) {
      let best = { distance: 1, count: -1, parts: classes }
      for (let distance = 1; distance <= REACH; distance += 1) {
        const parts = sample.map((text, i) => Math.imul(classes[i], 0x01000193) ^ characterFrom(text, distance))
        const count = new Set(parts).size
        if (count > best.count) best = { distance, count, parts }
      }
      chosen.push(best.distance)
      classes = best.parts
    }
    ;[this.#a, this.#b, this.#c, this.#d] = chosen
  }
}

module.exports = { Names, NO_NAME }
