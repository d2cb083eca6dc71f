'use strict'

// A principal resolved once for many checks.

const { UNKNOWN } = require('./learned.cjs')

class Principal {
  #name
  #ask
  #check
  #learned
  #service
  #place

  // `ask` and `check` are the gate's, for what the cells do not answer.
  constructor(name, learned, ask, check) {
    this.#name = name
    this.#learned = learned
    this.#ask = ask
    this.#check = check
  }

  get name() {
    return this.#name
  }

  allows(action, ip) {
    const known = this.#learned.action(action)
    if (known !== undefined) {
      if (known.service !== this.#service) this.#find(known.service)
      if (known.service === this.#service) {
        const answer = this.#learned.cell(this.#place, known, ip)
        if (answer !== UNKNOWN) return answer === 1
      }
    }
    return this.#ask(this.#name, action, ip)
  }

  check(action, ip) {
    return this.#check({ principal: this.#name, action, ip })
  }

  #find(service) {
    const place = service.callers.get(this.#name)
    if (place < 0) return
    this.#service = service
    this.#place = place
  }
}

module.exports = { Principal }
