// The pages of `exposure` in headless Chromium, of one set and of two: they draw what `passgate exposure --format json` says,
// action by action what `what` answers, filter, move by keyboard, and write nothing to the console.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CELLS, ROOT, cells, grouped, open, passgate, picture, spread, walk, where } from './open.mjs'

// What each kind looks like, light and dark: the colours of the style.
const COLOURS = {
  light: {
    none: 'rgb(236, 239, 242)', narrow: 'rgb(253, 240, 210)', broad: 'rgb(255, 213, 138)', whole: 'rgb(242, 166, 90)',
    same: 'rgb(236, 239, 242)', more: 'rgb(156, 201, 245)', less: 'rgb(246, 193, 179)', both: 'rgb(220, 198, 242)',
    moved: 'rgb(220, 198, 242)',
  },
  dark: {
    none: 'rgb(32, 38, 45)', narrow: 'rgb(58, 44, 16)', broad: 'rgb(107, 74, 12)', whole: 'rgb(163, 90, 18)',
    same: 'rgb(32, 38, 45)', more: 'rgb(27, 95, 168)', less: 'rgb(125, 42, 24)', both: 'rgb(85, 48, 133)',
    moved: 'rgb(85, 48, 133)',
  },
}
const SET = join(ROOT, 'examples/partners')
const HEAD = 'use intlpartnersmgt\nset strict = false\n'
const LISTED = { list: 38, other: 3, read: 131, write: 66 }
// Users by how wide their policies are; the later set opens, closes and moves some.
const users = (policy) => Array.from({ length: 10 }, (_, n) => `user u${n} { attach ${policy(n)} }`).join('\n')
const OLD = `${HEAD}
policy a { allow read  allow PayOrders from 10.0.0.0/8 }
policy b { allow list from 0.0.0.0/1, 8000::/1  allow write from 203.0.113.0/24 }
policy c { allow QueryUser until 2027-01-01T00:00:00Z }
policy e { allow ForceQN from 10.0.0.0/8 }
role gone { attach c }
${users((n) => ['a, e', 'b', 'c', 'a, b', 'b, c', 'a, c'][n % 6])}
`
const NEW = `${HEAD}
policy a { allow read  allow PayOrders from 10.0.0.0/9 }
policy b { allow list from 0.0.0.0/2, ::/0  allow write from 203.0.112.0/23 }
policy c { allow QueryUser until 2027-01-01T00:00:00Z }
policy d { allow read, list, write }
policy e { allow ForceQN from 11.0.0.0/8 }
${users((n) => (n === 9 ? 'd' : ['a, e', 'b', 'c', 'a, b', 'b, c', 'a, c'][n % 6]))}
user late { attach c }
`

let browser
let set
let page
let pair
let changes
let measured
let changed

before(async () => {
  browser = await open()
  pair = [['old.gate', OLD], ['new.gate', NEW]].map(([name, text]) => {
    const file = join(browser.folder, name)
    writeFileSync(file, text)
    return file
  })
  set = pair[0]
  measured = JSON.parse(passgate('exposure', set, '--format', 'json'))
  changed = JSON.parse(passgate('exposure', ...pair, '--format', 'json'))
  page = await browser.page('exposure', 'exposure', set)
  changes = await browser.page('change', 'exposure', ...pair)
})

after(() => browser?.close())

const NOTHING = { exposure: 0, v4: 0, v6: 0, categories: {} }

// What the command says of a principal, all together or of one category.
function figure(of, principal, category) {
  const one = of.principals.find(({ principal: name }) => name === principal) ?? NOTHING
  return (category === '' ? one : one.categories[category]) ?? NOTHING
}

const asked = new Map()

// The shares of the addresses of each family from which `what` says always or depends.
function shares(file, principal, action) {
  const key = `${file} ${principal}`
  if (!asked.has(key)) {
    const { actions } = JSON.parse(passgate('what', file, '--principal', principal, '--format', 'json'))
    asked.set(key, new Map(actions.map((one) => [one.action, one])))
  }
  const { answer, on } = asked.get(key).get(action)
  if (answer === 'never') return NOTHING
  const address = on.find(({ what }) => what === 'address')
  if (address === undefined) return { v4: 1, v6: 1 }
  const all = [...address.always, ...address.depends].sort()
  const share = (prefixes, bits) => prefixes.reduce((sum, one) => sum + 2 ** -Number(one.split('/')[1] ?? bits), 0)
  const sixth = (one) => one.includes(':')
  return { v4: share(all.filter((one) => !sixth(one)), 32), v6: share(all.filter(sixth), 128), places: all.join(' ') }
}

