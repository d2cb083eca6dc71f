'use strict'

// The calls. The add-on hands a fault over as a value; here it is thrown. No rule lives here.

const { fileURLToPath } = require('node:url')
const native = require('../passgate.node')
const { fromFailure } = require('./failure.cjs')

function isFailure(answer) {
  return answer.code !== undefined
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

  constructor(inner) {
    this.#native = inner
  }

  get diagnostics() {
    return answered(this.#native.diagnostics())
  }

  allows(principal, action, ip, extra) {
    const answer = this.#native.allows(principal, action, ip, extra)
    return typeof answer === 'boolean' ? answer : answered(answer)
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

module.exports = { Gate, load, loadAsync, compile, version: native.VERSION }
