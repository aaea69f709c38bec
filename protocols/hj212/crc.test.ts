import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crcVariantOf, hexWord, hj212Crc, modbusCrc, swapBytes } from './crc.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** The loop of appendix A, written as printed there. */
function appendixA(data: Uint8Array): number {
  let crc = 0xffff
  for (const byte of data) {
    crc = (crc >> 8) ^ byte
    for (let round = 0; round < 8; round++) {
      const bit = crc & 1
      crc >>= 1
      if (bit === 1) crc ^= 0xa001
    }
  }
  return crc
}

test.each([
  ['1C80', 'QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&'],
  [
    '1E00',
    'QN=20160801085857223;ST=23;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&DataTime=20160801085857; LA-Rtd=50.1&&',
  ],
  [
    '5440',
    'QN=20180427125809000;ST=22;CN=2011;PW=123456;MN=LXHB0CS0306310;Flag=5;CP=&&DataTime=20180427125809;a34004-Rtd=75600.000,a34004-Flag=N;a34002-Rtd=140600.000,a34002-Flag=N;a34001-Rtd=178000.000,a34001-Flag=N;a01001-Rtd=24.8,a01001-Flag=N;a01002-Rtd=46.8,a01002-Flag=N;a01006-Rtd=101.380,a01006-Flag=N;a01007-Rtd=0.0,a01007-Flag=N;a01008-Rtd=25,a01008-Flag=N;LA-Rtd=57.9,LA-Flag=N&&',
  ],
])('[SEN-09] the check %s of a published frame is ours', (crc, segment) => {
  expect(hexWord(hj212Crc(bytes(segment)))).toBe(crc)
})

test('the table gives what the loop of appendix A gives', () => {
  fc.assert(fc.property(fc.uint8Array(), (data) => hj212Crc(data) === appendixA(data)))
})

test('the check of MODBUS is another one', () => {
  expect(modbusCrc(bytes('123456789'))).toBe(0x4b37)
  expect(hj212Crc(bytes('123456789'))).not.toBe(0x4b37)
})

test('a check is known by the variant that made it', () => {
  const data = bytes('QN=20160801085857223;ST=32;CN=1062')
  expect(crcVariantOf(hj212Crc(data), data)).toBe('strict')
  expect(crcVariantOf(swapBytes(hj212Crc(data)), data)).toBe('swapped')
  expect(crcVariantOf(modbusCrc(data), data)).toBe('modbus')
  expect(crcVariantOf(swapBytes(modbusCrc(data)), data)).toBe('modbus')
  expect(crcVariantOf(hj212Crc(data) ^ 0x0101, data)).toBeNull()
})