function level({ v4, v6 }, most) {
  const near = (share) => share > most * (1 - 1e-9)
  if (v4 === 0 && v6 === 0) return 'none'
  if (near(v4) && near(v6)) return 'whole'
  return Math.max(v4, v6) < most / 256 ? 'narrow' : 'broad'
}

function moved(old, now) {
  const signs = [now.v4 - old.v4, now.v6 - old.v6].map((by) => (Math.abs(by) < 1e-12 ? 0 : Math.sign(by)))
  if (signs[0] === 0 && signs[1] === 0) return now.v4 === 0 && now.v6 === 0 ? 'none' : old.places === now.places ? 'same' : 'moved'
  if (signs.includes(1)) return signs.includes(-1) ? 'both' : 'more'
  return 'less'
}

const MARKS = { none: '–', narrow: '◔', broad: '◑', whole: '●', same: '=', moved: '≈', more: '▲', less: '▼', both: '◆' }

for (const scheme of ['light', 'dark']) {
  test(`colours and figures say what the command measures, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme })
    const all = await cells(page)
    const figures = all.filter((cell) => cell.figure !== undefined)
    const seen = new Set()
    let looked = 0
    for (const cell of figures) {
      const most = cell.figure === '' ? 238 : LISTED[cell.figure]
      // Each principal of a column has what the column says.
      for (const principal of cell.principals) {
        const expected = figure(measured, principal, cell.figure)
        const kind = level(expected, most)
        assert.equal(cell.colour, COLOURS[scheme][kind], cell.label)
        assert.ok(cell.label.endsWith(`, ${shown(expected.exposure)}`), `${cell.label}: ${expected.exposure}`)
        if (kind !== 'none') assert.ok(Math.abs(Number(cell.text) / expected.exposure - 1) < 0.5, `${cell.label}: ${cell.text}`)
        seen.add(kind)
        looked += 1
      }
    }
    assert.ok(looked >= CELLS, `${looked} figures`)
    assert.deepEqual([...seen].sort(), ['broad', 'narrow', 'none', 'whole'])
    await picture(page, `exposure-${scheme}`)
  })

  test(`cells say what every action adds, ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme })
    const chosen = spread((await cells(page)).filter((cell) => cell.action !== undefined))
    const seen = new Set()
    for (const cell of chosen) {
      const kind = level(shares(set, cell.principals.at(-1), cell.action), 1)
      assert.equal(cell.colour, COLOURS[scheme][kind], cell.label)
      assert.equal(cell.text, MARKS[kind], cell.label)
      seen.add(kind)
    }
    assert.ok(chosen.length >= CELLS, `${chosen.length} cells`)
    assert.deepEqual([...seen].sort(), ['broad', 'narrow', 'none', 'whole'])
  })

  test(`of two sets the change is drawn, ${scheme}`, async () => {
    await changes.emulateMedia({ colorScheme: scheme })
    const all = await cells(changes)
    const seen = new Set()
    let looked = 0
    for (const cell of all.filter((one) => one.figure !== undefined)) {
      for (const principal of cell.principals) {
        const [old, now] = [changed.old, changed.new].map((of) => figure(of, principal, cell.figure))
        const kind = moved(old, now)
        assert.equal(cell.colour, COLOURS[scheme][kind], `${cell.label}: ${JSON.stringify([old, now])}`)
        if (!['none', 'same'].includes(kind)) {
          assert.ok(cell.label.endsWith(`, by ${shown(figure(changed.change, principal, cell.figure).exposure)}`), cell.label)
        }
        looked += 1
      }
    }
    const chosen = spread(all.filter((cell) => cell.action !== undefined))
    for (const cell of chosen) {
      const principal = cell.principals.at(-1)
      const known = (of) => of.principals.some((one) => one.principal === principal)
      const of = (at, side) => (known(side) ? shares(pair[at], principal, cell.action) : NOTHING)
      const kind = moved(of(0, changed.old), of(1, changed.new))
      assert.equal(cell.colour, COLOURS[scheme][kind], cell.label)
      assert.equal(cell.text, MARKS[kind], cell.label)
      seen.add(kind)
    }
    assert.ok(looked >= CELLS && chosen.length >= CELLS, `${looked} figures, ${chosen.length} cells`)
    assert.deepEqual([...seen].sort(), ['both', 'less', 'more', 'moved', 'none', 'same'])
    await picture(changes, `change-${scheme}`)
  })
}

