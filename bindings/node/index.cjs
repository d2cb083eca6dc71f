'use strict'

module.exports = { ...require('./lib/gate.cjs'), ...require('./lib/errors.cjs') }
