/** Text of a pack's file: UTF-8 or a fault that names the line. */
import type { PackReading } from './index.ts'

/** Chunks of text; ends with a fault at the first byte that is not UTF-8. */
export async function* textIn(
  { source, fault }: Pick<PackReading, 'source' | 'fault'>,
  path: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for await (const chunk of source.stream(path)) {
    const before = line
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      // The decoder says no place: read on line by line until one cannot be read.
      fault(path, before + badLineIn(chunk), likelyGbk(chunk) ? 'pack/gbk' : 'pack/not-utf8')
      return
    }
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) line++
    yield text
  }
  try {
    yield decoder.decode()
  } catch {
    fault(path, line, 'pack/not-utf8')
  }
}

export async function textOf(
  reading: Pick<PackReading, 'source' | 'fault'>,
  path: string,
): Promise<string | undefined> {
  let said = false
  let text = ''
  for await (const chunk of textIn(
    {
      source: reading.source,
      fault: (...f) => {
        said = true
        reading.fault(...f)
      },
    },
    path,
  ))
    text += chunk
  return said ? undefined : text
}

/** Lines before the first that is not UTF-8. A sign cut by the chunk's beginning is passed over. */
function badLineIn(chunk: Uint8Array): number {
  let from = 0
  while (from < 4 && ((chunk[from] ?? 0) & 0xc0) === 0x80) from++
  let line = 0
  for (;;) {
    const end = chunk.indexOf(10, from)
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(from, end < 0 ? chunk.length : end))
    } catch {
      return line
    }
    if (end < 0) return line
    from = end + 1
    line++
  }
}

/** Chinese in GBK stands in pairs of high bytes. */
function likelyGbk(chunk: Uint8Array): boolean {
  let leads = 0
  let pairs = 0
  for (let i = 0; i < chunk.length; i++) {
    if ((chunk[i] ?? 0) < 0x81) continue
    leads++
    const next = chunk[i + 1] ?? 0
    if (next >= 0x40 && next !== 0x7f) {
      pairs++
      i++
    }
  }
  return leads > 0 && pairs >= leads * 0.9
}
