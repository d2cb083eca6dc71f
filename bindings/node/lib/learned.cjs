'use strict'

// What the calls of a gate have taught: which action a text names, which signature a principal has, and the cells of
// signatures that are asked for again and again. Everything is learned from the core, after it has answered, and
// bounded (docs/limits.md); what is not known here is asked of the core.

const { readV4 } = require('./address.cjs')
const { ASK, CHUNK, Cells, NOWHERE, chunk } = require('./cells.cjs')
const { Names, NO_NAME } = require('./names.cjs')

// No answer: the core is asked.
const UNKNOWN = ASK

// A service with the places of its callers' cells: by the text of a principal, and by signature as far as they were
// asked for.
class Service {
  callers = new Names()
  signatures = new Map()

  constructor(number, actions, budget) {
    this.number = number
    this.cells = new Cells(actions, budget)
  }
}

// An action by its number in a service.
class Action {
  constructor(service, number) {
    this.service = service
    this.number = number
  }
}

class Learned {
  #native
  #limits
  #budget
  #services = new Map()
  #actionNames = new Names()
  #actions = []
  #calls = new Map()
  #callers = 0

  constructor(native, limits) {
    this.#native = native
    this.#limits = limits
    this.#budget = { words: limits.words }
  }

  // 1 or 0 where the cells alone give the answer, else UNKNOWN.
  allows(principal, action, ip) {
    if (typeof principal !== 'string') return UNKNOWN
    const known = this.action(action)
    if (known === undefined) return UNKNOWN
    const place = known.service.callers.get(principal)
    if (place === NO_NAME) return UNKNOWN
    return this.cell(place, known, ip)
  }

  // The action that a text names, where it was learned.
  action(text) {
    if (typeof text !== 'string') return undefined
    const number = this.#actionNames.get(text)
    return number === NO_NAME ? undefined : this.#actions[number]
  }

  // The same, learned now where it was not.
  actionOf(text) {
    return this.action(text) ?? this.#learnAction(text)
  }

  // The same as `allows` for the cells at a place.
  cell(place, action, ip) {
    const { cells } = action.service
    let row
    if (typeof ip === 'string') {
      row = cells.row(place, ip)
      if (row < 0) return UNKNOWN
    } else {
      if (ip !== undefined && ip !== null) return UNKNOWN
      row = cells.rowWithout(place)
    }
    return cells.answer(row, action.number)
  }

  // The same as `allows` for the rows of a batch; `answers` are ASK before, and stay so where they are not known.
  allowsMany(principals, actions, ips, answers) {
    for (let from = 0; from < answers.length; from += CHUNK) {
      const count = Math.min(CHUNK, answers.length - from)
      // Reading a column may run code of the host, which may ask for a batch of its own: that goes row by row.
      if (chunk.isTaken) this.#oneByOne(principals, actions, ips, answers, from, count)
      else this.#together(principals, actions, ips, answers, from, count)
    }
  }

  #oneByOne(principals, actions, ips, answers, from, count) {
    for (let row = from; row < from + count; row += 1) answers[row] = this.allows(principals[row], actions[row], ips?.[row])
  }

  #together(principals, actions, ips, answers, from, count) {
    let service
    chunk.isTaken = true
    try {
      service = this.#fill(principals, actions, ips, answers, from, count)
    } finally {
      chunk.isTaken = false
    }
    service?.cells.decide(count, answers, from)
  }

  // Fills the chunk with rows that have an IPv4 address and an action of one service, which it returns; answers others.
  #fill(principals, actions, ips, answers, from, count) {
    let service
    for (let i = 0; i < count; i += 1) {
      chunk.places[i] = NOWHERE
      const principal = principals[from + i]
      const known = this.action(actions[from + i])
      const ip = ips?.[from + i]
      if (known === undefined || typeof principal !== 'string') continue
      const place = known.service.callers.get(principal)
      if (place === NO_NAME) continue
      service ??= known.service
      if (known.service === service && typeof ip === 'string' && readV4(ip, chunk.ips, i)) {
        chunk.places[i] = place
        chunk.actions[i] = known.number
      } else answers[from + i] = this.cell(place, known, ip)
    }
    return service
  }

  // Learns from a call that the core has answered for a principal with a signature.
  learn(principal, action, signature) {
    const known = this.actionOf(action)
    if (known === undefined || known.service.callers.get(principal) !== NO_NAME) return
    const place = known.service.signatures.get(signature) ?? this.#fetch(known.service, signature)
    if (place === NOWHERE || this.#callers >= this.#limits.callers) return
    this.#callers += 1
    known.service.callers.add(principal, place)
  }

  #learnAction(text) {
    if (this.#actions.length >= this.#limits.actions) return undefined
    const found = this.#native.action(text)
    if (!Array.isArray(found)) return undefined
    const [number, place, actions] = found
    let service = this.#services.get(number)
    if (service === undefined) this.#services.set(number, (service = new Service(number, actions, this.#budget)))
    const action = new Action(service, place)
    this.#actionNames.add(text, this.#actions.length)
    this.#actions.push(action)
    return action
  }

  // The place of a signature's cells, once it was asked for often enough to fetch them.
  #fetch(service, signature) {
    const calls = (this.#calls.get(signature) ?? 0) + 1
    if (calls < this.#limits.calls) {
      if (this.#calls.size >= this.#limits.callers) this.#calls.clear()
      this.#calls.set(signature, calls)
      return NOWHERE
    }
    const words = this.#native.cellWords(signature, service.number)
    const place = words instanceof Uint32Array ? service.cells.add(words) : NOWHERE
    service.signatures.set(signature, place)
    return place
  }
}

module.exports = { Learned, UNKNOWN }
