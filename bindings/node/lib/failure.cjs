'use strict'

// What the native part hands over instead of an answer, as an error of its class.

const {
  RequestError,
  PolicyError,
  CatalogError,
  FileError,
  CompiledError,
  OptionError,
  InternalError,
} = require('./errors.cjs')

// The class of a code; every other code is a RequestError.
const BY_CODE = {
  'bad-policy': PolicyError,
  'bad-catalog': CatalogError,
  'bad-file': FileError,
  'bad-compiled': CompiledError,
  'bad-option': OptionError,
  internal: InternalError,
}

function fromFailure(failure) {
  return new (BY_CODE[failure.code] ?? RequestError)(failure.message, failure)
}

module.exports = { fromFailure }
