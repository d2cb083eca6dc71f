'use strict'

// Many checks in columns: rows of equal length, an answer for each, 1 or 0. A row that cannot be answered is never a
// silent deny: its error is thrown, or put on the list that the caller hands in for errors.

const { ASK } = require('./cells.cjs')
const { GateError, RequestError } = require('./errors.cjs')

function refuse(column, what) {
  throw new RequestError(`\`${column}\` ${what}`, { code: 'bad-request', key: column })
}

// How many rows there are. `ips` may be left out: then no row has an address.
function rowsOf(columns, isColumn, what) {
  for (const [name, column] of Object.entries(columns)) if (!isColumn(column)) refuse(name, `is ${what}`)
  const [[, { length }], ...others] = Object.entries(columns)
  for (const [name, column] of others) if (column.length !== length) refuse(name, `has ${column.length} rows, not ${length}`)
  return length
}

function textRows(principals, actions, ips) {
  const columns = ips === undefined || ips === null ? { principals, actions } : { principals, actions, ips }
  return rowsOf(columns, Array.isArray, 'an array')
}

function idRows(principals, actions, ips) {
  return rowsOf({ principals, actions, ips }, isNumbers, 'a Uint32Array')
}

const { get: kindOf } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint32Array.prototype), Symbol.toStringTag)

// A proxy of one is none: reading it could run code of the host. What it says of itself does not count.
function isNumbers(column) {
  return ArrayBuffer.isView(column) && kindOf.call(column) === 'Uint32Array'
}

// What is done with the error of a row.
function onError(errors) {
  if (errors !== undefined && errors !== null && !Array.isArray(errors)) refuse('errors', 'is an array')
  return (row, error) => {
    if (!Array.isArray(errors) || !(error instanceof GateError)) throw error
    errors.push({ row, error })
  }
}

// Asks for the answers that are still ASK; a fault leaves a 0 and its error.
function decide(answers, errors, ask) {
  const failed = onError(errors)
  for (let row = answers.indexOf(ASK); row >= 0; row = answers.indexOf(ASK, row + 1)) {
    answers[row] = 0
    try {
      if (ask(row)) answers[row] = 1
    } catch (error) {
      failed(row, error)
    }
  }
  return answers
}

module.exports = { decide, idRows, refuse, textRows }