// As the command writes a figure.
function shown(number) {
  return number === 0 || Math.abs(number) >= 0.001 ? number.toFixed(3) : number.toExponential(2)
}

test('the one number is told, and of two sets both and the change', async () => {
  assert.equal(await page.title(), `How far the set is open: ${set}`)
  assert.equal(await page.textContent('.number'), shown(measured.exposure))
  assert.ok(passgate('exposure', set).startsWith(`exposure ${shown(measured.exposure)} (IPv4 `))
  const numbers = await changes.$$eval('.number', (all) => all.map((one) => [one.dataset.of, one.textContent]))
  const told = [['before', changed.old], ['after', changed.new], ['change', changed.change]]
  assert.deepEqual(numbers, told.map(([name, of]) => [name, shown(of.exposure)]))
  assert.match(await changes.textContent('#calls'), /^\(12 principals, those first for whom most changes\)$/)
})

test('filters leave what they name', async () => {
  const all = (await cells(page)).length
  await page.fill('#by-action', 'pay')
  await page.fill('#by-principal', 'u1')
  const some = (await cells(page)).filter((cell) => cell.action !== undefined)
  assert.ok(some.length > 0 && some.length < all)
  for (const cell of some) {
    assert.match(cell.action, /pay/i)
    assert.ok(cell.principals.includes('user:u1'), cell.label)
  }
  await page.fill('#by-action', '')
  await page.fill('#by-principal', '')
  await page.check('#some-only')
  for (const row of grouped((await cells(page)).filter((cell) => cell.action !== undefined), (cell) => cell.action).values()) {
    assert.ok(row.some((cell) => !cell.label.endsWith(': closed')), row[0].action)
  }
  await page.uncheck('#some-only')
  await page.selectOption('#by-category', 'list')
  const lists = await cells(page)
  assert.ok(lists.length < all && lists.filter((cell) => cell.action !== undefined).length % LISTED.list === 0)
  await page.selectOption('#by-category', '')
  assert.equal((await cells(page)).length, all)
  await changes.check('#some-only')
  for (const row of grouped((await cells(changes)).filter((cell) => cell.action !== undefined), (cell) => cell.action).values()) {
    assert.ok(row.some((cell) => /(more|less) open/.test(cell.label)), row[0].action)
  }
  await changes.uncheck('#some-only')
})

test('cells are reached by keyboard and show the address line, figures their parts', async () => {
  await changes.fill('#by-action', 'PayOrders')
  await changes.fill('#by-principal', 'u0')
  await changes.focus('#some-only')
  await changes.keyboard.press('Tab')
  for (let at = 0; at < 3 && !/user:u0/.test(await where(changes)); at += 1) await changes.keyboard.press('Tab')
  assert.match(await where(changes), /^user:u0.*, all categories: less open, by -9.77e-4$/)
  assert.match(await changes.textContent('#detail'), /before.*after.*change.*133 of 238 actions open after/s)
  for (let at = 0; at < 12 && !/PayOrders/.test(await where(changes)); at += 1) await changes.keyboard.press('ArrowDown')
  assert.match(await where(changes), /intlpartnersmgt:PayOrders: less open$/)
  const bars = await changes.$$eval('.bar', (all) => all.map((bar) => bar.getAttribute('aria-label')))
  assert.deepEqual(bars, [
    'IPv4: others closed, 10.0.0.0/8 open, others closed',
    'IPv4: others closed, 10.0.0.0/9 open, others closed',
  ])
  await picture(changes, 'change-detail')
  await changes.fill('#by-action', '')
  await changes.fill('#by-principal', '')
  await walk(changes)
  await walk(page)
})

test('the cells of a column add up to its figures', async () => {
  for (const file of [set, SET]) {
    const drawn = file === set ? page : await browser.page('partners', 'exposure', file)
    const off = await drawn.evaluate(() => data.columns.flatMap(({ new: figures, cells }) => {
      const sum = { v4: 0, v6: 0 }
      for (const [, now] of cells) {
        sum.v4 += data.openings[now]?.v4 ?? 0
        sum.v6 += data.openings[now]?.v6 ?? 0
      }
      return [Math.abs(sum.v4 - figures.v4), Math.abs(sum.v6 - figures.v6)]
    }))
    assert.ok(off.length > 0 && off.every((by) => by < 1e-9), JSON.stringify(off))
  }
})

test('nothing is written to the console, and nothing is asked for', () => assert.deepEqual(browser.told, []))
