// Small policy sets and requests from a seed, for tests that hold two ways to an answer against each other.

// Numbers from a seed, the same in every run of it.
export function randomFrom(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return (x ^ (x >>> 14)) >>> 0
  }
  const below = (count) => next() % count
  const pick = (list) => list[below(list.length)]
  const some = (list, most) => Array.from({ length: 1 + below(most) }, () => pick(list))
  return { below, bits: next, chance: (percent) => below(100) < percent, pick, some }
}

const ACTIONS = ['QueryUser', 'PayOrders', 'QueryArea', 'CheckInQnList', 'AllocateCreditPool', 'Query*', '*', '*Orders', 'read', 'write']
const NETWORKS = [
  '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '255.255.255.255', '128.0.0.0/1', '203.0.113.0/24', '203.0.113.128/25',
  '2001:db8::/32', '2001:db8:1::/48', '::/0', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db8::ffff:0:0/96', '::/96',
]
const CONDITIONS = ['when mfa is true', 'until 2026-01-01T00:00:00Z', 'on "qcs::shop:::item/1"', 'when qcs:uin is "${uin}"', 'when qcs:ip is "10.1.2.3"']
export const USERS = ['a', 'b', 'c', '1001', '__proto__', 'constructor', 'user:a', 'group:g', 'root', 'Ωmega', '𠮷', 'ab', 'toString', '01']
const DECLARED = ['a', 'b', 'c', '1001', '__proto__', 'constructor', 'Ωmega', '𠮷', 'ab', 'hasOwnProperty', '01']

function statement(random) {
  const effect = random.chance(70) ? 'allow' : 'deny'
  const address = random.chance(70) ? ` ${random.pick(['', 'not '])}from ${random.some(NETWORKS, 3).join(', ')}` : ''
  const condition = random.chance(15) ? ` ${random.pick(CONDITIONS)}` : ''
  return `  ${effect} ${random.some(ACTIONS, 2).join(', ')}${address}${condition}`
}

// Text of a set.
export function set(random) {
  const names = Array.from({ length: 2 + random.below(3) }, (_, i) => `p${i}`)
  const policies = names.map((name) => {
    const count = random.chance(5) ? 140 : 1 + random.below(4)
    return `policy ${name} {\n${Array.from({ length: count }, () => statement(random)).join('\n')}\n}`
  })
  const members = DECLARED.map((name) => {
    const attached = random.chance(90) ? `attach ${random.some(names, 3).join(', ')}` : ''
    const within = random.chance(30) ? ` within ${random.pick(names)}` : ''
    return `user "${name}" { ${attached}${within} }`
  })
  const settings = `set ip-unsupported = "${random.pick(['withhold', 'evaluate'])}"\nset claims = "policies"`
  return `${settings}\nuse intlpartnersmgt\n${policies.join('\n')}\n${members.join('\n')}\ngroup g { attach p0 }\nrole r { attach p1 }\n`
}

const BOUNDS = [0, 1, 0x0a000000, 0x0a010000, 0x0a010203, 0x0b000000, 0x7fffffff, 0x80000000, 0xcb007100, 0xcb007180, 0xffffffff]

function v4(random) {
  const number = (random.pick(BOUNDS) + random.below(3) - 1) >>> 0
  return random.chance(70) ? number : random.bits()
}

export function dotted(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

const V6 = [
  '::', '::1', '2001:db8::1', '2001:DB8::0001', '2001:db8:1::', '2001:db8:0:ffff:ffff:ffff:ffff:ffff', '2001:db9::', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8',
  '1:2:3:4:5:6:1.2.3.4', '64:ff9b::192.0.2.1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::1.2.3.4', '2001:db8::ffff:0:0', 'fe80::1',
]
const MALFORMED = [
  '', ' ', '01.2.3.4', '1.2.3.04', '1.2.3', '1.2.3.4.5', '1.2.3.4.', '.1.2.3.4', '1..2.3', '256.1.1.1', '1.1.1.999', ' 1.2.3.4', '1.2.3.4 ', '1.2.3.4\n', '１.2.3.4',
  '1.2.3.٤', '1.2.3.4/32', '1.2.3.4:80', '0x1.2.3.4', '1.2.3.-4', '+1.2.3.4', '1,2,3,4', '::ffff:01.2.3.4', ':::', '1::2::3', '12345::', '1:2:3:4:5:6:7:8:9', ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:', '1:2:3:4::5:6:7:8', '::1%eth0', '[::1]', 'g::', '::1.2.3', '::1.2.3.4:5', '1.2.3.4::', '2001:db8::/32', '٠.٠.٠.٠', '\ud800', 'localhost', '1.2.3.4\0', '0000000000000',
]

// Text of an address, or none.
export function address(random) {
  const kind = random.below(20)
  if (kind < 10) return dotted(v4(random))
  if (kind < 12) return `::ffff:${dotted(v4(random))}`
  if (kind < 16) return random.pick(V6)
  if (kind < 17) return random.pick(MALFORMED)
  if (kind < 18) return mutated(random, random.pick([dotted(v4(random)), ...V6]))
  return random.pick([undefined, null])
}

// A text with some characters exchanged, left out or repeated.
export function mutated(random, text) {
  const characters = [...text]
  for (let i = 1 + random.below(3); i > 0; i -= 1) {
    const at = random.below(characters.length + 1)
    characters.splice(at, random.below(2), random.pick(['0', '1', '9', 'f', 'F', 'g', ':', '.', '::', ' ', '/', '%', '٣', '１', '\0', '-', '']))
  }
  return characters.join('')
}

const STRANGE = ['__proto__', 'constructor', 'QueryUsr', '', '*', 'intlpartnersmgt:*', 'Intlpartnersmgt:QueryUser', 'QueryUser ', '\ud800', 'toString', 'nowhere:QueryUser']
const KNOWN = ['QueryUser', 'PayOrders', 'QueryArea', 'CheckInQnList', 'AllocateCreditPool', 'QueryOrders']

export function action(random) {
  if (random.chance(8)) return random.pick(STRANGE)
  return random.pick(['', 'intlpartnersmgt:', 'intlpartnersmgt:', 'name/intlpartnersmgt:']) + random.pick(KNOWN)
}

export function principal(random) {
  if (random.chance(6)) return random.pick(['nobody', 'user:nobody', 'role:r', 'group:g', 'group:none', 'policy:p0', 'root', 'role:', 'user:', '\udfff', ''])
  return random.pick(['', 'user:']) + random.pick(USERS)
}
