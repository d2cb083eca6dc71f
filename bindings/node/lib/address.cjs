'use strict'

// Addresses as text, read as strictly as the core reads them. What is not accepted here for certain is no error: the
// core is asked, and the error is its own.

// Reads an IPv4 address, four octets without leading zeros; its number goes to a place of `numbers`, an array of 32-bit
// words, where it is never boxed. False where the text is none.
function readV4(text, numbers, place) {
  const end = text.length
  if (end < 7 || end > 15) return false
  let at = 0
  let value = 0
  for (let dots = 0; at < end; dots += 1) {
    let octet = text.charCodeAt(at) - 48
    if (octet >>> 0 > 9) return false
    at += 1
    let next = at < end ? text.charCodeAt(at) - 48 : DOT
    if (next >>> 0 < 10) {
      if (octet === 0) return false
      octet = octet * 10 + next
      at += 1
      next = at < end ? text.charCodeAt(at) - 48 : DOT
      if (next >>> 0 < 10) {
        octet = octet * 10 + next
        if (octet > 255) return false
        at += 1
        next = at < end ? text.charCodeAt(at) - 48 : DOT
      }
    }
    if (next !== DOT) return false
    value = (value << 8) | octet
    if (dots === 3) {
      numbers[place] = value
      return at === end
    }
    at += 1
  }
  return false
}

// What a dot, and the end of the text, is beside digits.
const DOT = 46 - 48

// Hexadecimal digits by character; a table, since digits and letters alternate too much to be guessed.
const HEX = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(digit) ? 255 : digit
})

// The eight groups of the address that was read last: its head, then from the end its tail.
const groups = new Uint16Array(8)

// Reads an IPv6 address into four words of 32 bits; false where the text is none. An IPv4-mapped address is read like
// any other: the caller looks at the words.
function readV6(text, words) {
  const length = text.length
  if (length < 2 || length > 45) return false
  let count = 0
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === 58) {
    if (text.charCodeAt(1) !== 58) return false
    gap = 0
    at = 2
  }
  while (at < length) {
    const start = at
    let group = 0
    let code = 0
    for (; at < length; at += 1) {
      code = text.charCodeAt(at)
      const digit = code < 128 ? HEX[code] : 255
      if (digit > 15) break
      group = (group << 4) | digit
    }
    if (at < length && code === 46) {
      if (count > 6 || !readV4(text.slice(start), words, 3)) return false
      groups[count] = words[3] >>> 16
      groups[count + 1] = words[3]
      count += 2
      break
    }
    if (at === start || at - start > 4 || count === 8) return false
    groups[count] = group
    count += 1
    if (at === length) break
    if (code !== 58) return false
    at += 1
    if (at === length) return false
    if (text.charCodeAt(at) === 58) {
      if (gap >= 0) return false
      gap = count
      at += 1
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return false
  if (gap >= 0) spread(gap, count)
  words[0] = (groups[0] << 16) | groups[1]
  words[1] = (groups[2] << 16) | groups[3]
  words[2] = (groups[4] << 16) | groups[5]
  words[3] = (groups[6] << 16) | groups[7]
  return true
}

// Moves the groups behind the gap to the end and fills it with zeros.
function spread(gap, count) {
  const moved = 8 - count
  for (let i = 7; i >= gap + moved; i -= 1) groups[i] = groups[i - moved]
  for (let i = gap; i < gap + moved; i += 1) groups[i] = 0
}

module.exports = { readV4, readV6 }
