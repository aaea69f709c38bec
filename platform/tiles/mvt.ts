/** Writes Mapbox Vector Tiles 2.1: layers of points, lines and polygons with properties, each word written once a layer. */
import { PbfWriter } from 'pbf'
import { extent } from './mercator.ts'

export type MvtValue = string | number | boolean

const pointType = 1
const lineType = 2
const polygonType = 3
const moveTo = 1
const lineTo = 2
const closePath = (1 << 3) | 7

const varintBytes = (n: number): number => (n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x20_0000 ? 3 : n < 0x1000_0000 ? 4 : 5)
const zigzag = (n: number): number => (n << 1) ^ (n >> 31)
const hex = new Uint8Array([...'0123456789abcdef'].map((c) => c.charCodeAt(0)))

/** Memory of tiles that are done, for the next ones: otherwise the collector is kept busy by what lies outside the heap. */
const spare: Uint8Array[] = []
const mostSpare = 8
const largestSpare = 1024 * 1024
const writer = (): PbfWriter => new PbfWriter(spare.pop() ?? new Uint8Array(4096))
function giveBack({ buf }: PbfWriter): void {
  if (spare.length < mostSpare && buf.byteLength <= largestSpare) spare.push(buf)
}

/** Flat tile coordinates of a path: x, y, x, y … A ring does not repeat its first point. */
export type Path = readonly number[]

export class MvtLayer {
  readonly name: string
  features = 0
  private readonly keys: string[] = []
  private readonly keyIndex = new Map<string, number>()
  private readonly valueIndex = new Map<MvtValue, number>()
  private values = 0
  private readonly featureBytes = writer()
  private readonly valueBytes = writer()

  constructor(name: string) {
    this.name = name
  }

  /** The number by which features of this layer name a property. */
  key(name: string): number {
    let index = this.keyIndex.get(name)
    if (index === undefined) {
      index = this.keys.push(name) - 1
      this.keyIndex.set(name, index)
    }
    return index
  }

  /** The number by which features of this layer name a value. */
  value(value: MvtValue): number {
    let index = this.valueIndex.get(value)
    if (index === undefined) {
      index = this.values++
      this.valueIndex.set(value, index)
      this.valueBytes.writeMessage(4, writeValue, value)
    }
    return index
  }

  /** A value that no other feature has: written without looking whether it is there. */
  ownValue(value: string): number {
    this.valueBytes.writeMessage(4, writeValue, value)
    return this.values++
  }

  /** The same for a UUID of four 32-bit words. */
  uuidValue(words: Uint32Array, at: number): number {
    const out = this.valueBytes
    out.realloc(40)
    const { buf } = out
    let p = out.pos
    buf[p++] = 0x22
    buf[p++] = 38
    buf[p++] = 0x0a
    buf[p++] = 36
    for (let digit = 0; digit < 32; digit++) {
      if (digit === 8 || digit === 12 || digit === 16 || digit === 20) buf[p++] = 0x2d
      const word = words[at + (digit >> 3)] ?? 0
      buf[p++] = hex[(word >>> ((7 - (digit & 7)) * 4)) & 15] ?? 0
    }
    out.pos = p
    return this.values++
  }

  /** `tags` are pairs of key and value numbers; only the first `count` numbers of it are read. */
  point(x: number, y: number, tags: ArrayLike<number>, count = tags.length): void {
    const zx = zigzag(x)
    const zy = zigzag(y)
    const geometryBytes = 1 + varintBytes(zx) + varintBytes(zy)
    const out = this.begin(pointType, geometryBytes, tags, count)
    out.writeVarint((1 << 3) | moveTo)
    out.writeVarint(zx)
    out.writeVarint(zy)
  }

  line(parts: readonly Path[], tags: ArrayLike<number>): void {
    this.shape(lineType, parts, tags)
  }

  /** Outer rings clockwise as drawn (positive area with y down), each followed by its holes the other way round. */
  polygon(rings: readonly Path[], tags: ArrayLike<number>): void {
    this.shape(polygonType, rings, tags)
  }

  private shape(type: number, paths: readonly Path[], tags: ArrayLike<number>): void {
    const geometry: number[] = []
    let px = 0
    let py = 0
    for (const path of paths) {
      const points = path.length >> 1
      for (let i = 0; i < points; i++) {
        if (i === 0) geometry.push((1 << 3) | moveTo)
        else if (i === 1) geometry.push(((points - 1) << 3) | lineTo)
        const x = path[i * 2] ?? 0
        const y = path[i * 2 + 1] ?? 0
        geometry.push(zigzag(x - px), zigzag(y - py))
        px = x
        py = y
      }
      if (type === polygonType) geometry.push(closePath)
    }
    let bytes = 0
    for (const n of geometry) bytes += varintBytes(n)
    const out = this.begin(type, bytes, tags, tags.length)
    for (const n of geometry) out.writeVarint(n)
  }

  /** Writes a feature up to its geometry. */
  private begin(type: number, geometryBytes: number, tags: ArrayLike<number>, count: number): PbfWriter {
    let tagBytes = 0
    for (let i = 0; i < count; i++) tagBytes += varintBytes(tags[i] ?? 0)
    const out = this.featureBytes
    out.writeTag(2, 2)
    out.writeVarint(
      (count ? 1 + varintBytes(tagBytes) + tagBytes : 0) + 2 + 1 + varintBytes(geometryBytes) + geometryBytes,
    )
    if (count) {
      out.writeTag(2, 2)
      out.writeVarint(tagBytes)
      for (let i = 0; i < count; i++) out.writeVarint(tags[i] ?? 0)
    }
    out.writeVarintField(3, type)
    out.writeTag(4, 2)
    out.writeVarint(geometryBytes)
    this.features++
    return out
  }

  /** Its bytes in parts, to be put together once. */
  parts(): Uint8Array[] {
    const head = new PbfWriter()
    head.writeVarintField(15, 2)
    head.writeStringField(1, this.name)
    head.writeVarintField(5, extent)
    for (const key of this.keys) head.writeStringField(3, key)
    const body = [head.finish(), this.featureBytes.finish(), this.valueBytes.finish()]
    const length = new PbfWriter(new Uint8Array(8))
    length.writeTag(3, 2)
    length.writeVarint(body.reduce((sum, part) => sum + part.length, 0))
    return [length.finish(), ...body]
  }

  /** Once its bytes have been copied; nothing more is written to it. */
  done(): void {
    giveBack(this.featureBytes)
    giveBack(this.valueBytes)
  }
}

function writeValue(value: MvtValue, out: PbfWriter): void {
  if (typeof value === 'string') out.writeStringField(1, value)
  else if (typeof value === 'boolean') out.writeBooleanField(7, value)
  else if (Number.isInteger(value)) {
    if (value >= 0) out.writeVarintField(5, value)
    else out.writeSVarintField(6, value)
  } else out.writeDoubleField(3, value)
}

/** The bytes of a tile; empty when no layer has a feature. Its layers have served: none is read or written again. */
export function mvtOf(layers: readonly MvtLayer[]): Uint8Array {
  const parts = layers.flatMap((layer) => (layer.features ? layer.parts() : []))
  const tile = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    tile.set(part, at)
    at += part.length
  }
  for (const layer of layers) layer.done()
  return tile
}
