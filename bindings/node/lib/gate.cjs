'use strict'

// The calls. The add-on hands a fault over as a value; here it is thrown. No rule lives here.

const { fileURLToPath } = require('node:url')
const native = require('../passgate.node')
const { decide, textRows } = require('./batch.cjs')
const { ASK } = require('./cells.cjs')
const { RequestError } = require('./errors.cjs')
const { fromFailure } = require('./failure.cjs')
const { Ids } = require('./ids.cjs')
const { Learned, UNKNOWN } = require('./learned.cjs')
const { Principal } = require('./principal.cjs')

const limits = native.readerLimits()
// An answer from here on holds the number of a signature: two more than twice that, and 1 where it is allowed.
const SIGNED = 2

function isFailure(answer) {
  return answer?.code !== undefined
}

function answered(answer) {
  if (isFailure(answer)) throw fromFailure(answer)
  return answer
}

function frozen(decision) {
  decision.statements.forEach(Object.freeze)
  Object.freeze(decision.statements)
  return Object.freeze(decision)
}

// A file URL as the path it names; anything else is left for the add-on to read or refuse.
function place(path) {
  if (path?.protocol !== 'file:') return path
  try {
    return fileURLToPath(path)
  } catch {
    return path
  }
}

function places(paths) {
  return Array.isArray(paths) ? paths.map(place) : place(paths)
}

function placed(options) {
  if (options?.catalogs === undefined && options?.boundary === undefined) return options
  return { ...options, catalogs: places(options.catalogs), boundary: places(options.boundary) }
}

class Gate {
  #native
  #learned
  #ids
  #names

  constructor(inner) {
    this.#native = inner
    this.#learned = new Learned(inner, limits)
    this.#ids = new Ids(this.#learned, limits, {
      principalNumber: (name) => answered(inner.principalNumber(name)),
      actionNumber: (name) => answered(inner.actionNumber(name)),
      allowsRows: (...columns) => answered(inner.allowsRows(...columns)),
    })
  }

  get diagnostics() {
    return answered(this.#native.diagnostics())
  }

  allows(principal, action, ip, extra) {
    if (extra === undefined || extra === null) {
      const answer = this.#learned.allows(principal, action, ip)
      if (answer !== UNKNOWN) return answer === 1
    }
    return this.#ask(principal, action, ip, extra)
  }

  #ask(principal, action, ip, extra) {
    const answer = this.#native.allows(principal, action, ip, extra)
    if (typeof answer !== 'number') throw fromFailure(answer)
    if (answer >= SIGNED) this.#learned.learn(principal, action, Math.floor(answer / 2) - 1)
    return answer % 2 === 1
  }

  principal(name) {
    answered(this.#native.signature(name))
    const ask = (principal, action, ip) => this.#ask(principal, action, ip)
    return new Principal(name, this.#learned, ask, (request) => this.check(request))
  }

  allowsMany(principals, actions, ips, errors) {
    const answers = new Uint8Array(textRows(principals, actions, ips)).fill(ASK)
    const addresses = ips ?? undefined
    this.#learned.allowsMany(principals, actions, addresses, answers)
    return decide(answers, errors, (row) => this.#ask(principals[row], actions[row], addresses?.[row]))
  }

  principalIds(names) {
    return this.#ids.principals(names, (name) => answered(this.#native.signature(name)))
  }

  actionIds(names) {
    return this.#ids.actions(names, (name) => answered(this.#native.action(name)))
  }

  allowsManyIds(principals, actions, ips, errors) {
    return this.#ids.decide(principals, actions, ips, errors, (principal, action, ip) => {
      const answer = this.#learned.allows(principal, action, ip)
      return answer === UNKNOWN ? this.#ask(principal, action, ip) : answer === 1
    })
  }

  check(request) {
    return frozen(answered(this.#native.check(request)))
  }

  checkMany(requests) {
    return Array.from(requests, (request) => {
      const answer = this.#native.check(request)
      return isFailure(answer) ? fromFailure(answer) : frozen(answer)
    })
  }

  checkJson(line) {
    return frozen(answered(this.#native.checkJson(line)))
  }

  actionNames() {
    this.#names ??= Object.freeze(answered(this.#native.actionNames()))
    return this.#names
  }

  actionBits(principal, ip) {
    return answered(this.#native.actionBits(principal, ip))
  }

  actions(principal, ip) {
    const bits = this.actionBits(principal, ip)
    return new Set(this.actionNames().filter((_, at) => (bits[at >> 3] >> (at & 7)) & 1))
  }

  // One entry for every question: what it is asked about, its options, and the gate that this one is compared with.
  #answer(question, about, options, other) {
    if (other !== undefined && other !== null && !(#native in Object(other))) {
      throw new RequestError('the other policy set is no gate', { code: 'bad-request', key: question })
    }
    return JSON.parse(answered(this.#native.answer(question, about, options, other?.#native)))
  }

  minimize(options) {
    return this.#answer('minimize', {}, options)
  }

  suggest(log, options) {
    return this.#answer('suggest', { log }, options)
  }

  what(principal, options) {
    return this.#answer('what', { principal }, options)
  }

  explain(request) {
    return this.#answer('explain', {}, request)
  }

  conflicts(pair) {
    return this.#answer('conflicts', { pair }, {})
  }

  forecast(since, until, options) {
    return this.#answer('forecast', { since, until }, options)
  }

  diff(other, options) {
    return this.#answer('diff', {}, options, other)
  }

  exposure(later) {
    return this.#answer('exposure', {}, {}, later)
  }

  drift(other) {
    return this.#answer('drift', {}, {}, other)
  }

  lock(lock) {
    return this.#answer('lock', { lock }, {})
  }

  roles(options) {
    return this.#answer('roles', {}, options)
  }

  who(action, options) {
    return this.#answer('who', { action }, options)
  }

  prove(asserts) {
    return this.#answer('prove', { asserts })
  }
}

function load(path, options) {
  return new Gate(answered(native.load(place(path), placed(options))))
}

async function loadAsync(path, options) {
  return new Gate(answered(await answered(native.loadAsync(place(path), placed(options)))))
}

function compile(text, options) {
  return new Gate(answered(native.compile(text, placed(options))))
}

module.exports = { Gate, Principal, load, loadAsync, compile, version: native.VERSION }
