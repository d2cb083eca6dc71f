// Compiled, never run: the types as CommonJS sees them.

import passgate = require('passgate')

const gate: passgate.Gate = passgate.compile('policy p { allow * }')
const reason: passgate.Reason = gate.check({ principal: 'root', action: 'ForceQN' }).reason
const fault: passgate.GateError = new passgate.OptionError('`x` is no option', { code: 'bad-option', key: 'x' })

export = { reason, fault }
