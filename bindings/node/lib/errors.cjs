'use strict'

// What cannot be answered, as errors: one class for each kind of fault, a stable code in each.

class GateError extends Error {
  constructor(message, { code = 'internal', key = null, nearest = [], diagnostics = [] } = {}) {
    super(message)
    this.code = code
    this.key = key
    this.nearest = nearest
    this.diagnostics = diagnostics
  }

  get name() {
    return this.constructor.name
  }
}

class RequestError extends GateError {}
class PolicyError extends GateError {}
class CatalogError extends GateError {}
class FileError extends GateError {}
class CompiledError extends GateError {}
class OptionError extends GateError {}
class InternalError extends GateError {}

module.exports = {
  GateError,
  RequestError,
  PolicyError,
  CatalogError,
  FileError,
  CompiledError,
  OptionError,
  InternalError,
}
