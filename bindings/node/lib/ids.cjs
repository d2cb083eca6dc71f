'use strict'

// Principals and actions of a gate by number, for batches over typed arrays. A number is given out once for each text
// and holds for one gate.

const { ASK, CHUNK, NOWHERE, chunk } = require('./cells.cjs')
const { decide, idRows, refuse } = require('./batch.cjs')
const { NO_NAME } = require('./names.cjs')

// Rows from which on a batch is handed to the add-on: there rows are read faster, but a call costs as much as some hundred.
const MANY = 512
// Numbers that a batch of as many rows looks up anew in the core.
const NUMBERS_OF_ROW = 4

// Numbers for texts.
class Numbers {
  texts = []
  #numbers = new Map()
  // By number: the core's.
  #cores = new Uint32Array(0)
  #most
  #coreOf

  // `coreOf` gives the core's number of a text.
  constructor(most, coreOf) {
    this.#most = most
    this.#coreOf = coreOf
  }

  // The core's numbers, by those that were given out.
  get cores() {
    return this.#cores.subarray(0, this.texts.length)
  }

  // The numbers of texts; `read` is called with each that is new, and throws where it names nothing.
  of(column, texts, read) {
    if (!Array.isArray(texts)) refuse(column, 'is an array')
    return Uint32Array.from(texts, (text) => this.#numbers.get(text) ?? this.#add(column, text, read))
  }

  #add(column, text, read) {
    read(text)
    if (this.texts.length >= this.#most) refuse(column, `are more than ${this.#most} that a gate numbers`)
    const number = this.texts.length
    if (number >= this.#cores.length) {
      const larger = new Uint32Array(Math.max(64, 2 * number))
      larger.set(this.#cores)
      this.#cores = larger
    }
    this.#cores[number] = this.#coreOf(text)
    this.#numbers.set(text, number)
    this.texts.push(text)
    return number
  }
}

// The same list of numbers with room for one more at least.
function roomier(numbers) {
  const larger = new Int32Array(Math.max(64, 2 * numbers.length)).fill(NO_NAME)
  larger.set(numbers)
  return larger
}

class Ids {
  #principals
  #actions
  #learned
  #core
  #services = []
  // By number of the action: its service here, and its number there.
  #serviceOf = new Int32Array(0)
  #numberOf = new Int32Array(0)

  // `core` numbers principals and actions, and answers many rows.
  constructor(learned, limits, core) {
    this.#learned = learned
    this.#core = core
    this.#principals = new Numbers(limits.callers, (name) => core.principalNumber(name))
    this.#actions = new Numbers(limits.actions, (name) => core.actionNumber(name))
  }

  principals(names, read) {
    return this.#principals.of('principals', names, read)
  }

  actions(names, read) {
    return this.#actions.of('actions', names, (name) => {
      read(name)
      this.#addAction(this.#actions.texts.length, this.#learned.actionOf(name))
    })
  }

  #addAction(number, known) {
    if (number >= this.#serviceOf.length) {
      this.#serviceOf = roomier(this.#serviceOf)
      this.#numberOf = roomier(this.#numberOf)
    }
    if (known === undefined) return
    let service = this.#services.findIndex((one) => one.service === known.service)
    if (service < 0) service = this.#services.push({ service: known.service, places: new Int32Array(0) }) - 1
    this.#serviceOf[number] = service
    this.#numberOf[number] = known.number
  }

  // Answers for rows of numbers; `ask` is called for those that the cells do not answer.
  decide(principals, actions, ips, errors, ask) {
    const count = idRows(principals, actions, ips)
    const answers = this.#answers(count, principals, actions, ips)
    return decide(answers, errors, (row) => {
      const principal = this.#principals.texts[principals[row]] ?? refuse('principals', `has no number ${principals[row]}`)
      const action = this.#actions.texts[actions[row]] ?? refuse('actions', `has no number ${actions[row]}`)
      return ask(principal, action, dotted(ips[row]))
    })
  }

  // What is known without asking for single rows.
  #answers(count, principals, actions, ips) {
    const [who, what] = [this.#principals, this.#actions]
    const isMany = count >= MANY && count * NUMBERS_OF_ROW >= who.texts.length + what.texts.length
    if (isMany && ![principals, actions, ips].some(isShared) && isWithin(principals, who) && isWithin(actions, what)) {
      return this.#core.allowsRows(principals, actions, ips, who.cores, what.cores)
    }
    const answers = new Uint8Array(count).fill(ASK)
    if (count > 0) this.#read(principals, actions, ips, answers)
    return answers
  }

  // Reads the rows whose action is of the same service as that of the first one: mostly all.
  #read(principals, actions, ips, answers) {
    const serviceOf = this.#serviceOf
    const service = actions[0] < serviceOf.length ? serviceOf[actions[0]] : NOWHERE
    if (service === NOWHERE || chunk.isTaken) return
    const places = this.#placesIn(service)
    const numberOf = this.#numberOf
    const { cells } = this.#services[service].service
    for (let from = 0; from < answers.length; from += CHUNK) {
      const count = Math.min(CHUNK, answers.length - from)
      for (let i = 0; i < count; i += 1) {
        const principal = principals[(from + i) | 0]
        const action = actions[(from + i) | 0]
        const fits = principal < places.length && action < serviceOf.length && serviceOf[action] === service
        chunk.places[i] = fits ? places[principal] : NOWHERE
        chunk.actions[i] = numberOf[action]
        chunk.ips[i] = ips[(from + i) | 0]
      }
      cells.decide(count, answers, from)
    }
  }

  // The places of all numbered principals' cells in a service, those looked up again that were not found before.
  #placesIn(service) {
    const one = this.#services[service]
    const texts = this.#principals.texts
    while (one.places.length < texts.length) one.places = roomier(one.places)
    for (let i = 0; i < texts.length; i += 1) {
      if (one.places[i] === NO_NAME) one.places[i] = one.service.callers.get(texts[i])
    }
    return one.places
  }
}

// Another thread may write to it while it is read.
function isShared(column) {
  return column.buffer instanceof SharedArrayBuffer
}

// Whether all numbers of a column were given out.
function isWithin(column, numbers) {
  const { length } = numbers.texts
  for (let row = 0; row < column.length; row += 1) if (column[row] >= length) return false
  return true
}

function dotted(number) {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
}

module.exports = { Ids }
