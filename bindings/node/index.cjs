'use strict'

const { Gate, load, loadAsync, compile, version } = require('./lib/gate.cjs')
const {
  GateError,
  RequestError,
  PolicyError,
  CatalogError,
  FileError,
  CompiledError,
  OptionError,
  InternalError,
} = require('./lib/errors.cjs')

module.exports = {
  load,
  loadAsync,
  compile,
  version,
  Gate,
  GateError,
  RequestError,
  PolicyError,
  CatalogError,
  FileError,
  CompiledError,
  OptionError,
  InternalError,
}
