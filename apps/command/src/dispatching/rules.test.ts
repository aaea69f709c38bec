import { expect, test } from 'vitest'
import { commonName, rightShare, unitChoices } from './rules.ts'

test('a rule may name the unit of a kind in whichever district, where more than one has it [CMD-20]', () => {
  const unit = (id: string, axis: string, areaCode: string) => ({ id, label: id, axis, areaCode, district: '' })
  const choices = unitChoices(
    [
      unit('dc-water', 'disposal', '110101'),
      unit('xc-water', 'disposal', '110102'),
      unit('dc-gas', 'disposal', '110101'),
      unit('dc-cmd', 'command', '110101'),
    ],
    'street',
    (kind) => kind,
  ).map((c) => c.value)
  expect(choices).toEqual(['street', '{district}-water', 'dc-water', 'xc-water', 'dc-gas'])
})

test('units of one kind in each district are called by what their names have in common', () => {
  const said = (...names: [label: string, district: string][]) =>
    commonName(names.map(([label, district]) => ({ label, district })))
  expect(said(['演示供水公司东城区服务站', '东城区'], ['演示供水公司西城区服务站', '西城区'])).toBe(
    '演示供水公司服务站',
  )
  expect(said(['Water Company, Dongcheng Station', '东城区'], ['Water Company, Xicheng Station', '西城区'])).toBe(
    'Water Company, Station',
  )
  expect(said(['环卫', ''], ['园林', ''])).toBe('环卫')
})

test('cases without a rule are no reason for or against it', () => {
  expect(rightShare({ right: 3, wrong: 1 })).toBe(0.75)
  expect(rightShare({ right: 0, wrong: 0 })).toBeNull()
})
