import { expect, test } from 'vitest'
import { rightShare, unitChoices } from './rules.ts'

test('a rule may name the unit of a kind in whichever district, where more than one has it [CMD-20]', () => {
  const unit = (id: string, axis: string, areaCode: string) => ({ id, label: id, axis, areaCode })
  const choices = unitChoices(
    [
      unit('dc-water', 'disposal', '110101'),
      unit('xc-water', 'disposal', '110102'),
      unit('dc-gas', 'disposal', '110101'),
      unit('dc-cmd', 'command', '110101'),
    ],
    'street',
  ).map((c) => c.value)
  expect(choices).toEqual(['street', '{district}-water', 'dc-water', 'xc-water', 'dc-gas'])
})

test('cases without a rule are no reason for or against it', () => {
  expect(rightShare({ right: 3, wrong: 1 })).toBe(0.75)
  expect(rightShare({ right: 0, wrong: 0 })).toBeNull()
})
