import { expect, test } from 'vitest'
import { saidCode, stagesAhead } from './stages.ts'

test('the reporter sees what is still to come, and nothing after the end [PUB-16]', () => {
  expect(stagesAhead('assigned')).toEqual(['working', 'checking', 'done'])
  expect(stagesAhead('done')).toEqual([])
  expect(stagesAhead('declined')).toEqual([])
})

test('a code is shown in groups of four', () => {
  expect(saidCode('7K3QM9TX2B')).toBe('7K3Q M9TX 2B')
})
